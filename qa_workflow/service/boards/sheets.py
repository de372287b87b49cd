"""A table that leaves the house as a file: titled columns of one kind each, and what the file says of itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, TypeAlias

Cell: TypeAlias = str | int | date | None


class Format(StrEnum):
    """What sort of file."""

    XLSX = "xlsx"
    CSV = "csv"

    @property
    def media_type(self) -> str:
        """As HTTP names it."""
        if self is Format.CSV:
            return "text/csv; charset=utf-8"
        return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its title, and about how many characters wide it is shown."""

    title: str
    width: int = 16


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table. A cell is a text, a whole number, a date, or nothing; text stays text, whatever it begins with.

    `about` is told on a page of its own where the format has one: what this is, and of when. `printed` is how many
    columns, from the first, fit on paper, where not all do; `foot` stands below each sheet of paper.
    """

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    made_at: datetime
    about: Sequence[tuple[str, str]] = field(default_factory=tuple)
    printed: int | None = None
    foot: str = ""


class Sheets(Protocol):
    """Writes tables as files."""

    def write(self, sheet: Sheet, form: Format) -> bytes:
        """The bytes of the file."""
