"""Files that people attach, by any door: looked into before they are kept, carried through a form that is refused, and
given out again only with an item that the reader may see, on record.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa_workflow.engine import Item, Sight
from qa_workflow.errors import IntegrityFault, Refusal, UsageFault
from qa_workflow.service.files import content_of, size_of
from qa_workflow.service.house import House, Work
from qa_workflow.service.items.file_kinds import KINDS, TEXT, NotAccepted, is_mere_text, kind_of, suffix_of
from qa_workflow.service.labels import LONGEST, plain
from qa_workflow.service.ports import streams
from qa_workflow.service.refusals import UnknownItem
from qa_workflow.service.removals import Removal, public_words, removed_words

LARGEST = 25 * 2**20
SECRET = "upload_secret"  # noqa: S105  the name under which it is kept
_LONGEST_TICKET = 2_000


class Removed(Refusal):
    """A document that names a patient, or is said to: it is not given out, and not taken in again."""

    code = "removed"

    def __init__(self, removal: Removal, said: str) -> None:
        self.sha256, self.is_done = removal.sha256, removal.is_done
        super().__init__(f"this file is {said}" if not removal.is_done else f"this file was {said}")


@dataclass(frozen=True, slots=True)
class Given:
    """A document on its way out."""

    name: str
    media_type: str
    content: bytes


def attach(house: House, name: str, content: bytes) -> dict[str, Any]:
    """Keep a file for a day, within which an item may be given it (`uploads`).

    Gives what a document field holds: SHA-256, size, and a name that is safe to show.

    Raises:
        NotAccepted: empty, larger than 25 MB, of a kind that is not allowed, or not what its name says.
        Removed: these very bytes were taken out as naming a patient, or are to be.
    """
    called = shown_name(name)
    if not content:
        raise NotAccepted(f"{called} is empty; choose the file that was meant")
    _require_small(called, len(content))
    kind_of(called, content)
    sha256 = hashlib.sha256(content).hexdigest()
    house.write(lambda work: _expect(work, sha256, len(content)), aside=True)  # first: see `uploads`
    house.documents.put(content)
    return {"sha256": sha256, "name": called, "size": len(content)}


def _expect(work: Work, sha256: str, size: int) -> None:
    if (removal := work.look.removals().get(sha256)) is not None:
        raise Removed(removal, public_words(work.world.governance, removal))
    work.unit.keep(sha256, size, work.now)


def attach_file(house: House, path: Path) -> dict[str, Any]:
    """The same for a file on this machine.

    Raises:
        UsageFault: it cannot be read, or is no file.
        NotAccepted: as `attach`.
    """
    _require_small(shown_name(path.name), size_of(path))
    return attach(house, path.name, content_of(path))


def _require_small(called: str, size: int) -> None:
    if size > LARGEST:
        raise NotAccepted(
            f"{called} has {size / 2**20:.1f} MB, and at most 25 MB can be attached; "
            "make it smaller, for instance by saving it as PDF without pictures, or divide it"
        )


def shown_name(name: str) -> str:
    """A file's name as it may be shown and offered: no path, nothing that hides or turns text, at most 150 characters.

    What it ends with stays, so that a name that is cut still says what the file is.
    """
    last = plain(name).replace("\\", "/").rpartition("/")[2].strip().strip(".").strip()
    stem, dot, suffix = last.rpartition(".")
    if not dot:
        return last[:LONGEST] or "document"
    suffix = suffix[:10]
    return f"{stem[: LONGEST - len(suffix) - 1].strip() or 'document'}.{suffix}"


def ticket(house: House, person: str, document: Mapping[str, Any]) -> str:
    """What a form carries for a document that was uploaded with it, so that it need not be chosen again.

    It is good for this person alone: knowing a document's SHA-256 is not enough to attach it.
    """
    kept = json.dumps({key: document[key] for key in ("sha256", "name", "size")}).encode()
    return f"{base64.urlsafe_b64encode(kept).decode()}.{_mark(house, person, kept)}"


def read_ticket(house: House, person: str, text: str) -> dict[str, Any] | None:
    """The document of a ticket; None for one that is not ours, or not this person's."""
    packed, _, mark = text[:_LONGEST_TICKET].partition(".")
    try:
        kept = base64.urlsafe_b64decode(packed.encode())
    except ValueError:
        return None
    if not mark or not hmac.compare_digest(mark.encode(), _mark(house, person, kept).encode()):
        return None
    found: dict[str, Any] = json.loads(kept)
    return found


def _mark(house: House, person: str, kept: bytes) -> str:
    return hmac.new(_secret(house).encode(), person.encode() + b"\0" + kept, hashlib.sha256).hexdigest()


def _secret(house: House) -> str:
    """A secret of this database, made when first needed."""
    with house.store.reading() as look:
        found = look.house().get(SECRET)
    if found is not None:
        return found

    def make(work: Work) -> str:
        known = work.look.house().get(SECRET)
        if known is None:
            known = secrets.token_hex(32)
            work.unit.set_house(SECRET, known)
        return known

    return house.write(make, aside=True)


def give(house: House, person: str, sight: Sight, reference: str, sha256: str) -> Given:
    """A document of an item in sight, as it is or ever was part of it. That it was read is on record before it is read.

    Raises:
        UnknownItem: no such item in sight, or the item never had such a document.
        Removed: it names a patient, or is said to; then only who may decide about that is given it.
    """
    with house.looking() as (look, world):
        item = look.item(reference, sight).item
        fields = (item.fields, *(event.data.get("set", {}) for event in look.events(item.id, sight)))
        found = next((d for values in fields for d in documents_in(values) if d["sha256"] == sha256), None)
    if found is None:
        raise UnknownItem(reference, ())
    if (removal := world.removals.get(sha256)) is not None:
        roles = world.governance.rights.get("remove", ())
        who = world.actor(person, world.day(house.now()))
        if removal.is_done or who.every_role.isdisjoint(roles):
            raise Removed(removal, removed_words(world.governance, removal))
    told = {"person": person, "item": item.id, "reference": item.reference, "document": sha256}
    house.write(lambda work: work.unit.record(streams.ACCESS, work.now, "read", told), aside=True)
    return given_as(str(found["name"]), house.documents.get(sha256))


def bytes_of(house: House, document: Mapping[str, Any]) -> bytes | None:
    """To be looked through; None for what is kept nowhere, or no more, which is refused later, and in its own words."""
    try:
        return house.documents.get(str(document["sha256"]))
    except (UsageFault, IntegrityFault):
        return None


def given_as(name: str, content: bytes) -> Given:
    """A document under a name that says what it is: plain text that came in as something else goes out as text."""
    called = shown_name(name)
    kind = KINDS.get(suffix_of(called))
    if kind is None:
        return Given(called, "application/octet-stream", content)
    if not kind.media_type.startswith("text/") and is_mere_text(content):
        return Given(f"{called}{TEXT.suffixes[0]}", TEXT.media_type, content)
    return Given(called, kind.media_type, content)


def documents_in(values: Mapping[str, Any] | Item) -> Iterator[Mapping[str, Any]]:
    """Every document among an item's fields, those in lists too."""
    fields = values.fields if isinstance(values, Item) else values
    for value in fields.values():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, Mapping) and "sha256" in each:
                yield each
