"""`dev.py`: what it says when it cannot go on, and that it does no work twice. No test here makes an environment."""

import ast
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tools import environment, programs

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def dev(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """dev.py, with a project of its own to look after: two locks, a pyproject.toml, no environment yet."""
    spec = importlib.util.spec_from_file_location("dev", ROOT / "dev.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("runtime", "dev"):
        (tmp_path / f"{name}.lock").write_text(f"{name}==1\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    monkeypatch.chdir(tmp_path)  # where dev.py goes by itself; the tests after this one are back where they were
    venv = tmp_path / ".venv"
    places: dict[str, object] = {"ROOT": tmp_path, "VENV": venv, "PYTHON": venv / "python"}
    places["LOCKS"] = {name: tmp_path / f"{name}.lock" for name in ("runtime", "dev")}
    for name, place in places.items():
        monkeypatch.setattr(module, name, place)
        monkeypatch.setattr(environment, name, place)
    monkeypatch.setattr(environment, "RECORD", venv / environment.RECORD.name)
    return module


@pytest.fixture
def done(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The steps that were carried out; none of them does anything but make the interpreter's file."""
    names: list[str] = []

    def stand_in(name: str) -> object:
        def act(_step: object, _kind: str) -> None:
            names.append(name)
            dev.PYTHON.touch()

        return act

    monkeypatch.setattr(environment, "STEPS", {name: (name, stand_in(name)) for name in environment.STEPS})
    return names


EVERYTHING = ["environment", "packages", "project"]


def test_an_old_python_can_read_the_file() -> None:
    """It must get as far as the sentence that tells it to leave."""
    ast.parse((ROOT / "dev.py").read_text(encoding="utf-8"), feature_version=(3, 6))


def test_an_old_python_is_told_in_one_line(dev: ModuleType) -> None:
    line = dev.too_old((3, 8, 18), "/usr/bin/python3")
    assert "/usr/bin/python3 is Python 3.8" in line
    assert "Python 3.11 or newer" in line
    assert "\n" not in line
    assert dev.too_old((3, 11, 0), "/usr/bin/python3") == ""


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_missing_module_names_the_package_to_install(
    dev: ModuleType, module: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Debian and Ubuntu keep it apart; nothing is made before this is known."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == module else object())
    assert dev.main(["setup"]) == 1
    said = capsys.readouterr().err
    assert module in said
    assert "sudo apt install python3-venv" in said
    assert said.count("\n") == 1
    assert not dev.VENV.exists()


@pytest.mark.parametrize(
    ("output", "advice"),
    [
        ("NewConnectionError(...)\nERROR: No matching distribution found for alembic", "check the network"),
        ("ERROR: No matching distribution found for pysqlite3==0.6.1", "CPython 3.11"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "do not use it"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("something never seen", "the lines above"),
    ],
)
def test_a_failed_installation_says_what_to_do(output: str, advice: str) -> None:
    assert advice in programs.remedy(output)


def test_a_second_call_does_nothing(dev: ModuleType, done: list[str]) -> None:
    dev.prepare("runtime")
    dev.prepare("runtime")
    assert done == EVERYTHING


def test_the_developers_environment_serves_the_program_too(dev: ModuleType, done: list[str]) -> None:
    dev.prepare("dev")
    dev.prepare("runtime")
    assert done == EVERYTHING


def test_the_developers_tools_are_added_to_what_is_there(dev: ModuleType, done: list[str]) -> None:
    dev.prepare("runtime")
    dev.prepare("dev")
    dev.prepare("runtime")
    assert done == [*EVERYTHING, "packages"]


def test_a_changed_lock_makes_everything_again(dev: ModuleType, done: list[str]) -> None:
    """Packages that have left the lock must not linger."""
    dev.prepare("dev")
    dev.LOCKS["dev"].write_text("dev==2\n")
    dev.prepare("dev")
    assert done == EVERYTHING * 2


def test_a_changed_pyproject_installs_only_the_project(dev: ModuleType, done: list[str]) -> None:
    dev.prepare("dev")
    (dev.ROOT / "pyproject.toml").write_text("[project]\nname = 'other'\n")
    dev.prepare("dev")
    assert done == [*EVERYTHING, "project"]


def test_another_python_makes_everything_again(
    dev: ModuleType, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    dev.prepare("dev")
    monkeypatch.setattr(sys, "version", "3.99.0 (main)")
    dev.prepare("dev")
    assert done == EVERYTHING * 2


def test_an_interrupted_set_up_is_made_again(
    dev: ModuleType, done: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Half an installed package looks whole, so nothing of it is kept."""

    def interrupted(_step: object, _kind: str) -> None:
        raise KeyboardInterrupt

    whole = dict(environment.STEPS)
    monkeypatch.setitem(environment.STEPS, "packages", ("packages", interrupted))
    assert dev.main(["setup"]) == 130
    assert "the same command takes it up again" in capsys.readouterr().err
    monkeypatch.setattr(environment, "STEPS", whole)
    dev.prepare("dev")
    assert done == ["environment", *EVERYTHING]


@pytest.mark.parametrize("record", ["", "[]", "{", json.dumps({"python": "?"})])
def test_a_damaged_record_makes_everything_again(dev: ModuleType, done: list[str], record: str) -> None:
    dev.prepare("dev")
    environment.RECORD.write_text(record)
    dev.prepare("dev")
    assert done == EVERYTHING * 2


def test_a_folder_that_is_no_environment_is_not_touched(
    dev: ModuleType, done: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    dev.VENV.mkdir()
    (dev.VENV / "letters.txt").write_text("mine")
    assert dev.main(["setup"]) == 1
    assert "move it away" in capsys.readouterr().err
    assert (dev.VENV / "letters.txt").read_text() == "mine"
    assert done == []


def test_tests_run_side_by_side_unless_the_words_say_how(dev: ModuleType) -> None:
    assert int(dev.side_by_side(["-k", "hold"])[0].removeprefix("--numprocesses=")) in range(2, 5)
    assert dev.side_by_side(["-n0"]) == []
    assert dev.side_by_side(["--pdb"]) == []


@pytest.fixture
def tried(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The programs that were run to get a browser; none helps, unless a test says so."""
    names: list[str] = []

    def followed(command: list[str], see: object) -> tuple[int, list[str]]:
        assert callable(see)
        names.append(" ".join(Path(word).name if word == command[0] else word for word in command))
        return 0, []

    monkeypatch.setattr(dev, "followed", followed)
    monkeypatch.setattr(dev, "browser_found", lambda: False)
    monkeypatch.setattr(dev.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(dev.os, "geteuid", lambda: 0, raising=False)
    monkeypatch.delenv("CI", raising=False)
    return names


DOWNLOAD = "python -m playwright install chromium"
DEBIAN = ["apt-get update", "apt-get install --yes --no-install-recommends chromium"]


def test_a_browser_that_is_there_is_taken(dev: ModuleType, tried: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "browser_found", lambda: True)
    dev.have_browser()
    assert tried == []


def test_a_browser_is_downloaded_and_else_comes_from_debian(
    dev: ModuleType, tried: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """And where nothing helps, the other tests are run all the same."""
    dev.have_browser()
    assert tried == [DOWNLOAD, *DEBIAN]
    told = capsys.readouterr()
    assert told.out.count("failed after") == 2
    assert "sudo apt install chromium" in told.err


def test_a_download_that_works_is_enough(
    dev: ModuleType, tried: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev, "browser_found", lambda: bool(tried))
    dev.have_browser()
    assert tried == [DOWNLOAD]
    assert "failed" not in capsys.readouterr().out


def test_nothing_is_installed_on_a_machine_that_is_not_ours(
    dev: ModuleType, tried: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev.os, "geteuid", lambda: 1000, raising=False)
    dev.have_browser()
    assert tried == [DOWNLOAD]


def test_without_a_browser_ci_fails(dev: ModuleType, tried: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "1")
    with pytest.raises(dev.Trouble, match="no browser"):
        dev.have_browser()
    assert len(tried) == 3


def test_only_tests_in_a_browser_ask_for_one(dev: ModuleType) -> None:
    assert dev.asks_for_browser([])
    assert dev.asks_for_browser(["-x", "-k", "hold"])
    assert dev.asks_for_browser(["tests/browser/test_editor.py"])
    assert not dev.asks_for_browser(["-n0", "./tests/unit", "tests/store/test_items.py::test_one"])


def test_without_node_the_assets_are_not_built(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev.shutil, "which", lambda _name: None)
    assert dev.main(["assets"]) == 1
    said = capsys.readouterr().err
    assert "needs node" in said
    assert said.count("\n") == 1


def test_an_unknown_command_is_a_usage_fault(dev: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert dev.main(["tset"]) == 2
    assert "try: test" in capsys.readouterr().err
