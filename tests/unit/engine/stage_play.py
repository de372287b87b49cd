"""A workflow from a few lines of YAML, played by people on a clock that the test moves; no store, no waiting."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from qa_workflow.definition import Governance, Workflow, read_governance, read_workflow
from qa_workflow.engine import (
    CLOCK,
    ENGINE,
    Decision,
    Event,
    Item,
    Outgoing,
    Setting,
    available,
    decide,
    open_item,
    replay,
)
from qa_workflow.engine.commands import Command, Fire, Open, SubItemEnded, Tick
from qa_workflow.engine.item import Due
from qa_workflow.engine.policy import Actor, actor_of
from qa_workflow.engine.timers import timers

GOVERNANCE = b"""
governance: testing
title: A small commissioner
organisation: commissioner
calendars: {england: {}}
roles:
  author: {title: Author}
  reviewer: {title: Reviewer}
  chair: {title: Chair}
  deputy: {title: Deputy}
  contact: {title: Contact, scope: own organisation}
rights:
  open: author
  hold: reviewer
  cancel: chair
  correct: chair
  change_date: [chair, deputy]
  assign: chair
  record: chair
  meet: chair
  administer: chair
scales:
  assurance:
    title: Assurance
    levels:
      - {value: substantial, title: Substantial, meaning: all is well}
      - {value: partial, title: Partial, meaning: some is well}
      - {value: none, title: None, meaning: little is well}
organisations:
  commissioner: {title: The commissioner, kind: commissioner}
  north: {title: North Trust, kind: provider, to: 2027-06-30, successor: united}
  south: {title: South Trust, kind: provider}
  united: {title: United Trust, kind: provider, from: 2027-07-01}
bodies:
  board:
    title: The Board
    papers: 5 clear working days before meeting
    meets: {rule: FREQ=MONTHLY;BYDAY=-1WE, from: 2026-01-01, at: "14:00"}
  panel:
    title: The Panel
    kind: panel
    reviews: [north, united]
    reports_to: board
    capacity: 1
    meets: {rule: FREQ=WEEKLY;BYDAY=TU, from: 2026-01-01, at: "10:00"}
people:
  ann: {title: An author, roles: author, organisation: commissioner}
  amy: {title: Another author, roles: author, organisation: commissioner}
  rob: {title: A reviewer, roles: reviewer, organisation: commissioner}
  ruth: {title: Another reviewer, roles: reviewer, organisation: commissioner, covers: {rob: 2027-04-05 to 2027-04-16}}
  rhys: {title: A third reviewer, roles: reviewer, organisation: commissioner}
  cher: {title: A chair, roles: chair, organisation: commissioner}
  dev: {title: A deputy chair, roles: deputy, organisation: commissioner}
  nora: {title: A contact, roles: contact, organisation: north}
  una: {title: A contact, roles: contact, organisation: united}
  saul: {title: A contact, roles: contact, organisation: south}
"""


def at(text: str) -> datetime:
    """An instant written in UTC, as 2027-04-01T09:00."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def governance() -> Governance:
    """The small commissioner."""
    return read_governance(GOVERNANCE, "governance.yaml").required()


def workflow(text: str) -> Workflow:
    """A workflow of a test, checked like any other."""
    return read_workflow(text.encode(), "test.yaml", governance()).required()


def one_stage(transitions: str, *, fields: str = "note: text", more: str = "") -> str:
    """A workflow of one stage and its end."""
    return f"""
workflow: one_stage
title: One stage
fields: {{{fields}}}
stages:
  work:
    owner: reviewer
{more}
    transitions:
{transitions}
  ended: {{end: completed}}
"""


class Play:
    """One item under way. Every step checks that replaying the events gives the item, and that timers are in order."""

    def __init__(
        self,
        text: str,
        *,
        now: str = "2027-04-01T09:00",
        subject: str | None = None,
        period: str | None = None,
        actor: str = "ann",
        parent: tuple[str, int] | None = None,
        **fields: Any,
    ) -> None:
        self.workflow = workflow(text)
        self.setting = Setting(governance())
        self.now = at(now)
        self.events: list[Event] = []
        self.sent: list[Outgoing] = []
        command = Open("0" * 32, "T/1", 1, subject, period, fields, parent=parent)
        self._take(open_item(self.workflow, command, actor=self.actor(actor), now=self.now, setting=self.setting))

    item: Item

    def actor(self, name: str) -> Actor:
        """A person of the small commissioner, as of today."""
        return actor_of(self.setting.governance.people[name], self.setting.governance, self.now.date())

    def do(self, command: Command, actor: str = "ann") -> Item:
        """Anything that can be asked of an item."""
        who = {"clock": CLOCK, "engine": ENGINE}.get(actor) or self.actor(actor)
        self._take(decide(self.workflow, self.item, command, actor=who, now=self.now, setting=self.setting))
        return self.item

    def fire(self, trigger: str, actor: str = "ann", reason: str | None = None, **fields: Any) -> Item:
        """Make a step."""
        return self.do(Fire(trigger, fields, reason), actor)

    def until(self, now: str) -> Item:
        """Let time pass; what falls due in between happens at its own time."""
        goal = at(now)
        while (first := min((t.fire_at for t in self.timers()), default=goal)) < goal:
            self.now = max(first, self.now)
            before = self.item.revision
            self.do(Tick(), "clock")
            assert self.item.revision > before, "a timer that is due does something"
        self.now = goal
        return self.do(Tick(), "clock")

    def jump(self, now: str) -> Item:
        """The clock was silent, and looks again only now."""
        self.now = at(now)
        return self.do(Tick(), "clock")

    def child_ends(self, outcome: str | None = "completed", reference: str | None = None) -> Item:
        """One of the sub-items of the open stage comes to its end; each time another one, unless it is named."""
        visit = next(v for v in self.item.visits if self.workflow.stages[v.stage].sub_items)
        named = reference or f"C/{len(visit.children) + 1}"
        return self.do(SubItemEnded(visit.number, named, outcome), "engine")

    def timers(self) -> list[Any]:
        """What time will do."""
        return [t for v in self.item.visits for t in timers(self.workflow, self.item, v, self.setting, self.now)]

    @property
    def stages(self) -> list[str]:
        """Where work is to be done."""
        return [v.stage for v in self.item.leaves()]

    @property
    def kinds(self) -> list[str]:
        """What happened, in order."""
        return [str(e.kind) for e in self.events]

    @property
    def topics(self) -> list[str]:
        """What people were told, in order, but for what arrived at their desks."""
        return [o.payload["topic"] for o in self.sent if o.payload["topic"] != "arrived"]

    @property
    def due(self) -> str | None:
        """The local day on which the item is next due."""
        found = self.item.due()
        return found.on if found else None

    @property
    def due_date(self) -> Due:
        """The due date, which there must be."""
        found = self.item.due()
        assert found is not None
        return found

    def can(self, actor: str) -> Mapping[str, bool]:
        """Which steps a person could make now, nothing missing."""
        steps = available(self.workflow, self.item, now=self.now, setting=self.setting, actor=self.actor(actor))
        return {s.trigger: not s.missing and not s.forbidden for s in steps}

    def _take(self, decision: Decision) -> None:
        self.events += decision.events
        self.sent += decision.outgoing
        self.item = decision.item
        assert replay(self.events) == self.item, "an item is the fold of its events"
        numbers = {v.number for v in self.item.visits}
        assert {t.visit for t in decision.timers} <= numbers, "no timer on a visit that has ended"
