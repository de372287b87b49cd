"""From plain data to shapes: the library's complaints become faults in plain English, each at its place in the text.

A file with a misspelt key is read on as if it were spelt right, and a small value that does not fit is left out, so
that one slip does not hide the faults behind it. `whole` says whether anything was left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from qa_workflow.calendar.words import listed
from qa_workflow.definition.faults import mend_name, near
from qa_workflow.definition.shape.governance import ADDRESS, DAY, PERSON, TIME_OF_DAY
from qa_workflow.definition.shape.keys import keys_at
from qa_workflow.definition.shape.workflow import IDENTIFIER, JOIN
from qa_workflow.definition.text.source import Path, Source

S = TypeVar("S", bound=BaseModel)
_LONGEST_NUMBER = 18
_ROUNDS = 4
"""A part may have to go because something was dropped from it, and the part around that one."""

_STRUCTURE = frozenset({
    "workflow", "governance", "stages", "transitions", "parallel", "branches", "sub_items", "fields", "options",
    "scale", "type", "of", "end", "to", "else", "opens", "reference", "subject", "period", "calendars", "roles",
    "scales", "organisations", "bodies", "people", "levels", "kind", "value", "title", "owner", "by", "join", "wait",
})  # fmt: skip
"""Keys without whose value the rest would be misread; nothing is concluded when one of them does not fit."""

_PATTERNS = {
    IDENTIFIER: ("bad-name", "is not a name", "use small letters, digits and _, beginning with a letter"),
    PERSON: (
        "bad-name",
        "is not a name of a person's account",
        "use small letters, digits and -, beginning with a letter",
    ),
    ADDRESS: ("wrong-type", "is not an e-mail address", "write one, as name@example.org"),
    JOIN: ("wrong-word", "is not a way to join", "write `all`, `any`, `none` or `first 2`"),
    DAY: ("wrong-type", "is not a day", "write it as 2027-04-30"),
    TIME_OF_DAY: ("wrong-type", "is not a time of day", "write it in 24 hours, as 14:00"),
}


@dataclass(frozen=True, slots=True)
class Shaped(Generic[S]):
    """The shape of a file, or None where the faults leave nothing to look at."""

    shape: S | None
    whole: bool


def shape_of(source: Source, shape: type[S]) -> Shaped[S]:
    """Check a file against its accepted keys; faults go to the source's."""
    if source.data is None:
        return Shaped(None, False)
    found, errors = _validated(source, shape)
    while errors and _respell(source, errors, shape):
        found, errors = _validated(source, shape)
    whole = not errors
    for error in _one_per_place(errors, source):
        _explain(error, source, shape)
    for _ in range(_ROUNDS):
        if not errors or not _leave_out(source, errors):
            break
        found, errors = _validated(source, shape)
    return Shaped(found, whole)


def _validated(source: Source, shape: type[S]) -> tuple[S | None, list[ErrorDetails]]:
    try:
        return shape.model_validate(source.data), []
    except ValidationError as bad:
        return None, bad.errors(include_url=False, include_context=True)


def _written(error: ErrorDetails, data: Any) -> Iterator[tuple[Any, str | int]]:
    """The part of an error's way that is really written in the file: each mapping or list, and the key taken in it."""
    here = data
    for part in error["loc"]:
        if part == 0 and isinstance(here, dict):
            continue  # one entry, written without its list
        known = part in here if isinstance(here, dict) else isinstance(here, list) and part in range(len(here))
        if not known:
            return
        yield here, part
        here = here[part]


def _path(error: ErrorDetails, source: Source) -> Path:
    return tuple(part for _, part in _written(error, source.data))


def _one_per_place(errors: list[ErrorDetails], source: Source) -> Iterator[ErrorDetails]:
    """Alternatives that were tried and failed at one place are one fault; the last was the plainest."""
    seen: dict[tuple[Path, str], ErrorDetails] = {}
    for error in errors:
        extra = str(error["loc"][-1]) if error["type"] in ("missing", "extra_forbidden") else ""
        seen[_path(error, source), extra] = error
    yield from seen.values()


