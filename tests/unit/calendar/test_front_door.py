"""What the package offers, and that it costs nothing until it is used."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import qa_workflow.calendar as front
from qa_workflow.calendar.words import listed


def test_the_front_door_is_this_list() -> None:
    assert front.__all__ == sorted(front.__all__, key=lambda name: (name.lower() == name, name.upper() != name, name))
    assert set(front.__all__) == {
        "ANCHOR_WORDS", "BACK", "FURTHEST", "LONDON", "RESERVED",
        "Anchor", "AnchorKind", "Basis", "Calendar", "CalendarFault", "DayKind", "Direction", "DueDate", "FixedDay",
        "Instant", "MeetingFault", "Occurrence", "Offset", "OnHoliday", "OutsideYears", "Period", "PeriodFault",
        "PeriodKind", "Resolve", "Roll", "Rule", "RuleFault", "Series", "SkippedTime", "Succession", "Term",
        "TimeRule", "Timetable", "Unknown", "UnknownZone", "WhileHeld",
        "anchor_of", "at_local", "end_of_day", "extend", "instant_words", "is_later", "local",
        "local_date",
        "long_date", "parse", "parse_at", "parse_basis", "parse_period", "parse_roll", "parse_while_held",
        "period_containing", "start_of_day", "time_rule", "weekday_date", "work_out",
    }  # fmt: skip
    assert all(hasattr(front, name) for name in front.__all__)


def test_the_slow_library_is_read_only_when_a_day_is_counted() -> None:
    code = "import sys; from qa_workflow.calendar import Calendar; Calendar(); print('holidays' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def test_the_pure_core_reads_no_clock_and_no_environment() -> None:
    for name, module in list(sys.modules.items()):
        if name.startswith("qa_workflow.calendar."):
            assert not {"os", "time_ns", "perf_counter"} & vars(module).keys(), name


def test_dates_in_words() -> None:
    assert front.long_date(date(2027, 8, 6)) == "6 August 2027"
    assert front.weekday_date(date(2027, 8, 6)) == "Friday 6 August 2027"


def test_lists_in_words() -> None:
    assert [listed(list(words)) for words in ("", "a", "ab", "abc")] == ["", "a", "a and b", "a, b and c"]
