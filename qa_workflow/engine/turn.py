"""One decision in the making: events are added one by one, each applied at once, so that the next sees what it did."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from msgspec.structs import replace

from qa_workflow.calendar import CalendarFault, instant_words, local_date
from qa_workflow.definition.model import EffectRule, Stage, Who, Workflow
from qa_workflow.engine.codec import attribute_to_json, visit_to_json
from qa_workflow.engine.dates import Dates
from qa_workflow.engine.decision import NOBODY, Decision, Leaves, Outgoing, Timer
from qa_workflow.engine.disclosure import undisclosed
from qa_workflow.engine.events import Event, Kind
from qa_workflow.engine.facts import Facts
from qa_workflow.engine.fold import apply
from qa_workflow.engine.item import Item, Visit, instant, stamp
from qa_workflow.engine.policy import Actor
from qa_workflow.engine.refusals import NotNow
from qa_workflow.engine.setting import Setting
from qa_workflow.engine.timers import timers

_CHANGEABLE = (
    "due",
    "holder",
    "sittings",
    "started",
    "finished",
    "votes",
    "fired",
    "waived",
    "loose",
    "expected",
    "children",
)
_changeable = attrgetter(*_CHANGEABLE)


class Turn:
    """Collects what one command causes. Lives for one call of `decide` and is seen by nobody else."""

    def __init__(self, workflow: Workflow, item: Item, actor: Actor, now: datetime, setting: Setting) -> None:
        self.workflow, self.item, self.actor, self.now, self.setting = workflow, item, actor, now, setting
        self.acting_for: str | None = None
        self.events: list[Event] = []
        self.outgoing: list[Outgoing] = []
        self.touched: set[int] = set()
        self.rolled_over: dict[int, tuple[str, ...]] = {}
        """Visits that came too late for a meeting, and the planned days of those they missed."""
        self._at = stamp(now)
        self._disclosures = workflow.disclosures if item.revision else {}
        """Of the version that the item was under so far; an item that is being opened was under none."""
        self._timed_for, self._timed = item, dict[int, tuple[Timer, ...]]()

    @property
    def at(self) -> str:
        """Now, as histories write it."""
        return self._at

    @property
    def today(self) -> date:
        """The local day."""
        return local_date(self.now, self.setting.calendar(self.workflow).zone)

    def words(self, text: str | None) -> str:
        """A stamp as people read it, local."""
        return instant_words(instant(text), self.setting.calendar(self.workflow).zone) if text else ""

    def record(
        self,
        kind: Kind,
        *,
        trigger: str | None = None,
        source: str | None = None,
        target: str | None = None,
        reason: str | None = None,
        actor: Actor | None = None,
        **data: Any,
    ) -> Event:
        """Add an event and apply it. In `data`, `enter` takes visits and `patch` maps visits before to visits after."""
        if "enter" in data:
            self.touched.update(v.number for v in data["enter"])
            data["enter"] = [visit_to_json(v) for v in data["enter"]]
        if "leave" in data:
            self.touched.update(data["leave"])
        if "patch" in data:
            data["patch"] = self._patches(data["patch"])
        who = actor or self.actor
        event = Event(
            seq=self.item.revision + 1,
            at=self._at,
            actor=who.name,
            kind=kind,
            acting_for=self.acting_for if who is self.actor else None,
            trigger=trigger,
            source=source,
            target=target,
            reason=reason,
            data=data,
        )
        before = self.item
        self.item = apply(before if before.revision else None, event)
        if self.workflow.disclosures or self.item.undisclosed:
            event = self._keeping_back(before, event)
        self.events.append(event)
        return event

    def _keeping_back(self, before: Item, event: Event) -> Event:
        """The event, with the fields that the subject's own people do not see from now on, where these are others."""
        disclosures, given = self.workflow.disclosures, event.data.get("set", ())
        hidden = {*self.item.undisclosed, *given, *(disclosures.keys() - self._disclosures.keys())}
        self._disclosures = disclosures
        names = undisclosed(disclosures, self.item, hidden)
        if names == self.item.undisclosed:
            return event
        last = {name: value for name, value in before.last_shown.items() if name in names}
        last |= {n: before.fields[n] for n in names if n in given and n in before.fields.keys() - before.undisclosed}
        told = {"last_shown": last} if last != before.last_shown else {}
        self.item = replace(self.item, undisclosed=names, last_shown=last)
        return replace(event, data={**event.data, "undisclosed": list(names), **told})

    def _patches(self, changed: list[tuple[Visit, Visit]]) -> dict[str, Any]:
        patches: dict[str, Any] = {}
        for before, after in changed:
            self.touched.add(before.number)
            patch = patches.setdefault(str(before.number), {})
            for name, old, new in zip(_CHANGEABLE, _changeable(before), _changeable(after), strict=True):
                if new != old:
                    patch[name] = attribute_to_json(name, new)
        return patches

    def unless_refused(self, act: Callable[[], None]) -> str | None:
        """Do what nobody asked for; where it cannot be done nothing is, and the answer says why."""
        item, events, outgoing = self.item, len(self.events), len(self.outgoing)
        touched, rolled_over = set(self.touched), dict(self.rolled_over)
        try:
            act()
            self._armed()
        except NotNow as refusal:
            why = "; ".join(obstacle.text for obstacle in refusal.obstacles)
        except CalendarFault as fault:
            why = str(fault)
        else:
            return None
        self.item, self.touched, self.rolled_over = item, touched, rolled_over
        del self.events[events:], self.outgoing[outgoing:]
        return why

    def facts(
        self, given: Mapping[str, Any] | None = None, actor: Actor | None = None, *, item: Item | None = None
    ) -> Facts:
        """What guards may know, with fields that are about to be set already in place.

        Args:
            item: as it will be, where that is asked; else as it is at this point.
        """
        item = item or self.item
        fields = item.fields
        if given:
            fields = {name: value for name, value in {**fields, **given}.items() if value is not None}
        return Facts(self.workflow, item, fields, self.now, actor or self.actor, self.setting)

    def dates(self) -> Dates:
        """Instants for the item as it is at this point of the decision."""
        return Dates(self.workflow, self.item, self.setting, self.now)

    def send(
        self, kind: Leaves, payload: Mapping[str, Any], to: Who = NOBODY, ladder: int | None = None, rank: int = 0
    ) -> None:
        """Something leaves the house because of the latest event."""
        self.outgoing.append(Outgoing(self.item.revision, kind, payload, to, ladder, rank))

    def tell(
        self, topic: str, stage: Stage, to: Who | str, *, ladder: int | None = None, rank: int = 0, **facts: Any
    ) -> None:
        """A message to people, or to one by name, about a stage; it carries the reference and dates, no case detail."""
        if not to:
            return
        who, named = (NOBODY, {"person": to}) if isinstance(to, str) else (to, {})
        payload = {"topic": topic, "stage": stage.title, "path": stage.path, **named, **facts}
        self.send(Leaves.MESSAGE, payload, who, ladder, rank)

    def effects(self, rules: tuple[EffectRule, ...], stage: Stage) -> None:
        """The effects that a definition asks for."""
        for rule in rules:
            payload = {
                "topic": "effect",
                "stage": stage.title,
                "path": stage.path,
                "subject": rule.subject,
                "text": rule.text,
                "name": rule.name,
            }
            kind = Leaves.MESSAGE if rule.kind.value == "mail" else Leaves(rule.kind.value)
            self.send(kind, payload, rule.to)

    def stage(self, visit: Visit) -> Stage:
        """The definition of a visit's stage."""
        return self.workflow.stages[visit.stage]

    def timers(self, visit: Visit) -> tuple[Timer, ...]:
        """What time will still do to a visit, as the item is at this point; worked out once for each point."""
        if self._timed_for is not self.item:
            self._timed_for, self._timed = self.item, {}
        found = self._timed.get(visit.number)
        if found is None:
            found = self._timed[visit.number] = timers(self.workflow, self.item, visit, self.setting, self.now)
        return found

    def decision(self) -> Decision:
        """The answer, with the timers of every visit that was touched and is still open."""
        return Decision(
            self.item, tuple(self.events), self._only_highest(), tuple(self._armed()), frozenset(self.touched)
        )

    def _armed(self) -> list[Timer]:
        return [t for visit in self.item.visits if visit.number in self.touched for t in self.timers(visit)]

    def _only_highest(self) -> tuple[Outgoing, ...]:
        """Of the rungs of one ladder climbed at once, only the highest is told."""
        highest: dict[int, int] = {}
        for out in self.outgoing:
            if out.ladder is not None:
                highest[out.ladder] = max(highest.get(out.ladder, 0), out.rank)
        return tuple(out for out in self.outgoing if out.ladder is None or out.rank == highest[out.ladder])
