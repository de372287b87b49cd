"""What guards compare: the types of values, and which of them can ever be compared with which."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from qa_workflow.definition.model import Field, FieldType


class Kind(StrEnum):
    """The sorts of value a guard knows; the value is what messages call it."""

    TRUTH = "yes or no"
    TEXT = "text"
    NUMBER = "a number"
    DATE = "a date"
    LIST = "a list"
    DOCUMENT = "a document"
    ANY = "a value of another workflow"


@dataclass(frozen=True, slots=True)
class Type:
    """A kind; `values` is every text that it can be, where that is known, and `of` what a list holds."""

    kind: Kind
    values: tuple[str, ...] | None = None
    of: Kind | None = None


TRUTH, TEXT, NUMBER, DATE = Type(Kind.TRUTH), Type(Kind.TEXT), Type(Kind.NUMBER), Type(Kind.DATE)
ANY = Type(Kind.ANY)
"""A field of a workflow that is not at hand: it is read as whatever it is compared with."""

_OF_FIELD: Mapping[FieldType, Kind] = {
    FieldType.TEXT: Kind.TEXT,
    FieldType.CHOICE: Kind.TEXT,
    FieldType.NUMBER: Kind.NUMBER,
    FieldType.DATE: Kind.DATE,
    FieldType.YES_NO: Kind.TRUTH,
    FieldType.DOCUMENT: Kind.DOCUMENT,
    FieldType.PERSON: Kind.TEXT,
    FieldType.ORGANISATION: Kind.TEXT,
    FieldType.ITEM: Kind.TEXT,
    FieldType.LIST: Kind.LIST,
}


def type_of_field(field: Field, organisations: tuple[str, ...] | None = None) -> Type:
    """The type of a declared field; an organisation can only be one that the governance file names."""
    if field.type is FieldType.CHOICE:
        return Type(Kind.TEXT, tuple(option.value for option in field.options) or None)
    if field.type is FieldType.ORGANISATION:
        return Type(Kind.TEXT, organisations)
    if field.type is FieldType.LIST:
        values = organisations if field.of is FieldType.ORGANISATION else tuple(o.value for o in field.options) or None
        return Type(Kind.LIST, values, _OF_FIELD[field.of])
    return Type(_OF_FIELD[field.type])


def number_of(value: Any) -> int | Decimal:
    """A stored number: an int, or decimal text. Raises ValueError for anything else."""
    if type(value) is int:
        return value
    if type(value) is str:
        try:
            number = Decimal(value)
        except InvalidOperation:
            raise ValueError(value) from None
        if number.is_finite():
            return number
    raise ValueError(value)


def _truth(value: Any) -> bool:
    if type(value) is not bool:
        raise ValueError(value)
    return value


def _text(value: Any) -> str:
    if type(value) is not str:
        raise ValueError(value)
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise ValueError(value)
    return list(value)


READERS: Mapping[Kind, Callable[[Any], Any]] = {
    Kind.TRUTH: _truth,
    Kind.TEXT: _text,
    Kind.NUMBER: number_of,
    Kind.DATE: date.fromisoformat,
    Kind.LIST: _list,
    Kind.DOCUMENT: lambda value: value,
    Kind.ANY: lambda value: value,
}
"""How a stored value becomes the value that is compared; each raises ValueError or TypeError for what does not fit."""
