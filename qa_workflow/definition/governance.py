"""What a governance file means: organisations, bodies, meetings, calendars, roles, people; frozen and dated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from qa_workflow.calendar import Calendar, TimeRule, Timetable
from qa_workflow.definition.model import BodyRef, Option


class Dated:
    """What is so from one day to another, both included; None is open-ended."""

    __slots__ = ()
    start: date | None
    until: date | None

    def is_active(self, day: date) -> bool:
        """Whether it is so on that day: whether somebody works here then, or an organisation exists."""
        return (self.start is None or self.start <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Name(Dated):
    """What something was called from one day to another."""

    title: str
    start: date | None = None
    until: date | None = None


Span = tuple[date | None, date | None]


def overlapping(spans: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """Spans that have a day in common with one that began no later, ends included: the places of both, in order."""
    longest: int | None = None
    for place in sorted(range(len(spans)), key=lambda n: spans[n][0] or date.min):
        ends = spans[longest][1] or date.max if longest is not None else date.min
        if longest is not None and (spans[place][0] or date.min) <= ends:
            yield min(longest, place), max(longest, place)
        if longest is None or (spans[place][1] or date.max) > ends:
            longest = place


class Lasting(Dated):
    """What exists from one day to another, under the names of its time."""

    __slots__ = ()
    title: str
    names: tuple[Name, ...]

    def title_on(self, day: date) -> str:
        """The name it bore on that day: an old item is read under the old name."""
        return next((n.title for n in self.names if n.is_active(day)), self.title)


@dataclass(frozen=True, slots=True)
class Role:
    """A capacity in which people act; `own` bounds it to items about the person's own organisation."""

    name: str
    title: str
    about: str = ""
    own: bool = False


@dataclass(frozen=True, slots=True)
class Organisation(Lasting):
    """A provider, practice, commissioner …, existing from one day to another."""

    name: str
    title: str
    kind: str
    start: date | None = None
    until: date | None = None
    names: tuple[Name, ...] = ()
    successor: str | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Body(Lasting):
    """A group or committee that meets. `papers` is its own rule for when papers are due before a meeting."""

    name: str
    title: str
    kind: str | None = None
    about: str = ""
    reports_to: str | None = None
    also_reports_to: tuple[str, ...] = ()
    organisation: str | None = None
    reviews: tuple[str, ...] = ()
    chair: str | None = None
    secretary: str | None = None
    papers: TimeRule | None = None
    minutes: TimeRule | None = None
    series: Timetable | None = None
    capacity: int | None = None
    quorum: str = ""
    session: str = "private"
    start: date | None = None
    until: date | None = None
    names: tuple[Name, ...] = ()
    successor: str | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cover(Dated):
    """One person stands in for another between two days, both inclusive."""

    person: str
    start: date
    until: date


@dataclass(frozen=True, slots=True)
class Person(Dated):
    """Somebody who acts; on days on which they are not active they have no rights."""

    name: str
    title: str
    roles: tuple[str, ...]
    organisation: str | None = None
    email: str | None = None
    start: date | None = None
    until: date | None = None
    covers: tuple[Cover, ...] = ()


@dataclass(frozen=True, slots=True)
class Scale:
    """An agreed scale, best level first."""

    name: str
    title: str
    levels: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Governance:
    """Who exists, who meets, who may: everything that workflows refer to. `hash` is the SHA-256 of the file's bytes."""

    name: str
    title: str
    calendars: Mapping[str, Calendar]
    roles: Mapping[str, Role]
    organisations: Mapping[str, Organisation]
    bodies: Mapping[str, Body]
    organisation: str | None = None
    scales: Mapping[str, Scale] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    rights: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hash: str = ""

    @property
    def calendar(self) -> Calendar:
        """The usual calendar: the first one listed."""
        for first in self.calendars.values():
            return first
        raise LookupError("a governance file has at least one calendar")

    def kinds(self) -> tuple[str, ...]:
        """The kinds of organisation that there are."""
        return tuple(dict.fromkeys(o.kind for o in self.organisations.values()))

    def organisations_of_kind(self, kind: str, day: date) -> Iterator[Organisation]:
        """Those that exist on that day, in file order."""
        return (o for o in self.organisations.values() if o.kind == kind and o.is_active(day))

    def body(self, ref: BodyRef, subject: str | None, day: date) -> Body | None:
        """The body meant: by name, or the one of that kind which reviews this subject (or its kind) on that day.

        Of a body that has ended the one that took over from it; where none reviews the subject any more, the one that
        reviews its successor, or that took over from the last that reviewed it.
        """
        if not ref.for_subject:
            named = self.bodies.get(ref.name)
            return named and (self._there(named, day) or named)
        if subject is None:
            return None
        found = self._reviewing(ref.name, subject, day)
        seen, after = {subject}, self.organisations.get(subject)
        while found is None and after is not None and after.successor is not None and after.successor not in seen:
            seen.add(after.successor)
            found, after = self._reviewing(ref.name, after.successor, day), self.organisations.get(after.successor)
        return found or self._taken_over(ref.name, subject, day)

    def _reviewing(self, kind: str, subject: str, day: date) -> Body | None:
        organisation = self.organisations.get(subject)
        fitting = [b for b in self.bodies.values() if b.kind == kind and b.is_active(day)]
        by_name = (b for b in fitting if subject in b.reviews)
        by_kind = (b for b in fitting if organisation is not None and organisation.kind in b.reviews)
        return next(by_name, None) or next(by_kind, None)

    def _taken_over(self, kind: str, subject: str, day: date) -> Body | None:
        """What took over, by that day, from the last body of a kind that reviewed a subject."""
        ended = [b for b in self.bodies.values() if b.until is not None and b.until < day]
        last = max((b.until for b in ended if b.until and b.kind == kind and subject in b.reviews), default=None)
        before = next((b for b in ended if b.kind == kind and subject in b.reviews and b.until == last), None)
        return self._there(before, day) if before is not None else None

    def _there(self, body: Body, day: date) -> Body | None:
        """A body, or whichever took over from it by that day."""
        return next((self.bodies[name] for name in self.line_of(body) if self.bodies[name].is_active(day)), None)

    def answers(self, ref: BodyRef, name: str) -> bool:
        """Whether a reference may mean a body, for some subject on some day: itself, or as the one that took over."""
        meant = (b for b in self.bodies.values() if ref.name == (b.kind if ref.for_subject else b.name))
        return name in self.bodies and any(name in self.line_of(body) for body in meant)

    def line_of(self, body: Body) -> tuple[str, ...]:
        """A body, the one that took over from it, and so on; a circle is gone round once."""
        line = [body.name]
        after = body.successor
        while after is not None and after in self.bodies and after not in line:
            line.append(after)
            after = self.bodies[after].successor
        return tuple(line)

    def holders(self, role: str, day: date) -> Iterator[Person]:
        """People who hold a role on that day."""
        return (p for p in self.people.values() if role in p.roles and p.is_active(day))
