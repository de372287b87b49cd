"""Calendars, closures, series of meetings, rules for papers: what changing them moves is shown, and then done.

Publishing a governance file counts every open item again, each as an event of its own; what has ended stays as it was,
and so does a date that was changed with authority. What is stopped half-way goes on: at once when somebody says so, and
by itself at a look of the clock a few minutes later (`take_up`), so that no date stays wrong because a process died.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby

from qa_workflow.calendar import Basis
from qa_workflow.definition import Governance, Workflow, load_governance
from qa_workflow.engine import ENGINE, Actor, Decision, Setting, decide
from qa_workflow.engine.commands import Recount
from qa_workflow.engine.item import instant, stamp
from qa_workflow.engine.timers import timers
from qa_workflow.errors import QaWorkflowError
from qa_workflow.service.agendas import counted, keep_up
from qa_workflow.service.boards.calendar_view import MeetingOnDay, sittings, time_words
from qa_workflow.service.entered import laid_over
from qa_workflow.service.house import House, Work
from qa_workflow.service.items.changing import saving, write
from qa_workflow.service.ports.store import ItemQuery, Reader, Saving, Taken
from qa_workflow.service.published import with_past
from qa_workflow.service.world import World, governance_files

PAGE = 200
"""Items of one look, or of one transaction."""
SHOWN = 100
MEETINGS = 500
"""Of dates and of meetings so many are told; a body that meets every week, on another day, makes a hundred."""
AROUND = timedelta(days=60)
"""How far from its planned day a meeting is looked for."""
AHEAD = timedelta(days=365)
"""How far ahead meetings are told that another series moves."""
FAULTS = (QaWorkflowError, ArithmeticError, LookupError, TypeError, ValueError)
"""What one poisoned item may raise."""
FACT = "recount"
"""What the house remembers while items are still to be counted again: who, why, and since which file."""
AT_WORK = "recount_at_work"
"""When a process was last at it."""
LEFT_ALONE = timedelta(minutes=5)
"""After so long whoever was at it is taken to be gone."""


@dataclass(frozen=True, slots=True)
class Redate:
    """A due date that moves: ISO days, why the new one, and on what the date rests."""

    reference: str
    stage: str
    before: str | None
    after: str | None
    why: str = ""
    basis: str | None = None

    @property
    def is_statutory(self) -> bool:
        """Whether the date rests on a statute."""
        return self.basis == Basis.STATUTE


@dataclass(frozen=True, slots=True)
class MeetingThen:
    """What becomes of a body's meeting: on which day it is held before and after, None where it is not held."""

    body: str
    title: str
    before: date | None
    after: date | None
    moved: bool = False
    """Whether somebody had moved it to its day, where it then stays whatever the calendar says."""
    time: str = ""
    """On a day that stays, the time at which it begins then, as 14:00; empty where that stays, too."""

    @property
    def days(self) -> list[date]:
        """On which it is held, before or after, in order."""
        return sorted(day for day in (self.before, self.after) if day is not None)


@dataclass(slots=True)
class Foreseen:
    """What another governance would move: open items looked at, dates that move, the first of them."""

    items: int = 0
    moves: int = 0
    statutory: int = 0
    shown: list[Redate] = field(default_factory=list)
    unknown: list[tuple[str, str]] = field(default_factory=list)
    """Items of which it cannot be said, and why."""
    meetings: list[MeetingThen] = field(default_factory=list)
    """Of a day that is closed or opened: the meetings on it, and those that come to it or leave it. Otherwise the first
    of those of the coming year that are held on another day, at another time, no more, or newly."""
    more_meetings: int = 0


@dataclass(frozen=True, slots=True)
class PendingRecount:
    """Items are still to be counted again: by whom it was published, and why.

    `since`: the version of the governance file by which all that is open was last counted; None where nobody said.
    """

    actor: str
    reason: str
    since: int | None = None


def trial(world: World, new: Governance, look: Reader, now: datetime) -> World:
    """The world as it would be if another governance file were published now."""
    new = with_past(new, now, governance_files(look.definitions()), world.moved)
    return replace(world, epoch="", governance=laid_over(new, look.access.people()))


