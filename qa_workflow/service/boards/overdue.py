"""The overdue board: one line for every open step that is late, over all bodies, longest overdue first.

Nothing late hides: an item that is open in several branches has a line for each of them that is late, and a date that
was changed is shown beside the first one, with how often it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import pairwise

from qa_workflow.calendar import local_date
from qa_workflow.engine import Actor, Event, Item, Sight, Visit
from qa_workflow.engine.disclosure import among_colleagues
from qa_workflow.engine.events import WHY_LATE, Kind
from qa_workflow.engine.item import instant
from qa_workflow.service.boards.filters import BoardFilters, late_steps
from qa_workflow.service.boards.names import body_of, ref_of
from qa_workflow.service.house import House
from qa_workflow.service.items.changing import owners
from qa_workflow.service.items.gist import gist
from qa_workflow.service.lists.finding import choices
from qa_workflow.service.lists.mine import MOST, Count
from qa_workflow.service.ports.boards import Part, Place, StepQuery, Stuck
from qa_workflow.service.ports.store import Reader
from qa_workflow.service.telling import views
from qa_workflow.service.telling.left import left_at
from qa_workflow.service.world import World

PAGE = 50
TELLS_WHY = frozenset({Kind.COMMENTED, Kind.HELD, Kind.DATE_CHANGED, Kind.MEETING_MOVED, Kind.MOVED, Kind.CORRECTED})
"""Events whose reason may say why a step is late, if they came after the item was there; who has it now does not.

