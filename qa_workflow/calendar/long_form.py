"""The long form of a due rule, value by value, so that a file with several faults can have them all reported."""

from __future__ import annotations

import re
from datetime import time
from enum import StrEnum
from typing import TypeVar

from qa_workflow.calendar.faults import RuleFault, did_you_mean, one_of
from qa_workflow.calendar.grammar import parse
from qa_workflow.calendar.rules import Basis, Roll, TimeRule, WhileHeld

_Choice = TypeVar("_Choice", bound=StrEnum)


def time_rule(
    rule: str,
    *,
    roll: str | None = None,
    at: str | None = None,
    basis: str | None = None,
    source: str | None = None,
    calendar: str | None = None,
    while_held: str | None = None,
) -> TimeRule:
    """The rule that these texts say; raises the first `RuleFault`, whose `key` says which of them it is about."""
    return TimeRule(
        rule=parse(rule),
        roll=None if roll is None else parse_roll(roll),
        at=None if at is None else parse_at(at),
        basis=None if basis is None else parse_basis(basis),
        source=source,
        calendar=calendar,
        while_held=None if while_held is None else parse_while_held(while_held),
    )


def parse_at(text: str) -> time:
    """A time of day, from "00:00" to "23:59"."""
    said = text.strip()
    bare = said.strip("\u201c\u201d\u201e\u2018\u2019'\"").lower()
    if re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", said):
        return time(int(said[:2]), int(said[3:]))
    mend = "write hours and minutes from 00:00 to 23:59, as in '12:00'"
    loose = re.fullmatch(r"([0-9])[:.]?([0-5][0-9])|([01][0-9]|2[0-3])[.]?([0-5][0-9])", bare)
    by_halves = re.fullmatch(r"(1[0-2]|[1-9])(?:[:.]([0-5][0-9]))? ?([ap])\.?m\.?", bare)
    if said == "24:00":
        mend = "leave 'at' out: without it the whole day counts"
    elif loose:
        hours, minutes = loose[1] or loose[3], loose[2] or loose[4]
        mend = f"write '{hours:>02}:{minutes}'"
    elif by_halves:
        mend = f"write '{int(by_halves[1]) % 12 + 12 * (by_halves[3] == 'p'):02}:{by_halves[2] or '00'}'"
    elif re.fullmatch(r"[0-9]{2}:[0-9]{2}", bare) and bare != said:
        mend = f"write '{bare}', in straight quotes"
    raise RuleFault(text, 0, len(text), f"'{text}' is not a time of day", mend, key="at")


def parse_roll(text: str) -> Roll:
    """Which way a date goes that is not a working day."""
    return _choice(Roll, text, "roll")


def parse_basis(text: str) -> Basis:
    """What makes the date binding."""
    return _choice(Basis, text, "basis")


def parse_while_held(text: str) -> WhileHeld:
    """What a hold does to the clock."""
    return _choice(WhileHeld, text, "while_held")


def _choice(kind: type[_Choice], text: str, key: str) -> _Choice:
    said = " ".join(text.lower().split())
    known = [choice.value for choice in kind]
    if said in known:
        return kind(said)
    raise RuleFault(
        text, 0, len(text), f"'{text}' is not known as '{key}'", did_you_mean(said, known, one_of(known)), key=key
    )
