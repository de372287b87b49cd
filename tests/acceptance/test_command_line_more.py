"""Corners of the command line: incidents settled, sub-items by hand, proofs in a hurry, backups taken all the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from qa_workflow.store import open_store
from tests.acceptance.command_line import GHFT, CommandLine, rehearsal
from tests.databases import Prepare


@pytest.fixture
def qa(prepared_database: Callable[[Prepare], str], tmp_path: Path) -> CommandLine:
    """A rehearsal on 1 April 2027 at 9, with one item of the pipeline open."""
    qa = CommandLine(prepared_database(rehearsal), tmp_path)
    qa.open()
    return qa


@pytest.fixture
def given_up(qa: CommandLine) -> CommandLine:
    """The same, with a message that nobody's mail server would take."""
    store = open_store(qa.database)
    with store.reading() as look:
        now = look.item(GHFT).item.opened_at
    with store.writing() as unit:
        from qa_workflow.engine.item import instant

        claimed = unit.claim_letters(("message",), instant(now), instant(now), 100)
        unit.failed([sending.id for sending in claimed], None, "no such mailbox", instant(now))
    store.dispose()
    return qa


def test_what_needs_a_person_is_listed_with_what_can_be_done(given_up: CommandLine) -> None:
    for words in ((), ("list",)):
        told = given_up("incidents", *words).out
        assert "Message not delivered" in told
        assert "a notice for ghft-contact was not delivered: no such mailbox" in told
        assert "retry, or give-up" in told
    (found,) = given_up.json("incidents")
    assert (found["number"], found["item"], found["can_retry"]) == (1, GHFT, True)


def test_an_incident_tried_again_leaves_at_the_next_look(given_up: CommandLine) -> None:
    again = ("incidents", "retry", "1", "--reason", "The mail server is back")
    assert "quality-lead may not settle incidents" in given_up(*again, "--as", "quality-lead", code=1).err
    assert "at the next look" in given_up(*again, "--as", "administrator").out
    assert "settled already" in given_up(*again, "--as", "administrator", code=1).err
    given_up("tick")
    assert all(row["done_at"] for row in given_up("outbox").json)
    assert "Nothing needs a person." in given_up("incidents").out
    assert "tried again by administrator: The mail server is back" in given_up("incidents", "--all").out


def test_giving_an_incident_up_asks_first_and_wants_a_reason(given_up: CommandLine) -> None:
    words = ("incidents", "give-up", "1", "--as", "administrator")
    assert "Missing option '--reason'" in given_up(*words, code=2).err
    assert "--yes" in given_up(*words, "--reason", "Told by telephone", code=2).err
    assert "given up: Told by telephone" in given_up(*words, "--reason", "Told by telephone", "--yes").out
    assert given_up.json("incidents") == []
    assert given_up.json("verify")["ok"] is True
    assert (
        "there is no incident 7"
        in given_up("incidents", "retry", "7", "--reason", "x", "--as", "administrator", code=2).err
    )
