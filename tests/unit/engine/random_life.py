"""One item to which random people do random things at random times, with every law looked at after each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache

from qa_workflow.definition import Workflow
from qa_workflow.engine import (
    CLOCK,
    ENGINE,
    Decision,
    Event,
    Item,
    Leaves,
    Setting,
    Step,
    Timer,
    available,
    decide,
    open_item,
    replay,
)
from qa_workflow.engine.codec import item_from_json, item_to_json
from qa_workflow.engine.commands import (
    AddSubItem,
    Assign,
    Cancel,
    ChangeDate,
    Claim,
    Command,
    Correct,
    Fire,
    MeetingMoved,
    Open,
    PutOnHold,
    Record,
    Recount,
    Release,
    Resume,
    SubItemEnded,
    Tick,
)
from qa_workflow.engine.fillers import as_filler
from qa_workflow.engine.item import HELD, Visit
from qa_workflow.engine.past import last_visits
from qa_workflow.engine.policy import Actor, actor_of
from qa_workflow.errors import Refusal, UsageFault
from tests.unit.engine.laws import (
    check_dates,
    check_due_moves,
    check_filling,
    check_held,
    check_joins,
    check_places,
    check_right,
    check_timers,
    check_ways,
)
from tests.unit.engine.rich_workflows import WORKFLOWS
from tests.unit.engine.stage_play import at, governance, workflow

PEOPLE = ("ann", "amy", "rob", "ruth", "rhys", "cher", "nora", "saul")
Seed = tuple[int, int, int, int]
"""What to do, by whom, with what, after how many hours."""


@cache
def defined(name: str) -> Workflow:
    """One of the workflows, read once."""
    return workflow(WORKFLOWS[name][0])


class Life:
    """One item, and the timers that a store would hold for it: rows replaced for the visits that a decision touched."""

    def __init__(self, name: str) -> None:
        self.workflow, self.house = defined(name), governance()
        self.setting, self.now = Setting(self.house), at("2027-04-01T09:00")
        self.events: list[Event] = []
        self.rows: dict[int, set[Timer]] = {}
        self.asked: list[tuple[int, str]] = []
        self.refused = 0
        subject = WORKFLOWS[name][1]
        wish = Open("0" * 32, "T/1", 1, subject, None, {})
        self.take(open_item(self.workflow, wish, actor=self.person("ann"), now=self.now, setting=self.setting))

    item: Item

    def person(self, name: str) -> Actor:
        return actor_of(self.house.people[name], self.house, self.now.date())

    def decide(self, command: Command, actor: Actor) -> Decision:
        return decide(self.workflow, self.item, command, actor=actor, now=self.now, setting=self.setting)

    def live(self, seed: Seed) -> None:
        """Let time pass and ask one thing; a refusal changes nothing."""
        what, who, which, hours = seed
        if hours:
            self.now += timedelta(hours=hours)
            self.take(self.decide(Tick(), CLOCK))
        command, name = self.wish(what, which, PEOPLE[who])
        actor = self.person(name)
        if isinstance(command, SubItemEnded):
            actor = ENGINE
        if isinstance(command, MeetingMoved):  # whose right is the house's own, and asked for there
            actor = self.person("cher")
            moved = {**self.setting.moved, (command.body, command.key): command.at}
            self.setting = Setting(self.house, moved)
        before = item_to_json(self.item)
        try:
            decision = self.decide(command, actor)
        except (Refusal, UsageFault):
            assert not isinstance(command, SubItemEnded), "what has happened to a sub-item is heard"
            self.refused += 1
            assert item_to_json(self.item) == before, "a refused command changes nothing"
            return
        assert item_to_json(self.item) == before, "deciding changes nothing; what it answers does"
        self.take(decision)

    def wish(self, what: int, which: int, who: str) -> tuple[Command, str]:
        """A command and a person out of two numbers; more than half are steps that somebody really may make."""
        every = list(self.workflow.triggers())
        stages = list(self.workflow.stages)
        stage = stages[which % len(stages)]
        day = self.now.date() + timedelta(days=which % 30 - 8)
        day = day.replace(year=2199, day=1) if which % 37 == 0 else day
        fields = _fields(self.workflow, which, day)
        if self.item.is_over and what < 80:  # what is over comes back, so that lives are long
            return Correct("too soon", {}, stages[which % 2] if which % 3 else self.workflow.start), "cher"
        if what < 60:
            may = [(step.path, name) for name in PEOPLE for step in self.steps(name) if not step.forbidden]
            if may:
                path, name = may[which % len(may)]
                own = self.workflow.triggers()[path]
                mine = {n: v for n, v in fields.items() if n in (*own.needs, *own.asks) or self.fills(name, n)}
                return Fire(path, fields if which % 7 == 0 else mine, "because"), name
        here = [v.stage for v in self.item.visits]
        where = here[which % len(here)] if here and which % 4 else None
        more: Sequence[Callable[[], Command]] = (
            lambda: Fire(every[which % len(every)], fields, "because"),
            lambda: Record({n: v for n, v in fields.items() if which % 3 == 0 or self.fills(who, n)}),
            lambda: Claim(where),
            lambda: Claim(where),
            lambda: Release(where),
            lambda: Assign(PEOPLE[which % 8], "leave", where),
            lambda: PutOnHold("waiting", self.now + timedelta(hours=which) if which % 3 else None),
            Resume,
            Resume,
            lambda: ChangeDate(day, "agreed", "needed", where),
            lambda: Correct("wrong", fields if which % 2 else {}, stage if which % 3 else None, past=self._past(which)),
            lambda: Recount("a calendar was changed"),
            lambda: Cancel("opened twice") if which % 5 == 0 else Correct("too soon", {}, stages[which % 2]),
            lambda: self._moved(which),
            lambda: self._child(which),
            lambda: self._child(which),
            lambda: AddSubItem({}, where),
        )
        return more[what % len(more)](), who

    def fills(self, person: str, name: str) -> bool:
        """Whether somebody may fill in a field."""
        return as_filler(self.workflow, self.item, name, self.person(person), self.house) is not None

    def steps(self, name: str) -> Sequence[Step]:
        """What somebody is shown."""
        return available(self.workflow, self.item, now=self.now, setting=self.setting, actor=self.person(name))

    def _past(self, which: int) -> Mapping[str, Visit]:
        return last_visits(self.events) if which % 4 else {}

    def _moved(self, which: int) -> Command:
        sittings = [s for v in self.item.visits for s in v.sittings]
        if not sittings:
            return Tick()
        sitting = sittings[which % len(sittings)]
        when = None if which % 3 == 0 else self.now + timedelta(days=which % 40 + 1)
        return MeetingMoved(sitting.body, sitting.key, when, "the chair is abroad")

    def _child(self, which: int) -> Command:
        if not self.asked:
            return Tick()
        visit, reference = self.asked[-1 - which % min(len(self.asked), 6)]
        return SubItemEnded(visit, reference, (None, "completed", "completed", "dropped")[which % 4])

    def take(self, decision: Decision) -> None:
        """Keep what was decided, as a store would, and look whether the laws hold."""
        before = getattr(self, "item", None)
        self.events += decision.events
        self.item = decision.item
        for out in decision.outgoing:
            if out.kind is Leaves.OPEN_SUB_ITEM:
                self.asked.append((out.payload["visit"], f"C/{len(self.asked) + 1}"))
        for number in decision.touched:
            self.rows.pop(number, None)
        for timer in decision.timers:
            self.rows.setdefault(timer.visit, set()).add(timer)
        self.check(before, decision)

    def check(self, before: Item | None, decision: Decision) -> None:
        """Every law, after every decision."""
        assert replay(self.events) == self.item, "an item is the fold of its events"
        assert item_from_json(item_to_json(self.item)) == self.item, "its row holds all of it"
        assert [e.seq for e in self.events] == list(range(1, len(self.events) + 1))
        assert self.item.revision == len(self.events)
        check_timers(self.workflow, self.item, self.rows, self.setting, self.now)
        check_places(self.workflow, self.item)
        check_joins(self.workflow, self.item, self.setting, self.now)
        check_dates(self.workflow, self.item, self.setting, self.now)
        check_ways(self.workflow, self.item)
        if before is not None:
            check_due_moves(before, decision)
        for each in decision.events:
            check_right(self.workflow, self.house, before, each)
            check_filling(self.workflow, self.house, before, each)
        if before is not None and before.status == HELD:
            check_held(self.workflow, before, [e for e in decision.events if self.item.status == HELD])


def _fields(found: Workflow, which: int, day: date) -> dict[str, object]:
    values: dict[str, object] = {
        "note": ("good", "bad", "no", None)[which % 4], "wide": bool(which % 2), "seen_on": day.isoformat(),
        "due_on": day.isoformat(), "lead": PEOPLE[which % 8], "sites": ["a", "b", "c"][: which % 4],
    }  # fmt: skip
    names = [name for name in found.fields if name in values]
    return {name: values[name] for number, name in enumerate(names) if (which >> number) & 1 or which % 3 == 0}


def lived(name: str, seeds: list[Seed]) -> Life:
    """A whole life."""
    life = Life(name)
    for seed in seeds:
        life.live(seed)
    return life
