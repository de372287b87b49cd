#!/usr/bin/env python3
"""From a fresh clone to a running program in one command: `python3 dev.py run`; also `demo`, `test`, `check`, `bench`.

Needs Python 3.11 or newer and nothing else, on Linux, macOS and Windows. Everything goes into `.venv/` beside this
file, from locks with hashes, and is made again only when a lock, pyproject.toml or Python itself has changed.

This file keeps to syntax that Python 3.6 can read, so that an old Python gives a sentence and not a SyntaxError.
"""

import contextlib
import difflib
import hashlib
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections import deque
from pathlib import Path

OLDEST = (3, 11)


def too_old(version: "tuple[int, ...]", executable: str) -> str:
    """The one line for a Python that cannot run the program, or "" for one that can."""
    if tuple(version[:2]) >= OLDEST:
        return ""
    found = f"{executable} is Python {version[0]}.{version[1]}"
    return f"dev.py: {found}; install Python 3.11 or newer and start dev.py with that (python3.12 dev.py ...)"


if too_old(sys.version_info[:3], sys.executable):
    sys.exit(too_old(sys.version_info[:3], sys.executable))

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

from collections.abc import Callable, Iterator  # noqa: E402  # an old Python has left by now
from types import TracebackType  # noqa: E402
from typing import IO  # noqa: E402

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
RECORD = VENV / "made-by-dev.json"  # what is in .venv; without it, or with less in it, .venv is made again
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
LOCKS = {"runtime": ROOT / "locks" / "runtime.lock", "dev": ROOT / "locks" / "dev.lock"}
SERVED_BY = {"runtime": ("runtime", "dev"), "dev": ("dev",)}  # the dev lock holds all of the runtime lock
TAIL = 15  # lines of a failed step's output that are shown
LOCK_TOOL = "uv>=0.9"


class Trouble(Exception):
    """Why we cannot go on, in one line that says what to do; `output` is the end of what the failed program said."""

    def __init__(self, line: str, output: str = "") -> None:
        super().__init__(line)
        self.output = output


# Commands


def run(words: list[str]) -> int:
    prepare("runtime")
    return become(script("qa-workflow"), "run", "--demonstration", *words)


def demo(words: list[str]) -> int:
    prepare("runtime")
    return become(str(PYTHON), str(ROOT / "examples" / "year_of_assurance.py"), *words)


def test(words: list[str]) -> int:
    prepare("dev")
    if asks_for_browser(words):
        have_browser()
    return become(str(PYTHON), "-m", "pytest", *side_by_side(words), *words)


def check(words: list[str]) -> int:
    if words not in ([], ["--fix"]):
        raise Trouble(f"check takes --fix or nothing, not {' '.join(words)!r}")
    prepare("dev")
    python = str(PYTHON)
    tools = {
        "lint": [python, "-m", "ruff", "check", "--quiet", *words],
        "format": [python, "-m", "ruff", "format", "--quiet", *([] if words else ["--diff"])],
        "types": [python, "-m", "mypy", "--no-error-summary"],
        "imports": [script("lint-imports"), "--no-logo"],
    }
    return 1 if [name for name, command in tools.items() if not passes(name, command)] else 0


def bench(words: list[str]) -> int:
    prepare("dev")
    return become(str(PYTHON), "-m", "tests.bench", *words)


def setup(words: list[str]) -> int:
    kind = words[0] if words else "dev"
    if kind not in LOCKS or len(words) > 1:
        raise Trouble(f"setup takes one of: {', '.join(LOCKS)}; not {' '.join(words)!r}")
    prepare(kind)
    print(f"ready: {VENV} ({kind})")
    return 0


def lock(words: list[str]) -> int:
    """Resolve for every platform at once; the dev lock is held to the runtime lock's versions."""
    require_venv_module()
    with tempfile.TemporaryDirectory(prefix="qa-workflow-lock-") as folder:
        python = Path(folder) / PYTHON.relative_to(VENV)
        with Step("fetching the tool that makes locks") as step:
            make_environment(Path(folder))
            pip(step, LOCK_TOOL, python=python)
        runtime, dev = (str(path.relative_to(ROOT)) for path in LOCKS.values())
        compile_lock(python, runtime, "--group", "build", *words)
        compile_lock(python, dev, "--extra", "postgresql", "--group", "dev", "--constraints", runtime, *words)
    return 0


def assets(words: list[str]) -> int:
    """Only who changes how the pages look needs node; what is built is part of the project."""
    if words:
        raise Trouble(f"assets takes nothing, not {' '.join(words)!r}")
    npm = shutil.which("npm")
    if npm is None:
        raise Trouble("assets needs node 20 or newer with npm, and there is none here; install it, then try again")
    command = [npm, "--prefix", str(ROOT / "qa_workflow" / "web" / "assets")]
    with Step("installing what package-lock.json lists"):
        quietly([*command, "ci", "--ignore-scripts"], "npm did not finish; the lines above say why")
    with Step("building qa_workflow/web/static"):
        quietly([*command, "run", "build"], "the static files could not be built; the lines above say why")
    return 0


