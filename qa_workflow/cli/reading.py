"""What people type, read: instants, days, amounts of time, and `field=value`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from qa_workflow.calendar.faults import LAST_YEAR, OutsideYears
from qa_workflow.calendar.written_days import DAY, ImpossibleDate, existing, written_day
from qa_workflow.errors import UsageFault

_TIME = r"(\d{1,2}):(\d{2})(?::(\d{2}))?"
_INSTANT = re.compile(rf"{DAY}(?:[T ]{_TIME}\s?(Z|[+-]\d{{2}}:?\d{{2}})?)?", re.IGNORECASE | re.ASCII)
_AMOUNT = re.compile(r"(\d+)\s*([a-z]+)", re.IGNORECASE)
_ELAPSED = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1)}
_LENGTHS = {"day": timedelta(days=1), "week": timedelta(weeks=1)}
_MONTHS = {"month": 1, "year": 12}


def instant(text: str) -> datetime:
    """An aware instant. Without an offset it is London time; a bare day is its start.

    Raises:
        UsageFault: it cannot be read, or names a day or a time that does not exist.
    """
    found = _INSTANT.fullmatch(text.strip())
    if found is None:
        raise UsageFault(
            f"{text!r} is no date and time; write it as 2027-04-01T09:00 (London time), or 2027-04-01 for its beginning"
        )
    year, month, day_, hour, minute, second, offset = found.groups()
    on = existing(int(year), int(month), int(day_))
    at = _time(text, int(hour or 0), int(minute or 0), int(second or 0))
    if offset:
        return _with_offset(text, on, at, offset)
    from qa_workflow.calendar import at_local

    return at_local(on, at)


def day_or_instant(text: str) -> date | datetime:
    """A day, as 2027-04-30, or an aware instant; raises `UsageFault` as they do."""
    return written_day(text) if re.fullmatch(DAY, text.strip(), re.ASCII) else instant(text)


def later(start: datetime, words: str) -> datetime:
    """The instant so much after `start`: "3 weeks", "10 days", "2 months", "36 hours"; days keep the local time of day.

    Raises:
        UsageFault: it cannot be read.
    """
    found = _AMOUNT.fullmatch(words.strip())
    unit = found[2].lower().removesuffix("s") if found else ""
    if found is None or unit not in {**_ELAPSED, **_LENGTHS, **_MONTHS}:
        raise UsageFault(f"{words!r} is not an amount of time; write it as 3 weeks, 10 days, 2 months or 36 hours")
    from qa_workflow.calendar import at_local, local
    from qa_workflow.calendar.worked_years import same_day_of_month

    there = local(start)
    try:
        amount = int(found[1])
        if unit in _ELAPSED:
            end = start + amount * _ELAPSED[unit]
        elif unit in _LENGTHS:
            end = at_local(there.date() + amount * _LENGTHS[unit], there.time(), forward=True)
        else:
            end = at_local(same_day_of_month(there.date(), amount * _MONTHS[unit]), there.time(), forward=True)
    except (OverflowError, ValueError, OutsideYears):
        raise _too_far(words) from None
    if end.year > LAST_YEAR:
        raise _too_far(words)
    return end


def settings(given: Iterable[str]) -> dict[str, Any]:
    """The `--set` options: each field's text, a `Path` where `@file` is written, a list where a field is given twice.

    Raises:
        UsageFault: one is not of the form field=value, or names a file that is not there.
    """
    found: dict[str, Any] = {}
    for word in given:
        name, sign, text = word.partition("=")
        if not sign or not name.strip():
            raise UsageFault(
                f"--set {word!r} cannot be read; write field=value, as in rating=reasonable or report=@report.pdf"
            )
        value = _value(name.strip(), text)
        if name.strip() in found:
            before = found[name.strip()]
            found[name.strip()] = [*before, value] if isinstance(before, list) else [before, value]
        else:
            found[name.strip()] = value
    return found


def _value(name: str, text: str) -> str | Path:
    if text.startswith("@@"):
        return text[1:]
    if not text.startswith("@"):
        return text
    path = Path(text[1:]).expanduser()
    if not text[1:]:
        raise UsageFault(f"{name}: no file is named after @; write {name}=@report.pdf")
    if not path.exists():
        raise UsageFault(
            f"{name}: there is no file {path} (from {Path.cwd()}); check its name, or begin a text with @@"
        )
    if path.is_dir():
        raise UsageFault(f"{name}: {path} is a folder; name the file in it")
    return path


def _time(text: str, hour: int, minute: int, second: int) -> time:
    try:
        return time(hour, minute, second)
    except ValueError:
        raise ImpossibleDate(f"{text!r} has a time of day that does not exist; times run from 00:00 to 23:59") from None


def _with_offset(text: str, on: date, at: time, offset: str) -> datetime:
    zone = "+00:00" if offset.upper() == "Z" else offset
    try:
        return datetime.fromisoformat(f"{on.isoformat()}T{at.isoformat()}{zone}").astimezone(UTC)
    except (ValueError, OverflowError):
        raise UsageFault(f"{text!r} has an offset that cannot be read; write it as +01:00, or Z") from None


def _too_far(words: str) -> UsageFault:
    return UsageFault(f"{words.strip()} lead beyond the year {LAST_YEAR}; say less")
