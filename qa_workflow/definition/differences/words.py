"""Values of a definition in words, such that two values that are different never read the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, time
from enum import Enum
from typing import Any

from qa_workflow.calendar import TimeRule, long_date
from qa_workflow.calendar.words import clock_time
from qa_workflow.definition.model import BodyRef, Case, EffectRule, Guard, Option, Reminder, Rung, Who


def who(found: Who) -> str:
    """As the file says it, joined by "or"."""
    return " or ".join(found.words) or "nobody"


def quoted(text: str) -> str:
    """What somebody wrote or named, in the one kind of quotation marks; what cannot be printed is escaped."""
    escaped = text.replace("\\", "\\\\").replace("”", "\\”")
    return f"“{''.join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in escaped)}”"


def words(value: Any) -> str:
    """Any value of a definition."""
    match value:
        case None | "":
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case str() if not isinstance(value, Enum):
            return quoted(value)
        case Enum():
            return str(value.value)
        case Who():
            return who(value)
        case TimeRule():
            return _time_rule(value)
        case Guard():
            return quoted(value.text)
        case BodyRef():
            return str(value)
        case Option():
            return f"{value.value} ({value.title}{f': {value.meaning}' if value.meaning else ''})"
        case date():
            return long_date(value)
        case time():
            return clock_time(value)
        case _:
            return _many(value)


def _time_rule(rule: TimeRule) -> str:
    beside = {"source": rule.source, "calendar": rule.calendar, "while held": rule.while_held}
    said = [rule.basis.words] if rule.basis is not None else []
    said += [f"{name} {words(value)}" for name, value in beside.items() if value is not None]
    return f"{rule} ({', '.join(said)})" if said else str(rule)


def _many(value: Any) -> str:
    if isinstance(value, Reminder | Rung):
        return f"{words(value.when)}, to {who(value.to)}" if value.to else words(value.when)
    if isinstance(value, EffectRule):
        return _effect(value)
    if isinstance(value, Case) and value.when is None:
        return quoted(value.to)
    if isinstance(value, Mapping):
        return ", ".join(f"{_key(key)}: {words(each)}" for key, each in value.items()) or "none"
    if isinstance(value, frozenset):
        return ", ".join(sorted(words(each) for each in value)) or "none"
    if isinstance(value, tuple | list):
        return ", ".join(words(each) for each in value) or "none"
    if is_dataclass(value) and not isinstance(value, type):
        shown = [(f.name.replace("_", " "), getattr(value, f.name)) for f in fields(value) if _is_said(f, value)]
        return "; ".join(f"{name} {words(each)}" for name, each in shown) or "as usual"
    return str(value)


def _effect(rule: EffectRule) -> str:
    said = rule.kind.value
    if rule.to:
        said += f" to {who(rule.to)}"
    return ", ".join([said, *(quoted(text) for text in (rule.name, rule.subject, rule.text) if text)])


def _key(key: object) -> str:
    return long_date(key) if isinstance(key, date) else str(key)


def _is_said(found: Any, value: Any) -> bool:
    """Whether an attribute is part of the value, and another than when it is left out."""
    if not found.compare or found.name.startswith("_"):
        return False
    return bool(found.default is MISSING or getattr(value, found.name) != found.default)
