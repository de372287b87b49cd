"""A small office with one workflow, moved by the real engine, written by the store under test; no use cases above."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from msgspec.structs import replace

from qa_workflow.definition import Governance, Workflow, load_governance, load_workflow
from qa_workflow.engine import CLOCK, Decision, Item, Leaves, Setting, decide, open_item
from qa_workflow.engine.commands import Command, Fire, Open, Tick
from qa_workflow.engine.policy import actor_of
from qa_workflow.service.agendas import agenda
from qa_workflow.service.items import gist
from qa_workflow.service.items.requests import Request, written
from qa_workflow.service.ports.store import Definition, Letter, Saving, Taken, Unit
from qa_workflow.store.house import create
from qa_workflow.store.sql_store import SqlStore

GOVERNANCE = b"""
governance: testing
title: A small commissioner
organisation: commissioner
calendars: {england: {}}
roles:
  author: {title: Author}
  reviewer: {title: Reviewer}
rights: {open: author, hold: reviewer, cancel: reviewer, record: [author, reviewer]}
organisations:
  commissioner: {title: The commissioner, kind: commissioner}
  north: {title: North Trust, kind: provider}
bodies:
  board:
    title: The Board
    papers: 5 clear working days before meeting
    meets: {rule: FREQ=MONTHLY;BYDAY=-1WE, from: 2026-01-01, at: "14:00"}
people:
  ann: {title: An author, roles: author, organisation: commissioner}
  amy: {title: Another author, roles: author, organisation: commissioner}
  rob: {title: A reviewer, roles: reviewer, organisation: commissioner}
"""

WORKFLOW = b"""
workflow: paper
title: A paper
purpose: Is drafted, looked at by two sides at once, and goes to the Board.
reference: P/{number}
fields:
  note: {type: text, label: Note}
  draft: {type: document, label: Draft}
  annexes: {type: list, of: document, label: Annexes}
stages:
  drafting:
    title: Drafting
    owner: author
    due: 5 working days after entry
    remind: [2 working days before due]
    escalate: [{when: 1 working day after due, to: reviewer}, {when: 3 working days after due, to: reviewer}]
    transitions:
      submit: {to: review, by: author}
      keep: {to: here, by: author}
  review:
    title: Review
    due: 10 working days after entry
    parallel:
      join: all
      branches:
        facts: {owner: reviewer, due: 3 working days after entry, transitions: {check: {by: reviewer}}}
        words: {owner: author, due: 4 working days after entry, transitions: {read: {by: author}}}
    transitions:
      joined: {to: board}
      return: {to: drafting, by: reviewer, needs: reason}
  board:
    title: The Board
    owner: reviewer
    meeting: board
    transitions:
      receive: {to: closed, by: reviewer}
  closed: {end: completed}
"""

START = datetime(2027, 4, 1, 9, tzinfo=UTC)
SALT = b"not by chance"


def at(text: str) -> datetime:
    """An instant written in UTC, as 2027-04-01T09:00."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def make(url: str) -> None:
    """A rehearsal with everything published, and nothing opened: what `prepared_database` copies."""
    store = create(url, START)
    with store.writing() as unit:
        publish(unit)
    store.dispose()


def publish(unit: Unit) -> None:
    """Publish the office's two definitions."""
    for kind, name, source in (("governance", "testing", GOVERNANCE), ("workflow", "paper", WORKFLOW)):
        unit.publish(Definition(sha256(source).hexdigest(), kind, name, 1, source, START, "ann"))


