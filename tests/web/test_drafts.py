"""Drafts over HTTP: saved byte for byte, never overwritten unseen, published by a second person, for those who may."""

import re
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from qa_workflow.service.definitions import drafting
from tests.web.filling import text
from tests.web.programs import Program
from tests.web.site import ROOT, Site

ACTION = (ROOT / "workflows" / "cqrg_action.yaml").read_text(encoding="utf-8")
LATER = ACTION.replace("title: Closed\n", "title: Over and done\n")


def begun(client: TestClient, **fields: str) -> str:
    """A draft of the action's workflow, unless said otherwise; its address."""
    wanted = {"kind": "workflow", "name": "cqrg_action"} | fields
    answer = client.post("/drafts", data={**wanted, "form_key": client.headers["X-Form-Key"]})
    assert answer.status_code == 303
    return answer.headers["location"]


def send(client: TestClient, path: str, **fields: Any) -> Any:
    return client.post(path, data={**fields, "form_key": client.headers["X-Form-Key"]})


@pytest.fixture
def administrator(site: Site) -> TestClient:
    return site.client("administrator")


@pytest.fixture
def officer(site: Site) -> TestClient:
    return site.client("governance-officer")


@pytest.fixture
def proposed(administrator: TestClient) -> str:
    """A change that waits for a second person; its address."""
    path = begun(administrator)
    send(administrator, path, revision="1", source=LATER)
    assert send(administrator, f"{path}/propose", revision="2", note="Kinder").status_code == 303
    return path


def test_only_who_may_publish_writes_drafts(site: Site) -> None:
    client = site.client("quality-lead")
    for path in ("/drafts", "/drafts/1", "/drafts/1/changes", "/drafts/words/workflow"):
        assert client.get(path).status_code == 403
    for path in ("/drafts", "/drafts/lint", "/drafts/picture", "/drafts/1", "/drafts/1/approve"):
        assert send(client, path).status_code == 403


def test_a_draft_that_is_not_there_is_not_there(administrator: TestClient) -> None:
    for path in ("/drafts/9", "/drafts/9/changes", f"/drafts/{10**30}"):
        assert administrator.get(path).status_code == 404
    for named in ({"name": "nothing"}, {"name": "provider_assurance", "version": "9" * 5000}):
        assert send(administrator, "/drafts", kind="workflow", **named).status_code == 404


def test_the_text_is_saved_as_it_was_typed(site: Site, administrator: TestClient) -> None:
    """Every space of it; browsers send line ends as CR LF."""
    path = begun(administrator)
    typed = "\n  workflow: x \n\ttab\n# ö \U0001f600\n\n"
    assert send(administrator, path, revision="1", source=typed.replace("\n", "\r\n")).status_code == 303
    assert drafting.draft(site.house, 1).source.decode() == typed
    page = administrator.get(path).text
    found = re.search(r"<textarea[^>]*>\n(.*)</textarea>", page, re.DOTALL)
    assert found is not None
    assert found[1] == typed


def test_a_draft_begins_as_the_version_that_was_looked_at(site: Site, administrator: TestClient) -> None:
    begun(administrator)
    assert drafting.draft(site.house, 1).source == ACTION.encode()
    begun(administrator, kind="governance", name="")
    assert drafting.draft(site.house, 2).source == (ROOT / "workflows" / "governance.yaml").read_bytes()


def test_a_stale_save_comes_back_filled(site: Site, administrator: TestClient, officer: TestClient) -> None:
    """With who was quicker, and what is different; sent again, it replaces theirs knowingly."""
    path = begun(administrator)
    send(officer, path, revision="1", source=ACTION + "# theirs\n")
    answer = send(administrator, path, revision="1", source=ACTION + "# mine\n")
    assert answer.status_code == 409
    assert "governance-officer saved it" in answer.text
    assert "<ins>+ # mine</ins>" in answer.text
    assert "<del>- # theirs</del>" in answer.text
    assert 'name="revision" value="2"' in answer.text
    assert send(administrator, path, revision="2", source=ACTION + "# mine\n").status_code == 303
    assert drafting.draft(site.house, 1).source.decode().endswith("# mine\n")


def test_the_editor_saves_by_itself(administrator: TestClient, officer: TestClient) -> None:
    """It is told the new revision, or in words why not."""
    path = begun(administrator)
    answer = send(administrator, f"{path}/autosave", revision="1", source="workflow: x")
    assert answer.json() == {"revision": 2, "said": "Saved at 10:00"}
    stale = send(officer, f"{path}/autosave", revision="1", source="workflow: y")
    assert stale.status_code == 409
    assert "administrator saved it" in stale.json()["said"]


