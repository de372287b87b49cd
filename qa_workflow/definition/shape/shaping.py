"""From plain data to shapes: the library's complaints become faults in plain English, each at its place in the text.

A file with a misspelt key is read on as if it were spelt right, and a small value that does not fit is left out, so
that one slip does not hide the faults behind it. `whole` says whether anything was left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from qa_workflow.calendar.words import listed
from qa_workflow.calendar.written_days import day_meant
from qa_workflow.definition.faults import mend_name, near
from qa_workflow.definition.shape.governance import ADDRESS, DAY, PERSON, TIME_OF_DAY
from qa_workflow.definition.shape.keys import Key, keys_at, keys_of
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

_LEADING = frozenset({"transitions", "parallel", "branches", "stages", "sub_items", "lapse", "end", "to"})
"""Keys of which something is left out that may have led from stage to stage."""

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
    for error in _without_gaps_beside(list(_one_per_place(errors, source)), source):
        _explain(error, source, shape)
    for _ in range(_ROUNDS):
        if not errors or not _leave_out(source, errors, shape):
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


def _without_gaps_beside(errors: list[ErrorDetails], source: Source) -> Iterator[ErrorDetails]:
    """A key that is missing beside one that does not exist was perhaps what that one is to be: one fault."""
    odd = {_path(error, source)[:-1] for error in errors if error["type"] == "extra_forbidden"}
    yield from (error for error in errors if error["type"] != "missing" or _path(error, source) not in odd)


def _explain(error: ErrorDetails, source: Source, shape: type[BaseModel]) -> None:
    path = _path(error, source)
    if error["type"] == "missing":
        _explain_missing(error, path, source, shape)
    elif error["type"] == "extra_forbidden":
        _explain_unknown(path, source, shape)
    else:
        _explain_value(error, path, source, shape)


def _explain_missing(error: ErrorDetails, path: Path, source: Source, shape: type[BaseModel]) -> None:
    name = str(error["loc"][-1])
    lacking = keys_at(shape, tuple(error["loc"][:-1])).get(name)
    what = f"the key {name!r} is missing" + (" here" if path else "")
    words = f", one of {listed(lacking.words, 'or')}" if lacking is not None and lacking.words else ""
    mend = f"add it: {lacking.about if lacking is not None else name}{words}"
    source.faults.add("missing-key", source.key(path), what, mend)


def _explain_unknown(path: Path, source: Source, shape: type[BaseModel]) -> None:
    name, faults, keys = str(path[-1]), source.faults, keys_at(shape, path[:-1])
    meant, what = _meant(name, keys), f"the key {name!r} does not exist here"
    mend = f"did you mean {meant!r}?" if meant else mend_name(name, tuple(keys), "delete it")
    beside = source.raw(path[:-1])
    if (below := _place_below(source.raw(path), keys)) is not None:
        mend = f"put it below `{below}`"
    elif meant is None and (needed := _written_out(key for key in keys.values() if key.name not in beside)):
        mend = f"write {needed}"
    elif source.raw(path) is None and meant is None:
        faults.withdraw("empty-value", source.key(path))
        what, mend = f"{what}, and has no value", _mend_rest(name, beside)
    faults.add("unknown-key", source.key(path), what, mend)


def _explain_value(error: ErrorDetails, path: Path, source: Source, shape: type[BaseModel]) -> None:
    kind, faults = error["type"], source.faults
    context: dict[str, Any] = error.get("ctx") or {}
    name = str(path[-1]) if path else ""
    is_key = error["loc"][-1] == "[key]"
    value = name if is_key else source.raw(path)
    place = source.key(path) if is_key else source.value(path)
    if value is None:
        return  # said already, where the text was read
    if kind == "string_pattern_mismatch":
        pattern = str(context["pattern"])
        rule, what, mend = _PATTERNS[pattern]
        named = _named(str(value), pattern, None if is_key else source.titled(str(value)))
        faults.add(rule, place, f"{_show(value)} {what}", named or mend)
    elif kind in ("enum", "literal_error"):
        key = keys_at(shape, path[:-1]).get(name)
        expected = str(context.get("expected", "")).replace(" or ", ",").split(",")
        known = list(key.words if key and key.words else (word.strip(" '") for word in expected))
        meant = _meant(str(value), known)
        mend = f"did you mean {meant!r}?" if meant else mend_name(str(value), known)
        faults.add("wrong-word", place, f"{_show(value)} is not one of the words known here", mend)
    elif kind in _LIMITS:
        what, mend = _LIMITS[kind]
        faults.add("out-of-range", place, what.format(show=_show(value), **context), mend.format(**context))
    else:
        faults.add(
            "wrong-type",
            place,
            f"{_show(value)} stands where {_WANTED.get(kind, 'something else')} is expected",
            _mend_type(kind, value, keys_at(shape, path[:-1]).get(name), keys_at(shape, path)),
        )


def _mend_rest(name: str, beside: Mapping[str, Any]) -> str:
    """What may have happened to a key without a value: it is what stood after a comma of the value before it."""
    before = beside[list(beside)[list(beside).index(name) - 1]] if name in list(beside)[1:] else None
    if re.fullmatch("[0-9]{3}", name) and re.fullmatch("[0-9]{1,3}", str(before)):
        return f"write {before}{name}, without a comma, if this is one number"
    if re.search("[\u201c\u201d\u201e\u2018\u2019]", f"{before}{name}"):
        return 'write straight quotes, as "…": curly ones, as a word processor writes them, are no quotes'
    return "put the text before it in quotes if this belongs to it"


def _named(said: str, pattern: str, titled: str | None) -> str | None:
    """How to write what is no name: by the name of which it is the title, or with what a name is made of."""
    if pattern == IDENTIFIER and titled is not None:
        return f"write {titled!r}, of which this is the title"
    if pattern == DAY:
        return _day_meant(said)
    made = identifier_of(said) if pattern in (IDENTIFIER, PERSON) else ""
    mark = "-" if pattern == PERSON else "_"
    return f"write {made.replace('_', mark)!r}: small letters, digits and {mark}" if made else None


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


def _mend_type(kind: str, value: Any, key: Key | None, inner: Mapping[str, Key]) -> str:
    """What to write instead.

    Args:
        key: at which it stands; None where names are free.
        inner: the keys that a mapping would have there.
    """
    if kind == "string_type":
        return f"write text: {key.about}" if key is not None and key.about else "write one text"
    if kind == "bool_type":
        meant = {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(str(value).lower())
        if meant is not None:
            return f"write {meant}"
        return f"write {value} without quotes" if value in ("true", "false") else "write true or false"
    if kind == "int_type":
        digits = str(value).isascii() and str(value).isdigit()
        is_meant = digits and len(str(value)) < _LONGEST_NUMBER
        return f"write {int(str(value))}" if is_meant else "write a whole number, in figures"
    if kind == "list_type":
        is_short = isinstance(value, str) and "\n" not in value and len(value) <= 60
        return f"write `[{value if is_short else '…'}]`, or a line with `-` for each entry"
    if isinstance(value, list):
        first = value[0] if value and isinstance(value[0], str) else "name"
        return f"leave out the `-`, and write each as `{first}: …`"
    return _mend_mapping(value, inner)


def _mend_mapping(value: Any, inner: Mapping[str, Key]) -> str:
    """What to write where the keys are known that belong there: those that are needed, or the one that is meant."""
    if needed := _written_out(inner.values()):
        return f"write {needed}"
    if "to" in inner and isinstance(value, str):
        return f"write `{{to: {value}}}`"
    if "end" in inner:
        return "write `{owner: …, transitions: …}`, or `{end: completed}` if the item is over here"
    return "write `key: value` below it, or `{}` if there is nothing to say"


def _written_out(keys: Iterable[Key]) -> str:
    """Those that are needed, as they are written; nothing where none is."""
    needed = [f"{key.name}: …" for key in keys if key.required]
    return f"`{{{', '.join(needed)}}}`" if needed else ""


def _day_meant(said: str) -> str | None:
    """How to write a day that is written as people do here, the day before the month; or several days in one."""
    if len(re.findall(_DAY_PARTS, said)) > 1:
        return "write a line for each day, as 2027-04-30"
    day = day_meant(said)
    return f"write {day.isoformat()}" if day is not None else None


def identifier_of(said: str) -> str:
    """A name made of what somebody wrote, as `visit_report` of "Visit Report"; nothing where none can be made."""
    parted = re.sub(r"[\s\u2010-\u2015\u2212]", " ", unicodedata.normalize("NFKD", said))
    made = re.sub("[^a-z0-9]+", "_", parted.encode("ascii", "ignore").decode().lower()).strip("_")
    return made if re.match(IDENTIFIER, made) else ""


def _meant(said: str, known: Iterable[str]) -> str | None:
    """The word that was probably meant: one that is spelt like it, or the one that says the same here."""
    word = said.casefold()
    return near(said, known) or next((mean for mean in _SAME.get(word.rstrip("s"), ()) if mean in known), None)


_SAME: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("step", "action", "transition", "button"), ("transitions",)),
    **dict.fromkeys(("responsible", "lead", "who", "role", "assignee", "assigned_to"), ("owner", "by", "to")),
    **dict.fromkeys(("deadline", "due_date", "due_by", "timescale", "target"), ("due",)),
    **dict.fromkeys(("state", "phase"), ("stages",)),
    **dict.fromkeys(("next", "goto", "go_to", "leads_to"), ("to",)),
    **dict.fromkeys(("require", "required", "evidence", "mandatory"), ("needs",)),
    **dict.fromkeys(("if", "condition"), ("when",)),
    **dict.fromkeys(("reminder",), ("remind",)),
    **dict.fromkeys(("escalation", "escalate_to"), ("escalate",)),
    **dict.fromkeys(("name", "label"), ("title", "label")),
    **dict.fromkeys(("description", "note", "comment"), ("about", "purpose", "help", "meaning")),
    **dict.fromkeys(("value", "choice"), ("options",)),
    **dict.fromkeys(("file", "attachment", "upload"), ("document",)),
    **dict.fromkeys(("boolean", "bool", "checkbox", "yes/no"), ("yes_no",)),
    **dict.fromkeys(("string", "textarea", "free_text"), ("text",)),
    **dict.fromkeys(("integer", "int", "decimal"), ("number",)),
    **dict.fromkeys(("datetime", "day"), ("date",)),
    **dict.fromkeys(("dropdown", "select", "enum", "option"), ("choice", "options")),
    **dict.fromkeys(("user", "staff"), ("person",)),
    **dict.fromkeys(("provider", "organization", "org"), ("organisation", "subject")),
    **dict.fromkeys(("annual", "annually", "yearly"), ("year",)),
}
"""Words that people from elsewhere write for ours, without their plural; the first of ours that can stand there."""


_DAY_PARTS = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{4}"


def _show(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = str(value)
    return repr(text if len(text) <= 60 else text[:57] + "…") if isinstance(value, str) else text


def _place_below(value: Any, known: Mapping[str, Key]) -> str | None:
    """The one key below which something belongs that stands beside it: all it holds can be held there."""
    if not isinstance(value, dict) or not value:
        return None
    named = [key for key in known.values() if key.many == "mapping" and key.shape is not None]
    fitting = [key.name for key in named if key.shape is not None and value.keys() <= keys_of(key.shape).keys()]
    return fitting[0] if len(fitting) == 1 else None


def _respell(source: Source, errors: list[ErrorDetails], shape: type[BaseModel]) -> bool:
    """Say which keys are misspelt and take them for what was meant, so that what stands below them is looked at too."""
    changed = False
    for error in errors:
        holder, key = _innermost(source.data, error)
        if error["type"] != "extra_forbidden" or holder is None:
            continue
        known = keys_at(shape, tuple(error["loc"][:-1]))
        meant = _meant(key, known)
        if meant is not None and meant not in holder and _place_below(holder[key], known) is None:
            _explain(error, source, shape)
            source.rename(holder, key, meant)
            changed = True
    return changed


def _leave_out(source: Source, errors: list[ErrorDetails], shape: type[BaseModel]) -> bool:
    """Drop what does not fit, the whole part if something is missing from it. False if the rest would be misread."""
    for error in errors:
        if error["loc"][-1:] == ("[key]",):
            return False
        holder, key = _innermost(source.data, error)
        if holder is None or (key in _STRUCTURE and error["type"] != "extra_forbidden"):
            return False
        known = keys_at(shape, _path(error, source)[:-1])
        value = holder.pop(key, None)
        source.lost.add(key)
        source.has_lost_ways |= key in _LEADING or (key not in known and (not known or isinstance(value, dict | list)))
    return True


def _innermost(data: Any, error: ErrorDetails) -> tuple[dict[str, Any] | None, str]:
    """The mapping and the key that hold what an error is about."""
    inside = [(holder, str(part)) for holder, part in _written(error, data) if isinstance(holder, dict)]
    return inside[-1] if inside else (None, "")
