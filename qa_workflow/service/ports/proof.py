"""The proof of one item, as the store gives it: the bytes of its history, what was found, and what holds it outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Chained:
    """One line of a history: the exact bytes that were stored, and the hash that was stored with them.

    `texts` are what people typed, which lies beside the bytes (`engine/texts.py`); None where there is nothing.
    """

    seq: int
    body: bytes
    hash: bytes
    texts: str | None = None


@dataclass(frozen=True, slots=True)
class Anchored:
    """The checkpoint that holds an item: its text, and how many of the item's first events it saw.

    Attributes:
        path: from the item's leaf up to the checkpoint's root: the hash to join at each level, and its side.
    """

    number: int
    at: str
    text: str
    events: int
    path: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class ItemProof:
    """What proving one item found.

    Attributes:
        house: the identity of the database, to which every history is chained.
        findings: what does not prove itself, each with its place; empty when all is well.
        anchor: None where no checkpoint has seen the item, or the one that was looked at does not fit.
        removed: documents and texts of it that were taken out with authority, each in a sentence.
        checkpoint_at: when the checkpoint that was looked at was made; None where there is none at all.
    """

    house: str
    item: str
    reference: str
    lines: tuple[Chained, ...]
    findings: tuple[str, ...]
    anchor: Anchored | None
    checkpoint_at: str | None
    removed: tuple[str, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    @property
    def head(self) -> bytes:
        """The hash of the last event."""
        return self.lines[-1].hash if self.lines else b""


class ProveItem(Protocol):
    """Proves one item, against a checkpoint that was kept elsewhere, or else the newest that was made here."""

    def __call__(self, name: str, checkpoint: str | None = None) -> ItemProof: ...
