"""`verify` knows who proposed what: nobody makes two people of one behind the program's back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update

from qa_workflow.service.definitions import drafting
from qa_workflow.service.house import House
from qa_workflow.store import SqlStore
from qa_workflow.store.desk import DRAFT
from qa_workflow.store.proof.verifying import verify
from tests.service.publishers import REPORT, office_at

LATER = REPORT.replace("10 working days after entry", "12 working days after entry")


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[House]:
    """Not proved afterwards, for it is tampered with."""
    with office_at(tmp_path, database_url, whole=False) as engine:
        yield engine._house


@pytest.fixture
def proposed(house: House) -> drafting.Draft:
    begun = drafting.begin(house, "workflow", "report", LATER.encode(), None, actor="ada")
    return drafting.propose(house, begun.id, begun.revision, "More time", actor="ada")


def tampered(house: House, **values: Any) -> list[tuple[str, str]]:
    assert isinstance(house.store, SqlStore)
    if values:
        with house.store.connected() as connection:
            connection.execute(update(DRAFT).values(values))
    return [(each.place, each.where) for each in verify(house.store).findings]


@pytest.mark.parametrize(
    ("column", "value"), [("proposed_by", "abe"), ("author", "abe"), ("source", b"other"), ("status", "draft")]
)
@pytest.mark.usefixtures("proposed")
def test_what_waits_for_a_second_person_waits_as_it_was_proposed(house: House, column: str, value: object) -> None:
    assert tampered(house) == []
    assert tampered(house, **{column: value}) == [("draft 1", f"draft.{column}")]


def test_approved_by_its_own_proposer_it_is_found_whatever_its_row_says(house: House, proposed: drafting.Draft) -> None:
    tampered(house, proposed_by="abe", author="abe")
    drafting.approve(house, proposed.id, str(proposed.proposed_hash), actor="ada")
    published = ("workflow report version 2", "record:definitions")
    assert tampered(house) == [published]
    assert tampered(house, proposed_by="ada", author="ada") == [published]


def test_a_writer_who_was_left_out_behind_the_back_and_has_approved_is_found(house: House) -> None:
    """Pip wrote a part of it, and so is no second person, whatever the draft's row said when Pip approved."""
    begun = drafting.begin(house, "workflow", "report", b"", None, actor="ada")
    written = drafting.save(house, begun.id, LATER.encode(), begun.revision, actor="pip")
    proposal = drafting.propose(house, written.id, written.revision, "More time", actor="ada")
    tampered(house, author="ada")
    drafting.approve(house, proposal.id, str(proposal.proposed_hash), actor="pip")
    assert tampered(house) == [("workflow report version 2", "record:definitions")]


def test_what_two_people_have_published_and_what_was_thrown_away_is_proved(
    house: House, proposed: drafting.Draft
) -> None:
    other = drafting.begin(house, "workflow", "report", LATER.encode() + b"# again", None, actor="ada")
    other = drafting.propose(house, other.id, other.revision, "", actor="ada")
    drafting.approve(house, proposed.id, str(proposed.proposed_hash), actor="abe")  # which overtakes the other
    drafting.discard(house, other.id, drafting.draft(house, other.id).revision, actor="ada")
    assert tampered(house) == []


@pytest.mark.usefixtures("proposed")
def test_a_proposal_that_was_taken_away_is_missed(house: House) -> None:
    """The second person would never see what waits for them."""
    assert isinstance(house.store, SqlStore)
    with house.store.connected() as connection:
        connection.execute(delete(DRAFT))
    assert tampered(house) == [("draft 1", "draft")]