def test_faults_are_told_with_their_places(administrator: TestClient) -> None:
    """In UTF-16 columns, as the editor counts."""
    (mark,) = send(administrator, "/drafts/lint", kind="workflow", source=ACTION + "titel: x\n").json()
    assert mark == {
        "line": ACTION.count("\n") + 1,
        "col": 1,
        "end_line": ACTION.count("\n") + 1,
        "end_col": 6,
        "message": "the key 'titel' does not exist here",
        "rule": "unknown-key",
        "mend": mark["mend"],
        "severity": "error",
    }
    assert send(administrator, "/drafts/lint", kind="workflow", source=ACTION).json() == []


@pytest.mark.parametrize(
    "source", ["", "[" * 100_000, "a: &x [*x]", "\ufeff", "\u202e", "x: !!python/object:os.system y"]
)
@pytest.mark.parametrize("kind", ["workflow", "governance", "nonsense"])
def test_whatever_is_typed_there_is_an_answer(administrator: TestClient, kind: str, source: str) -> None:
    assert send(administrator, "/drafts/lint", kind=kind, source=source).status_code == 200
    assert send(administrator, "/drafts/picture", kind=kind, source=source).status_code == 204


def test_the_picture_is_a_fragment_without_styles(administrator: TestClient) -> None:
    answer = send(administrator, "/drafts/picture", kind="workflow", source=LATER)
    assert answer.text.strip().startswith("<svg")
    assert "Over and done" in answer.text
    assert "<style" not in answer.text


def test_markup_in_a_text_stays_text(administrator: TestClient) -> None:
    """In the picture, in the editor, and among the faults."""
    evil = ACTION.replace("title: Closed\n", "title: <script>alert(1)</script>\n") + "</textarea><script>: x\n"
    path = begun(administrator)
    send(administrator, path, revision="1", source=evil)
    for answer in (
        administrator.get(path),
        administrator.get(f"{path}/changes"),
        send(administrator, "/drafts/picture", kind="workflow", source=evil),
    ):
        assert "<script>" not in answer.text


def test_the_editor_knows_the_schema_and_the_names(administrator: TestClient) -> None:
    words = administrator.get("/drafts/words/workflow").json()
    assert "stages" in words["schema"]["properties"]
    assert "quality_lead" in words["names"]["roles"]
    assert "organisations" in administrator.get("/drafts/words/governance").json()["schema"]["properties"]


def test_what_changes_is_said_in_words_before_it_is_proposed(administrator: TestClient) -> None:
    path = begun(administrator)
    text = LATER.replace("by: [quality_lead, committee_chair]", "by: [quality_lead, lay_member]", 1)
    send(administrator, path, revision="1", source=text)
    page = administrator.get(f"{path}/changes").text
    assert page.index("Who may newly do something") < page.index("Words")
    assert "Lay member may newly" in page


def test_a_text_with_a_fault_is_not_proposed(administrator: TestClient) -> None:
    """The page says what is wrong; sent all the same, it is refused with the reason, and what was typed stays."""
    path = begun(administrator)
    send(administrator, path, revision="1", source=ACTION + "titel: x\n")
    line = ACTION.count("\n") + 1
    said = f'<a href="{path}#line-{line}">Line {line}: the key &#39;titel&#39; does not exist here; '
    assert said in administrator.get(f"{path}/changes").text
    assert said in administrator.get(f"{path}/impact").text
    answer = send(administrator, f"{path}/propose", revision="2", note="My reason")
    assert answer.status_code == 422
    assert "It was not proposed" in answer.text
    assert answer.text.count(f'href="{path}#line-{line}"') == 2, "in the summary, and on the page"


def test_a_fault_that_a_published_workflow_would_have_is_told_with_its_file(administrator: TestClient) -> None:
    """It is in no line of the draft, so no link leads to one."""
    path = begun(administrator, kind="governance", name="")
    governance = (ROOT / "workflows" / "governance.yaml").read_text(encoding="utf-8")
    send(administrator, path, revision="1", source=governance.replace("clinical_lead", "clinician"))
    page = administrator.get(f"{path}/changes").text
    assert re.search(r"<li>In quality_account version 1, which is published, line \d+: .*clinical_lead", page)


def test_what_is_published_already_is_not_proposed(administrator: TestClient) -> None:
    path = begun(administrator)
    answer = send(administrator, f"{path}/propose", revision="1", note="My reason")
    assert answer.status_code == 422
    assert "this very text is version 1" in answer.text.lower()
    assert ">My reason</textarea>" in answer.text


