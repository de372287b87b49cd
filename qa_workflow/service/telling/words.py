"""Dates, fields and events in the words that people use: "6 August 2027", "3 calendar days overdue".

The command line and the pages both speak through this module, so that the same thing is called the same in both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from qa_workflow.calendar import Calendar, DayKind, instant_words, local_date, long_date

RUNS_ON = "its clock runs during the hold"
"""Of a due date that a hold does not stop."""


def day_words(text: str | None) -> str:
    """An ISO date or instant as "6 August 2027"; nothing for None."""
    return long_date(date.fromisoformat(text[:10])) if text else ""


def instant_short(text: str) -> str:
    """An aware ISO instant, local already, as "6 August 2027, 14:05"."""
    there = datetime.fromisoformat(text)
    return f"{day_words(text)}, {there:%H:%M}"


def due_words(shown: Mapping[str, Any], *, lines: bool = False) -> str:
    """When an item is due and how far off that is; being late is said in words."""
    if not shown["due_on"]:
        return "on hold" if shown["status"] == "held" else ""
    on, left = day_words(shown["due_on"]), shown["time_left"]
    if shown["status"] == "held":
        left = f"{left}; {RUNS_ON}"
    return f"{on}\n{left}" if lines else f"{on} ({left})"


def left_words(at: datetime, now: datetime, kind: DayKind, calendar: Calendar, *, on: date) -> str:
    """How far off a due instant is, in the days its rule counts in: "5 working days left", "2 working days overdue".

    Args:
        at: the last instant in time.
        on: the date that is shown for it.
    """
    today = local_date(now, calendar.zone)
    if kind.is_elapsed:
        hours = abs(at - now).total_seconds() // 3600
        amount = DayKind.HOUR.counted(int(hours)) if hours else "less than 1 hour"
        return f"{amount} overdue" if at < now else f"{amount} left"
    if at < now:
        late = calendar.count_between(on, today, kind)
        if late:
            return f"{kind.counted(late)} overdue"
        return f"overdue since {long_date(on)}" if on < today else f"overdue since {instant_words(at, calendar.zone)}"
    if on <= today:
        return "due today"
    left = calendar.count_between(today, on, kind)
    return f"{kind.counted(left)} left" if left else f"no {kind.value} left"


def names(words: Sequence[str]) -> str:
    """A list of names in a cell."""
    return ", ".join(words)


def stages(shown: Mapping[str, Any]) -> list[str]:
    """The stages of an item: one, or several when branches are open."""
    stage = shown["stage"]
    return list(stage) if isinstance(stage, list) else [stage]


def size_words(size: int) -> str:
    """How large a file is, for who looks for it: 68 bytes, 24.3 kB, 1.3 MB. Beside a SHA-256 each byte is counted."""
    if size < 1000:
        return f"{size} byte{'' if size == 1 else 's'}"
    return f"{size / 1000:.1f} kB" if size < 999_950 else f"{size / 1_000_000:.1f} MB"


def field_words(value: Any) -> str:
    """A field's value as people read it; a document by its name, size and the beginning of its SHA-256."""
    if isinstance(value, Mapping) and "sha256" in value:
        return f"{value['name']} ({value['size']:,} bytes, SHA-256 {value['sha256'][:12]}…)"
    if isinstance(value, list):
        return "\n".join(field_words(entry) for entry in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-" and value.replace("-", "").isdigit():
        return day_words(value)
    return str(value)