def foresee(
    house: House,
    new: Governance,
    *,
    on: date | None = None,
    show: int = SHOWN,
    progress: Callable[[int], None] | None = None,
) -> Foreseen:
    """Which meetings, and which due dates of open items, another governance would move; nothing is written.

    Args:
        on: the one day that it opens or closes, where it does nothing else.
    """
    found = Foreseen()
    now = house.now()
    query: ItemQuery | None = ItemQuery(open_only=True, limit=PAGE)
    setting: Setting | None = None
    there: World | None = None
    while query is not None:
        with house.looking() as (look, world):
            if there is None:
                there = trial(world, new, look, now)
                meetings = list(_of_day(world, there, on) if on else _moving(world, there, world.day(now)))
                found.meetings, found.more_meetings = meetings[:MEETINGS], len(meetings[MEETINGS:])
            setting = setting or counted(there.setting(look))
            page = look.items(query)
        for line in page:
            found.items += 1
            workflow = there.workflow(line.item.definition)
            try:
                decision = decide(workflow, line.item, Recount("a look"), actor=ENGINE, now=now, setting=setting)
            except FAULTS as fault:
                found.unknown.append((line.item.reference, str(fault)))
                continue
            keep_up(setting, (workflow, line.item), (workflow, decision.item))
            for redate in redates(workflow, decision):
                found.moves += 1
                found.statutory += redate.is_statutory
                if len(found.shown) < show:
                    found.shown.append(redate)
        if progress is not None:
            progress(found.items)
        query = query.beyond(page)
    return found


def _of_day(world: World, there: World, on: date) -> Iterator[MeetingThen]:
    """The meetings that are on a day in one of two worlds, or planned for it, and what becomes of each."""
    for key, then in _meetings_then(world, there, on - AROUND, on + AROUND):
        if on in (then.before, then.after) or (key == on.isoformat() and then.before != then.after):
            yield then


def _moving(world: World, there: World, today: date) -> Iterator[MeetingThen]:
    """The meetings up to the coming year's end that are not held in both worlds at the same time, by body and day."""
    until = today + AHEAD
    found = (then for _, then in _meetings_then(world, there, today - AROUND, until + AROUND))
    moving = (then for then in found if (then.before != then.after or then.time) and then.days[-1] <= until)
    for _, of_body in groupby(moving, key=lambda then: then.body):
        yield from sorted(of_body, key=lambda then: then.days)


def _meetings_then(world: World, there: World, first: date, last: date) -> Iterator[tuple[str, MeetingThen]]:
    """What becomes of each meeting, by the day planned for it; body after body."""
    for name in dict.fromkeys((*world.governance.bodies, *there.governance.bodies)):
        old, new = _sittings(world, name, first, last), _sittings(there, name, first, last)
        for key in sorted({*old, *new}):
            before, after = old.get(key), new.get(key)
            shown, time = before or new[key], ""
            if before is not None and after is not None and before.on == after.on and before.at != after.at:
                time = time_words(there, after)
            was, is_on = (each.on if each is not None else None for each in (before, after))
            yield key, MeetingThen(name, shown.title, was, is_on, before is not None and before.moved, time)


def _sittings(world: World, name: str, first: date, last: date) -> dict[str, MeetingOnDay]:
    """A body's meetings that are held, by the day planned for them."""
    body = world.governance.bodies.get(name)
    held = sittings(world, body, first, last) if body is not None else ()
    return {each.key: each for each in held if not each.called_off}


def redates(workflow: Workflow, decision: Decision) -> Iterator[Redate]:
    """The dates that a decision to count again has moved."""
    for event in decision.events:
        for stage, before, after in event.data.get("dates", ()):
            if before == after:
                continue
            rule = workflow.stages[stage].due
            visit = decision.item.at_stage(stage)
            why = visit.due.why if visit is not None and visit.due is not None else ""
            basis = str(rule.basis.value) if rule is not None and rule.basis is not None else None
            yield Redate(decision.item.reference, stage, before, after, why, basis)


