"""People by the command line: entered by one, confirmed by another, covered, invited, gone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.command_line import CommandLine, rehearsal
from tests.databases import Prepare

NEW = ("person", "add", "new-lead", "--title", "A new quality lead", "--organisation", "glos_icb")


@pytest.fixture
def qa(prepared_database: Callable[[Prepare], str], tmp_path: Path) -> CommandLine:
    """A rehearsal on 1 April 2027."""
    return CommandLine(prepared_database(rehearsal), tmp_path)


def test_a_role_is_given_by_two(qa: CommandLine) -> None:
    entered = qa.json(*NEW, "--role", "quality_lead", "--reason", "joins", "--as", "administrator")
    assert (entered["roles"], entered["pending"]["change"]) == ([], {"roles": ["quality_lead"]})
    assert [each["name"] for each in qa.json("person", "list", "--waiting")] == ["new-lead"]
    assert "confirm another" in qa(*NEW[:2], "another", *NEW[3:], "--role", "quality_lead", "--as", "administrator").out
    refused = qa("person", "confirm", "new-lead", "--as", "administrator", code=1)
    assert "two people are needed" in refused.err
    key = entered["pending"]["key"]
    confirmed = qa.json("person", "confirm", "new-lead", "--change", key, "--as", "governance-officer")
    assert (confirmed["roles"], confirmed["pending"]) == (["quality_lead"], None)
    assert "new-lead" in qa("people", "--role", "quality_lead").out
    qa("verify")


def test_what_is_changed_rejected_covered_and_left(qa: CommandLine) -> None:
    qa("person", "change", "quality-lead", "--title", "The quality lead", "--as", "administrator")
    qa("person", "change", "quality-lead", "--role", "lay_member", "--as", "administrator")
    assert "rejected" in qa("person", "reject", "quality-lead", "--as", "governance-officer").out
    cover = ("person", "cover", "quality-lead", "second-quality-lead")
    covered = qa.json(*cover, "2027-04-05", "2027-04-09", "--as", "quality-lead")
    assert covered["covers"] == [{"person": "quality-lead", "from": "2027-04-05", "to": "2027-04-09"}]
    assert qa.json(*cover, "--end", "--as", "quality-lead")["covers"] == []
    left = qa.json("person", "leave", "quality-lead", "2027-04-30", "--as", "administrator")
    assert (left["title"], left["to"]) == ("The quality lead", "2027-04-30")
    assert "last day" in qa("person", "leave", "quality-lead", "2027-04-29", "--as", "administrator").out


def test_who_is_away_and_who_stands_in_can_be_seen(qa: CommandLine) -> None:
    by_them = ("--as", "quality-lead")
    qa("person", "cover", "quality-lead", "second-quality-lead", "2027-04-05", "2027-04-09", *by_them)
    qa("person", "leave", "lay-member", "2027-04-30", "--as", "administrator")
    for words in (("people",), ("person", "list")):
        lines = {line.split()[0]: line for line in qa(*words).out.splitlines() if line}
        assert "for quality-lead, 5 April 2027 to 9 April 2027" in lines["second-quality-lead"]
        assert "until 30 April 2027" in lines["lay-member"]


def test_what_will_be_wanting_when_somebody_leaves_is_said(qa: CommandLine) -> None:
    """With one who may publish, nobody could confirm who takes their place."""
    left = qa("person", "leave", "governance-officer", "2027-04-30", "--as", "administrator").out
    assert "Afterwards nobody holds governance_officer." in left
    assert "Afterwards administrator alone may publish, and a second person has to approve." in left
    assert "Afterwards" not in qa("person", "leave", "quality-lead", "2027-04-30", "--as", "administrator").out


def test_an_invitation_is_a_link(qa: CommandLine) -> None:
    told = qa("person", "invite", "quality-lead", "--as", "administrator").out
    assert "http://127.0.0.1:8000/invitation/" in told


def test_an_account_is_closed_its_codes_forgotten_and_its_sessions_ended(qa: CommandLine) -> None:
    """As on the page of a person."""
    by_them = ("--as", "administrator")
    assert "new ones" in qa("person", "forget-codes", "committee-chair", *by_them).out
    assert "--yes" in qa("person", "sign-out", "committee-chair", *by_them, code=2).err
    ended = qa.json("person", "sign-out", "committee-chair", *by_them, "--yes")
    assert ended == {"person": "committee-chair", "sessions": 0, "keys": 0, "feeds": 0}
    assert "person invite committee-chair" in qa("person", "close", "committee-chair", *by_them).out
    assert "another administrator" in qa("person", "close", "administrator", *by_them, code=1).err
    for what in (("close",), ("forget-codes",), ("sign-out", "--yes")):
        assert "not known" in qa("person", what[0], "nobody", *what[1:], *by_them, code=2).err


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (("person", "add", "New Lead", "--title", "x", "--as", "administrator"), "small letters", 2),
        (("person", "add", "x", "--role", "king", "--title", "x", "--as", "administrator"), "'king' is not known", 2),
        (("person", "change", "quality-lead", "--as", "administrator"), "say what is to change", 2),
        (("person", "change", "nobody", "--title", "x", "--as", "administrator"), "not known", 2),
        (("person", "change", "lay-member", "--to", "soon", "--as", "administrator"), "not a date", 2),
        (("person", "change", "lay-member", "--title", "x", "--as", "lay-member"), "may not", 1),
        (("person", "cover", "quality-lead", "lay-member", "--as", "administrator"), "first and the last day", 2),
        (("person", "leave", "quality-lead", "none", "--as", "administrator"), "not a date", 2),
        (("person", "leave", "quality-lead", "2027-02-30", "--as", "administrator"), "ends on the 28th", 2),
        (("person", "confirm", "quality-lead", "--as", "governance-officer"), "no change", 1),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(
    qa: CommandLine, words: tuple[str, ...], said: str, code: int
) -> None:
    assert said in qa(*words, code=code).err