COMMANDS: dict[str, tuple[Callable[[list[str]], int], str]] = {
    "run": (run, "load the demonstration, serve its pages and run the clock"),
    "demo": (demo, "a year of assurance on a rehearsal clock, told in the terminal; ends by itself"),
    "test": (test, "every test; what follows goes to pytest"),
    "check": (check, "lint, format, types and the import contract; --fix mends what can be mended"),
    "bench": (bench, "the engine against hand-written SQL, as ratios"),
    "setup": (setup, "make .venv/ ready and stop; `setup runtime` leaves out the developers' tools"),
    "assets": (assets, "build the pages' static files again; needs node"),
    "lock": (lock, "make the locks again; --upgrade takes the newest of everything"),
}


def main(words: list[str]) -> int:
    if not words or words[0] in ("-h", "--help", "help"):
        print("usage: python3 dev.py COMMAND ...\n")
        print("\n".join(f"  {name:6} {does}" for name, (_, does) in COMMANDS.items()))
        return 0 if words else 2
    name, *rest = words
    if name not in COMMANDS:
        near = difflib.get_close_matches(name, COMMANDS, n=1) or list(COMMANDS)
        print(f"dev.py: no command {name!r}; try: {', '.join(near)}", file=sys.stderr)
        return 2
    os.chdir(ROOT)
    try:
        return COMMANDS[name][0](rest)
    except Trouble as trouble:
        if trouble.output:
            print(trouble.output, file=sys.stderr)
        print(f"dev.py: {trouble}", file=sys.stderr)
    except OSError as error:
        print(f"dev.py: {error}; mend that, then run the same command again", file=sys.stderr)
    except KeyboardInterrupt:
        print("\ndev.py: stopped; the same command takes it up again", file=sys.stderr)
        return 130
    return 1


# Running programs


def script(name: str) -> str:
    return str(BIN / (f"{name}.exe" if os.name == "nt" else name))


def become(*command: str) -> int:
    """Run `command` as if it had been typed: its output, its signals and its exit code are ours."""
    sys.stdout.flush()
    if os.name != "nt":
        os.execv(command[0], command)  # noqa: S606
    with subprocess.Popen(command) as program:
        while True:
            with contextlib.suppress(KeyboardInterrupt):  # the program had it too, and decides
                return program.wait()


def passes(name: str, command: list[str]) -> bool:
    begun = time.monotonic()
    answer = captured(command)
    passed = answer.returncode == 0
    print(f"{name:8} {'passed' if passed else 'FAILED'}  {time.monotonic() - begun:.1f} s", flush=True)
    if not passed:
        print(answer.stdout.rstrip(), flush=True)
    return passed


def captured(command: list[str], environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """All that it says in one text; no step stops to ask something."""
    return subprocess.run(
        command,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        env=environment,
    )


def side_by_side(words: list[str]) -> list[str]:
    """Options that spread the tests over the processors, unless the words say how, or ask for a debugger.

    One at a time, in the order of tests/conftest.py: who is done takes the next, and none is left with many long ones.
    """
    alone = ("-n", "--numprocesses", "--dist", "--pdb", "--trace", "no:xdist")
    if any(word.startswith(alone) for word in words):
        return []
    workers = min(4, (os.cpu_count() or 1) + 1)  # one more than processors: many tests wait for a disk or a server
    return [f"--numprocesses={workers}", "--dist=load", "--maxschedchunk=1"]


# Setting up


def prepare(kind: str) -> None:
    """Have in `.venv/` what `kind` of work needs; quick when nothing has changed."""
    if not missing(kind):
        return
    require_venv_module()
    with only_one():
        steps = missing(kind)
        if steps:
            carry_out(kind, steps)


def missing(kind: str) -> list[str]:
    """Of the steps 'environment', 'packages' and 'project', those that are to be done, in order."""
    record = read_record()
    wanted = {name: packages_digest(name) for name in LOCKS}
    stale = any(name in record and record[name] != wanted[name] for name in LOCKS)
    if stale or record.get("python") != python_digest() or not PYTHON.exists():
        return ["environment", "packages", "project"]
    packages = [] if any(name in record for name in SERVED_BY[kind]) else ["packages"]
    project = [] if record.get("project") == project_digest() else ["project"]
    return packages + project


def carry_out(kind: str, steps: list[str]) -> None:
    """Do the steps. The record is emptied first and written last: what was interrupted is made again from nothing."""
    record = {} if "environment" in steps else read_record()
    if VENV.exists():
        require_ours()
    else:
        VENV.mkdir()
    write_record({})
    for number, name in enumerate(steps, 1):
        title, action = STEPS[name]
        with Step(f"[{number}/{len(steps)}] {title.format(lock=LOCKS[kind].name)}") as step:
            action(step, kind)
    write_record(
        {**record, "python": python_digest(), "project": project_digest()}
        | ({kind: packages_digest(kind)} if "packages" in steps else {})
    )


def step_environment(_step: "Step", _kind: str) -> None:
    for path in VENV.iterdir():
        if path != RECORD:
            remove(path)
    make_environment(VENV)


def step_packages(step: "Step", kind: str) -> None:
    total = sum(line[:1].isalnum() for line in LOCKS[kind].read_text(encoding="utf-8").splitlines())
    pip(step, "--require-hashes", "--only-binary", ":all:", "-r", str(LOCKS[kind]), total=total)


def step_project(step: "Step", _kind: str) -> None:
    pip(step, "--no-index", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))


