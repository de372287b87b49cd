"""A daily digest by e-mail: what is new since the last, how much is late, due today, due this week; a line an item.

It has no case detail.

Whoever may correct items is told in it also of what is with others: all that is stuck, and all that is on hold while
its date runs on.

One message a person and working day, none to whom nothing waits, and none to who is away: who stands in has it. It
leaves through the outbox under a key made of the day and the person, so that it leaves once however many processes look
at the clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from qa_workflow.calendar import at_local, local_date, long_date, start_of_day, weekday_date
from qa_workflow.calendar.words import counted, listed
from qa_workflow.clock import to_micros
from qa_workflow.definition.governance import Person
from qa_workflow.engine import NOTHING, Sight
from qa_workflow.engine.item import instant
from qa_workflow.engine.policy import actor_of
from qa_workflow.service.boards.names import holdings_of
from qa_workflow.service.boards.overdue import HELD_MOST, LateStep, lines, stuck
from qa_workflow.service.house import House, Work
from qa_workflow.service.ports.boards import Held, Holding, Place, SavedView, StepQuery, Stuck
from qa_workflow.service.ports.store import Reader
from qa_workflow.service.rights import holders
from qa_workflow.service.telling import notices
from qa_workflow.service.world import World

PAGE, OFF = "digest", "off"
"""Where it is kept that somebody wants none: a row of their own, beside the lists that they keep."""
MORNING = time(7, 30)
MOST = 10
"""Steps that one digest names."""
WEEK = timedelta(days=7)
OVERSIGHT = "correct"
"""The right with which people are told of more than waits for themselves."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One digest, ready for the outbox."""

    key: str
    person: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many steps wait for one person: late, due before this day ends, due in the six days after it.

    `newly` of the late ones became so since the last digest. `stuck` are the items that could not go on by themselves;
    `running` others' steps on hold whose clock runs.
    """

    late: int
    today: int
    week: int
    stuck: int = 0
    running: int = 0
    newly: int = 0

    def __bool__(self) -> bool:
        return any((self.late, self.today, self.week, self.stuck, self.running))

    def __str__(self) -> str:
        said = (
            (self.late, f"overdue{self._new}"),
            (self.today, "due today"),
            (self.week, "due in the next six days"),
            (self.stuck, "stuck"),
            (self.running, "on hold while the date runs on"),
        )
        return ", ".join(f"{number:,} {words}" for number, words in said if number)

    @property
    def _new(self) -> str:
        return "" if not self.newly else " (new)" if self.newly == self.late else f" ({self.newly:,} new)"


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
        calendar = world.governance.calendar
        last = at_local(calendar.working_on_or_before(day - timedelta(days=1)), MORNING, zone, forward=True)
        spans = [
            (None, now),
            (now, start_of_day(day + timedelta(days=1), zone)),
            (start_of_day(day + timedelta(days=1), zone), start_of_day(day + WEEK, zone)),
            (last, now),
        ]
        held = [look.boards.held(since, before) for since, before in spans]
        here = [
            p for p in world.governance.people.values() if p.is_active(day) and not world.staff(day).is_away(p.name)
        ]
        people = [p for p in here if p.email]
        morning = _Morning(look, world, held, now, last, house.address)
        overseers = set(holders(world.governance, OVERSIGHT, day))
        return [
            letter
            for person in people
            if not look.boards.saved_views(person.name, PAGE)
            for letter in _letter(morning, person, oversees=person.name in overseers)
        ]


@dataclass(frozen=True, slots=True)
class _Morning:
    """What all digests of a day are made from."""

    look: Reader
    world: World
    held: Sequence[Sequence[Held]]
    now: datetime
    last: datetime
    """When the digest before this one left."""
    address: str | None

    def lines(self, places: Sequence[Place]) -> list[LateStep]:
        return lines(self.look, self.world, places, self.now, NOTHING)  # a mail has no case detail

    def has_come(self, line: LateStep) -> bool:
        """Whether a step has come to its stage since the digest before."""
        return line.since >= self.world.day(self.last)

    def is_new(self, line: LateStep) -> bool:
        return self.has_come(line) or self.last <= line.due_at < self.now

    def told(self, numbers: Numbers, named: Sequence[LateStep]) -> str:
        """What is new, in a sentence."""
        came, since = sum(map(self.has_come, named)), weekday_date(self.world.day(self.last))
        said = [
            *([counted(numbers.newly, "has become overdue", "have become overdue")] if numbers.newly else []),
            *([counted(came, "has come to you", "have come to you")] if came else []),
        ]
        return f"New since {since}: {listed(said)}." if said else f"Nothing is new since {since}."


def _running(look: Reader, sight: Sight) -> list[Place]:
    """Steps in sight of items on hold whose clock runs all the same, the soonest due first."""
    rows = look.boards.on_hold(StepQuery(sight=sight), HELD_MOST)
    dated = ((row, v) for row, item in look.boards.items(rows, NOTHING).items() for v in item.visits)
    return sorted(Place(to_micros(instant(v.due.at)), row, v.number) for row, v in dated if v.due and v.due.runs)


def _letter(of: _Morning, person: Person, *, oversees: bool) -> Iterator[Letter]:
    look, world, day, address = of.look, of.world, of.world.day(of.now), of.address
    holdings = holdings_of(world, person.name, day, covers=True)
    before = start_of_day(day + WEEK, world.governance.calendar.zone)
    places = look.boards.steps(StepQuery(before=before, holdings=holdings), MOST)
    sight = world.sight(actor_of(person, world.governance, day))
    waits = stuck(look, StepQuery(holdings=None if oversees else holdings, sight=sight))
    own = {place.row for place in places}
    others = [place for place in (_running(look, sight) if oversees else ()) if place.row not in own]
    late, today, week, newly = (sum(each.number for each in span if _is_theirs(each, holdings)) for span in of.held)
    numbers = Numbers(late, today, week, len(waits), len(others), newly)
    if not numbers:
        return
    running = [_entry(line, address) for line in of.lines(others[:MOST])]
    named = sorted(of.lines(places), key=lambda line: not of.is_new(line))
    rest = numbers.late + numbers.today + numbers.week - len(named)
    home = address.rstrip("/") if address else ""
    parts = (
        of.told(numbers, named),
        f"Waiting for you on {weekday_date(day)}: {numbers}.",
        *(_entry(line, address) for line in named),
        *([f"- and {rest:,} more."] if rest > 0 else []),
        *_listed("Stuck, until somebody sees what is missing:", [_stuck(each, world, address) for each in waits]),
        *_listed("On hold while the date runs on:", running, len(others)),
        *([f"All of it:\n  {home}/", f"To get no more of these:\n  {home}/digest"] if home else ["Sign in to see it."]),
    )
    yield Letter(
        f"digest:{day.isoformat()}:{person.name}", person.name, f"Waiting for you: {numbers}", "\n\n".join(parts)
    )


def _listed(heading: str, entries: Sequence[str], total: int = 0) -> Iterator[str]:
    """Entries under a heading, `MOST` of them; nothing where there are none."""
    if entries:
        yield heading
        yield from entries[:MOST]
        if (rest := max(total, len(entries)) - min(len(entries), MOST)) > 0:
            yield f"- and {rest:,} more."


def _stuck(each: Stuck, world: World, address: str | None) -> str:
    """Without what is missing, which names fields of the case; since when."""
    page = [f"  {notices.page_of(each.reference, address)}"] if address else []
    return "\n".join([f"- {each.reference}: since {long_date(world.day(each.at))}.", *page])


def _entry(line: LateStep, address: str | None) -> str:
    said = f"“{line.stage_title}”, due {long_date(line.due_on)}: {line.late}"
    return notices.entry(line.reference, notices.about_of(line.title, line.subject_title), said, address)


def _is_theirs(held: Held, holdings: Sequence[Holding]) -> bool:
    names = held.owner.split()
    return any(h.name in names and (h.subjects is None or held.subject in h.subjects) for h in holdings)
