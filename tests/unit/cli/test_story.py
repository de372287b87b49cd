"""An item's history on the command line."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from qa_workflow.cli.story import history
from qa_workflow.service.telling.history import EventTold


def _event(seq: int, what: str, *, is_routine: bool = True) -> EventTold:
    who = "The clock" if is_routine else "Quality lead"
    return EventTold(seq, f"2027-06-{seq:02}T09:00:00+01:00", who, what, is_routine=is_routine)


EVENTS = (
    _event(1, "Opened", is_routine=False),
    _event(2, "First reminder"),
    _event(3, "Sent", is_routine=False),
    _event(4, "Second reminder"),
    _event(5, "Became overdue"),
    _event(6, "Escalated"),
    _event(7, "Agreed", is_routine=False),
)


def _lines(*, every: bool, width: int = 120) -> list[str]:
    file = StringIO()
    history(Console(file=file, width=width), EVENTS, every=every)
    return [" ".join(line.split()) for line in file.getvalue().splitlines()]


@pytest.mark.parametrize("width", [120, 80])
def test_a_run_of_the_clock_is_one_line_between_decisions(width: int) -> None:
    """Six reminders and escalations of one stage hid the two decisions around them."""
    text = " ".join(_lines(every=False, width=width))
    assert "4–6 4 June 2027, 09:00" in text
    assert "3 reminders, escalations and the like, the last on 6 June 2027, 09:00" in text.replace(" The clock", "")
    assert "First reminder" in text, "one alone is told as it is"
    assert "Escalated" not in text


def test_the_clock_is_told_in_full_where_that_is_asked_for() -> None:
    lines = _lines(every=True)
    assert [sum(each in line for line in lines) for each in ("Second reminder", "Became overdue", "Escalated")] == [
        1
    ] * 3
    assert not any("and the like" in line for line in lines)