STEPS: dict[str, tuple[str, Callable[["Step", str], None]]] = {
    "environment": (f"making .venv with Python {platform.python_version()}", step_environment),
    "packages": ("installing what locks/{lock} lists", step_packages),
    "project": ("installing qa-workflow itself", step_project),
}


def require_venv_module() -> None:
    for name in ("venv", "ensurepip"):
        if importlib.util.find_spec(name) is None:
            newest = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
            raise Trouble(
                f"this Python has no {name} module; on Debian and Ubuntu: sudo apt install python3-venv (or {newest}); "
                "elsewhere install a complete Python; then run the same command again"
            )


def require_ours() -> None:
    """Never empty a folder that is not plainly an environment."""
    names = {path.name for path in VENV.iterdir()}
    if names and not names & {RECORD.name, "pyvenv.cfg"}:
        raise Trouble(f"{VENV} is not a Python environment; move it away, then run the same command again")


def make_environment(folder: Path) -> None:
    """A new environment from the Python below ours, should we run inside one ourselves."""
    base = getattr(sys, "_base_executable", None) or sys.executable
    quietly([base, "-m", "venv", str(folder)], "this Python cannot make an environment; see the lines above")


def compile_lock(python: Path, target: str, *options: str) -> None:
    with Step(f"resolving {target}"):
        said = "the versions that pyproject.toml asks for do not go together, or the package index was not reached"
        fixed = ["--universal", "--generate-hashes", "--no-header", "--no-emit-index-url", "--quiet"]
        quietly([str(python), "-m", "uv", "pip", "compile", *fixed, *options, "pyproject.toml", "-o", target], said)
        if "://" in (ROOT / target).read_text(encoding="utf-8"):
            raise Trouble(f"{target} has an address in it; ask for packages by name, then run dev.py lock again")


def asks_for_browser(words: list[str]) -> bool:
    """Whether tests in a browser are among those that the words choose: with no file or folder named, all are."""
    named = [word for word in words if word.replace("\\", "/").strip("./").startswith("tests/")]
    return not named or any("browser" in word for word in named)


def have_browser() -> None:
    """A browser of the system, or else a new one; without any, those tests are left out, but not under CI."""
    if browser_found():
        return
    os.environ.setdefault("DEBIAN_FRONTEND", "noninteractive")
    os.environ.setdefault("PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT", "10000")  # milliseconds; where there is no way out
    with only_one():
        for title, commands in ways_to_a_browser():
            with Step(title) as step:
                step.failed = not (
                    all(followed(command, step.tell)[0] == 0 for command in commands) and browser_found()
                )
            if not step.failed:
                return
    if os.environ.get("CI"):
        raise Trouble(NO_BROWSER)
    print(f"dev.py: {NO_BROWSER}; until then the tests in a browser are left out", file=sys.stderr)


NO_BROWSER = (
    "no browser for the tests; install Chromium, Chrome or Edge (on Debian: sudo apt install chromium), "
    "or name one in QA_CHROMIUM"
)


def browser_found() -> bool:
    """Asked of the tests themselves, so that both look in the same places."""
    return captured([str(PYTHON), "-m", "tests.browser.finding"]).returncode == 0


def ways_to_a_browser() -> Iterator[tuple[str, list[list[str]]]]:
    yield "downloading a browser for the tests", [[str(PYTHON), "-m", "playwright", "install", "chromium"]]
    apt, user = shutil.which("apt-get"), getattr(os, "geteuid", None)
    if apt and user is not None and user() == 0:
        install = [apt, "install", "--yes", "--no-install-recommends", "chromium"]
        yield "installing Debian's chromium for the tests", [[apt, "update"], install]


def quietly(command: list[str], otherwise: str) -> None:
    answer = captured(command, clean_environment())
    if answer.returncode:
        raise Trouble(otherwise, output="\n".join(answer.stdout.splitlines()[-TAIL:]))


