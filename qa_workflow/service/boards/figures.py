"""Figures over all items, by workflow, stage, body and organisation: how long things wait, how many are done in time.

They are worked out from the histories when nobody waits for them, or at once where there are few items, and kept so
finely that each person is shown what they may see and no more.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from qa_workflow.calendar import local_date
from qa_workflow.engine import Sight
from qa_workflow.service.boards.names import body_of
from qa_workflow.service.boards.stays import Stay, stays
from qa_workflow.service.house import House, Work
from qa_workflow.service.ports.boards import Figure, Tale
from qa_workflow.service.world import World

NAME = "stays"
FEW = 200
"""Up to so many items, figures are worked out when they are asked for."""
_PAGE = 250


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """What is counted together; `body` and `subject` are empty where there is none."""

    workflow: str
    stage: str
    body: str = ""
    subject: str = ""


@dataclass(slots=True)
class Waited:
    """Stays of a group: how many lasted so many days, those that are over and those that go on; the longest of each."""

    over: Counter[int] = field(default_factory=Counter)
    going: Counter[int] = field(default_factory=Counter)
    longest_over: tuple[int, str] | None = None
    longest_going: tuple[int, str] | None = None

    def add(self, other: Waited) -> None:
        """Count the stays of another group with these."""
        self.over += other.over
        self.going += other.going
        self.longest_over = _longer(self.longest_over, other.longest_over)
        self.longest_going = _longer(self.longest_going, other.longest_going)


@dataclass(frozen=True, slots=True)
class Month:
    """Steps that fell due in a month, and how many of them were not done in time."""

    due: int = 0
    late: int = 0

    def __add__(self, other: Month) -> Month:
        return Month(self.due + other.due, self.late + other.late)


@dataclass(slots=True)
class Figures:
    """All that is counted, as it was at an instant. Months are named as 2027-04.

    `by_last` counts a step in the month of each date that came while it was in force, `by_first` in that of the date
    first given, so that a date that was put off does not make things look better. Of a month that is over neither is
    changed by what is done later, but for a correction, which says that it was otherwise.
    """

    at: datetime
    items: int = 0
    waited: dict[Group, Waited] = field(default_factory=dict)
    by_last: dict[Group, dict[str, Month]] = field(default_factory=dict)
    by_first: dict[Group, dict[str, Month]] = field(default_factory=dict)

    def seen(self, sight: Sight) -> Figures:
        """The part of them that somebody may see."""
        if sight.everything:
            return self
        kept = {g for g in self.waited if g.subject in sight.subjects or g.workflow in sight.workflows}
        return Figures(
            self.at,
            0,
            {g: w for g, w in self.waited.items() if g in kept},
            {g: m for g, m in self.by_last.items() if g in kept},
            {g: m for g, m in self.by_first.items() if g in kept},
        )


def current(house: House, now: datetime) -> Figures | None:
    """Figures as they are now where there are few items, else as last worked out; None before that was ever done."""
    with house.looking() as (look, world):
        if look.boards.number_of_items(FEW + 1) <= FEW:
            return _made(world, (tale for _, tale in look.boards.tales(0, FEW)), now)
        kept = look.boards.figure(NAME)
    return None if kept is None else _read(kept.at, kept.data)


def worked_out(house: House, now: datetime) -> Figures:
    """Work the figures out anew, a page of items and a look at a time."""
    with house.looking() as (_, world):
        return _made(world, _every(house), now)


def keep(work: Work, found: Figures) -> None:
    """What is shown from now on."""
    work.unit.boards.put_figure(NAME, Figure(found.at, written(found)))


def written(figures: Figures) -> str:
    """As text that is kept; `read` gives them back."""
    groups = sorted(figures.waited)
    return json.dumps(
        {
            "items": figures.items,
            "groups": [[g.workflow, g.stage, g.body, g.subject] for g in groups],
            "waited": [_waited_to_json(figures.waited[g]) for g in groups],
            "by_last": [_months_to_json(figures.by_last.get(g, {})) for g in groups],
            "by_first": [_months_to_json(figures.by_first.get(g, {})) for g in groups],
        },
        separators=(",", ":"),
    )


def read(at: datetime, text: str) -> Figures:
    """Figures from `written`."""
    said = json.loads(text)
    groups = [Group(*names) for names in said["groups"]]
    return Figures(
        at,
        said["items"],
        {g: _waited_from_json(w) for g, w in zip(groups, said["waited"], strict=True)},
        {g: _months_from_json(m) for g, m in zip(groups, said["by_last"], strict=True) if m},
        {g: _months_from_json(m) for g, m in zip(groups, said["by_first"], strict=True) if m},
    )


@lru_cache(maxsize=2)
def _read(at: datetime, text: str) -> Figures:
    """Read once and kept; nobody changes them."""
    return read(at, text)


def _every(house: House) -> Iterator[Tale]:
    last = 0
    while True:
        with house.store.reading() as look:
            page = look.boards.tales(last, _PAGE)
        if not page:
            return
        yield from (tale for _, tale in page)
        last = page[-1][0]


def _made(world: World, tales: Iterable[Tale], now: datetime) -> Figures:
    found, zone = Figures(now), world.governance.calendar.zone
    for tale in tales:
        found.items += 1
        subject = tale.item.subject or ""
        for stay in stays(tale.events):
            workflow = world.workflow(stay.definition or tale.item.definition)
            if workflow.stages[stay.stage].end is not None:
                continue  # nobody waits there
            body = body_of(world, workflow, stay.stage, tale.item.subject, local_date(stay.entered_at, zone))
            group = Group(tale.item.workflow, stay.stage, body.name if body else "", subject)
            _count(found, group, stay, tale, zone)
    return found


def _count(found: Figures, group: Group, stay: Stay, tale: Tale, zone: str) -> None:
    waited = found.waited.setdefault(group, Waited())
    if not stay.withdrawn:
        _count_wait(waited, stay.days(found.at), tale.item.reference, goes_on=stay.left_at is None)
    both = ((found.by_last, stay.fell_due(found.at)), (found.by_first, stay.first_fell_due(found.at)))
    for months, dates in both:
        for due_at, is_late in dates:
            month = local_date(due_at, zone).isoformat()[:7]
            of_group = months.setdefault(group, {})
            of_group[month] = of_group.get(month, Month()) + Month(1, int(is_late))


def _count_wait(waited: Waited, days: int, reference: str, *, goes_on: bool) -> None:
    longest = days, reference
    if goes_on:
        waited.going[days] += 1
        waited.longest_going = _longer(waited.longest_going, longest)
    else:
        waited.over[days] += 1
        waited.longest_over = _longer(waited.longest_over, longest)


def _longer(one: tuple[int, str] | None, other: tuple[int, str] | None) -> tuple[int, str] | None:
    if one is None or other is None:
        return one or other
    return other if other[0] > one[0] else one


def _waited_to_json(waited: Waited) -> list[Any]:
    return [sorted(waited.over.items()), sorted(waited.going.items()), waited.longest_over, waited.longest_going]


def _waited_from_json(said: list[Any]) -> Waited:
    over, going, longest_over, longest_going = said
    return Waited(
        Counter(dict(over)),
        Counter(dict(going)),
        (longest_over[0], longest_over[1]) if longest_over else None,
        (longest_going[0], longest_going[1]) if longest_going else None,
    )


def _months_to_json(months: dict[str, Month]) -> dict[str, list[int]]:
    return {name: [month.due, month.late] for name, month in sorted(months.items())}


def _months_from_json(said: dict[str, list[int]]) -> dict[str, Month]:
    return {name: Month(*pair) for name, pair in said.items()}
