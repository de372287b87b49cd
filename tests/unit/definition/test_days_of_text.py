"""A closure is written into the governance file as a person would: nothing else moves, comments stay."""

from __future__ import annotations

from datetime import date

import pytest

from qa_workflow.definition import read_governance
from qa_workflow.definition.days_of_text import NotByItself, with_day, without_day

HEAD = "governance: testing\ntitle: A small commissioner   # ours\n"
TAIL = """
# --- Roles
roles: {author: {title: Author}}
organisations: {us: {title: We, kind: commissioner}}
organisation: us
bodies: {}
"""
WAYS = {
    "nothing yet": "calendars: {england: {}}\n",
    "flow with more": "calendars: {england: {region: ENG}, other: {}}   # two\n",
    "flow table": "calendars: {england: {closures: {2027-12-24: Christmas Eve}}}\n",
    "block without a table": (
        "calendars:\n  england:\n    title: Working days\n    weekend: [saturday, sunday]  # both\n"
        "    # closures:\n    #   2027-12-24: as an example\n\n"
    ),
    "block table": (
        "calendars:\n  england:\n    closures:  # our own\n      2027-05-04: A fire drill  # all day\n"
        "      2027-12-24: Christmas Eve\n    region: ENG\n"
    ),
    "block with a block last": "calendars:\n  england:\n    weekend:\n      - saturday\n      - sunday\n  other: {}\n",
    "table at the end": "calendars:\n  england:\n    closures:\n      2027-12-24: Christmas Eve\n",
}
DAY = date(2027, 8, 6)


@pytest.mark.parametrize("way", WAYS)
def test_a_day_is_added_however_it_is_written(way: str) -> None:
    source = (HEAD + WAYS[way] + TAIL).encode()
    before = read_governance(source).required()
    new = with_day(source, "england", "closures", DAY, 'Moving: "all", day #1')
    after = read_governance(new).required()
    closures = {**before.calendars["england"].closures, DAY: 'Moving: "all", day #1'}
    assert dict(after.calendars["england"].closures) == dict(sorted(closures.items()))
    kept = [line for line in source.decode().splitlines() if "england: {" not in line]
    assert [line for line in new.decode().splitlines() if line in kept] == kept, "every other line stays"
    if way in ("flow table", "block table", "table at the end"):
        assert without_day(new, "england", "closures", DAY) == source


def test_it_stands_in_order() -> None:
    text = with_day((HEAD + WAYS["block table"] + TAIL).encode(), "england", "closures", DAY, "Moving").decode()
    lines = text.splitlines()
    assert lines[lines.index('      2027-08-06: "Moving"') - 1] == "      2027-05-04: A fire drill  # all day"


@pytest.mark.parametrize("way", WAYS)
def test_a_day_that_is_there_already_changes_nothing(way: str) -> None:
    new = with_day((HEAD + WAYS[way] + TAIL).encode(), "england", "closures", DAY, "Moving")
    assert with_day(new, "england", "closures", DAY, "Moving") == new


def test_a_day_that_is_there_is_called_otherwise() -> None:
    source = (HEAD + WAYS["block table"] + TAIL).encode()
    new = with_day(source, "england", "closures", date(2027, 12, 24), "Closed early")
    assert read_governance(new).required().calendars["england"].closures[date(2027, 12, 24)] == "Closed early"
    assert new.decode().count("2027-12-24") == 1


def test_a_calendar_that_is_not_there_is_told() -> None:
    with pytest.raises(NotByItself, match="scotland"):
        with_day((HEAD + WAYS["nothing yet"] + TAIL).encode(), "scotland", "closures", DAY, "Moving")


def test_what_would_not_be_a_governance_any_more_is_not_written() -> None:
    """Closed and opened at once is a fault; the file stays as it was."""
    source = (HEAD + "calendars: {england: {openings: {2027-08-06: Open}}}\n" + TAIL).encode()
    with pytest.raises(NotByItself):
        with_day(source, "england", "closures", DAY, "Moving")
