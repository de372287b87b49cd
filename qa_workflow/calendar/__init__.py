"""Day counts, due rules, periods and meeting series: what time means, as values. Nothing here asks what time it is.

rule = time_rule("5 clear working days before meeting")
work_out(rule, {Anchor(AnchorKind.MEETING): date(2027, 3, 31)}.get, Calendar()).explanation
"""

from qa_workflow.calendar.anchors import ANCHOR_WORDS, RESERVED, Anchor, AnchorKind
from qa_workflow.calendar.days import Calendar
from qa_workflow.calendar.due import Instant, Resolve, work_out
from qa_workflow.calendar.due_dates import DueDate, Unknown
from qa_workflow.calendar.faults import CalendarFault, OutsideYears, RuleFault
from qa_workflow.calendar.grammar import parse
from qa_workflow.calendar.holds import extend
from qa_workflow.calendar.kinds import DayKind
from qa_workflow.calendar.long_form import parse_at, parse_basis, parse_roll, parse_while_held, time_rule
from qa_workflow.calendar.meetings import Occurrence, OnHoliday, Series
from qa_workflow.calendar.periods import Period, PeriodFault, PeriodKind, parse_period, period_containing
from qa_workflow.calendar.recurrence import MeetingFault
from qa_workflow.calendar.rules import (
    Basis,
    Direction,
    FixedDay,
    Offset,
    Roll,
    Rule,
    TimeRule,
    WhileHeld,
    anchor_of,
    is_later,
)
from qa_workflow.calendar.succession import BACK, FURTHEST, Succession, Term, Timetable
from qa_workflow.calendar.words import long_date, weekday_date
from qa_workflow.calendar.zones import (
    LONDON,
    SkippedTime,
    UnknownZone,
    at_local,
    end_of_day,
    instant_words,
    local,
    local_date,
    start_of_day,
)

__all__ = [
    "ANCHOR_WORDS",
    "BACK",
    "FURTHEST",
    "LONDON",
    "RESERVED",
    "Anchor",
    "AnchorKind",
    "Basis",
    "Calendar",
    "CalendarFault",
    "DayKind",
    "Direction",
    "DueDate",
    "FixedDay",
    "Instant",
    "MeetingFault",
    "Occurrence",
    "Offset",
    "OnHoliday",
    "OutsideYears",
    "Period",
    "PeriodFault",
    "PeriodKind",
    "Resolve",
    "Roll",
    "Rule",
    "RuleFault",
    "Series",
    "SkippedTime",
    "Succession",
    "Term",
    "TimeRule",
    "Timetable",
    "Unknown",
    "UnknownZone",
    "WhileHeld",
    "anchor_of",
    "at_local",
    "end_of_day",
    "extend",
    "instant_words",
    "is_later",
    "local",
    "local_date",
    "long_date",
    "parse",
    "parse_at",
    "parse_basis",
    "parse_period",
    "parse_roll",
    "parse_while_held",
    "period_containing",
    "start_of_day",
    "time_rule",
    "weekday_date",
    "work_out",
]
