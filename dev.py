#!/usr/bin/env python3
"""From a fresh clone to a running program in one command: `python3 dev.py run`; also `demo`, `test`, `check`, `bench`.

Needs Python 3.11 or newer and nothing else, on Linux, macOS and Windows. Everything goes into `.venv/` beside this
file, from locks with hashes, and is made again only when a lock, pyproject.toml or Python itself has changed.

The commands are here, what they work with in `tools/`. This file keeps to syntax that Python 3.6 can read, so that an
old Python gives a sentence and not a SyntaxError.
"""

import difflib
import os
import shutil
import sys
import tempfile
import time
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

sys.path.insert(0, str(Path(__file__).resolve().parent))

from collections.abc import Callable, Iterator  # noqa: E402  # an old Python has left by now

from tools.environment import (  # noqa: E402
    LOCKS,
    PYTHON,
    ROOT,
    VENV,
    make_environment,
    only_one,
    prepare,
    require_venv_module,
    script,
)
from tools.programs import Step, Trouble, become, captured, followed, pip, quietly  # noqa: E402

LOCK_TOOL = "uv>=0.9"


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


# Parts of the commands


def passes(name: str, command: list[str]) -> bool:
    begun = time.monotonic()
    answer = captured(command)
    passed = answer.returncode == 0
    print(f"{name:8} {'passed' if passed else 'FAILED'}  {time.monotonic() - begun:.1f} s", flush=True)
    if not passed:
        print(answer.stdout.rstrip(), flush=True)
    return passed


def side_by_side(words: list[str]) -> list[str]:
    """Options that spread the tests over the processors, unless the words say how, or ask for a debugger.

    One at a time, in the order of tests/conftest.py: who is done takes the next, and none is left with many long ones.
    """
    alone = ("-n", "--numprocesses", "--dist", "--pdb", "--trace", "no:xdist")
    if any(word.startswith(alone) for word in words):
        return []
    workers = min(4, (os.cpu_count() or 1) + 1)  # one more than processors: many tests wait for a disk or a server
    return [f"--numprocesses={workers}", "--dist=load", "--maxschedchunk=1"]


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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
