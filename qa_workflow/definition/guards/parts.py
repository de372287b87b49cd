"""What the parts of a guard are made of: what may be named, a typed part, and how its faults are noted."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NoReturn

from qa_workflow.calendar.written_days import day_meant
from qa_workflow.definition.guards.functions import Answer, GuardFault, GuardSetting
from qa_workflow.definition.guards.text import Note
from qa_workflow.definition.guards.types import DATE, READERS, Kind, Type
from qa_workflow.definition.names import Names


@dataclass(frozen=True, slots=True)
class Scope:
    """What a guard may name. `roles`, `kinds`, `organisations` are None where no governance file says what there is."""

    fields: Mapping[str, Type]
    triggers: Names = field(default_factory=lambda: Names(()))
    stages: Names = field(default_factory=lambda: Names(()))
    places: Names = field(default_factory=lambda: Names(()))
    ways_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sub_items: frozenset[str] = frozenset()
    outcomes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """How the sub-items of a stage can end, where their workflow is at hand."""
    roles: tuple[str, ...] | None = None
    kinds: tuple[str, ...] | None = None
    organisations: tuple[str, ...] | None = None
    has_subject: bool = True
    has_period: bool = True
    open: bool = False
    """Of a workflow that is not at hand: any field may be named, and paths are taken as they are written."""


@dataclass(frozen=True, slots=True)
class Typed:
    """Part of a guard: its type, how to get it, where it is written, and its value if that can never change."""

    type: Type
    answer: Answer
    offset: int
    constant: Any = None
    name: str = ""

    @property
    def kind(self) -> Kind:
        """The kind of its type."""
        return self.type.kind


class RefusedPart(Exception):
    """This part cannot be understood; the note is already made."""


class Notes:
    """The notes of one guard, placed by characters of its text."""

    def __init__(self, text: str) -> None:
        self.made: list[Note] = []
        self._text = text.strip()
        self._lead = len(text) - len(text.lstrip())

    def offset(self, node: ast.expr) -> int:
        """Where a node is written. The parser counts bytes."""
        column = node.col_offset
        if not self._text.isascii():
            column = len(self._text.encode()[:column].decode("utf-8", "replace"))
        return self._lead + column

    def note(self, rule: str, offset: int, what: str, mend: str) -> None:
        """Something is wrong, and the rest can still be looked at."""
        self.made.append(Note(rule, offset, what, mend))

    def refuse(self, rule: str, offset: int, what: str, mend: str) -> NoReturn:
        """Something is wrong, and this part means nothing."""
        self.note(rule, offset, what, mend)
        raise RefusedPart


def constant(type_: Type, value: Any, offset: int) -> Typed:
    """A part that is always the same."""
    return Typed(type_, lambda setting: value, offset, value)


def field_part(name: str, type_: Type, offset: int) -> Typed:
    """The value of a field; a field that is not filled is a fault, and neither yes nor no."""
    reader = READERS[type_.kind]

    def answer(setting: GuardSetting) -> Any:
        try:
            value = setting.fields[name]
        except KeyError:
            raise GuardFault(f"field {name!r} is not filled") from None
        return reader(value)

    return Typed(type_, answer, offset, name=name)


def read_as(type_: Type, part: Typed) -> Typed:
    """A value of another workflow, whose type is not known here, is read as what it is used for."""
    return field_part(part.name, type_, part.offset) if part.kind is Kind.ANY else part


def as_date(part: Typed, notes: Notes) -> Typed:
    """Text where a date is wanted is a date, or can never be one."""
    if part.kind is not Kind.TEXT or type(part.constant) is not str:
        return part
    try:
        day = date.fromisoformat(part.constant)
    except ValueError:
        day = None
    if day is None or day.isoformat() != part.constant:
        meant = day_meant(part.constant) or "2027-04-01"
        mend = "write today()" if part.constant == "today" else f"write it as '{meant}'"
        notes.refuse("guard-impossible", part.offset, f"{part.constant!r} is not a date", mend)
    return constant(DATE, day, part.offset)


Part = Callable[[ast.expr], Typed]
"""What turns a node into a typed part; it is handed to those who have to look into arguments."""