A comment does where it was said to; those from before anybody was asked are taken for reasons, as they were then.
"""
HELD_MOST = 300
"""So many items on hold are looked through for those that were late when they were put there."""
STUCK_MOST = 50
"""So many items that wait for somebody are named."""
MEETING = "meeting"
_WORD = re.compile(r"(-?[0-9]{1,18})\.([0-9a-f]{32})\.([0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class Why:
    """What somebody last said of a step that is late: a comment, a hold, a return, a changed date."""

    text: str
    kind: str
    by: str
    on: date


@dataclass(frozen=True, slots=True)
class LateStep:
    """One late step. `days` are calendar days; `late` says it in the days that the step's own rule counts in.

    `gist` is what it is about in somebody's own words, see `items.gist`; `definition` the version of its workflow, by
    hash. `holders` are names of roles and people; `changes` is how often the date was changed since the item came to
    the stage, `basis` what the date rests on.
    """

    id: str
    reference: str
    workflow: str
    definition: str
    title: str
    gist: str
    subject: str | None
    subject_title: str | None
    period: str | None
    stage: str
    stage_title: str
    body: str | None
    body_title: str | None
    holders: tuple[str, ...]
    due_on: date
    due_at: datetime
    first_on: date
    days: int
    late: str
    changes: int
    since: date
    is_late: bool = True
    why: Why | None = None
    rule: str | None = None
    basis: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class FilterChoices:
    """What can be filtered by: names with the titles that people read; no more than one may see."""

    workflows: tuple[tuple[str, str], ...] = ()
    bodies: tuple[tuple[str, str], ...] = ()
    stages: tuple[tuple[str, str], ...] = ()
    owners: tuple[tuple[str, str], ...] = ()
    subjects: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Board:
    """A page of the board. `more` is where the next page begins; None on the last.

    `on_hold` counts the steps that were late when their item was put on hold; they are no part of `total`. `stuck` are
    the items that could not go on by themselves, late or not, up to `STUCK_MOST`.
    """

    lines: list[LateStep] = field(default_factory=list)
    total: Count = field(default_factory=Count)
    more: str | None = None
    choices: FilterChoices = FilterChoices()
    today: date = date.min
    on_hold: Count = field(default_factory=Count)
    stuck: list[Stuck] = field(default_factory=list)


def overdue(
    house: House, actor: Actor, filters: BoardFilters, now: datetime, *, limit: int = PAGE, after: str | None = None
) -> Board:
    """A page of what is late.

    Raises:
        Unknown: a workflow, body, stage, organisation, role or person that is not known here.
        UsageFault: days late that are no number.
    """
    with house.looking() as (look, world):
        today = world.day(now)
        query = late_steps(world, filters, world.sight(actor), now, today)
        held, on_hold = late_on_hold(look, world, filters, query)
        if filters.held:
            seen = board_choices(look, world, actor, today, filters.workflow)
            return Board(lines_on_hold(world, held), on_hold, None, seen, today, on_hold)
        places = look.boards.steps(query, limit + 1, _read(look, after))
        total = look.boards.count(query, MOST + 1)
        return Board(
            lines(look, world, places[:limit], now, query.sight),
            Count(min(total, MOST), total > MOST),
            _word(look, places[limit - 1], query.sight) if len(places) > limit else None,
            board_choices(look, world, actor, today, filters.workflow),
            today,
            on_hold,
            stuck(look, query),
        )


def stuck(look: Reader, query: StepQuery) -> list[Stuck]:
    """What waits for somebody because it could not go on by itself; to colleagues, who can do something about it."""
    sight = query.sight if query.sight.everything else replace(query.sight, subjects=frozenset())
    return look.boards.stuck(replace(query, sight=sight), STUCK_MOST) if sight.everything or sight.workflows else []


def late_on_hold(
    look: Reader, world: World, filters: BoardFilters, query: StepQuery
) -> tuple[list[tuple[Item, Visit]], Count]:
    """Steps that were late already when their item was put on hold, and how many."""
    rows, zone = look.boards.on_hold(query, HELD_MOST + 1), world.governance.calendar.zone
    items = look.boards.items(rows[:HELD_MOST], query.sight).values()
    found = [
        (item, visit)
        for item in items
        for visit in item.visits
        if _was_late(item, visit, filters, zone) and _is_wanted(world, item, visit, query)
    ]
    return found, Count(len(found), len(rows) > HELD_MOST)


def lines_on_hold(world: World, held: Iterable[tuple[Item, Visit]]) -> list[LateStep]:
    """Those steps as lines, the earliest due first; how late they were then."""
    return sorted((_put_on_hold(world, *each) for each in held), key=lambda line: (line.due_at, line.reference))


def _was_late(item: Item, visit: Visit, filters: BoardFilters, zone: str) -> bool:
    """Whether a step was late when its item was put on hold, by as many days as is wanted."""
    assert item.hold is not None
    since = instant(item.hold.since)
    if visit.due is None or visit.due.runs or instant(visit.due.at) >= since:
        return False  # what runs on is on the board itself
    return filters.has_days((local_date(since, zone) - date.fromisoformat(visit.due.on)).days)


def _is_wanted(world: World, item: Item, visit: Visit, query: StepQuery) -> bool:
    """Whether a step of an item that may fit is one that does."""
    if query.stage is not None and f".{query.stage}." not in f".{visit.stage}.":
        return False
    if query.parts is not None and not any(_is_part(item, visit, part) for part in query.parts):
        return False
    if query.holdings is None:
        return True
    holders = owners(world.workflow(item.definition), item, visit).split()
    return any(h.name in holders and (h.subjects is None or item.subject in h.subjects) for h in query.holdings)


def _is_part(item: Item, visit: Visit, part: Part) -> bool:
    is_about = part.subjects is None or item.subject in part.subjects
    return item.workflow == part.workflow and is_about and (part.stages is None or visit.stage in part.stages)


def _put_on_hold(world: World, item: Item, visit: Visit) -> LateStep:
    assert item.hold is not None
    since, zone = instant(item.hold.since), world.governance.calendar.zone
    line = _line(world, item, visit, (), since)
    why = Why(item.hold.reason, str(Kind.HELD), item.hold.actor, local_date(since, zone))
    return replace(line, late=f"{line.late} when it was put on hold", why=why)


def pages(house: House, query: StepQuery, now: datetime, *, size: int = 500) -> Iterator[list[LateStep]]:
    """All of it, a page and a look at a time, so that nobody is kept waiting by a long list."""
    after: Place | None = None
    while True:
        with house.looking() as (look, world):
            places = look.boards.steps(query, size, after)
            found = lines(look, world, places, now, query.sight)
        if found:
            yield found
        if len(places) < size:
            return
        after = places[-1]


def lines(look: Reader, world: World, places: Sequence[Place], now: datetime, sight: Sight) -> list[LateStep]:
    """The late steps at these places, as they are seen."""
    rows = [place.row for place in places]
    items, told = look.boards.items(rows, sight), look.boards.told(rows)
    return [
        _line(world, items[place.row], visit, sight.told_in_part(items[place.row], told.get(place.row, ())), now)
        for place in places
        if place.row in items and (visit := dated_visit(items[place.row], place.visit)) is not None
    ]


def dated_visit(item: Item, number: int) -> Visit | None:
    """The visit at a place: that of the number, or (0) the only one."""
    found = item.visit(number) if number else next(iter(item.visits), None)
    return found if found is not None and found.due is not None else None


def board_choices(look: Reader, world: World, actor: Actor, today: date, workflow: str = "") -> FilterChoices:
    """What the board can be filtered by; of bodies, those that there are today."""
    found = choices(look, world, actor, workflow)
    seen = {name for name, _ in found.workflows}
    bodies = world.governance.bodies.values() if world.sight(actor).everything else ()
    workflows = [world.workflows[name] for name in seen]
    named = {ref.name for each in workflows for path in each.stages if (ref := ref_of(each, path)) is not None}
    return FilterChoices(
        found.workflows,
        tuple(
            (body.name, body.title_on(today))
            for body in bodies
            if body.is_active(today) and (body.name in named or body.kind in named)
        ),
        found.stages,
        found.owners,
        found.subjects,
    )


def office_choices(house: House, actor: Actor, now: datetime) -> FilterChoices:
    """What pages about all bodies can be filtered by."""
    with house.looking() as (look, world):
        return board_choices(look, world, actor, world.day(now))


def _word(look: Reader, place: Place, sight: Sight) -> str:
    """A place as it stands in an address, with its item and not its row (`lists.onward` says why)."""
    return f"{place.due_at}.{look.boards.items([place.row], sight)[place.row].id}.{place.visit}"


def _read(look: Reader, text: str | None) -> Place | None:
    """A place of an address; the beginning where it cannot be read, or where its item is not here."""
    found = _WORD.fullmatch(text or "")
    row = look.lists.row(found[2]) if found is not None else None
    return Place(int(found[1]), row, int(found[3])) if found is not None and row is not None else None


def why_late(events: Sequence[Event], visit: Visit, zone: str, in_place: Set[str] = frozenset()) -> Why | None:
    """What was last said of a step since the item came to it; only what a person gave as a reason.

    A reason that was removed is none any more: what is read `in_place` of it says why it was removed.
    """
    for event in reversed(events):
        if event.at < visit.at:
            return None
        about = event.source in (None, visit.stage) or event.target == visit.stage or event.kind is Kind.HELD
        is_there = bool(event.reason) and event.reason not in in_place
        if event.kind in TELLS_WHY and is_there and about and event.data.get(WHY_LATE, True):
            mark = "Colleagues only: " if event.seq in among_colleagues(events) else ""  # a board is also printed
            return Why(f"{mark}{event.reason}", str(event.kind), event.actor, local_date(instant(event.at), zone))
    return None


def changes_of(events: Sequence[Event], visit: Visit) -> int:
    """How often the date of a visit was changed since it had its first."""
    number, dates = str(visit.number), [visit.due.first_on] if visit.due else []
    for event in events:
        due = event.data.get("patch", {}).get(number, {}).get("due")
        if due is not None:
            dates.append(due["on"])
    return sum(before != after for before, after in pairwise(dates))


def _line(world: World, item: Item, visit: Visit, events: Sequence[Event], now: datetime) -> LateStep:
    assert visit.due is not None
    workflow, zone = world.workflow(item.definition), world.governance.calendar.zone
    stage, today = workflow.stages[visit.stage], local_date(now, zone)
    on, at = date.fromisoformat(visit.due.on), instant(visit.due.at)
    body = body_of(world, workflow, visit.stage, item.subject, today)
    rule = stage.due
    return LateStep(
        id=item.id,
        reference=item.reference,
        workflow=item.workflow,
        definition=item.definition,
        title=workflow.title,
        gist=gist(workflow, item),
        subject=item.subject,
        subject_title=views.subject_title(world, item),
        period=item.period,
        stage=visit.stage,
        stage_title=stage.title,
        body=body.name if body else None,
        body_title=body.title_on(today) if body else None,
        holders=tuple(owners(workflow, item, visit).split()),
        due_on=on,
        due_at=at,
        first_on=date.fromisoformat(visit.due.first_on),
        days=(today - on).days,
        late=left_at(world.governance, workflow, item, visit, now),
        changes=changes_of(events, visit),
        since=local_date(instant(visit.at), zone),
        is_late=at < now,
        why=why_late(events, visit, zone, world.in_place),
        rule=str(rule.rule) if rule else (MEETING if stage.meeting else None),
        basis=str(rule.basis) if rule and rule.basis else None,
        source=rule.source if rule else None,
    )
