"""A month of meetings, due dates and days that are not worked, by the same filters as the overdue board."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from qa_workflow.calendar import BACK, local, local_date, start_of_day
from qa_workflow.calendar.words import MONTHS
from qa_workflow.definition import Body
from qa_workflow.engine import Actor, Item, Setting, Sight, Visit
from qa_workflow.errors import UsageFault
from qa_workflow.service.boards.filters import BoardFilters, steps_wanted
from qa_workflow.service.boards.names import body_of
from qa_workflow.service.boards.overdue import FilterChoices, board_choices, dated_visit
from qa_workflow.service.house import House
from qa_workflow.service.items.changing import owners
from qa_workflow.service.items.gist import gist
from qa_workflow.service.knowing import body_named, may_know
from qa_workflow.service.ports.boards import Place, StepQuery
from qa_workflow.service.ports.store import Reader
from qa_workflow.service.telling import views
from qa_workflow.service.world import World

MOST = 300
"""Due dates shown of one month; beyond that, filters help."""
MOST_ON_AGENDA = 50
"""Items named of one meeting; of more the number is told."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class MeetingOnDay:
    """A meeting on a day. `at` is when it is held, or was to be held if it is not; `key` its planned day.

    `note` says why it is not held as planned, where that is by the rule of its series and nobody moved it. `agenda` has
    the references of the first that stand on its agenda, which holds `on_agenda`, as far as they may be seen; a month
    tells it of meetings whose day is not over.
    """

    body: str
    title: str
    key: str
    at: datetime
    on: date
    called_off: bool = False
    moved: bool = False
    note: str = ""
    on_agenda: int = 0
    agenda: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DueStep:
    """A step that is due on a day. `number` tells its visit from others of the item."""

    id: str
    number: int
    reference: str
    workflow: str
    title: str
    gist: str
    subject: str | None
    subject_title: str | None
    stage: str
    stage_title: str
    body: str | None
    holders: tuple[str, ...]
    on: date
    is_late: bool


@dataclass(slots=True)
class Day:
    """One day of a month. `closed` says why it is not worked, for days that are not simply a weekend."""

    on: date
    meetings: list[MeetingOnDay] = field(default_factory=list)
    due: list[DueStep] = field(default_factory=list)
    closed: str | None = None
    is_worked: bool = True

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be said of it."""
        return not (self.meetings or self.due or self.closed)


@dataclass(frozen=True, slots=True)
class MonthView:
    """A month. `weeks` has every week that touches it, Monday first, with None for days of other months."""

    month: str
    title: str
    days: tuple[Day, ...]
    weeks: tuple[tuple[Day | None, ...], ...]
    before: str
    after: str
    today: date
    more: bool = False
    choices: FilterChoices = field(default_factory=FilterChoices)


def month(house: House, actor: Actor, name: str, filters: BoardFilters, now: datetime) -> MonthView:
    """A month by name, as 2027-07; the present one if it is empty.

    Raises:
        UsageFault: no month.
        Unknown: a filter that names nothing here.
    """
    with house.looking() as (look, world):
        zone = world.governance.calendar.zone
        today = local_date(now, zone)
        first = month_named(name) if name else today.replace(day=1)
        last = _next(first) - _DAY
        days = {first + timedelta(days=n): Day(first + timedelta(days=n)) for n in range((last - first).days + 1)}
        _closures(world, days)
        sight = world.sight(actor)
        for sitting in _with_agendas(look, sight, today, _sittings(world, sight, filters, first, last)):
            days[sitting.on].meetings.append(sitting)
        wanted = steps_wanted(world, filters, sight, today)
        for day in days.values():
            day.meetings.sort(key=lambda sitting: (sitting.at, sitting.title))
        steps, more = due_between(look, world, wanted, (first, last), now)
        for step in steps:
            days[step.on].due.append(step)
        ordered = tuple(days.values())
        return MonthView(
            _name(first),
            f"{MONTHS[first.month - 1]} {first.year}",
            ordered,
            tuple(_weeks(ordered)),
            _name(first - _DAY),
            _name(last + _DAY),
            today,
            more,
            board_choices(look, world, actor, today),
        )


def month_named(name: str) -> date:
    """The first day of a month; raises `UsageFault` for a name that is none."""
    try:
        found = date.fromisoformat(f"{name}-01")
    except ValueError as fault:
        raise UsageFault(f"{name[:20]!r} is not a month; write one as 2027-07") from fault
    if not 2000 <= found.year <= 2099:
        raise UsageFault(f"{found.year} is beyond the years that are counted here; use 2000 to 2099")
    return found


def due_between(
    look: Reader, world: World, wanted: StepQuery, days: tuple[date, date], now: datetime, *, most: int = MOST
) -> tuple[list[DueStep], bool]:
    """Steps that are due from one day to another, both included; and whether there are more than `most`."""
    zone = world.governance.calendar.zone
    query = replace(wanted, since=start_of_day(days[0], zone), before=start_of_day(days[1] + _DAY, zone))
    places = look.boards.steps(query, most + 1)
    items = look.boards.items([place.row for place in places], wanted.sight)
    dated = ((items[place.row], visit) for place in places[:most] if (visit := _visit(items, place)) is not None)
    today = local_date(now, zone)
    return [_due(world, item, visit, now, today) for item, visit in dated], len(places) > most


def sittings(world: World, body: Body, first: date, last: date) -> Iterator[MeetingOnDay]:
    """A body's meetings on these days, both included, in order; those that are not held on the day planned for them."""
    if body.series is None:
        return
    setting, found = Setting(world.governance, world.moved), []
    for planned in body.series.planned(first - BACK, last + BACK):
        held = setting.held_at(planned)
        at = held or planned.at
        on = local_date(at, world.governance.calendar.zone)
        if first <= on <= last:
            is_decided = at != planned.at or (held is None and planned.is_held)
            note = "" if is_decided else planned.note
            found.append(
                MeetingOnDay(body.name, body.title_on(on), planned.key, at, on, held is None, at != planned.at, note)
            )
    yield from sorted(found, key=lambda sitting: sitting.at)


