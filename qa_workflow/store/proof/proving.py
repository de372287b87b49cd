"""What the parts of a proof share: what is looked at, what was found, what one table says that another bears out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection

from qa_workflow.service.ports.store import Documents
from qa_workflow.store.proof.findings import Finding

_EVERY = 2000
"""Lines between two words about progress."""


class Said(Struct, frozen=True, gc=False):
    """What a line of one of the house's histories says. `at` is in microseconds."""

    seq: int
    at: int
    kind: str
    data: Mapping[str, Any]


@dataclass(slots=True)
class Case:
    """One run of `verify`."""

    connection: Connection
    house: str
    deep: bool
    documents: Documents | None = None
    progress: Callable[[int, int], None] | None = None
    total: int = 0
    findings: list[Finding] = field(default_factory=list)
    items: int = 0
    events: int = 0
    records: int = 0
    checked_documents: int = 0
    opened: dict[str, str] = field(default_factory=dict)
    """Every item that was ever opened, by identifier: its reference."""
    definitions: set[str] = field(default_factory=set)
    rearmed: dict[str, list[tuple[int, Any]]] = field(default_factory=dict)
    """By item: after which event its timers were worked out anew, and to what."""
    planned: dict[str, Said] = field(default_factory=dict)
    """What recurs, by name: the last that history says of it."""
    kept: set[str] = field(default_factory=set)
    """Documents that the database lists as evidence."""
    removed: dict[str, str] = field(default_factory=dict)
    """Documents and texts that were taken out with authority, by their SHA-256, each with what history says of that."""
    apart: dict[str, str] = field(default_factory=dict)
    """Texts that are taken out, or kept back until somebody decides, by their hash: what stands in their place."""
    marked: frozenset[str] = frozenset()
    """What the folder of documents says was removed for good, whatever this database knows."""
    restored: str | None = None
    """When a backup was last restored here."""
    _last: int = 0

    def find(self, place: str, number: int | None, where: str, what: str) -> None:
        """Note something that does not prove itself."""
        self.findings.append(Finding(place, number, where, what))

    @contextmanager
    def damaged(self, place: str, number: int | None = None) -> Iterator[None]:
        """Changed bytes may say anything: whatever they make of what is read within is noted, and the proof goes on."""
        try:
            yield
        except Exception as fault:  # noqa: BLE001
            self._wrong(place, number, fault)

    def gather(self, place: str, lines: Iterable[Said], keep: Callable[[Case, Said], None]) -> None:
        """Keep what each of many lines says; one that says something else is noted, as in `damaged`."""
        for line in lines:
            try:
                keep(self, line)
            except Exception as fault:  # noqa: BLE001
                self._wrong(place, line.seq, fault)

    def _wrong(self, place: str, number: int | None, fault: Exception) -> None:
        self.find(place, number, "record.body", f"it does not say what it should ({type(fault).__name__}: {fault})")

    def told(self, *, force: bool = False) -> None:
        """Say how far we are, now and then."""
        done = self.events + self.records
        if self.progress is not None and (force or done - self._last >= _EVERY):
            self._last = done
            self.progress(done, self.total)
