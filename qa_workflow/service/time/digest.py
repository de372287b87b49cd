"""A daily digest by e-mail: how much is late, due today and due this week, a line an item, without case detail.

One message a person and working day, and none to whom nothing waits. It leaves through the outbox under a key made of
the day and the person, so that it leaves once however many processes look at the clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from qa_workflow.calendar import local_date, long_date, start_of_day, weekday_date
from qa_workflow.definition.governance import Person
from qa_workflow.engine import NOTHING
from qa_workflow.service.boards.names import holdings_of
from qa_workflow.service.boards.overdue import LateStep, lines
from qa_workflow.service.house import House, Work
from qa_workflow.service.ports.boards import Held, Holding, SavedView, StepQuery
from qa_workflow.service.ports.store import Reader
from qa_workflow.service.telling import notices
from qa_workflow.service.world import World

PAGE, OFF = "digest", "off"
"""Where it is kept that somebody wants none: a row of their own, beside the lists that they keep."""
MOST = 10
"""Steps that one digest names."""
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Letter:
    """One digest, ready for the outbox."""

    key: str
    person: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many steps wait for one person: late, due before this day ends, due in the six days after it."""

    late: int
    today: int
    week: int

    def __bool__(self) -> bool:
        return bool(self.late or self.today or self.week)

    def __str__(self) -> str:
        said = ((self.late, "overdue"), (self.today, "due today"), (self.week, "due in the next six days"))
        return ", ".join(f"{number:,} {words}" for number, words in said if number)


def wants(house: House, person: str) -> bool:
    """Whether somebody is sent the digest; everybody is who has not said otherwise."""
    with house.store.reading() as look:
        return not look.boards.saved_views(person, PAGE)


def choose(house: House, person: str, *, wanted: bool) -> None:
    """Send it to somebody from now on, or do not."""

    def work(work: Work) -> None:
        if wanted:
            work.unit.boards.drop_view(person, PAGE, OFF)
        else:
            work.unit.boards.put_view(SavedView(person, PAGE, OFF, "", work.now))

    house.write(work)


def letters(house: House, now: datetime) -> list[Letter]:
    """Today's digests, for all to whom something waits and who want it."""
    with house.looking() as (look, world):
        zone = world.governance.calendar.zone
        day = local_date(now, zone)
        spans = [
            (None, now),
            (now, start_of_day(day + timedelta(days=1), zone)),
            (start_of_day(day + timedelta(days=1), zone), start_of_day(day + WEEK, zone)),
        ]
        held = [look.boards.held(since, before) for since, before in spans]
        people = [p for p in world.governance.people.values() if p.email and p.active(day)]
        return [
            letter
            for person in people
            if not look.boards.saved_views(person.name, PAGE)
            for letter in _letter(look, world, person, held, (now, day, house.address))
        ]


def _letter(
    look: Reader,
    world: World,
    person: Person,
    held: Sequence[Sequence[Held]],
    of: tuple[datetime, date, str | None],
) -> Iterator[Letter]:
    now, day, address = of
    holdings = holdings_of(world, person.name, day, covers=True)
    numbers = Numbers(*(sum(each.number for each in span if _is_theirs(each, holdings)) for span in held))
    if not numbers:
        return
    before = start_of_day(day + WEEK, world.governance.calendar.zone)
    places = look.boards.steps(StepQuery(before=before, holdings=holdings), MOST)
    found = lines(look, world, places, now, NOTHING)  # a mail has no case detail
    named = [_entry(line, address) for line in found]
    rest = numbers.late + numbers.today + numbers.week - len(named)
    home = address.rstrip("/") if address else ""
    parts = (
        f"Waiting for you on {weekday_date(day)}: {numbers}.",
        *named,
        *([f"- and {rest:,} more."] if rest > 0 else []),
        *([f"All of it:\n  {home}/", f"To get no more of these:\n  {home}/digest"] if home else ["Sign in to see it."]),
    )
    yield Letter(
        f"digest:{day.isoformat()}:{person.name}", person.name, f"Waiting for you: {numbers}", "\n\n".join(parts)
    )


def _entry(line: LateStep, address: str | None) -> str:
    said = f"“{line.stage_title}”, due {long_date(line.due_on)}: {line.late}"
    return notices.entry(line.reference, notices.about_of(line.title, line.subject), said, address)


def _is_theirs(held: Held, holdings: Sequence[Holding]) -> bool:
    names = held.owner.split()
    return any(h.name in names and (h.subjects is None or held.subject in h.subjects) for h in holdings)
