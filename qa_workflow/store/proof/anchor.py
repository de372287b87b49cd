"""A checkpoint that was kept elsewhere, held against what is here now."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from qa_workflow.calendar import local, long_date
from qa_workflow.engine.item import instant
from qa_workflow.store.proof.checkpoints import (
    Lengths,
    hint,
    item_stream,
    latest,
    lengths_at,
    parse,
    root_of,
)
from qa_workflow.store.proof.proving import Case
from qa_workflow.store.proof.scanning import Line


def _moment(stamp: str) -> str:
    """A stamp as people read it: "6 August 2027, 14:05"."""
    try:
        there = local(instant(stamp))
    except ValueError:
        return stamp  # nobody's checkpoint says so; what it proves is said beside it
    return f"{long_date(there.date())}, {there:%H:%M}"


class Unanchored:
    """No checkpoint was given: what is here may agree with itself and still not be what was here before."""

    def see(self, stream: str, place: str, lines: Sequence[Line]) -> None:
        """One history, as it is now."""

    def conclude(self) -> str:
        """What can be said."""
        return "not anchored: give a checkpoint that was kept elsewhere to prove more"


def anchor_of(case: Case, text: str | None) -> Unanchored:
    """What the histories are held against: a checkpoint that was kept elsewhere, else the newest on record here."""
    if text is not None:
        return Anchor(case, text)
    own = None
    with suppress(Exception):  # a damaged record of checkpoints is found where that history is proved
        own = latest(case.connection)
    return Unanchored() if own is None else OwnAnchor(case, own.text())


class Anchor(Unanchored):
    """A checkpoint: every history that it saw must still begin with the same lines."""

    def __init__(self, case: Case, text: str) -> None:
        self._case = case
        self._checkpoint = parse(text)
        self._lengths: Lengths = {}
        self._heads: dict[str, tuple[int, bytes]] = {}
        self._places: dict[str, str] = {}
        self._newest: int | None = None
        self._usable = self._open()

    def see(self, stream: str, place: str, lines: Sequence[Line]) -> None:
        """One history, as it is now; its hash where the checkpoint saw it end is noted."""
        if stream not in self._lengths:
            return
        length, _ = self._lengths[stream]
        self._places[stream] = place
        if len(lines) >= length and lines[length - 1][1] == length:
            self._heads[stream] = (length, bytes(lines[length - 1][4]))
            return
        made = f"checkpoint {self._checkpoint.number}"
        what = f"it had {length} lines at {made} and now has {len(lines)}: the end was cut off"
        self._case.find(place, len(lines) + 1, stream.partition(":")[0].replace("item", "event"), what)

    def conclude(self) -> str:
        """Whether all that the checkpoint saw is still there, after every history was seen."""
        made = f"checkpoint {self._checkpoint.number} of {_moment(self._checkpoint.at)}"
        if self._newest is not None:
            place = f"checkpoint {self._checkpoint.number}"
            self._case.find(place, None, "record:checkpoints", self._unknown(self._newest))
        if not self._usable:
            return f"{made} does not belong to what is here"
        gone = sorted(self._lengths.keys() - self._places.keys())
        for stream in gone:
            self._case.find(
                self._name(stream), None, stream.partition(":")[0], f"it was there at {made} and is not now"
            )
        whole = self._heads.keys() == self._lengths.keys()
        if whole and root_of(self._heads) == self._checkpoint.root:
            return f"everything that {made} saw is still there"
        changed = [s for s, (length, head) in self._heads.items() if hint(head) != self._lengths[s][1]]
        for stream in changed:
            what = f"its first {self._heads[stream][0]} lines are not those that {made} saw: they were written anew"
            self._case.find(self._places[stream], None, "event" if stream.startswith("item:") else "record", what)
        if whole and not changed:
            self._case.find("the histories", None, "checkpoint.root", f"together they are not what {made} saw")
        return f"what is here is not all that {made} saw"

    def _open(self) -> bool:
        """Find what this database knows of the checkpoint."""
        case, wanted = self._case, self._checkpoint
        place = f"checkpoint {wanted.number}"
        if wanted.database != case.house:
            case.find(place, None, "checkpoint.database", f"it was made by another database ({wanted.database[:12]}…)")
            return False
        try:
            newest = latest(case.connection)
            if newest is None or newest.number < wanted.number:
                self._newest = newest.number if newest else 0
                return False
            self._lengths = lengths_at(case.connection, wanted.number)
        except Exception as fault:  # noqa: BLE001  whatever a damaged record makes of itself
            case.find(
                place, wanted.number, "record.body", f"what it saw cannot be read any more ({type(fault).__name__})"
            )
            return False
        return True

    def _unknown(self, newest: int) -> str:
        """This database is from before the checkpoint, or its newest history was taken away."""
        wanted, restored = self._checkpoint, self._case.restored
        said = f"it was made on {_moment(wanted.at)}, but this database knows checkpoints up to {newest} only"
        if restored is not None:
            then = f"a backup was restored here on {_moment(restored)}"
            return f"{said}; {then}, which explains it if the backup is from before then"
        return f"{said}: it is an older copy, or the end of its histories was cut off"

    def _name(self, stream: str) -> str:
        kind, _, name = stream.partition(":")
        if kind == "record":
            return f"history {name!r}"
        return f"item {self._case.opened.get(name, name)}" if stream == item_stream(name) else stream


class OwnAnchor(Anchor):
    """The newest checkpoint on record here. Whoever can cut a history can cut that one too, but has to think of it."""

    def conclude(self) -> str:
        """As without one: it proves nothing to somebody else."""
        super().conclude()
        return Unanchored.conclude(self)
