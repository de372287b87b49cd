"""Days in forms: three boxes, typed as people write dates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from qa_workflow.calendar.faults import FIRST_YEAR, LAST_YEAR
from qa_workflow.calendar.words import MONTHS
from qa_workflow.web.forms import Form
from qa_workflow.web.numbers import number_of

PARTS = ("day", "month", "year")
_SHORT = 3
"""Letters of the shortest form of a month, as in "feb"."""


class WrongDay(ValueError):
    """What was typed is no day; the text says so under the name of its field."""


def typed(form: Form | None, name: str, day: date | None = None) -> dict[str, str]:
    """What stands in the boxes of a day, by their names: as typed, else a day that is known."""
    boxes = [f"{name}-{part}" for part in PARTS]
    if form is not None and any(box in form.names() for box in boxes):
        return {box: form.text(box) for box in boxes}
    return {box: "" if day is None else str(getattr(day, part)) for box, part in zip(boxes, PARTS, strict=True)}


def read(form: Form, name: str, label: str) -> date | None:
    """The day that was typed; None where nothing was; raises `WrongDay`."""
    return day_of([form.text(f"{name}-{part}") for part in PARTS], label)


def day_of(parts: Sequence[str], label: str) -> date | None:
    """The day that day, month and year make; None where all are empty.

    Raises:
        WrongDay: something was typed that is no day.
    """
    if not any(parts):
        return None
    missing = [part for part, text in zip(PARTS, parts, strict=True) if not text]
    if missing:
        raise WrongDay(f"{label} must include a {' and a '.join(missing)}")
    try:
        day, month, year = (number_of(text, -1, digits=4) for text in (parts[0], _month(parts[1]), parts[2]))
        found = date(year, month, day)
    except ValueError:
        raise WrongDay(f"{label} must be a real date, for example 30 4 2027") from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise WrongDay(f"{label}: the year must have four digits, from {FIRST_YEAR} to {LAST_YEAR}")
    return found


def _month(text: str) -> str:
    """The number of a month that was typed as its name, or as the first three letters or more of it."""
    word = text.lower().rstrip(".")
    named = [number for number, name in enumerate(MONTHS, 1) if name.lower().startswith(word)]
    return str(named[0]) if len(word) >= _SHORT and len(named) == 1 else text


def read_all(
    form: Form, problems: dict[str, str], wanted: Mapping[str, str], *, needed: bool = True
) -> dict[str, date | None]:
    """Days of a form by the names of their fields, labelled in `wanted`; what is wrong goes to the problems."""
    found: dict[str, date | None] = {}
    for name, label in wanted.items():
        found[name] = None
        try:
            found[name] = read(form, name, label)
            if found[name] is None and needed:
                problems[name] = f"Enter {label[:1].lower()}{label[1:]}"
        except WrongDay as fault:
            problems[name] = str(fault)
    return found
