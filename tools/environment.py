"""The environment in `.venv/`: made from the locks, and made again only when what it was made from has changed."""

import contextlib
import hashlib
import importlib.util
import json
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from tools.programs import Step, Trouble, pip, quietly

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
RECORD = VENV / "made-by-dev.json"  # what is in .venv; without it, or with less in it, .venv is made again
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
LOCKS = {"runtime": ROOT / "locks" / "runtime.lock", "dev": ROOT / "locks" / "dev.lock"}
SERVED_BY = {"runtime": ("runtime", "dev"), "dev": ("dev",)}  # the dev lock holds all of the runtime lock


def script(name: str) -> str:
    return str(BIN / (f"{name}.exe" if os.name == "nt" else name))


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
    pip(step, "--require-hashes", "--only-binary", ":all:", "-r", str(LOCKS[kind]), python=PYTHON, total=total)


def step_project(step: "Step", _kind: str) -> None:
    pip(step, "--no-index", "--no-deps", "--no-build-isolation", "--editable", str(ROOT), python=PYTHON)


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