def remember(work: Work, actor: str, reason: str, since: int) -> None:
    """In the transaction that publishes: items are to be counted again, with what was to be before."""
    work.unit.alone(FACT)
    before = _pending(work.look)
    since = since if before is None or before.since is None else before.since
    work.unit.set_house(FACT, json.dumps(asdict(PendingRecount(actor, reason, since))))
    work.unit.set_house(AT_WORK, stamp(work.now))


def pending(house: House) -> PendingRecount | None:
    """Whether items are still to be counted again, because it was stopped half-way."""
    with house.store.reading() as look:
        return _pending(look)


def _pending(look: Reader) -> PendingRecount | None:
    told = look.house().get(FACT, "")
    return PendingRecount(**json.loads(told)) if told else None


def take_up(house: House, now: datetime) -> None:
    """Count again what a process that is gone has left uncounted; what another is at is left to it."""
    with house.store.reading() as look:
        facts = look.house()
    at_work = facts.get(AT_WORK)
    if facts.get(FACT) and (not at_work or abs(now - instant(at_work)) > LEFT_ALONE):
        go_on(house)


def go_on(house: House, *, progress: Callable[[int], None] | None = None) -> list[Redate]:
    """Count open items again, if that is to be done; twice changes nothing more. Many items a transaction."""
    found: list[Redate] = []
    while (wanted := pending(house)) is not None:  # another file may be published meanwhile
        found += _all(house, wanted, progress)
        house.write(partial(_done, wanted=wanted))
    return found


def _all(house: House, wanted: PendingRecount, progress: Callable[[int], None] | None) -> Iterator[Redate]:
    done = 0
    query: ItemQuery | None = ItemQuery(open_only=True, limit=PAGE)
    while query is not None:
        with house.store.reading() as look:
            page = look.items(query)
        yield from house.write(partial(_recount, rows=[line.row for line in page], wanted=wanted))
        done += len(page)
        if progress is not None:
            progress(done)
        query = query.beyond(page)


def _done(work: Work, wanted: PendingRecount) -> None:
    """Unless there is more to be counted by now."""
    work.unit.alone(FACT)
    if _pending(work.look) == wanted:
        work.unit.set_house(FACT, "")


def _recount(work: Work, rows: list[int], wanted: PendingRecount) -> list[Redate]:
    work.unit.set_house(AT_WORK, stamp(work.now))
    before, who = _before(work, wanted.since), _publisher(work, wanted.actor)
    savings: list[Saving] = []
    found: list[Redate] = []
    for row in rows:
        taken = work.unit.take_row(row)
        if taken.item.is_over:
            continue
        try:
            decision = work.decide(taken, Recount(wanted.reason), who)
        except FAULTS as fault:  # one item that cannot be counted keeps no other from it
            what = f"{taken.item.reference}: its dates cannot be counted again: {fault}"
            work.unit.incident("recount", what, row, work.now)
            continue
        workflow = work.workflow(taken.item)
        if decision.events:
            savings.append(saving(work, taken, decision))
            found += redates(workflow, decision)
        elif before is not None:
            _rearm(work, taken, before)
    write(work, savings)
    return found


def _rearm(work: Work, taken: Taken, before: Setting) -> None:
    """No due date moves, but what time does beside it (a reminder, an escalation) may come on another day."""
    item, workflow = taken.item, work.workflow(taken.item)
    now = [t for visit in item.visits for t in timers(workflow, item, visit, work.setting, work.now)]
    if now != [t for visit in item.visits for t in timers(workflow, item, visit, before, work.now)]:
        work.unit.rearm(taken, now)


def _publisher(work: Work, name: str) -> Actor:
    """Who published, also where they have left themselves out of the file."""
    return work.world.staff(work.day).actors.get(name) or Actor(name)


def _before(work: Work, since: int | None) -> Setting | None:
    """What decisions knew under the governance file by which all was counted last, or else the one before this."""
    *files, _ = governance_files(work.look.definitions())
    files = [each for each in files if since is None or each.version <= since]
    if not files:
        return None
    old = with_past(load_governance(files[-1].source), files[-1].published_at, files[:-1], work.world.moved)
    return Setting(laid_over(old, work.look.access.people()), work.world.moved, work.setting.taken)
