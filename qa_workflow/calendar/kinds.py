"""The units a rule may count in. A bare "day" is none of them: four different counts of days are in lawful use."""

from __future__ import annotations

from enum import StrEnum

from qa_workflow.calendar.words import counted


class DayKind(StrEnum):
    """What is counted; the value is its name in the singular.

    CALENDAR counts every day, WORKING the days worked under the calendar, CLEAR_WORKING leaves out the days at both
    ends, FOI_WORKING leaves out bank holidays of any part of the United Kingdom. WEEK is seven calendar days. HOUR and
    MINUTE are elapsed time, not days.
    """

    CALENDAR = "calendar day"
    WORKING = "working day"
    CLEAR_WORKING = "clear working day"
    FOI_WORKING = "FOI working day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    HOUR = "hour"
    MINUTE = "minute"

    @property
    def plural(self) -> str:
        """As "working days"."""
        return self.value + "s"

    @property
    def is_elapsed(self) -> bool:
        """Whether it measures time that passes, to the instant, rather than days."""
        return self in {DayKind.HOUR, DayKind.MINUTE}

    @property
    def held_in(self) -> DayKind:
        """What a hold gives back: elapsed time or days of the same sort; calendar days for weeks, months and years."""
        match self:
            case DayKind.CLEAR_WORKING:
                return DayKind.WORKING
            case DayKind.WEEK | DayKind.MONTH | DayKind.YEAR:
                return DayKind.CALENDAR
            case _:
                return self

    def counted(self, amount: int) -> str:
        """As "1 working day", "5 working days"."""
        return counted(amount, self.value, self.plural)
