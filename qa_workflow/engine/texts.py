"""Text that people typed, apart from the bytes that are hashed, so that it can be removed and every chain still holds.

Where it stood, the bytes have `{"text-sha256": …}`: the SHA-256 of a salt and the text. Salt and text lie beside. What
is removed leaves words in its place, and no salt: nobody can find out any more, by guessing, what was there.

Typed are reasons, fields of text, the names of files, and on what basis a date was changed. Names of people and of
organisations, choices, numbers and dates are chosen from what is known, and stay in the bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from msgspec.json import Decoder

from qa_workflow.definition.model import Field, FieldType
from qa_workflow.engine.json_text import ENCODER

TEXT = b"qa-text-v1\0"
"""Set before every salt and text, so that no other hash of this program can be taken for a text's."""
MARK = "text-sha256"
"""What stands for a text. No field has such a name."""
SALT = 16
"""Bytes: more than anybody can go through."""
_TYPED = frozenset({FieldType.TEXT, FieldType.ITEM})
"""Of fields whose values are taken as they are typed."""
MISSING = "a text that is missing here"
"""Is read where nothing lies beside a hash; `verify` tells of it."""
Beside = Mapping[str, tuple[str | None, str]]
"""By hash, salt in hex and text; without a salt, the words that stand in place of a text that is removed."""

_OF_FIELDS = ("set", "before", "rests_on", "last_shown")
"""In the `data` of an event: values by the names of fields."""
_BEGIN = b'{"%s":"' % MARK.encode()
_STANDS = re.compile(re.escape(_BEGIN) + rb'([0-9a-f]{64})"\}')
_BESIDE = Decoder(dict[str, tuple[str | None, str]])


def text_hash(salt: str, text: str) -> str:
    """What stands for a text; the salt in hex."""
    return sha256(TEXT + bytes.fromhex(salt) + text.encode()).hexdigest()


class Apart:
    """The texts of one event, or of one letter: taken out of what is to be hashed, and kept beside.

    Args:
        salt: chance that is kept nowhere; the salt of each text is made of it.
        place: names this event among all that are made with this salt.
        fields: by name; a value of a field that is not among them is taken to be typed.
    """

    __slots__ = ("_fields", "_hashes", "_salt", "beside")

    def __init__(self, salt: bytes, place: str, fields: Mapping[str, Field]) -> None:
        self._salt, self._fields = salt + place.encode(), fields
        self._hashes: dict[str, str] = {}
        self.beside: dict[str, tuple[str | None, str]] = {}

    @property
    def written(self) -> str | None:
        """What lies beside, as JSON; None where nobody typed anything."""
        return written(self.beside) if self.beside else None

    def text(self, text: str) -> Any:
        """What stands for a text. The same text stands for itself however often it is there."""
        found = self._hashes.get(text)
        if found is None:
            salt = sha256(b"%b:%d" % (self._salt, len(self.beside))).hexdigest()[: 2 * SALT]
            found = self._hashes[text] = text_hash(salt, text)
            self.beside[found] = (salt, text)
        return {MARK: found}

    def values(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Values of fields, by name."""
        return {name: self._value(self._fields.get(name), value) for name, value in values.items()}

    def _value(self, field: Field | None, value: Any) -> Any:
        if isinstance(value, str):
            kind = None if field is None else field.of if field.type is FieldType.LIST else field.type
            return self.text(value) if value and (kind is None or kind in _TYPED) else value
        if isinstance(value, list | tuple):
            return [self._value(field, each) for each in value]
        if isinstance(value, Mapping):  # a document: its bytes are known by their own hash
            return {**value, "name": self.text(value["name"])}
        return value

    def line(self, line: dict[str, Any]) -> None:
        """Take the texts out of an event, as `Event.line` gives it."""
        if line["reason"]:
            line["reason"] = self.text(line["reason"])
        data = line["data"]
        changed: dict[str, Any] = {
            name: self.values(data[name]) for name in _OF_FIELDS if isinstance(data.get(name), Mapping)
        }
        if "basis" in data:
            changed["basis"] = self.text(data["basis"])
        if data.get("hold"):
            since, reason, *rest = data["hold"]
            changed["hold"] = [since, self.text(reason), *rest]
        if "enter" in data:
            changed["enter"] = [self._dated(visit) for visit in data["enter"]]
        if "patch" in data:
            changed["patch"] = {number: self._dated(patch) for number, patch in data["patch"].items()}
        if changed:
            line["data"] = {**data, **changed}

    def _dated(self, visit: Mapping[str, Any]) -> Mapping[str, Any]:
        """A visit, or what of it changes: why a date was set by hand is what somebody typed."""
        due = visit.get("due")
        return {**visit, "due": {**due, "why": self.text(due["why"])}} if due and due.get("fixed") else visit


def written(beside: Beside) -> str:
    """What lies beside, as it is kept."""
    return ENCODER.encode(beside).decode()


def read_beside(kept: str | None) -> dict[str, tuple[str | None, str]]:
    """What lies beside, from what was kept.

    Raises:
        ValueError: it is not that.
    """
    return {} if kept is None else _BESIDE.decode(kept)


def put_back(stored: bytes, kept: str | None) -> bytes:
    """The bytes with the texts where they stood: in JSON, nothing else can be what stands for one."""
    if kept is not None:
        for digest, (_, text) in _BESIDE.decode(kept).items():
            stored = stored.replace(b'%b%b"}' % (_BEGIN, digest.encode()), ENCODER.encode(text))
    return stored if _BEGIN not in stored else _STANDS.sub(ENCODER.encode(MISSING), stored)


def wanted(stored: bytes) -> Iterator[str]:
    """The hash of every text that was taken out of these bytes."""
    return (found.group(1).decode() for found in _STANDS.finditer(stored))