def _explain(error: ErrorDetails, source: Source, shape: type[BaseModel]) -> None:
    path = _path(error, source)
    kind, faults = error["type"], source.faults
    context: dict[str, Any] = error.get("ctx") or {}
    if kind == "missing":
        name = str(error["loc"][-1])
        lacking = keys_at(shape, tuple(error["loc"][:-1])).get(name)
        what = f"the key {name!r} is missing" + (" here" if path else "")
        words = f", one of {listed(lacking.words, 'or')}" if lacking is not None and lacking.words else ""
        mend = f"add it: {lacking.about if lacking is not None else name}{words}"
        faults.add("missing-key", source.key(path), what, mend)
        return
    name = str(path[-1]) if path else ""
    if kind == "extra_forbidden":
        known = list(keys_at(shape, path[:-1]))
        faults.add(
            "unknown-key",
            source.key(path),
            f"the key {name!r} does not exist here",
            mend_name(name, known, "delete it"),
        )
        return
    is_key = error["loc"][-1] == "[key]"
    value = name if is_key else source.raw(path)
    place = source.key(path) if is_key else source.value(path)
    if value is None:
        return  # said already, where the text was read
    if kind == "string_pattern_mismatch":
        rule, what, mend = _PATTERNS[str(context["pattern"])]
        faults.add(rule, place, f"{_show(value)} {what}", mend)
    elif kind in ("enum", "literal_error"):
        key = keys_at(shape, path[:-1]).get(name)
        expected = str(context.get("expected", "")).replace(" or ", ",").split(",")
        known = list(key.words if key and key.words else (word.strip(" '") for word in expected))
        faults.add(
            "wrong-word", place, f"{_show(value)} is not one of the words known here", mend_name(str(value), known)
        )
    elif kind in _LIMITS:
        what, mend = _LIMITS[kind]
        faults.add("out-of-range", place, what.format(show=_show(value), **context), mend.format(**context))
    else:
        faults.add(
            "wrong-type",
            place,
            f"{_show(value)} stands where {_WANTED.get(kind, 'something else')} is expected",
            _mend_type(kind, value),
        )


_LIMITS = {
    "string_too_long": ("the text has more than {max_length} characters", "shorten it"),
    "string_too_short": ("the text is empty", "write something, or delete the key"),
    "too_short": ("the list is empty", "name something in it, or delete the key"),
    "greater_than_equal": ("{show} is too small", "write {ge} or more"),
    "less_than_equal": ("{show} is too large", "write {le} or less"),
}
_WANTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "list_type": "a list",
}


def _mend_type(kind: str, value: Any) -> str:
    if kind == "string_type":
        return "put it in quotes" if isinstance(value, bool | int) else "write one text"
    if kind == "bool_type":
        meant = {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(str(value).lower(), str(value).lower())
        return f"write {meant} without quotes" if meant in ("true", "false") else "write true or false"
    if kind == "int_type":
        digits = str(value).isascii() and str(value).isdigit()
        return f"write {int(str(value))}" if digits and len(str(value)) < _LONGEST_NUMBER else "write a whole number"
    if kind == "list_type":
        return "write `[…]`, or a line with `-` for each entry"
    return "write `key: value` below it, or `{}` if there is nothing to say"


def _show(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = str(value)
    return repr(text if len(text) <= 60 else text[:57] + "…") if isinstance(value, str) else text


def _respell(source: Source, errors: list[ErrorDetails], shape: type[BaseModel]) -> bool:
    """Say which keys are misspelt and take them for what was meant, so that what stands below them is looked at too."""
    changed = False
    for error in errors:
        holder, key = _innermost(source.data, error)
        if error["type"] != "extra_forbidden" or holder is None:
            continue
        meant = near(key, keys_at(shape, tuple(error["loc"][:-1])))
        if meant is not None and meant not in holder:
            _explain(error, source, shape)
            source.rename(holder, key, meant)
            changed = True
    return changed


def _leave_out(source: Source, errors: list[ErrorDetails]) -> bool:
    """Drop what does not fit, the whole part if something is missing from it. False if the rest would be misread."""
    for error in errors:
        if error["loc"][-1:] == ("[key]",):
            return False
        holder, key = _innermost(source.data, error)
        if holder is None or (key in _STRUCTURE and error["type"] != "extra_forbidden"):
            return False
        holder.pop(key, None)
    return True


def _innermost(data: Any, error: ErrorDetails) -> tuple[dict[str, Any] | None, str]:
    """The mapping and the key that hold what an error is about."""
    inside = [(holder, str(part)) for holder, part in _written(error, data) if isinstance(holder, dict)]
    return inside[-1] if inside else (None, "")
