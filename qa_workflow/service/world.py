"""What is published, read once and kept while it is current: governance, workflow versions, meetings moved, files
taken out.

The database carries an `epoch` that changes with every publication and every moved meeting; a transaction reads it with
the item, so that several processes never decide by yesterday's rules.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar

from qa_workflow.calendar import local_date, start_of_day
from qa_workflow.definition import Body, DefinitionRefused, Governance, Workflow, load_governance, load_workflow
from qa_workflow.definition.governance import Person
from qa_workflow.definition.model import BodyRef
from qa_workflow.engine import Actor, Setting, Sight, sight_of
from qa_workflow.engine.almanac import Almanac
from qa_workflow.errors import IntegrityFault
from qa_workflow.service.agendas import Agendas
from qa_workflow.service.entered import laid_over
from qa_workflow.service.ports.store import Definition, Reader
from qa_workflow.service.published import with_past
from qa_workflow.service.refusals import NotPublished, Unknown
from qa_workflow.service.removals import Removal
from qa_workflow.service.staff import Staff

K = TypeVar("K")
V = TypeVar("V")
DAYS = 50
"""Of how many days the staff is kept; a rehearsal runs through many."""
MANY = 10_000
"""Of how many the answers to other questions are kept."""
GOVERNANCE = "governance"
WORKFLOW = "workflow"


@dataclass(frozen=True)
class World:
    """Everything published at one epoch. Workflows are parsed when first needed."""

    epoch: str
    governance: Governance
    definitions: Mapping[str, Definition]
    moved: Mapping[tuple[str, str], datetime | None]
    removals: Mapping[str, Removal] = field(default_factory=dict)
    """Documents that nobody is given any more, by their SHA-256."""
    published: Sequence[Definition] = ()
    """Every version, the oldest first. Two may have one text, where somebody went back; `definitions` has the later."""

    def workflow(self, digest: str) -> Workflow:
        """The definition version that an item pins.

        Raises:
            IntegrityFault: no definition with this hash was ever published here.
        """
        found = self._parsed.get(digest)
        if found is None:
            definition = self.definitions.get(digest)
            if definition is None:
                raise IntegrityFault(f"definition {digest[:12]}… is not in this database; restore a backup that has it")
            found = self._parsed[digest] = load_workflow(definition.source, self.governance)
        return found

    @cached_property
    def in_place(self) -> frozenset[str]:
        """What is read in place of texts that were taken out: words of the house, which nobody wrote."""
        return frozenset(removal.words for removal in self.removals.values() if removal.words)

    @cached_property
    def _parsed(self) -> dict[str, Workflow]:
        return {}

    @cached_property
    def latest(self) -> Mapping[str, Definition]:
        """The newest version of each workflow, by name."""
        ordered = sorted((d for d in self.definitions.values() if d.kind == WORKFLOW), key=lambda d: d.version)
        return {d.name: d for d in ordered}

    @cached_property
    def workflows(self) -> Mapping[str, Workflow]:
        """Each workflow as new items open under it, by name."""
        return {name: self.workflow(definition.hash) for name, definition in self.latest.items()}

    def every_version(self) -> Iterator[Workflow]:
        """Each workflow in each version that an item may pin."""
        return (self.workflow(each.hash) for each in self.definitions.values() if each.kind == WORKFLOW)

    def newest(self, name: str) -> tuple[Workflow, Definition]:
        """The version at which new items open; raises `Unknown`."""
        definition = self.latest.get(name)
        if definition is None:
            raise Unknown("workflow", name, tuple(self.latest))
        return self.workflow(definition.hash), definition

    def day(self, instant: datetime) -> date:
        """The local day at an instant."""
        return local_date(instant, self.governance.calendar.zone)

    def before_day(self, instant: datetime) -> datetime:
        """The last moment before the local day of an instant: what is later is of that day, or of a later one."""
        return start_of_day(self.day(instant), self.governance.calendar.zone) - timedelta.resolution

    def person(self, name: str) -> Person:
        """A person of the governance file; raises `Unknown`."""
        found = self.governance.people.get(name)
        if found is None:
            raise Unknown("person", name, tuple(self.governance.people))
        return found

    def actor(self, name: str, day: date) -> Actor:
        """A person as an actor on that day; raises `Unknown`."""
        actor = self.staff(day).actors.get(name)
        if actor is None:
            raise Unknown("person", name, tuple(self.governance.people))
        return actor

    def sight(self, actor: Actor) -> Sight:
        """What somebody may see, of the items of every workflow published here."""
        return _kept(self._sights, actor, lambda: sight_of(actor, self.governance, self.workflows.values()))

    @cached_property
    def _sights(self) -> dict[Actor, Sight]:
        return {}

    def body(self, ref: BodyRef, subject: str | None, day: date) -> Body | None:
        """The body meant; for an organisation that is no more (or not yet) perhaps that of its last (or first) day.

        Kept, for lists ask it of every line.
        """
        return _kept(self._bodies, (ref, subject, day), lambda: self._body(ref, subject, day))

    def _body(self, ref: BodyRef, subject: str | None, day: date) -> Body | None:
        found, organisation = self.governance.body(ref, subject, day), self.governance.organisations.get(subject or "")
        if found is not None or organisation is None:
            return found
        day = min(max(day, organisation.start or day), organisation.until or day)
        return self.governance.body(ref, subject, day)

    @cached_property
    def _bodies(self) -> dict[tuple[BodyRef, str | None, date], Body | None]:
        return {}

    def once(self, name: Hashable, make: Callable[[], V]) -> V:
        """What is made of nothing but what is published, under a name that says all it is made of; made once."""
        made: dict[Hashable, V] = self._made
        return _kept(made, name, make)

    @cached_property
    def _made(self) -> dict[Hashable, Any]:
        return {}

    def staff(self, day: date) -> Staff:
        """Everybody as they are on that day."""
        found = self._staff.get(day)
        if found is None:
            if len(self._staff) >= DAYS:
                self._staff.clear()
            found = self._staff[day] = Staff(self.governance, day)
        return found

    @cached_property
    def _staff(self) -> dict[date, Staff]:
        return {}

    def setting(self, look: Reader, alone: Callable[[str], None] | None = None) -> Setting:
        """What decisions need. How full meetings are is asked of the database only when a decision wants to know.

        Args:
            alone: in a transaction that writes, waits until no other one works on what a name stands for.
        """
        taken = Agendas(look, self._limited, alone) if self._limited else {}
        return Setting(self.governance, self.moved, taken, self._almanac)

    @cached_property
    def _limited(self) -> list[str]:
        """Bodies whose meetings take only so many."""
        return [body.name for body in self.governance.bodies.values() if body.capacity is not None]

    @cached_property
    def _almanac(self) -> Almanac:
        return Almanac()


def _kept(answers: dict[K, V], question: K, answer: Callable[[], V]) -> V:
    """The answer, worked out once; a store that has grown large begins anew."""
    try:
        return answers[question]
    except KeyError:
        if len(answers) >= MANY:
            answers.clear()
        found = answers[question] = answer()
        return found


class Worlds:
    """Gives the world of an epoch, reading it anew only when the epoch has changed."""

    def __init__(self) -> None:
        self._current: World | None = None

    def known(self, epoch: str) -> World | None:
        """The world of this epoch, if it was the last that was read."""
        current = self._current
        return current if current is not None and current.epoch == epoch else None

    def at(self, epoch: str, look: Reader) -> World:
        """The world of this epoch; raises `NotPublished` where there is no governance yet."""
        found = self.known(epoch)
        if found is None:
            found = self._current = _read(epoch, look)
        return found


def _read(epoch: str, look: Reader) -> World:
    published = look.definitions()
    files, moved = governance_files(published), look.moved_meetings()
    if not files:
        raise NotPublished
    newest = files[-1]
    try:
        governance = load_governance(newest.source, f"{newest.name} version {newest.version}")
    except DefinitionRefused as fault:
        raise IntegrityFault(
            f"the published governance, version {newest.version}, cannot be read any more; publish it again"
        ) from fault
    governance = with_past(governance, newest.published_at, files[:-1], moved)
    people, definitions = laid_over(governance, look.access.people()), {d.hash: d for d in published}
    return World(epoch, people, definitions, moved, look.removals(), published)


def governance_files(published: Iterable[Definition]) -> list[Definition]:
    """The governance files that were published, the oldest first; the last is in force."""
    return sorted((d for d in published if d.kind == GOVERNANCE), key=lambda d: d.version)
