"""What drafts need of the store. Hangs on the two ports of `ports/store.py` as `unit.desk` and `look.desk`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Draft:
    """A definition being written. `id` is 0 until it is kept.

    Attributes:
        based_on: hash of the published text that it began as; None for a new one.
        writers: whoever saved it, the first one first and the latest last; between them, who lent a right to it.
        revision: changes with each save and each step; compared before another.
        status: "draft", "proposed" or "published".
        note: what it is for, said when it was proposed.
        proposed_hash: SHA-256 in hex of the bytes that were proposed, and that alone can be approved.
    """

    id: int
    kind: str
    name: str
    source: bytes
    based_on: str | None
    writers: tuple[str, ...]
    revision: int
    changed_at: datetime
    status: str
    note: str = ""
    proposed_hash: str | None = None
    proposed_by: str | None = None
    proposed_at: datetime | None = None

    @property
    def author(self) -> str:
        """Who began it."""
        return self.writers[0]

    @property
    def called(self) -> str:
        """How messages name it, as a file is named by its path."""
        return f"draft {self.id}"

    @property
    def saved_by(self) -> str:
        """Who saved it last."""
        return self.writers[-1]

    @property
    def hands(self) -> tuple[str, ...]:
        """Everybody who has a part in it, so that somebody else has to approve it."""
        return self.writers if self.proposed_by is None else (*self.writers, self.proposed_by)


class DeskLook(Protocol):
    """The half that reads."""

    def draft(self, number: int) -> Draft | None: ...

    def drafts(self) -> list[Draft]:
        """All that are not published yet, the latest changed first."""


class DeskUnit(DeskLook, Protocol):
    """Both halves, within a transaction that writes."""

    def lock(self, number: int) -> Draft | None:
        """A draft that nobody else changes until the transaction ends."""

    def add(self, draft: Draft) -> int:
        """Keep a new one; gives its number."""

    def put(self, draft: Draft) -> None:
        """Keep it in place of what was there."""

    def drop(self, number: int) -> None: ...
