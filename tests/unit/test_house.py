"""The house itself: its floors, its locks, and what a wheel carries to those who only use it."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from hatchling.builders.wheel import WheelBuilder
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "locks").glob("*.lock"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def pins(lock: Path) -> dict[str, Version]:
    found = re.findall(r"^([a-z0-9.-]+)==(\S+)", lock.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {name: Version(version) for name, version in found}


def requirements(name: str) -> list[Requirement]:
    """What pyproject.toml asks for of a lock: the program's own needs, and for `dev` the developers' too."""
    wanted: list[str] = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["build"]]
    if name == "dev":
        wanted += PROJECT["project"]["optional-dependencies"]["postgresql"]
        wanted += [line for line in PROJECT["dependency-groups"]["dev"] if isinstance(line, str)]
    return [Requirement(line) for line in wanted]


LINT = """
import sys
from importlinter.cli import lint_imports
sys.exit(lint_imports(config_filename="pyproject.toml", no_cache=True, no_logo=True))
"""


def test_imports_run_downhill() -> None:
    """The contracts stand in pyproject.toml. A process of its own, because it silences every log that it finds."""
    told = subprocess.run([sys.executable, "-c", LINT], cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout
    assert "3 kept, 0 broken" in told.stdout


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_a_lock_names_no_address(lock: Path) -> None:
    """Where packages come from is for each machine to say; their hashes say that they are the right ones."""
    text = lock.read_text(encoding="utf-8")
    packages = re.split(r"^(?=[a-z])", text, flags=re.MULTILINE)
    assert "://" not in text
    assert [package for package in packages if package and "--hash=sha256:" not in package] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_a_lock_answers_pyproject(lock: Path) -> None:
    """If not: `python3 dev.py lock`."""
    have = pins(lock)
    wrong = [
        str(wanted)
        for wanted in requirements(lock.stem)
        if (found := have.get(wanted.name.lower())) is None or found not in wanted.specifier
    ]
    assert wrong == []


def test_the_dev_lock_holds_the_runtime_lock() -> None:
    """So an environment for the tests runs the program with the very same packages."""
    runtime, dev = (pins(ROOT / "locks" / name) for name in ("runtime.lock", "dev.lock"))
    assert runtime.items() <= dev.items()


def test_a_wheel_carries_the_migrations_and_the_shipped_workflows(tmp_path: Path) -> None:
    """`pip install .` must be enough for somebody who only uses the program."""
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with ZipFile(wheel) as archive:
        carried = set(archive.namelist())
    migrations = sorted((ROOT / "qa_workflow" / "store" / "migrations").rglob("*.py"))
    workflows = sorted((ROOT / "workflows").glob("*.yaml"))
    expected = {path.relative_to(ROOT).as_posix() for path in migrations}
    expected |= {f"qa_workflow/shipped/{path.name}" for path in workflows}
    assert expected <= carried
    assert not [name for name in carried if name.startswith(("tests/", "workflows/"))]


SHORT = 5
"""Seconds. What may take longer on a busy machine, and is then gone on without, was a pause."""
NAPS = frozenset({"sleep", "wait_for_timeout"})
WAITS = frozenset({"wait", "wait_for", "join", "acquire", "poll", "select", "communicate"})


def _pauses(tree: ast.AST) -> Iterator[ast.Call]:
    """Calls that let time pass: those made for it, and waits that end by themselves within seconds."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        limits = [*node.args, *(word.value for word in node.keywords if word.arg == "timeout")]
        if name in NAPS or (name in WAITS and any(_is_short(limit) for limit in limits)):
            yield node


def _is_short(limit: ast.expr) -> bool:
    match limit:
        case ast.Constant(value=int() | float() as seconds):
            return 0 < seconds < SHORT
    return False


@pytest.mark.parametrize(
    ("code", "is_pause"),
    [
        ("time.sleep(1)", True),
        ("page.wait_for_timeout(50)", True),
        ("threading.Event().wait(0.5)", True),
        ("thread.join(timeout=0.01)", True),
        ("thread.join(10)", False),
        ("stop.wait()", False),
        ("' '.join(words)", False),
    ],
)
def test_a_pause_is_known_when_it_is_seen(code: str, is_pause: bool) -> None:
    assert bool(list(_pauses(ast.parse(code)))) is is_pause


def test_no_test_lets_time_pass() -> None:
    """It waits for the thing itself (a line of output, an event, a browser's own waiting), or moves its clock."""
    found = [
        f"{path.relative_to(ROOT)}:{call.lineno}: {ast.unparse(call)}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        for call in _pauses(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []


def test_every_link_between_our_pages_leads_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    links = [(page, link) for page in pages for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8"))]
    assert links
    broken = [(page.name, link) for page, link in links if "://" not in link and not (page.parent / link).exists()]
    assert broken == []
