"""From text to plain data, without running any of it: one pass over the events of the YAML parser.

Nothing is read twice and nothing recurses, and the shortcuts of YAML that surprise people (anchors, tags, merge keys,
`NO` for false, `12:30` for 750) do not exist here. Only `true`, `false` and plain whole numbers are more than text.
Every fault is kept as long as reading can go on.
"""

from __future__ import annotations

import re
from typing import Any, NoReturn

import yaml

from qa_workflow.definition.faults import Place
from qa_workflow.definition.found_faults import Faults
from qa_workflow.definition.text.decode import UNSEEN, refuse_unseen
from qa_workflow.definition.text.syntax import explain_syntax

MAX_EVENTS = 100_000
"""A workflow of a thousand stages has about half as many."""
MAX_DEPTH = 20

_REMARK = re.compile(r"\s+(#\w+)")
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\Z")
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None, "": None}


_DROPPED = object()
"""Stands for a key that cannot be the name of anything."""


class _Stop(Exception):
    """Reading cannot go on; the reason is already among the faults."""


class Tree:
    """A file's data. `places` knows, for each mapping and list by its identity, the events of its keys and values."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.data: dict[str, Any] | None = None
        self.root: Any = None
        self.altered = False
        """Something was left out or stands for something else, so that the rest would be misread."""
        self.places: dict[int, Any] = {}
        self.has_breaks = False
        """Some text goes over several lines, or has something else in it that is not printed."""
        self._kept: list[Any] = []
        self._empty: list[tuple[Place, str, str]] = []
        """What has no value; where the text cannot be read to its end, that is why."""
        self._count = 0
        self._lines: list[str] = []

    def read(self, text: str) -> None:
        """Fill the tree; what is wrong goes to the faults."""
        self._lines = text.split("\n")
        self._has_remarks = "#" in text
        parser = yaml.CSafeLoader(text)
        try:
            data = self._document(parser)
            self.data = None if self.altered else data
            for place, what, mend in self._empty:
                self.faults.add("empty-value", place, what, mend)
        except _Stop:
            pass
        except yaml.YAMLError as bad:
            place, what, mend = explain_syntax(bad, text)
            self.faults.add("yaml-syntax", place, what, mend)
        finally:
            parser.dispose()

    def _stop(self, rule: str, place: Place, what: str, mend: str, first: Place | None = None) -> NoReturn:
        self.faults.add(rule, place, what, mend, first)
        raise _Stop

    def _document(self, parser: Any) -> dict[str, Any]:
        parser.get_event()  # the stream starts
        start = parser.get_event()
        if type(start) is yaml.StreamEndEvent:
            self._stop("empty-file", Place(), "the file is empty", "write a workflow in it, or delete it")
        if start.tags:
            what = "%TAG gives short names to tags, which are not used here"
            self.faults.add("yaml-tag", _at(start), what, "delete the line")
        self.root = parser.get_event()
        data = self._value(self.root, parser)
        parser.get_event()  # the document ends
        after = parser.get_event()
        if type(after) is yaml.DocumentStartEvent:
            mend = "delete the line `---`, or move the rest to a file of its own"
            self._stop("second-document", _at(after), "a second document begins here, and a file holds one", mend)
        if data is None:
            self._stop("empty-file", Place(), "the file is empty", "write a workflow in it, or delete it")
        if not isinstance(data, dict):
            mend = "begin with `workflow: name`"
            self._stop("not-a-mapping", _at(self.root), "the file does not hold keys with values", mend)
        return data

    def _value(self, event: Any, parser: Any) -> Any:
        """The value that begins with an event. The stack is a list: depth of the file is not depth of calls."""
        get = parser.get_event
        stack: list[tuple[Any, Any, Any, Any]] = []
        holder: Any = None
        places: Any = None
        key: Any = None
        while True:
            kind = type(event)
            self._count += 1
            if self._count > MAX_EVENTS:
                self._stop(
                    "too-many-parts", Place(), f"the file has more than {MAX_EVENTS:,} parts", "split it into several"
                )
            value: Any
            if kind is yaml.ScalarEvent:
                if key is None and type(holder) is dict:
                    key = self._key(event, places)
                    event = get()
                    continue
                value = self._scalar(event)
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                value = holder
                holder, places, key, event = stack.pop()
            elif key is None and type(holder) is dict:
                key = self._odd_key(event, parser)
                event = get()
                continue
            elif kind is yaml.AliasEvent:
                value = self._alias(event)
            else:
                self._begin(event, len(stack))
                stack.append((holder, places, key, event))
                holder, places = ({}, {}) if kind is yaml.MappingStartEvent else ([], [])
                self.places[id(holder)] = places
                self._kept.append(holder)
                key = None
                event = get()
                continue
            if holder is None:
                return value
            if value is None:
                self._refuse_empty(key, event)
            if key is None:
                holder.append(value)
                places.append(event)
            elif key is not _DROPPED and key.value not in places:
                holder[key.value] = value
                places[key.value] = (key, event)
            key = None
            event = get()

    def _begin(self, event: Any, depth: int) -> None:
        """A mapping or a list begins."""
        if event.anchor or event.tag:
            self._refuse_marks(event)
        if depth >= MAX_DEPTH:
            mend = "give the inner parts a workflow of their own (`sub_items`)"
            self._stop("too-deep", _at(event), f"this is nested more than {MAX_DEPTH} deep", mend)

    def _key(self, event: Any, places: Any) -> Any:
        if event.anchor or event.tag or event.style == '"':
            self._refuse_marks(event)
        name = event.value
        if name in places:
            self._refuse_hollow(event, places)
            what = f"the key {_short(name)} is given twice"
            self.faults.add("duplicate-key", _at(event), what, "keep one of them", first=_at(places[name][0]))
        elif name == "<<" and not event.style:
            mend = "write out the keys that are meant"
            self.faults.add("merge-key", _at(event), "`<<` mixes another mapping in", mend)
            self.altered = True
            return _DROPPED
        return event

    def _refuse_hollow(self, event: Any, places: Any) -> None:
        """A key that was there before, after one that holds nothing: it was to stand below that."""
        (hollow, value), first = next(reversed(places.values())), places[event.value][0]
        if type(value) is not yaml.ScalarEvent or value.value or value.style:
            return
        below = _short(event.value)
        what = f"the key {_short(hollow.value)} holds nothing, and {below} after it is given twice"
        mend = f"move {_short(hollow.value)} to the left, or what belongs to it to the right"
        self._stop("duplicate-key", _at(hollow), what, mend, _at(first))

    def _odd_key(self, event: Any, parser: Any) -> Any:
        """A key that is no text: it is read past, and dropped with its value."""
        self.altered = True
        if type(event) is yaml.AliasEvent:
            self._alias(event)
        else:
            self.faults.add("key-not-text", _at(event), "a key is a list or a mapping", "use a plain word as the key")
            depth = 1
            while depth:
                inner = parser.get_event()
                depth += isinstance(inner, yaml.CollectionStartEvent) - isinstance(inner, yaml.CollectionEndEvent)
                self._count += 1
                if depth > MAX_DEPTH or self._count > MAX_EVENTS:
                    raise _Stop
        return _DROPPED

    def _refuse_empty(self, key: Any, event: Any) -> None:
        if key is None:
            self._empty.append((_at(event), "an entry of the list is empty", "write it, or delete the line"))
        elif key is not _DROPPED:
            mend = "give it one, or delete the key"
            if self._is_remark_after(key):
                mend = "put it in quotes if it begins with `#` (what follows that is a remark), or delete the key"
            self._empty.append((_at(key), f"the key {_short(key.value)} has no value", mend))

    def _is_remark_after(self, key: Any) -> bool:
        line = self._lines[key.end_mark.line : key.end_mark.line + 1]
        return bool(line) and re.match(r":\s+#\S", line[0][key.end_mark.column :]) is not None

    def _alias(self, event: Any) -> str:
        self.altered = True
        what = f"*{_short(event.anchor)[1:-1]} stands for something written elsewhere"
        self.faults.add("yaml-alias", _at(event), what, "write out what is meant")
        return f"*{event.anchor}"

    def _scalar(self, event: Any) -> Any:
        value = event.value
        if event.anchor or event.tag or event.style == '"':
            self._refuse_marks(event)
        if self._has_remarks and value and not event.style:
            self._warn_of_remark(event)
        if not value.isprintable():
            self.has_breaks = True
        if event.implicit[0]:
            if value in _WORDS:
                return _WORDS[value]
            if _WHOLE.match(value):
                return int(value)
        return value

    def _warn_of_remark(self, event: Any) -> None:
        """A text without quotes that goes on with `#` and no space, as in "Audit of #NOF", ends before it."""
        end = event.end_mark
        line = self._lines[end.line] if end.line < len(self._lines) else ""
        if "#" in line and (found := _REMARK.match(line, end.column)):
            what = f"the text ends before {_short(found[1])}, for `#` begins a remark"
            self.faults.add("remark-in-text", _at(event), what, "put the text in quotes, or a space after the `#`")

    def _refuse_marks(self, event: Any) -> None:
        if event.anchor:
            what = f"&{_short(event.anchor)[1:-1]} marks this to be used again elsewhere"
            self.faults.add("yaml-anchor", _at(event), what, "delete the mark, and write out what is meant each time")
        if event.tag:
            self.altered = True
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            mend = "delete it; what must stay text goes in quotes"
            self.faults.add("yaml-tag", _at(event), f"the tag {_short(tag)} asks for a special kind of value", mend)
        if type(event) is yaml.ScalarEvent and (found := UNSEEN.search(event.value)):
            refuse_unseen(found[0], _at(event), self.faults)


def _at(event: Any) -> Place:
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "…")
