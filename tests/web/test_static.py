"""The pages' static files: built from the sources beside them, with nothing in them that we may not ship."""

import hashlib
import json
import re
from pathlib import Path
from zipfile import ZipFile

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).resolve().parents[2]
ASSETS = ROOT / "qa_workflow" / "web" / "assets"
STATIC = ROOT / "qa_workflow" / "web" / "static"
# The letters of the logo and its lozenge, as NHS.UK frontend and its templates draw them.
LOGO = re.compile(rb"M200 0v80H0V0h200|5\.5c-14\.5 0-29 5-29 22|c-14\.5 0-29 5-29 22")


def sums(folder: Path) -> dict[str, str]:
    """As build.js counts them: with plain line ends, without what npm has fetched."""
    files = [path for path in folder.rglob("*") if path.is_file() and "node_modules" not in path.parts]
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
        for path in files
        if path != STATIC / "built.json"
    }


def test_the_built_files_belong_to_their_sources() -> None:
    """If not: `python3 dev.py assets`, and commit what it has built."""
    record = json.loads((STATIC / "built.json").read_text(encoding="utf-8"))
    assert record["sources"] == sums(ASSETS)
    assert record["built"] == sums(STATIC)


@pytest.mark.parametrize("path", sorted(STATIC.iterdir()), ids=lambda path: path.name)
def test_no_file_has_the_font_the_host_or_the_logo(path: Path) -> None:
    """The font is licensed to NHS organisations, the logo is a trade mark, and pages fetch nothing from elsewhere."""
    content = path.read_bytes()
    assert not re.search(rb"frutiger|assets\.nhs|@font-face", content, re.IGNORECASE)
    assert not LOGO.search(content)


def test_the_styles_and_scripts_name_no_other_host() -> None:
    """Names of XML namespaces are no addresses; nor is what a comment of a licence says."""
    spaces = {b"http://www.w3.org/2000/svg", b"http://www.w3.org/1999/xlink", b"http://www.w3.org/1999/xhtml"}
    found = {
        address
        for path in STATIC.iterdir()
        if path.suffix in {".css", ".js", ".svg"}
        for address in re.findall(rb"https?://[\w./-]+", path.read_bytes())
    }
    assert found <= spaces


def test_every_picture_that_the_styles_name_is_there() -> None:
    styles = (STATIC / "site.css").read_text(encoding="utf-8")
    named = set(re.findall(r"url\(\"?([^)\"]+)", styles))
    assert named
    assert {name for name in named if not name.startswith("/static/")} == set()
    assert [name for name in named if not (STATIC / name.removeprefix("/static/")).is_file()] == []


def test_the_font_of_the_page_is_one_that_people_have() -> None:
    """The framework says none when its own is left out, and browsers would take a serif."""
    assert "html{font-family:arial,sans-serif}" in (STATIC / "site.css").read_text(encoding="utf-8")


def test_the_lock_of_the_assets_names_no_address() -> None:
    """`python3 dev.py assets` takes them out."""
    assert "://" not in (ASSETS / "package-lock.json").read_text(encoding="utf-8")


def test_packages_are_pinned_exactly() -> None:
    """The name codemirror has a mispublished newer version, and the templates belong to one version of the styles."""
    package = json.loads((ASSETS / "package.json").read_text(encoding="utf-8"))
    assert [v for v in package["devDependencies"].values() if not re.fullmatch(r"\d+\.\d+\.\d+", v)] == []


def test_the_licences_of_what_is_built_in_are_told() -> None:
    notice = (STATIC / "NOTICE.txt").read_text(encoding="utf-8")
    package = json.loads((ASSETS / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    for name in ("nhsuk-frontend", "htmx.org", "codemirror", "@codemirror/view", "@codemirror/lang-yaml"):
        assert f"{name} {package[name]}" in notice
    assert "Copyright (c) NHS England" in notice
    assert "Zero-Clause BSD" in notice
    assert "Marijn Haverbeke" in notice


def test_a_wheel_carries_the_static_files_and_templates_but_not_their_sources(tmp_path: Path) -> None:
    """Whoever installs the program needs no node."""
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with ZipFile(wheel) as archive:
        carried = set(archive.namelist())
    web = ROOT / "qa_workflow" / "web"
    wanted = [*STATIC.iterdir(), *(web / "templates").rglob("*.html")]
    assert {path.relative_to(ROOT).as_posix() for path in wanted} <= carried
    assert not [name for name in carried if name.startswith("qa_workflow/web/assets")]