def pip(step: "Step", *words: str, python: Path = PYTHON, total: int = 0) -> None:
    """Install, telling the step of each package that pip takes up; the end of pip's output is kept for a failure."""
    fixed = ["--disable-pip-version-check", "--no-input", "install", "--progress-bar", "off"]
    collected = 0

    def see(line: str) -> None:
        nonlocal collected
        if total and line.startswith(("Collecting", "Requirement already")):
            collected += 1
            step.tell(f"{collected} of {total}")

    code, lines = followed([str(python), "-m", "pip", *fixed, *words], see)
    if code:
        raise Trouble(remedy("\n".join(lines)), output="\n".join(lines[-TAIL:]))


def followed(command: list[str], see: Callable[[str], None]) -> tuple[int, list[str]]:
    """Run it and `see` each line that it says, as it says it; the exit code, and the last 200 lines."""
    lines: deque[str] = deque(maxlen=200)
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        env=clean_environment(),
    ) as program:
        for line in program.stdout or ():
            lines.append(line.rstrip())
            see(line.rstrip())
    return program.returncode, list(lines)


def clean_environment() -> dict[str, str]:
    """Our variables, without those that send pip or Python somewhere else than into `.venv/`."""
    leave = {"PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "VIRTUAL_ENV"}
    return {name: value for name, value in os.environ.items() if name not in leave}


NO_INDEX = "the package index cannot be reached; check the network, or set PIP_PROXY or PIP_INDEX_URL"
REMEDIES = {  # what pip says: what to do; the first that is found counts
    "DO NOT MATCH THE HASHES": "a package is not the one that the lock names; do not use it, and tell the maintainers",
    "CERTIFICATE_VERIFY_FAILED": "the package index is not trusted here; set PIP_CERT to your organisation's file",
    "No space left on device": "the disk is full; free about 500 MB",
    "Permission denied": "a file may not be written; check who owns this folder",
    "NewConnectionError": NO_INDEX,
    "name resolution": NO_INDEX,
    "onnection": NO_INDEX,
    "timed out": NO_INDEX,
    "No matching distribution": "a package has no ready-made file for this Python here; use CPython 3.11 to 3.14",
}


def remedy(output: str) -> str:
    """What to do about a failed installation, from what pip said."""
    found = [advice for sign, advice in REMEDIES.items() if sign in output]
    advice = found[0] if found else "pip did not finish; the lines above say why"
    return f"{advice}; then run the same command again"


class Step:
    """One line on the terminal for one piece of work: what it is, how far it is, how long it took."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.live = sys.stdout.isatty()
        self.failed = False  # said by who goes on all the same

    def __enter__(self) -> "Step":
        self.begun = time.monotonic()
        self.written = 0
        print(f"{self.title} ...", end="", flush=True)
        return self

    def tell(self, words: str) -> None:
        """Show how far it is, where there is somebody to look."""
        if self.live:
            text = f"{self.title} ... {words}"[: shutil.get_terminal_size().columns - 1]
            print(f"\r{text:{self.written}}", end="", flush=True)
            self.written = len(text)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        took = f"{time.monotonic() - self.begun:.0f} s"
        ending = "failed after " + took if kind or self.failed else took
        if self.live:
            print(f"\r{self.title} ... {ending:{self.written}}", flush=True)
        else:
            print(f" {ending}", flush=True)


# What is in `.venv/`


def python_digest() -> str:
    """Changes with Python's version and with the folder: programs in an environment know both by heart."""
    return digest(sys.version, platform.machine(), str(ROOT))


def packages_digest(kind: str) -> str:
    return digest(LOCKS[kind].read_bytes())


def project_digest() -> str:
    return digest((ROOT / "pyproject.toml").read_bytes())


def digest(*parts: "str | bytes") -> str:
    raw = [part if isinstance(part, bytes) else part.encode() for part in parts]
    return hashlib.sha256(b"\n".join(raw)).hexdigest()


def read_record() -> dict[str, str]:
    try:
        record = json.loads(RECORD.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def write_record(record: dict[str, str]) -> None:
    fresh = RECORD.with_suffix(".new")
    fresh.write_text(json.dumps(record, indent=1), encoding="utf-8")
    fresh.replace(RECORD)


def remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


# One at a time


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Hold the set-up for ourselves; the operating system lets go of it should we die."""
    with (ROOT / ".venv.lock").open("a+", encoding="utf-8") as handle:
        if not take(handle):
            print("another dev.py is setting up .venv; waiting for it ...", flush=True)
            while not take(handle, wait=True):
                pass
        yield


def take(handle: IO[str], wait: bool = False) -> bool:
    """Whether we have it now; waiting may give up after some seconds where the system is like that."""
    try:
        if sys.platform == "win32":
            handle.seek(0)
            msvcrt.locking(handle.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
