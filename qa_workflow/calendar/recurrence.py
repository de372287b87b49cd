"""Recurrence rules in the form of RFC 5545, as "FREQ=MONTHLY;INTERVAL=2;BYDAY=4TH": checked first, then worked out.

The working out is dateutil's. The checks keep out what makes it stop with an odd message, run for hours, or mean
something that stands elsewhere in a series (its time of day, its last day).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from functools import lru_cache
from itertools import islice

from dateutil.rrule import rrule, rrulestr

from qa_workflow.calendar.faults import CalendarFault, did_you_mean, one_of
from qa_workflow.calendar.words import listed, long_date

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
EXAMPLE = "FREQ=MONTHLY;INTERVAL=2;BYDAY=4TH"
LONGEST = 200
BARREN_YEARS = 12
"""A rule that gives no date for so long (29 February needs 8 years around 2100) is taken to give none at all."""

FAR_OFF = 19 * 400
"""Years by which a rule is worked out later than it runs. The calendar repeats itself every 400 years, weekdays and
all, and dateutil looks for a next date up to the year 9999: from there that is a short way."""

_NUMBERS = {
    "INTERVAL": (1, 1000, False),
    "COUNT": (1, 10_000, False),
    "BYMONTH": (1, 12, False),
    "BYMONTHDAY": (1, 31, True),
    "BYYEARDAY": (1, 366, True),
    "BYWEEKNO": (1, 53, True),
    "BYSETPOS": (1, 366, True),
}
"""Smallest and largest number, and whether it may be counted from the end with a minus."""
_SINGLE = {"FREQ", "INTERVAL", "COUNT", "WKST"}
_KNOWN = ("FREQ", "BYDAY", "WKST", *_NUMBERS)
_NEEDS = {
    "BYMONTHDAY": ("MONTHLY", "YEARLY"),
    "BYYEARDAY": ("YEARLY",),
    "BYWEEKNO": ("YEARLY",),
    "BYSETPOS": ("WEEKLY", "MONTHLY", "YEARLY"),
}
"""Frequencies that a part goes with."""
_ELSEWHERE = {
    "UNTIL": "the last day of a series stands beside its rule",
    "DTSTART": "the first day of a series stands beside its rule",
    "BYHOUR": "the time of day stands beside the rule",
    "BYMINUTE": "the time of day stands beside the rule",
    "BYSECOND": "the time of day stands beside the rule",
}


class MeetingFault(CalendarFault):
    """A meeting series that cannot be. `key` says which of its values is at fault: `rule`, `until`, `excluding`, …"""

    code = "meeting"

    def __init__(self, what: str, mend: str, key: str = "rule") -> None:
        self.key = key
        super().__init__(what, mend)


def checked_recurrence(text: str) -> str:
    """The rule in capitals and without its "RRULE:"; raises `MeetingFault`."""
    if len(text) > LONGEST:
        raise MeetingFault(f"a recurrence of {len(text):,} characters is too long", f"write it as '{EXAMPLE}'")
    said = "".join(text.upper().split()).removeprefix("RRULE:").rstrip(";")
    if "=" not in said:
        raise MeetingFault(f"'{' '.join(text.split())}' is not a recurrence", f"write it as '{EXAMPLE}'")
    parts: dict[str, str] = {}
    for part in said.split(";"):
        key, equals, value = part.partition("=")
        if not (key and equals and value):
            raise MeetingFault(f"'{part}' is not a part of a recurrence", f"write it as '{EXAMPLE}'")
        if key in parts:
            raise MeetingFault(f"'{key}' is said twice", "leave one of them out")
        _check_part(key, value)
        parts[key] = value
    _check_together(parts)
    return said


@lru_cache(maxsize=512)
def dates_until(recurrence: str, start: date, last: date) -> tuple[date, ...]:
    """The dates of a checked rule from its start to a last day, both included, in order."""
    count = re.search(r"COUNT=(\d+)", recurrence)
    return tuple(islice(_dates(recurrence, start, last), int(count[1]) if count else None))


def check_fruitful(recurrence: str, start: date, until: date | None) -> None:
    """Raises `MeetingFault` if a checked rule gives no date at all."""
    last = date(start.year + BARREN_YEARS, 12, 31)
    if next(_dates(recurrence, start, min(last, until or last)), None) is None:
        span = f"from {long_date(start)} to {long_date(until)}" if until else f"after {long_date(start)}"
        raise MeetingFault(f"'{recurrence}' gives no date {span}", "change the rule, or the days between which it runs")


def _dates(recurrence: str, start: date, last: date) -> Iterator[date]:
    # dateutil takes an end or a count, not both
    bare = ";".join(part for part in recurrence.split(";") if not part.startswith("COUNT="))
    rule = rrulestr(bare, dtstart=datetime.combine(_far(start, FAR_OFF), time()))
    assert isinstance(rule, rrule)
    for moment in rule.replace(until=datetime.combine(_far(last, FAR_OFF), time())):
        yield _far(moment.date(), -FAR_OFF)


def _far(day: date, years: int) -> date:
    return day.replace(year=day.year + years)


def _check_part(key: str, value: str) -> None:
    if key in _ELSEWHERE:
        raise MeetingFault(f"'{key}' has no place in the rule", f"leave it out: {_ELSEWHERE[key]}")
    if key not in _KNOWN:
        raise MeetingFault(f"'{key}' is not known in a recurrence", did_you_mean(key, _KNOWN, one_of(_KNOWN)))
    values = value.split(",")
    if key in _SINGLE and len(values) > 1:
        raise MeetingFault(f"'{key}' has one value, not {len(values)}", "keep one of them")
    for one in values:
        if key == "FREQ":
            _check_frequency(one)
        elif key in {"WKST", "BYDAY"}:
            _check_day(key, one)
        else:
            _check_number(key, one)


def _check_frequency(value: str) -> None:
    if value in FREQUENCIES:
        return
    if value in {"SECONDLY", "MINUTELY", "HOURLY"}:
        raise MeetingFault(f"nobody meets {value}", one_of(FREQUENCIES))
    raise MeetingFault(f"'{value}' is not a frequency", did_you_mean(value, FREQUENCIES, one_of(FREQUENCIES)))


_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}


def _check_day(key: str, value: str) -> None:
    ordinal, day = value[:-2], value[-2:]
    if day not in DAYS or (ordinal and key == "WKST"):
        raise MeetingFault(
            f"'{value}' is not a day of the week", f"{one_of(DAYS)}, as in 'BYDAY=4TH' for the fourth Thursday"
        )
    if ordinal.lower() in _ORDINALS:
        raise MeetingFault(f"'{value}' is not a day of the week", f"write '{_ORDINALS[ordinal.lower()]}{day}'")
    if ordinal and not re.fullmatch(r"[+-]?[0-9]+", ordinal):
        raise MeetingFault(
            f"'{value}' is not a day of the week", f"write '{day}', or with a number before it, '1{day}'"
        )
    if ordinal and not re.fullmatch(r"[+-]?0*([1-9]|[1-4][0-9]|5[0-3])", ordinal):
        raise MeetingFault(f"'{value}' counts weeks that no year has", "count from 1, or back from -1")


def _check_number(key: str, value: str) -> None:
    least, most, either_way = _NUMBERS[key]
    number = int(value) if re.fullmatch(r"[+-]?[0-9]{1,6}", value) else 0
    if not least <= (abs(number) if either_way else number) <= most:
        span = f"{least:,} to {most:,}" + (f", or back from the end, -{least} to -{most}" if either_way else "")
        raise MeetingFault(f"'{key}={value}' is not possible", f"use a number from {span}")


def _check_together(parts: Mapping[str, str]) -> None:
    frequency = parts.get("FREQ")
    if frequency is None:
        raise MeetingFault("the rule does not say how often", f"begin with FREQ, as in '{EXAMPLE}'")
    weeks = [int(day[:-2]) for day in parts.get("BYDAY", "").split(",") if day[:-2]]
    if weeks and frequency not in {"MONTHLY", "YEARLY"}:
        raise MeetingFault(
            f"a numbered day means nothing with FREQ={frequency}", "leave the number out, or use FREQ=MONTHLY"
        )
    if (frequency == "MONTHLY" or "BYMONTH" in parts) and any(abs(week) > 5 for week in weeks):
        raise MeetingFault("no month has a sixth week of a day", "count from 1 to 5, or back from -1 to -5")
    for key, allowed in _NEEDS.items():
        if key in parts and frequency not in allowed:
            raise MeetingFault(f"'{key}' means nothing with FREQ={frequency}", f"use FREQ={listed(allowed, 'or')}")
    if "BYWEEKNO" in parts and weeks:
        raise MeetingFault("'BYWEEKNO' and numbered days do not go together", "leave the numbers out")
    if "BYSETPOS" in parts and not any(key.startswith("BY") and key != "BYSETPOS" for key in parts):
        raise MeetingFault("'BYSETPOS' has nothing to choose from", "add BYDAY or another part")
