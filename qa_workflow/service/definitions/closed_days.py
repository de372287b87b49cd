"""A day closed (or opened) in a calendar: written into a draft of the governance file, as a person would write it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from qa_workflow.calendar import Calendar
from qa_workflow.calendar.bank_holidays import bank_holidays
from qa_workflow.calendar.faults import LAST_YEAR
from qa_workflow.calendar.words import weekday_date
from qa_workflow.definition import load_governance
from qa_workflow.definition.days_of_text import with_day, without_day
from qa_workflow.engine.refusals import Nonsense
from qa_workflow.service.definitions import drafting, proposals, recounting
from qa_workflow.service.definitions.drafting import Draft
from qa_workflow.service.definitions.recounting import Foreseen
from qa_workflow.service.house import House
from qa_workflow.service.telling.versions import GOVERNANCE, versions
from qa_workflow.service.world import World

TABLES = ("closures", "openings")
"""The tables of a calendar that are changed a day at a time."""
OWN = {"closures": "Closed", "openings": "Worked", "proclaimed": "Bank holiday, proclaimed"}


@dataclass(frozen=True, slots=True)
class Named:
    """A day of which a calendar says something; `table` is the one that it can be taken out of, None where not."""

    day: date
    name: str
    kind: str
    table: str | None


def named_days(calendar: Calendar, year: int) -> list[Named]:
    """Every day of the year that is in a table, or is a bank holiday, in order."""
    return sorted(_named(calendar, year), key=lambda each: (each.day, each.kind))


def _named(calendar: Calendar, year: int) -> Iterator[Named]:
    for day, name in bank_holidays(year, calendar.region).items():
        yield Named(day, name, "Bank holiday, withdrawn" if day in calendar.withdrawn else "Bank holiday", None)
    for table, kind in OWN.items():
        for day, name in getattr(calendar, table).items():
            if day.year == year:
                yield Named(day, name, kind, table if table in TABLES else None)


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """A day of one of a calendar's tables; `name` None takes it out."""

    calendar: str
    table: str
    on: date
    name: str | None

    def written(self, source: bytes) -> bytes:
        """The governance file with this day; raises `NotByItself`."""
        if self.name is None:
            return without_day(source, self.calendar, self.table, self.on)
        if not self.name.strip():
            raise Nonsense(
                self.calendar, "say why it is so, in a word or two; people read it where a date is explained"
            )
        return with_day(source, self.calendar, self.table, self.on, self.name.strip())


def foresee(house: House, day: ClosedDay, *, actor: str) -> Foreseen:
    """What the day would move, on top of what the person's draft says already; raises `Nonsense` where it is so now."""
    with house.looking() as (_, world):
        _must_differ(world, day)
        new = load_governance(day.written(begun(house, world, actor)[0]))
    return recounting.foresee(house, new, on=day.on)


def into_draft(house: House, day: ClosedDay, *, actor: str) -> Draft:
    """The day in a draft: the one that the person is writing, else a new one of the published file."""
    with house.looking() as (_, world):
        _must_differ(world, day)
        source, draft = begun(house, world, actor)
        newest = versions(world, GOVERNANCE, "")[0]
    text = day.written(source)
    if draft is not None:
        return drafting.save(house, draft.id, text, draft.revision, actor=actor)
    return drafting.begin(house, GOVERNANCE, newest.name, text, newest.hash, actor=actor)


def _must_differ(world: World, day: ClosedDay) -> None:
    """Refuse a day that is closed, or worked, without it."""
    calendar = world.governance.calendars.get(day.calendar)
    if calendar is None or day.name is None or day.on.year > LAST_YEAR:
        return  # refused when it is written
    if day.table == "closures" and not calendar.is_working(day.on):
        raise Nonsense(day.calendar, f"{weekday_date(day.on)} is not worked already: {calendar.why_not(day.on)}")
    if day.table == "openings" and calendar.is_working(day.on):
        raise Nonsense(day.calendar, f"{weekday_date(day.on)} is a working day already")


def begun(house: House, world: World, actor: str) -> tuple[bytes, Draft | None]:
    """The text to begin with, and the draft it is of: one that the person is writing, of the newest version."""
    newest = versions(world, GOVERNANCE, "")[0]
    for draft in drafting.drafts(house):
        is_theirs = draft.author == actor and draft.status == proposals.WRITTEN and draft.kind == GOVERNANCE
        if is_theirs and draft.based_on == newest.hash:
            return draft.source, draft
    return newest.source, None
