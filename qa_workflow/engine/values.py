"""What a field accepts: text from a form or a command line becomes a stored value, or a refusal that says what fits."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any

from qa_workflow.calendar.written_days import ImpossibleDate, written_day
from qa_workflow.definition.governance import Governance
from qa_workflow.definition.model import Field, FieldType, Workflow
from qa_workflow.engine.refusals import BadValue, UnknownField
from qa_workflow.engine.said import as_read, unreadable
from qa_workflow.errors import UsageFault

EMPTY: tuple[Any, ...] = (None, "", [])
"""What is no value: a field that holds one of these is not filled."""
LONGEST = 100_000
"""Characters of one text field; a report belongs into a document."""
_YES = {"yes", "true", "y", "1"}
_NO = {"no", "false", "n", "0"}


def accept(workflow: Workflow, given: Mapping[str, Any], governance: Governance) -> dict[str, Any]:
    """Each given value as it will be stored; None empties a field.

    Raises:
        UnknownField: the workflow has no such field.
        BadValue: the value does not fit the field's type.
    """
    accepted: dict[str, Any] = {}
    for name, value in given.items():
        field = workflow.fields.get(name)
        if field is None:
            raise UnknownField(name, tuple(workflow.fields))
        accepted[name] = None if value is None or value == "" else _accept(field, field.type, value, governance)
    return accepted


def _accept(field: Field, kind: FieldType, value: Any, governance: Governance) -> Any:
    return _READERS[kind](field, value, governance)


def _text(field: Field, value: Any, _: Governance) -> str:
    if not isinstance(value, str):
        raise BadValue(field.name, "a text is wanted")
    if len(value) > LONGEST:
        raise BadValue(
            field.name, f"{len(value):,} characters are too many (at most {LONGEST:,}); attach a document instead"
        )
    text = as_read(value)
    if (found := unreadable(text)) is not None:
        raise BadValue(field.name, str(found))
    return text


def _choice(field: Field, value: Any, _: Governance) -> str:
    values = [o.value for o in field.options]
    if value in values:
        return str(value)
    by_title = {o.title.lower(): o.value for o in field.options}
    if isinstance(value, str) and value.lower() in by_title:
        return by_title[value.lower()]
    near = get_close_matches(str(value), values, n=1)
    mend = f"did you mean {near[0]!r}?" if near else f"use one of: {', '.join(values)}"
    raise BadValue(field.name, f"{value!r} is not one of its values; {mend}")


def _number(field: Field, value: Any, _: Governance) -> int | str:
    if isinstance(value, bool):
        raise BadValue(field.name, "a number is wanted")
    try:
        number = Decimal(str(value).replace(",", ""))
    except InvalidOperation:
        raise BadValue(field.name, f"{value!r} is not a number; write it as 1250 or 97.5") from None
    if not number.is_finite() or abs(number) >= 2**53:
        raise BadValue(field.name, f"{value!r} is not a number that can be kept exactly")
    return int(number) if number == number.to_integral_value() else format(number.normalize(), "f")


def _date(field: Field, value: Any, _: Governance) -> str:
    try:
        return written_day(str(value)).isoformat()
    except ImpossibleDate as fault:
        raise BadValue(field.name, f"{value!r} is not a date: {fault}") from None
    except UsageFault as fault:
        raise BadValue(field.name, str(fault)) from None


def _yes_no(field: Field, value: Any, _: Governance) -> bool:
    word = str(value).strip().lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise BadValue(field.name, f"{value!r} is neither yes nor no")


def _document(field: Field, value: Any, _: Governance) -> dict[str, Any]:
    if isinstance(value, Mapping) and {"sha256", "name", "size"} <= value.keys():
        return {key: value[key] for key in ("sha256", "name", "size")}
    raise BadValue(field.name, "a document is wanted; give the file itself, not a text")


def _person(field: Field, value: Any, governance: Governance) -> str:
    return _known(field, value, tuple(governance.people), "person")


def _organisation(field: Field, value: Any, governance: Governance) -> str:
    known = {o.name: o for o in governance.organisations.values() if field.kind in (None, o.kind)}
    aliases = {alias.lower(): o.name for o in known.values() for alias in (*o.aliases, o.title)}
    what = (field.kind or "organisation").replace("_", " ")
    return _known(field, aliases.get(str(value).lower(), value), tuple(known), what)


def _known(field: Field, value: Any, known: tuple[str, ...], what: str) -> str:
    if value in known:
        return str(value)
    near = get_close_matches(str(value), known, n=1)
    mend = f"did you mean {near[0]!r}?" if near else f"the governance file knows: {', '.join(known)}"
    raise BadValue(field.name, f"{value!r} is not a known {what}", mend)


def _list(field: Field, value: Any, governance: Governance) -> list[Any]:
    entries = _parted(field, value) if isinstance(value, str) else value
    if not isinstance(entries, list | tuple):
        raise BadValue(field.name, "a list is wanted; separate its entries by commas")
    return [_accept(field, field.of, entry, governance) for entry in entries if entry != ""]


def _parted(field: Field, text: str) -> list[str]:
    """A list as somebody types it on one line: its entries parted by commas, in brackets or not.

    Of names no semicolon is part, so it parts them as well.
    """
    bare = text.strip()
    bare = bare[1:-1] if bare.startswith("[") and bare.endswith("]") else bare
    return [part.strip() for part in re.split("," if field.of in (FieldType.TEXT, FieldType.ITEM) else "[,;]", bare)]


_READERS: Mapping[FieldType, Callable[[Field, Any, Governance], Any]] = {
    FieldType.TEXT: _text,
    FieldType.CHOICE: _choice,
    FieldType.NUMBER: _number,
    FieldType.DATE: _date,
    FieldType.YES_NO: _yes_no,
    FieldType.DOCUMENT: _document,
    FieldType.PERSON: _person,
    FieldType.ORGANISATION: _organisation,
    FieldType.ITEM: _text,
    FieldType.LIST: _list,
}
