"""A governance file with one more day in a calendar's table, or one less; the rest of its text stays, comments too."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import yaml

from qa_workflow.definition.faults import DefinitionRefused
from qa_workflow.definition.governance import Governance
from qa_workflow.definition.read import read_governance
from qa_workflow.errors import UsageFault


class NotByItself(UsageFault):
    """The file is written in a way that cannot be edited from a form."""

    code = "not_by_itself"

    def __init__(self, calendar: str, table: str) -> None:
        super().__init__(f"{table} of calendar {calendar!r} cannot be changed from here; change the text in a draft")


def with_day(source: bytes, calendar: str, table: str, day: date, name: str) -> bytes:
    """The text with a day added; where the day is there already, its name is put in place of another.

    Raises:
        NotByItself: it cannot be done without touching anything else.
        DefinitionRefused: the text is no governance file.
    """
    there = _table_of(source, calendar, table).get(day)
    if there == name:
        return source
    bare = source if there is None else without_day(source, calendar, table, day)
    text = bare.decode("utf-8")
    found, entry = _calendar(text, calendar, table), f"{day.isoformat()}: {json.dumps(name, ensure_ascii=False)}"
    holder = _value(found, table)
    if holder is None:
        new = _into_calendar(text, found, table, entry)
    elif holder.flow_style or not holder.value:
        new = _into_flow(text, holder, entry)
    else:
        new = _into_block(text, holder, day, entry)
    return _proved(bare, new, calendar, table, {**_table_of(bare, calendar, table), day: name})


def without_day(source: bytes, calendar: str, table: str, day: date) -> bytes:
    """The text without a day."""
    text = source.decode("utf-8")
    holder = _value(_calendar(text, calendar, table), table)
    if holder is None:
        raise NotByItself(calendar, table)
    left = {each: why for each, why in _table_of(source, calendar, table).items() if each != day}
    pairs: list[tuple[yaml.Node, yaml.Node]] = holder.value
    for place, (key, value) in enumerate(pairs):
        if key.value != day.isoformat():
            continue
        if holder.flow_style:
            start, end = key.start_mark.index, value.end_mark.index
            if place + 1 < len(pairs):
                end = pairs[place + 1][0].start_mark.index
            elif place:
                start = pairs[place - 1][1].end_mark.index
            new = text[:start] + text[end:]
        elif len(pairs) == 1:
            new = text[: holder.start_mark.index] + "{}" + text[value.end_mark.index :]
        else:
            start = text.rfind("\n", 0, key.start_mark.index) + 1
            end = text.find("\n", value.end_mark.index)
            new = text[:start] + (text[end + 1 :] if end >= 0 else "")
        return _proved(source, new, calendar, table, left)
    raise NotByItself(calendar, table)


def _calendar(text: str, calendar: str, table: str) -> yaml.MappingNode:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    found = _value(_value(root, "calendars"), calendar)
    if not isinstance(found, yaml.MappingNode):
        raise NotByItself(calendar, table)
    return found


def _value(node: Any, key: str) -> yaml.MappingNode | None:
    """What a mapping holds under a key, if that is a mapping too."""
    if not isinstance(node, yaml.MappingNode):
        return None
    found = next((value for name, value in node.value if name.value == key), None)
    return found if isinstance(found, yaml.MappingNode) else None


def _into_flow(text: str, holder: yaml.MappingNode, entry: str) -> str:
    end = holder.end_mark.index - 1
    if not holder.value:
        return f"{text[: holder.start_mark.index]}{{{entry}}}{text[holder.end_mark.index :]}"
    last = holder.value[-1][1].end_mark.index
    return f"{text[:last]}, {entry}{text[last:end]}{text[end:]}"


def _into_block(text: str, holder: yaml.MappingNode, day: date, entry: str) -> str:
    """Before the first later day, else after the last."""
    indent = " " * holder.start_mark.column
    for key, _ in holder.value:
        if key.value > day.isoformat():
            at = text.rfind("\n", 0, key.start_mark.index) + 1
            return f"{text[:at]}{indent}{entry}\n{text[at:]}"
    end = text.find("\n", holder.value[-1][1].end_mark.index)
    if end < 0:
        return f"{text}\n{indent}{entry}\n"
    return f"{text[: end + 1]}{indent}{entry}\n{text[end + 1 :]}"


def _into_calendar(text: str, calendar: yaml.MappingNode, table: str, entry: str) -> str:
    """A table that the calendar has not had: after what it has."""
    if calendar.flow_style:
        whole = f"{table}: {{{entry}}}"
        if not calendar.value:
            return f"{text[: calendar.start_mark.index]}{{{whole}}}{text[calendar.end_mark.index :]}"
        last = calendar.value[-1][1].end_mark.index
        return f"{text[:last]}, {whole}{text[last:]}"
    indent = " " * calendar.start_mark.column
    lines = f"{indent}{table}:\n{indent}  {entry}\n"
    last_value = calendar.value[-1][1]
    at = last_value.end_mark.index
    if isinstance(last_value, yaml.MappingNode | yaml.SequenceNode) and not last_value.flow_style:
        at = text.rfind("\n", 0, at)  # a block ends where the next thing begins
        return f"{text[: at + 1]}{lines}{text[at + 1 :]}"
    end = text.find("\n", at)
    return f"{text}\n{lines}" if end < 0 else f"{text[: end + 1]}{lines}{text[end + 1 :]}"


def _table_of(source: bytes, calendar: str, table: str) -> dict[date, str]:
    found = _read(source).calendars.get(calendar)
    if found is None:
        raise NotByItself(calendar, table)
    return dict(getattr(found, table))


def _read(source: bytes) -> Governance:
    return read_governance(source).required()


def _proved(before: bytes, text: str, calendar: str, table: str, wanted: dict[date, str]) -> bytes:
    """The new text, if it says what it should and nothing else has changed."""
    source = text.encode("utf-8")
    try:
        old, new = _read(before), _read(source)
    except DefinitionRefused as fault:
        raise NotByItself(calendar, table) from fault
    is_so = dict(getattr(new.calendars[calendar], table)) == wanted
    others = [name for name in old.calendars if name != calendar and old.calendars[name] != new.calendars.get(name)]
    if not is_so or others or (old.people, old.roles, old.rights) != (new.people, new.roles, new.rights):
        raise NotByItself(calendar, table)
    return source