def test_a_second_person_publishes_exactly_these_bytes(
    site: Site, administrator: TestClient, officer: TestClient, proposed: str
) -> None:
    page = officer.get(f"{proposed}/changes").text
    found = re.search(r'name="hash" value="([0-9a-f]{64})"', page)
    assert found is not None
    assert send(officer, f"{proposed}/approve", hash="0" * 64).status_code == 409
    answer = send(officer, f"{proposed}/approve", hash=found[1])
    assert answer.headers["location"] == "/workflows/cqrg_action"
    assert officer.get("/workflows/cqrg_action/file").content == LATER.encode()
    assert administrator.get(f"{proposed}/changes").headers["location"] == "/workflows/cqrg_action/versions"
    told = text(officer.get("/workflows/cqrg_action/versions"))
    assert "by Governance officer; proposed by Administrator." in told
    assert told.count("proposed by") == 1, "what was set up nobody proposed"
    api = Program(site, "quality-lead")
    versions = api.get("/workflows/cqrg_action/versions")["versions"]
    assert [each["proposed_by"] for each in versions] == ["administrator", None]
    assert api.get("/workflows/cqrg_action")["newest"] == versions[0]
    assert [api.get(f"/workflows/cqrg_action/versions/{each['version']}")["version"] for each in versions] == versions


def test_who_proposed_does_not_publish(site: Site, administrator: TestClient, proposed: str) -> None:
    """The page offers no button, and the rule does not depend on that."""
    assert "Publish exactly this text" not in administrator.get(f"{proposed}/changes").text
    digest = drafting.draft(site.house, 1).proposed_hash
    answer = send(administrator, f"{proposed}/approve", hash=digest)
    assert answer.status_code == 422
    assert "It was not published" in answer.text
    assert "administrator wrote it" in answer.text


def test_a_proposal_is_taken_back_to_be_written_on(administrator: TestClient, proposed: str) -> None:
    assert administrator.get(proposed).headers["location"] == f"{proposed}/changes"
    assert send(administrator, f"{proposed}/withdraw").headers["location"] == proposed
    assert administrator.get(proposed).status_code == 200


def test_a_draft_that_was_overtaken_says_so(
    site: Site, administrator: TestClient, officer: TestClient, proposed: str
) -> None:
    other = begun(officer)
    send(officer, f"{proposed}/approve", hash=str(drafting.draft(site.house, 1).proposed_hash))
    site.push(timedelta(days=1))
    assert "Version 2 has been published since" in administrator.get(other).text


def test_going_back_is_a_draft_of_the_old_text(site: Site, officer: TestClient, proposed: str) -> None:
    send(officer, f"{proposed}/approve", hash=str(drafting.draft(site.house, 1).proposed_hash))
    begun(officer, version="1")
    assert drafting.draft(site.house, 2).source == ACTION.encode()


def test_a_new_workflow_begins_without_a_fault(administrator: TestClient) -> None:
    path = begun(administrator, name="")
    assert "Nothing is wrong with this text." in administrator.get(path).text
    assert send(administrator, f"{path}/propose", revision="1", note="New").status_code == 303


def test_a_governance_file_that_a_workflow_does_not_fit_is_not_proposed(administrator: TestClient) -> None:
    """A role that a published workflow names is missed there, and the page says where."""
    path = begun(administrator, kind="governance", name="")
    text = (ROOT / "workflows" / "governance.yaml").read_text(encoding="utf-8").replace("scrutiny", "inspection")
    send(administrator, path, revision="1", source=text)
    page = administrator.get(f"{path}/changes").text
    assert "quality_account version 1" in page
    assert "role &#39;scrutiny&#39; is not defined" in page


def test_a_draft_is_thrown_away(site: Site, administrator: TestClient) -> None:
    path = begun(administrator)
    assert send(administrator, f"{path}/discard", revision="1").headers["location"] == "/drafts"
    assert administrator.get(path).status_code == 404
    assert drafting.drafts(site.house) == []


@pytest.mark.usefixtures("proposed")
def test_the_list_says_what_waits_for_whom(officer: TestClient) -> None:
    begun(officer, kind="governance", name="")
    page = officer.get("/drafts").text
    waiting, mine, others = (page.index(h) for h in ("Waiting for a second person", "Your drafts", "Drafts of others"))
    assert waiting < page.index("Review group action") < mine < page.index(">Governance file<") < others