class Office:
    """Moves papers. `now` is what its clock says."""

    governance: Governance = load_governance(GOVERNANCE)
    workflow: Workflow = load_workflow(WORKFLOW, governance)

    def __init__(self, store: SqlStore) -> None:
        self.store = store
        self.setting = Setting(self.governance)
        self.now = START
        self.mark = store.id

    def open(self, number: int = 1, *, request: str | None = None, cycle: str | None = None, **fields: object) -> Item:
        """Open the paper P/<number>."""
        with self.store.writing() as unit:
            return self.opened(unit, number, request=request, cycle=cycle, **fields)

    def opened(
        self, unit: Unit, number: int, *, request: str | None = None, cycle: str | None = None, **fields: object
    ) -> Item:
        """Open within a transaction that is under way."""
        key = sha256(f"{self.mark}{number}".encode()).hexdigest()[:32]
        command = Open(key, f"P/{number}", 1, None, None, fields)
        actor = actor_of(self.governance.people["ann"], self.governance, self.now.date())
        decision = open_item(self.workflow, command, actor=actor, now=self.now, setting=self.setting)
        nothing = Taken(0, replace(decision.item, fields={}), b"")
        unit.create(self.saving(nothing, decision, request=request, cycle=cycle))
        return decision.item

    def do(self, name: str, command: Command, actor: str = "ann", *, request: str | None = None) -> Item:
        """Anything that can be asked of an item, in a transaction of its own."""
        with self.store.writing() as unit:
            taken = unit.take(name, request)
            decision = self.decide(taken, command, actor)
            unit.save(self.saving(taken, decision, request=request))
        return decision.item

    def fire(self, name: str, trigger: str, actor: str = "ann", reason: str | None = None, **fields: object) -> Item:
        """Make a step."""
        return self.do(name, Fire(trigger, fields, reason), actor)

    def tick(self, limit: int = 100) -> int:
        """Do what is due by now; how many items had something due."""
        with self.store.writing() as unit:
            taken = unit.claim_due(self.now, limit)
            unit.save_all([self.saving(each, self.decide(each, Tick(), "clock")) for each in taken])
        return len(taken)

    def decide(self, taken: Taken, command: Command, actor: str) -> Decision:
        """The engine's answer."""
        people = self.governance.people
        who = CLOCK if actor == "clock" else actor_of(people[actor], self.governance, self.now.date())
        return decide(self.workflow, taken.item, command, actor=who, now=self.now, setting=self.setting)

    def saving(
        self, taken: Taken, decision: Decision, *, request: str | None = None, cycle: str | None = None
    ) -> Saving:
        """A decision made ready for the store."""
        item = decision.item
        return Saving(
            taken=taken,
            decision=decision,
            definition=self.workflow.hash,
            owner=f" {' '.join(role for v in item.leaves() for role in self.workflow.stages[v.stage].owner.roles)} ",
            salt=SALT,
            fields=self.workflow.fields,
            letters=_letters(decision, self.governance),
            request=request,
            answer=written(Request(request), item, 1) if request is not None else None,
            cycle=cycle,
            agenda={n: sitting.body for n, sitting in agenda(self.governance, self.workflow, item).items()},
            searchable=gist.changed(taken.item, self.workflow, item, self.workflow),
        )

    def through(self, number: int) -> Item:
        """Take a new paper from its opening to its end, with a return on the way: every kind of row is written."""
        name = self.open(number, note="a first note").reference
        self.fire(name, "submit")
        self.fire(name, "return", "rob", "a page is missing")
        self.fire(name, "submit", note="a second note")
        self.fire(name, "check", "rob")
        self.fire(name, "read")
        return self.fire(name, "receive", "rob")


def _letters(decision: Decision, governance: Governance) -> Sequence[Letter]:
    found: list[Letter] = []
    for number, out in enumerate(decision.outgoing, 1):
        if out.kind is Leaves.MESSAGE:
            people = [p.name for p in governance.people.values() if set(p.roles) & set(out.to.roles)]
            found += [
                Letter(
                    out.seq,
                    number * 10 + place,
                    str(out.kind),
                    name,
                    {"reference": decision.item.reference, **out.payload},
                )
                for place, name in enumerate(people)
            ]
    return found


Opened = Callable[[str], Office]
"""Opens a database that is there as an office of its own, as another process would."""


def documents_folder(url: str, tmp_path: Path) -> Path:
    """Where the documents of a test are kept."""
    return tmp_path / "documents" / sha256(url.encode()).hexdigest()[:8]