def time_words(world: World, sitting: MeetingOnDay) -> str:
    """At what time it begins, as 14:00."""
    return f"{local(sitting.at, world.governance.calendar.zone):%H:%M}"


def _visit(items: Mapping[int, Item], place: Place) -> Visit | None:
    return dated_visit(items[place.row], place.visit) if place.row in items else None


def _due(world: World, item: Item, visit: Visit, now: datetime, today: date) -> DueStep:
    assert visit.due is not None
    workflow = world.workflow(item.definition)
    body = body_of(world, workflow, visit.stage, item.subject, today)
    at = datetime.fromisoformat(visit.due.at)
    return DueStep(
        id=item.id,
        number=visit.number,
        reference=item.reference,
        workflow=item.workflow,
        title=workflow.title,
        gist=gist(workflow, item),
        subject=item.subject,
        subject_title=views.subject_title(world, item),
        stage=visit.stage,
        stage_title=workflow.stages[visit.stage].title,
        body=body.name if body else None,
        holders=tuple(owners(workflow, item, visit).split()),
        on=local_date(at, world.governance.calendar.zone),
        is_late=at < now,
    )


def _sittings(world: World, sight: Sight, filters: BoardFilters, first: date, last: date) -> Iterator[MeetingOnDay]:
    """Of the body asked for, else of all; none where only one person's or workflow's things are asked for."""
    if filters.body:
        bodies: Iterable[Body] = [body_named(world, filters.body, sight)]
    elif filters.workflow or filters.owner or filters.subject or filters.stage:
        bodies = []
    else:
        bodies = world.governance.bodies.values()
    for body in bodies:
        if may_know(world, sight, body):
            yield from sittings(world, body, first, last)


def _with_agendas(look: Reader, sight: Sight, today: date, found: Iterable[MeetingOnDay]) -> Iterator[MeetingOnDay]:
    """These meetings with what is on their agendas; of one that is over, what is left there was not decided."""
    every = list(found)
    agendas = look.boards.agendas({(s.body, s.key) for s in every if not s.called_off and s.on >= today}, sight)
    for sitting in every:
        agenda = agendas.get((sitting.body, sitting.key), ())
        yield replace(sitting, on_agenda=len(agenda), agenda=tuple(agenda[:MOST_ON_AGENDA]))


def _closures(world: World, days: dict[date, Day]) -> None:
    calendar = world.governance.calendar
    for on, day in days.items():
        day.is_worked, day.closed = calendar.is_working(on), calendar.why_closed(on)


def _weeks(days: Sequence[Day]) -> Iterator[tuple[Day | None, ...]]:
    cells: list[Day | None] = [None] * days[0].on.weekday() + list(days)
    cells += [None] * (-len(cells) % 7)
    for start in range(0, len(cells), 7):
        yield tuple(cells[start : start + 7])


def _name(day: date) -> str:
    return f"{day.year:04}-{day.month:02}"


def _next(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)
