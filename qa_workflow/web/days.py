"""Days in forms: three boxes, typed as people write dates."""

from __future__ import annotations

from datetime import date

from qa_workflow.web.forms import Form

PARTS = ("day", "month", "year")


class WrongDay(ValueError):
    """What was typed is no day; the text says so under the name of its field."""


def typed(form: Form | None, name: str, day: date | None = None) -> dict[str, str]:
    """What stands in the boxes of a day: as typed, else a day that is known."""
    if form is not None and any(f"{name}-{part}" in form.names() for part in PARTS):
        return {part: form.text(f"{name}-{part}") for part in PARTS}
    return {part: "" if day is None else str(getattr(day, part)) for part in PARTS}


def read(form: Form, name: str, label: str) -> date | None:
    """The day that was typed; None where nothing was.

    Raises:
        WrongDay: something was typed that is no day.
    """
    parts = [form.text(f"{name}-{part}") for part in PARTS]
    if not any(parts):
        return None
    missing = [part for part, text in zip(PARTS, parts, strict=True) if not text]
    if missing:
        raise WrongDay(f"{label} must include a {' and a '.join(missing)}")
    try:
        day, month, year = (int(text) if text.isdecimal() and len(text) <= 4 else -1 for text in parts)
        found = date(year, month, day)
    except ValueError:
        raise WrongDay(f"{label} must be a real date, for example 30 4 2027") from None
    if not 1990 <= found.year <= 2100:
        raise WrongDay(f"{label}: the year must have four digits, from 1990 to 2100")
    return found
