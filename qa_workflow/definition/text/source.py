"""The text of a file as plain data, with the place of every key and value."""

from __future__ import annotations

from typing import Any

import yaml

from qa_workflow.definition.faults import Place, called
from qa_workflow.definition.found_faults import Faults
from qa_workflow.definition.text.decode import decode
from qa_workflow.definition.text.events import Tree

Path = tuple[str | int, ...]
"""The way to a value: keys and positions from the top."""


class Source:
    """A file's data and where each part of it stands. `data` is None when it could not be read as a mapping."""

    def __init__(self, name: str, text: str = "") -> None:
        self.name = name
        self.text = text
        self.faults = Faults(name)
        self.tree = Tree(self.faults)
        self.lost: set[str] = set()
        """Names of what was left out because it could not be read: nothing is said of whoever names it."""
        self._titles: dict[str, list[str]] | None = None
        self.has_lost_ways = False
        """What was left out may have led from one stage to another, or ended the item."""

    @property
    def data(self) -> dict[str, Any] | None:
        """What the file holds."""
        return self.tree.data

    def key(self, path: Path) -> Place:
        """Where the key at the end of `path` is written; the nearest value above if it is not written."""
        event = self._find(path)[0]
        return Place(event.start_mark.line + 1, event.start_mark.column + 1) if event else Place()

    def value(self, path: Path, offset: int = 0) -> Place:
        """Where the value is written, `offset` characters into its text if it is a scalar of one line."""
        event = self._find(path)[1]
        if event is None:
            return Place()
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if offset and _is_one_line(event):
            column += _written(event, self.text, offset)
        return Place(line, column)

    def raw(self, path: Path) -> Any:
        """The data at `path`, or None."""
        here: Any = self.data
        for part in path:
            try:
                here = here[part]
            except (KeyError, IndexError, TypeError):
                return None
        return here

    def titled(self, said: str) -> str | None:
        """The one name in this file that people read as this, by its title or its label."""
        if self._titles is None:
            self._titles = _titles(self.data)
        return called(said, self._titles)

    def rename(self, holder: dict[str, Any], key: str, meant: str) -> None:
        """Take a misspelt key for the one that was meant."""
        holder[meant] = holder.pop(key)
        places = self.tree.places[id(holder)]
        places[meant] = places.pop(key)

    def _find(self, path: Path) -> tuple[Any, Any]:
        """Events of key and value as deep as `path` is really written: short forms leave its tail unwritten."""
        here: Any = self.data
        key = value = self.tree.root
        for part in path:
            places = self.tree.places.get(id(here)) if isinstance(here, dict | list) else None
            if places is None:
                break
            if part == 0 and isinstance(here, dict):
                continue  # one entry, written without its list
            if isinstance(here, dict) and part in here and part in places:
                key, value = places[part]
            elif isinstance(here, list) and isinstance(part, int) and part < len(here):
                key = value = places[part]
            else:
                break
            here = here[part]
        return key, value


def _titles(data: Any) -> dict[str, list[str]]:
    """By name, what people read in its place: of everything in a file that has a title or a label."""
    found: dict[str, list[str]] = {}
    ahead = [data]
    while ahead:
        here = ahead.pop()
        for name, inner in here.items() if isinstance(here, dict) else ():
            if isinstance(inner, dict):
                found.setdefault(name, []).extend(str(inner[key]) for key in ("title", "label") if key in inner)
                ahead.append(inner)
    return {name: titles for name, titles in found.items() if titles}


def _is_one_line(event: Any) -> bool:
    start, end = event.start_mark, event.end_mark
    return isinstance(event, yaml.ScalarEvent) and bool(start.line == end.line)


def _written(event: Any, text: str, offset: int) -> int:
    """How many columns after its first one the character `offset` of a one-line scalar is written."""
    if not event.style:
        return offset
    if event.style == "'":
        return 1 + offset + str(event.value)[:offset].count("'")
    raw = text[event.start_mark.index : event.end_mark.index]
    return 0 if "\\" in raw or event.style != '"' else 1 + offset


def read_source(data: bytes, name: str) -> Source:
    """Read the bytes of one file. Never raises and never runs anything; what is wrong is in `faults`."""
    source = Source(name)
    text = decode(data, source.faults)
    if text is not None:
        source.text = text
        source.tree.read(text)
    return source
