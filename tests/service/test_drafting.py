"""Drafts: not lost, not overwritten, and published by a second person who approves exactly these bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
import yaml

from qa_workflow.definition import DefinitionRefused
from qa_workflow.engine.refusals import Nonsense
from qa_workflow.service.definitions import drafting, proposals
from qa_workflow.service.definitions.drafting import NotInThisState, SecondPersonWanted, TooFewPublishers, UnknownDraft
from qa_workflow.service.front import Engine
from qa_workflow.service.house import House
from qa_workflow.service.refusals import NothingPublished, NotYours, Stale
from qa_workflow.store.sql_store import SqlStore
from qa_workflow.store.statements import RECORD
from tests.service.publishers import GOVERNANCE, REPORT, office_at


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Iterator[Engine]:
    """Ada and Abe administrate, Pip publishes; all three may."""
    with office_at(tmp_path, database_url) as engine:
        yield engine


@pytest.fixture
def house(office: Engine) -> House:
    return office._house


LATER = REPORT.replace("10 working days after entry", "12 working days after entry")


def written(house: House, text: str = LATER, kind: str = "workflow", name: str = "report") -> drafting.Draft:
    begun = drafting.begin(house, kind, name, REPORT.encode(), sha256(REPORT.encode()).hexdigest(), actor="ada")
    return drafting.save(house, begun.id, text.encode(), begun.revision, actor="ada")


def proposed(house: House, text: str = LATER) -> drafting.Draft:
    found = written(house, text)
    return drafting.propose(house, found.id, found.revision, "More time", actor="ada")


def governance_draft(house: House, text: str) -> drafting.Draft:
    begun = drafting.begin(house, "governance", "testing", text.encode(), None, actor="ada")
    return drafting.propose(house, begun.id, begun.revision, "", actor="ada")


def test_a_draft_is_kept_right_or_wrong(house: House) -> None:
    found = written(house, "workflow: report\n  this: is no: yaml")
    assert drafting.draft(house, found.id).source == b"workflow: report\n  this: is no: yaml"
    assert [d.id for d in drafting.drafts(house)] == [found.id]


def test_a_stale_save_is_refused_and_told(house: House) -> None:
    """Nothing is overwritten, and it is said who was quicker, and when."""
    found = written(house)
    drafting.save(house, found.id, b"pip's", found.revision, actor="pip")
    with pytest.raises(Stale, match="pip saved it on Friday 2 April 2027"):
        drafting.save(house, found.id, b"ada's", found.revision, actor="ada")
    assert drafting.draft(house, found.id).source == b"pip's"


def test_who_may_not_publish_writes_no_drafts(house: House) -> None:
    with pytest.raises(NotYours):
        drafting.begin(house, "workflow", "report", b"", None, actor="ann")


def test_faults_refuse_a_proposal_with_their_places(house: House) -> None:
    found = written(house, REPORT.replace("to: review", "to: reviw"))
    with pytest.raises(DefinitionRefused, match=r"draft \d+:\d+:\d+: unknown-stage"):
        drafting.propose(house, found.id, found.revision, "", actor="ada")


def test_what_is_published_already_is_not_proposed(house: House) -> None:
    found = written(house, REPORT)
    with pytest.raises(NothingPublished, match="version 1"):
        drafting.propose(house, found.id, found.revision, "", actor="ada")


def test_a_new_draft_of_what_is_published_is_not_proposed_either(house: House) -> None:
    begun = drafting.begin(house, "workflow", "", REPORT.encode(), None, actor="ada")
    with pytest.raises(NothingPublished, match="version 1"):
        drafting.propose(house, begun.id, begun.revision, "", actor="ada")


def test_a_second_person_publishes_exactly_these_bytes(house: House) -> None:
    found = proposed(house)
    published = drafting.approve(house, found.id, str(found.proposed_hash), actor="pip")
    assert (published.name, published.version, published.new) == ("report", 2, True)
    assert published.hash == sha256(LATER.encode()).hexdigest()
    assert drafting.drafts(house) == []
    with house.looking() as (_, world):
        newest = world.latest["report"]
        assert (newest.source, newest.published_by) == (LATER.encode(), "pip")
    said = history(house, "definitions")[-1]
    assert [said[name] for name in ("author", "proposer", "approver", "note")] == ["ada", "ada", "pip", "More time"]


def history(house: House, stream: str) -> list[dict[str, object]]:
    assert isinstance(house.store, SqlStore)
    with house.store.looking() as connection:
        rows = connection.execute(RECORD.select().where(RECORD.c.stream == stream).order_by(RECORD.c.seq))
        return [json.loads(row.body)["data"] for row in rows]


@pytest.mark.parametrize("who", ["author", "proposer", "another writer"])
def test_who_has_a_part_in_it_does_not_approve_it(house: House, who: str) -> None:
    found = written(house, REPORT)
    writer = "abe" if who == "another writer" else "ada"
    found = drafting.save(house, found.id, LATER.encode(), found.revision, actor=writer)
    proposer = "pip" if who == "proposer" else "ada"
    found = drafting.propose(house, found.id, found.revision, "", actor=proposer)
    approver = {"author": "ada", "proposer": "pip", "another writer": "abe"}[who]
    with pytest.raises(SecondPersonWanted):
        drafting.approve(house, found.id, str(found.proposed_hash), actor=approver)
    assert drafting.draft(house, found.id).status == proposals.PROPOSED


def test_who_can_do_more_by_it_does_not_approve_it(house: House) -> None:
    found = proposed(house, REPORT.replace("skip: {to: review}", "skip: {to: review, by: [author, publisher]}"))
    with pytest.raises(SecondPersonWanted, match=r"rights rise by it \(publisher may newly do “Skip”"):
        drafting.approve(house, found.id, str(found.proposed_hash), actor="pip")
    drafting.approve(house, found.id, str(found.proposed_hash), actor="abe")


def test_four_eyes_lifted_from_ones_own_step_are_a_gain_too(house: House) -> None:
    text = REPORT.replace("accept: {to: at_board,", "accept: {to: at_board, by: [reviewer, publisher],")
    first = proposed(house, text)
    drafting.approve(house, first.id, str(first.proposed_hash), actor="abe")
    begun = drafting.begin(
        house,
        "workflow",
        "report",
        text.replace(", not_by: whoever did send", "").encode(),
        first.proposed_hash,
        actor="ada",
    )
    second = drafting.propose(house, begun.id, begun.revision, "", actor="ada")
    with pytest.raises(SecondPersonWanted, match="second person can be done by one"):
        drafting.approve(house, second.id, str(second.proposed_hash), actor="pip")


def test_any_byte_changed_needs_a_new_proposal(house: House) -> None:
    found = proposed(house)
    with pytest.raises(NotInThisState):
        drafting.save(house, found.id, LATER.encode() + b"\n", found.revision, actor="ada")
    back = drafting.withdraw(house, found.id, actor="ada")
    drafting.save(house, found.id, LATER.encode() + b"\n", back.revision, actor="ada")
    with pytest.raises(NotInThisState):
        drafting.approve(house, found.id, str(found.proposed_hash), actor="pip")


def test_bytes_that_were_not_looked_at_are_not_approved(house: House) -> None:
    found = proposed(house)
    with pytest.raises(Stale, match="not the one that you looked at"):
        drafting.approve(house, found.id, sha256(REPORT.encode()).hexdigest(), actor="pip")


def test_there_must_be_a_second_person(tmp_path: Path, database_url: str) -> None:
    """Abe and Pip have left; Ada is told before anybody waits for nobody."""
    with office_at(tmp_path, database_url) as engine:
        house = engine._house
        tree = yaml.safe_load(GOVERNANCE)
        tree["rights"]["publish"] = "administrator"
        tree["people"]["abe"]["roles"] = "author"
        alone = yaml.safe_dump(tree, sort_keys=False)
        begun = drafting.begin(house, "governance", "testing", alone.encode(), None, actor="ada")
        with pytest.raises(TooFewPublishers, match="after it only ada could publish"):
            drafting.propose(house, begun.id, begun.revision, "", actor="ada")
        (tmp_path / "definitions" / "governance.yaml").write_text(alone)
        engine.publish([tmp_path / "definitions"], actor="ada")
        found = written(house)
        with pytest.raises(TooFewPublishers, match="only ada could publish"):
            drafting.propose(house, found.id, found.revision, "", actor="ada")


def test_going_back_is_a_draft_of_the_older_bytes(house: House) -> None:
    first = proposed(house)
    drafting.approve(house, first.id, str(first.proposed_hash), actor="pip")
    old = sha256(REPORT.encode()).hexdigest()
    begun = drafting.begin(house, "workflow", "report", REPORT.encode(), old, actor="ada")
    back = drafting.propose(house, begun.id, begun.revision, "it was better before", actor="ada")
    published = drafting.approve(house, back.id, str(back.proposed_hash), actor="abe")
    assert (published.version, published.hash) == (3, old)


def test_a_workflow_keeps_its_name(house: House) -> None:
    other = REPORT.replace("workflow: report", "workflow: other").replace("reference: R/", "reference: O/")
    found = written(house, other)
    with pytest.raises(Nonsense, match="keeps its name"):
        drafting.propose(house, found.id, found.revision, "", actor="ada")


def test_a_governance_that_a_workflow_does_not_fit_is_refused(house: House) -> None:
    tree = yaml.safe_load(GOVERNANCE)
    tree["bodies"]["council"] = tree["bodies"].pop("board")
    tree["bodies"]["panel"]["reports_to"] = "council"
    text = yaml.safe_dump(tree, sort_keys=False)
    begun = drafting.begin(house, "governance", "testing", text.encode(), None, actor="ada")
    with pytest.raises(DefinitionRefused, match="report version 1"):
        drafting.propose(house, begun.id, begun.revision, "", actor="ada")


def test_who_gets_a_role_by_it_does_not_approve_it(house: House) -> None:
    tree = yaml.safe_load(GOVERNANCE)
    tree["people"]["pip"]["roles"] = ["publisher", "chair"]
    text = yaml.safe_dump(tree, sort_keys=False)
    found = governance_draft(house, text)
    with pytest.raises(SecondPersonWanted, match="newly has the role chair"):
        drafting.approve(house, found.id, str(found.proposed_hash), actor="pip")
    assert drafting.approve(house, found.id, str(found.proposed_hash), actor="abe").kind == "governance"


def test_a_draft_that_is_not_there_is_not_there(house: House) -> None:
    with pytest.raises(UnknownDraft):
        drafting.draft(house, 99)


def test_what_a_draft_changes_is_said_in_words(house: House) -> None:
    found = written(house)
    with house.looking() as (_, world):
        said = drafting.differences(world, found)
        assert said is not None
        assert [each.sentence for each in said] == [
            "the stage “Awaited”: the due date is now 12 working days after entry; it was 10 working days after entry."
        ]
        assert drafting.differences(world, drafting.begin(house, "workflow", "", b"no", None, actor="ada")) is None


def test_a_draft_thrown_away_is_gone_and_on_record(house: House) -> None:
    found = written(house)
    drafting.discard(house, found.id, found.revision, actor="ada")
    assert drafting.drafts(house) == []
    assert history(house, "drafts")[-1]["by"] == "ada"


def test_the_number_of_a_draft_that_was_thrown_away_is_no_other_drafts(house: House) -> None:
    """An old link would open another text."""
    first = written(house)
    drafting.discard(house, first.id, first.revision, actor="ada")
    again = written(house)
    assert again.id > first.id
    with pytest.raises(UnknownDraft):
        drafting.draft(house, first.id)


def test_a_governance_file_under_another_name_is_the_next_version_and_in_force(office: Engine, tmp_path: Path) -> None:
    """There is one governance, whatever it is called; counted from 1 again, the file before it would stay in force."""
    file = tmp_path / "renamed" / "governance.yaml"
    file.parent.mkdir()
    for version, name in ((2, "governance: testing"), (3, "governance: renamed")):
        file.write_text(f"# version {version}\n" + GOVERNANCE.replace("governance: testing", name, 1))
        (found,) = office.publish([file], actor="ada")
        assert (found.version, found.new) == (version, True)
    with office._house.looking() as (_, world):
        assert world.governance.name == "renamed"


def test_a_governance_file_that_a_published_workflow_does_not_fit_is_refused(office: Engine, tmp_path: Path) -> None:
    """Published alone, it was checked alone: what opened next waited for a body that there is no more."""
    tree = yaml.safe_load(GOVERNANCE)
    tree["bodies"]["council"] = tree["bodies"].pop("board")
    tree["bodies"]["panel"]["reports_to"] = "council"
    folder = tmp_path / "alone"
    folder.mkdir()
    (folder / "governance.yaml").write_text(yaml.safe_dump(tree, sort_keys=False))
    with pytest.raises(DefinitionRefused, match=r"report version 1:.* body 'board' is not defined"):
        office.publish([folder], actor="ada")
    (folder / "report.yaml").write_text(REPORT.replace("board", "council"))
    tree["bodies"]["board"] = {"title": "The Board", "to": "2027-04-01", "successor": "council"}
    (folder / "governance.yaml").write_text(yaml.safe_dump(tree, sort_keys=False))
    assert [each.name for each in office.publish([folder], actor="ada")] == ["testing", "report"]
