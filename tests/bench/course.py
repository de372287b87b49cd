"""What is moved: an item through five guarded steps, each stage with an owner, a due date and an escalation."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from qa_workflow.engine import Item
from qa_workflow.engine.commands import Fire
from qa_workflow.service.definitions import publishing
from qa_workflow.service.house import House
from qa_workflow.service.items.changing import Changed, change
from qa_workflow.service.items.opening import Wish, open_one
from qa_workflow.service.ports.store import Store
from qa_workflow.store.documents import FileDocuments
from qa_workflow.store.house import create

ROOT = Path(__file__).resolve().parents[2]
NAME = "course"
START = datetime(2027, 4, 1, 9, tzinfo=UTC)
WORKFLOW = """
workflow: course
title: A course of five steps
reference: C/{number}
fields:
  score: {type: number, label: Score}
  note: {type: text, label: Note}
stages:
  drafting:
    title: Drafting
    owner: quality_lead
    due: 5 working days after entry
    escalate: [{when: 3 months after due, to: director_of_quality}]   # beyond every sweep that is measured
    transitions: {submit: {to: checking, by: quality_lead, needs: note, when: score >= 1}}
  checking:
    title: Checking
    owner: governance_officer
    due: 10 calendar days after entry
    escalate: [{when: 1 working day after due, to: director_of_quality}]
    transitions: {check: {to: reading, by: governance_officer, when: score >= 1 and has(note)}}
  reading:
    title: Reading
    owner: quality_lead
    due: 3 working days after entry
    escalate: [{when: 1 working day after due, to: director_of_quality}]
    transitions:
      read: {to: deciding, by: quality_lead, not_by: whoever did submit, when: times('checking.check') >= 1}
  deciding:
    title: Deciding
    owner: committee_chair
    due: 20 working days after entry
    escalate: [{when: 1 working day after due, to: director_of_quality}]
    transitions: {decide: {to: publishing, by: committee_chair, when: score >= 1, bulk: true}}
  publishing:
    title: Publishing
    owner: governance_officer
    due: 1 month after entry
    escalate: [{when: 1 working day after due, to: director_of_quality}]
    transitions: {publish: {to: closed, by: governance_officer, when: score < 1000}}
  closed: {title: Closed, end: completed}
"""


@dataclass(frozen=True, slots=True)
class Step:
    """One of the five: what is fired, by whom, with which fields."""

    trigger: str
    actor: str
    fields: tuple[tuple[str, object], ...] = ()


STEPS = (
    Step("submit", "quality-lead", (("note", "what was found in the first quarter"),)),
    Step("check", "governance-officer"),
    Step("read", "second-quality-lead"),
    Step("decide", "committee-chair"),
    Step("publish", "governance-officer"),
)


class Clock:
    """Says what it was set to."""

    def __init__(self, instant: datetime = START) -> None:
        self.instant = instant

    def now(self) -> datetime:
        return self.instant

    def monotonic(self) -> float:
        return 0.0


def house_on(store: Store, clock: Clock) -> House:
    """The use cases on a store; nothing measured here has documents."""
    return House(store, clock, FileDocuments(Path(tempfile.gettempdir()) / "qa-bench-no-documents"), chance=bytes)


def make(url: str) -> None:
    """A new database with the shipped governance and the course published, and nothing opened."""
    store = create(url, clock=Clock(), synchronous="OFF")
    with definitions() as folder:
        publishing.publish(house_on(store, Clock()), [folder], actor=None)
    store.dispose()


@contextmanager
def definitions() -> Iterator[Path]:
    """A folder with the governance and the course."""
    with tempfile.TemporaryDirectory() as name:
        shutil.copy(ROOT / "workflows" / "governance.yaml", name)
        (Path(name) / "course.yaml").write_text(WORKFLOW, encoding="utf-8")
        yield Path(name)


def opened(house: House, number: int) -> Item:
    """One new item."""
    wish = Wish(NAME, None, None, "quality-lead", {"score": 10 + number % 900})
    return open_one(house, wish, f"open-{number}").item


def move(house: House, clock: Clock, item: Item, step: int) -> Changed:
    """One step of an item, as a person would ask for it; the days pass from step to step."""
    wanted = STEPS[step]
    clock.instant = START + timedelta(days=step + 1, seconds=item.revision)
    command = Fire(wanted.trigger, dict(wanted.fields))
    request = f"{wanted.trigger}-{item.id}"
    return change(house, item.id, command, actor=wanted.actor, seen=item.revision, request=request)
