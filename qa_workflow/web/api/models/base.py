"""What all shapes are made of: texts, names, days and instants; and how an answer is read off what a use case gave.

A shape reads by name what it tells, and nothing else: what a use case knows beyond that does not leave by the API.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    SerializationInfo,
    StringConstraints,
    WithJsonSchema,
)

from qa_workflow.calendar.faults import FIRST_YEAR, LAST_YEAR
from qa_workflow.engine.said import as_read, unreadable

LONGEST_REASON = 10_000
_A_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _readable(value: str) -> str:
    text = as_read(value)
    if (found := unreadable(text)) is not None:
        raise ValueError(str(found))
    return text


def _dated(value: Any) -> Any:
    """What begins as a date does; a number would be read as so many seconds since 1970, and is nobody's date."""
    if not isinstance(value, date | datetime) and not (isinstance(value, str) and _A_DATE.match(value)):
        raise ValueError("it must begin as a date does, 2027-08-06")
    return value


def _in_reach(value: date) -> date:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError(f"the year must be from {FIRST_YEAR} to {LAST_YEAR}")
    return value


def _here(value: datetime, info: SerializationInfo) -> str:
    return value.astimezone(ZoneInfo((info.context or {})["zone"])).isoformat()


Words = Annotated[
    str,
    StringConstraints(max_length=LONGEST_REASON),
    AfterValidator(_readable),
    Field(examples=["Agreed at the meeting of 10 July"]),
]
"""Text that people read: no characters that cannot be seen."""
Reason = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST_REASON),
    AfterValidator(_readable),
    Field(examples=["The provider asked for more time"]),
]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_readable)]
ItemId = Annotated[
    str, StringConstraints(pattern="^[0-9a-f]{32}$"), Field(examples=["4d757bc101b871697e9d8d9988db6d48"])
]
A_DIGEST = "0123456789abcdef" * 4
Sha256 = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$"), Field(examples=[A_DIGEST])]
Day = Annotated[date, Field(strict=False, examples=["2027-08-06"]), BeforeValidator(_dated), AfterValidator(_in_reach)]
When = Annotated[
    AwareDatetime,
    Field(strict=False, examples=["2027-08-06T17:00:00+01:00"]),
    BeforeValidator(_dated),
    AfterValidator(_in_reach),
]
Instant = Annotated[
    datetime,
    PlainSerializer(_here, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2027-08-06T17:00:00+01:00"]}),
]
"""Told in the zone of the house, with its offset."""


class Sent(BaseModel):
    """What a program sends: names that are not known are refused, numbers are not made of text."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Queried(Sent):
    """The same in the query of an address, where numbers and days are text."""

    model_config = ConfigDict(extra="forbid", strict=False)


class Told(BaseModel):
    """What a program is answered: exactly these names."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


Word = Name | None
"""A word by which is filtered; left out, everything is meant."""


class Nothing(Sent):
    """Nothing more is to be said."""


class Gone(Told):
    """It is no longer there."""

    gone: bool


class Schema(BaseModel):
    """A JSON Schema."""

    model_config = ConfigDict(extra="allow")


def pair(*names: str) -> BeforeValidator:
    """A shape that the use case gives as a tuple, in this order."""
    return BeforeValidator(lambda value: dict(zip(names, value, strict=True)) if isinstance(value, tuple) else value)


def told(shape: type[Told], source: Any, zone: str) -> dict[str, Any]:
    """What a shape tells of something, as JSON: of a value by its attributes, of a mapping by its names."""
    return shape.model_validate(source).model_dump(mode="json", by_alias=True, context={"zone": zone})
