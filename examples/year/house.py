"""The house in which the year is played: a rehearsal database, a postbag instead of mail, and what happened since."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from qa_workflow.definition import Governance, Workflow
from qa_workflow.engine import Event, Item
from qa_workflow.service.ports.store import ItemQuery, Message
from qa_workflow.service.time import rehearsing
from qa_workflow.service.time.sweep import Swept
from qa_workflow.store import create
from qa_workflow.store.proof.checkpoints import checkpoint, parse
from qa_workflow.store.proof.verifying import Proof, verify
from qa_workflow.wiring import Parts, join
from year.deeds import Paper

WORKFLOWS = Path(__file__).parents[2] / "workflows"


@dataclass
class Postbag:
    """Takes the mails that leave the house, so that they can be counted and read."""

    mails: list[Message] = field(default_factory=list)

    def carry(self, message: Message) -> None:
        self.mails.append(message)


@dataclass(frozen=True)
class Happening:
    """One event, with the item as it was before (None: it was opened) and as it is after."""

    event: Event
    before: Item | None
    after: Item
    workflow: Workflow


class House:
    """A rehearsal in a folder of its own. `engine` is what scripts get from `qa_workflow.connect`."""

    def __init__(self, folder: Path, at: datetime) -> None:
        self.database = folder / "year.db"
        self._papers = folder / "papers"
        self._papers.mkdir(parents=True, exist_ok=True)
        create(str(self.database), at).dispose()
        self.post = Postbag()
        self.parts: Parts = join(str(self.database), carriers={"message": self.post})
        self.engine = self.parts.engine
        self.engine.publish([WORKFLOWS], actor=None)
        self.checkpoint: str | None = None
        self._seen: dict[str, Item] = {}

    @property
    def governance(self) -> Governance:
        """Organisations, bodies, roles and people."""
        with self.parts.house.looking() as (_, world):
            return world.governance

    def set_clock(self, at: datetime) -> None:
        """The time goes on, and nobody looks what it does."""
        rehearsing.set_clock(self.parts.house, at)

    def push_clock(self, to: datetime, tell: Callable[[list[Happening]], None]) -> None:
        """The time goes on; whatever falls due happens at its own time, and is told as it happens."""

        def look() -> Swept:
            swept = self.engine.tick()
            if swept.opened or swept.events:
                tell(self.happened())
            return swept

        rehearsing.push(self.parts.house, to, look)

    def happened(self) -> list[Happening]:
        """All that has happened since this was last asked, in the order in which items were opened."""
        found: list[Happening] = []
        for item in self.engine.all_items(ItemQuery(limit=500)):
            before = self._seen.get(item.reference)
            if before is None or before.revision != item.revision:
                seen = before.revision if before else 0
                workflow = self.engine.workflow(item)
                found += [Happening(e, before, item, workflow) for e in self.engine.history(item.reference)[seen:]]
                self._seen[item.reference] = item
        return found

    def keep_checkpoint(self) -> int:
        """Keep, outside the database, where its history stands; gives the checkpoint's number."""
        self.checkpoint = checkpoint(self.parts.store, self.engine.now())
        return parse(self.checkpoint).number

    def prove(self) -> Proof:
        """All that is stored, checked against the histories, and those against the checkpoint that was kept."""
        return verify(self.parts.store, self.checkpoint, documents=self.parts.documents)

    def given(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Field values for the engine: a made-up paper becomes a file, whose bytes are kept by their SHA-256."""
        return {name: self._file(value) if isinstance(value, Paper) else value for name, value in fields.items()}

    def _file(self, paper: Paper) -> Path:
        path = self._papers / f"{''.join(c if c.isalnum() else '-' for c in paper.title.lower())}.txt"
        path.write_text(f"{paper.title}\n\nMade up for the demonstration. It is about nobody.\n", encoding="utf-8")
        return path

    def close(self) -> None:
        """Let go of the database."""
        self.parts.store.dispose()
