"""The pages about what is published: seen by those who see everything, in every version."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from qa_workflow.definition import load_workflow
from qa_workflow.service.world import GOVERNANCE
from qa_workflow.web.line_diff import Line, line_diff
from qa_workflow.web.marks import marks
from tests.web.filling import text
from tests.web.site import ROOT, Site

PAGES = ("", "/text", "/versions", "/file")
QUALITY_ACCOUNT = (ROOT / "workflows" / "quality_account.yaml").read_text(encoding="utf-8")


@pytest.fixture
def changed(site: Site, tmp_path: Path) -> str:
    """The Quality Account in a second version, which asks for the draft a day later."""
    text = QUALITY_ACCOUNT.replace("Send the draft Quality Account", "Send us the draft Quality Account")
    (tmp_path / "governance.yaml").write_bytes((ROOT / "workflows" / "governance.yaml").read_bytes())
    for other in ("cqrg_action", "provider_assurance"):
        (tmp_path / f"{other}.yaml").write_bytes((ROOT / "workflows" / f"{other}.yaml").read_bytes())
    (tmp_path / "quality_account.yaml").write_text(text, encoding="utf-8")
    site.push(timedelta(days=1))
    site.engine.publish([tmp_path], actor="administrator")
    return text


def test_every_workflow_is_listed_with_its_version(site: Site) -> None:
    page = site.client("quality-lead").get("/workflows")
    assert page.status_code == 200
    for name in ("quality_account", "cqrg_action", "provider_assurance"):
        assert f'href="/workflows/{name}"' in page.text
    assert "Quality Account review" in page.text
    assert "1 April 2027, 09:00, when this was set up" in page.text


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("what", ["/workflows/quality_account", "/governance"])
def test_providers_do_not_see_how_the_house_works(site: Site, what: str, page: str) -> None:
    assert site.client("ghft-contact").get(what + page).status_code == 403
    assert site.client("quality-lead").get(what + page).status_code == 200


def test_a_workflow_is_a_picture_and_the_same_in_words(site: Site) -> None:
    """Each stage of the picture leads to its words."""
    page = site.client("lay-member").get("/workflows/quality_account").text
    workflow = load_workflow(QUALITY_ACCOUNT.encode())
    for stage in workflow.stages.values():
        assert f'href="#stage-{stage.path}"' in page
        assert f'id="stage-{stage.path}"' in page
    assert "<style" not in page
    assert "by Quality lead" in page


def test_a_file_is_given_back_byte_for_byte(site: Site) -> None:
    answer = site.client("quality-lead").get("/workflows/quality_account/file")
    assert answer.content == QUALITY_ACCOUNT.encode()
    assert answer.headers["content-disposition"] == 'attachment; filename="quality_account.yaml"'
    assert answer.headers["content-type"].startswith("text/plain")


def test_an_earlier_version_stays_to_be_seen(site: Site, changed: str) -> None:
    """And says that it is not the newest."""
    client = site.client("quality-lead")
    assert "Send us the draft" in client.get("/workflows/quality_account").text
    old = client.get("/workflows/quality_account?version=1").text
    assert "Send us the draft" not in old
    assert "It is not the newest" in old
    assert client.get("/workflows/quality_account/file?version=1").content == QUALITY_ACCOUNT.encode()
    assert client.get("/workflows/quality_account/file?version=2").content == changed.encode()


def test_each_version_says_what_it_changed(site: Site, changed: str) -> None:
    page = site.client("administrator").get("/workflows/quality_account/versions").text
    assert "Send us the draft" in changed
    assert "Words</h3>" in page
    assert re.search(r"<li>The stage “Draft awaited”: .*is now “Send us the draft", page)
    assert re.search(r"<ins>\+ .*Send us the draft", page)
    assert re.search(r"<del>- .*Send the draft", page)
    assert "Go back to version 1 in a draft" in page
    assert "Go back to version 2" not in page


@pytest.mark.parametrize(
    "path", ["/workflows/nothing", "/workflows/quality_account?version=9", "/governance?version=9"]
)
def test_what_was_never_published_is_not_there(site: Site, path: str) -> None:
    assert site.client("administrator").get(path).status_code == 404


def test_only_who_may_publish_is_offered_a_draft(site: Site) -> None:
    assert "in a draft" in site.client("governance-officer").get("/workflows/quality_account").text
    assert "in a draft" not in site.client("quality-lead").get("/workflows/quality_account").text


def test_the_governance_file_says_who_may_do_what(site: Site) -> None:
    page = site.client("quality-lead").get("/governance").text
    assert "Publish a definition" in page
    assert "Administrator, Governance officer" in page
    assert "Quality and Governance Committee" in page
    assert GOVERNANCE not in re.findall(r'href="/workflows/([a-z_]+)"', page)


def test_the_governance_file_says_every_way_up_and_when_papers_and_minutes_are_due(site: Site, tmp_path: Path) -> None:
    """What is written of a body for people to read is read somewhere."""
    shipped = (ROOT / "workflows" / "governance.yaml").read_text(encoding="utf-8")
    more = shipped.replace(
        "    reports_to: governing_body\n",
        "    reports_to: governing_body\n    also_reports_to: [quality_and_governance_committee]\n",
        1,
    )
    path = tmp_path / "governance.yaml"
    path.write_text(more, encoding="utf-8")
    site.push(timedelta(days=1))
    site.engine.publish([path], actor=None)
    page = text(site.client("quality-lead").get("/governance"))
    assert "Reports to ICB Board; Quality and Governance Committee Papers 2 clear working days before meeting" in page
    assert "Draft minutes 10 working days after meeting" in page


def test_a_workflow_says_for_how_long_its_records_are_to_be_kept(site: Site) -> None:
    page = text(site.client("quality-lead").get("/workflows/quality_account"))
    assert "Its records are to be kept for 20 years after an item has ended. Nothing is deleted by itself." in page


def test_a_difference_shows_passages_and_not_whole_texts() -> None:
    old = "\n".join(f"line {n}" for n in range(40))
    found = list(line_diff(old, old.replace("line 20", "line twenty")))
    assert found[0] == Line("@", "Line 18")
    assert [line for line in found if line.mark in "+-"] == [Line("-", "line 20"), Line("+", "line twenty")]
    assert len(found) == 9
    assert list(line_diff(old, old)) == []


def test_marks_count_as_a_browser_counts() -> None:
    """Two emoji are four UTF-16 units; the underline covers the word that is wrong, and no remark after it."""
    from qa_workflow.definition import read_workflow

    text = 'workflow: x\ntitle: "\U0001f600\U0001f600"\nstages: {a: {end: completed, \U0001f600: 1, titel: y}} # ö\n'
    found = list(marks(text, read_workflow(text.encode(), "x").faults))
    lines = text.split("\n")
    wrong = {
        lines[m["line"] - 1].encode("utf-16-le")[2 * m["col"] - 2 : 2 * m["end_col"] - 2].decode("utf-16-le")
        for m in found
    }
    assert "titel" in wrong


@pytest.mark.parametrize(
    ("line", "column", "wrong"),
    [
        ("    owner: quality_laed  # who", 12, "quality_laed"),
        ("  due: 5 wroking days after entry", 8, "5 wroking days after entry"),
        ("  a: {to: nowhere, by: x}", 11, "nowhere"),
        ("  to: 'it''s' # so", 7, "'it''s'"),
        ("  titel: x", 3, "titel"),
        ("  :", 3, ":"),
        ("", 1, ""),
        ("short", 99, ""),
    ],
)
def test_a_mark_covers_what_is_wrong(line: str, column: int, wrong: str) -> None:
    from qa_workflow.definition import Fault

    (mark,) = marks(line, [Fault("x", 1, column, "rule", "what", "mend")])
    assert line[mark["col"] - 1 : mark["end_col"] - 1] == wrong
