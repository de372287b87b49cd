"""What every use case is handed: the store, the clock, the documents; and the transaction that they all share."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import TypeVar

from qa_workflow.clock import Clock
from qa_workflow.definition import Workflow
from qa_workflow.engine import Actor, Decision, Item, Setting, decide
from qa_workflow.engine.commands import Command, Comment
from qa_workflow.errors import StorageFault
from qa_workflow.service import saved
from qa_workflow.service.agendas import keep_up
from qa_workflow.service.clock_watch import Watch
from qa_workflow.service.ports.store import Documents, Reader, Store, Taken, Unit
from qa_workflow.service.refusals import NoColleague, NoReader, NotDisclosed, NotHere
from qa_workflow.service.world import World, Worlds

_LOG = logging.getLogger(__name__)
T = TypeVar("T")
TRIES = 3
"""How often a transaction is tried that failed for a passing reason, before its COMMIT was sent."""


@dataclass(frozen=True)
class House:
    """The parts that use cases work with, joined by `wiring`."""

    store: Store
    clock: Clock
    documents: Documents
    worlds: Worlds = field(default_factory=Worlds)
    watch: Watch = field(default_factory=Watch)
    address: str | None = None
    """Of the pages, as https://quality.example.org, for links in mails; None where nobody has said."""
    chance: Callable[[int], bytes] = secrets.token_bytes
    """So many bytes that nobody can foresee."""

    def now(self) -> datetime:
        """What the clock says; a use case reads it once."""
        now = self.clock.now()
        self.watch.see(self.clock, now)
        return now

    @contextmanager
    def looking(self) -> Iterator[tuple[Reader, World]]:
        """A consistent look, with what is published."""
        with self.store.reading() as look:
            yield look, self.worlds.at(epoch(look), look)

    def write(
        self, work: Callable[[Work], T], now: datetime | None = None, *, keyed: bool = False, aside: bool = False
    ) -> T:
        """One transaction at one instant; tried again when the database, not the rules, stood in the way a moment.

        Args:
            keyed: it looks first whether its request was answered. So it is tried again also where the connection broke
                during the commit, and finds its answer, or does what was not saved.
            aside: it saves nothing of what somebody asks, and may be done twice. So it is tried again as well, and does
                not count as saved where the database goes away after it.
        """
        instant, unsure = now or self.now(), None
        for left in range(TRIES - 1, -1, -1):
            try:
                with self.store.writing() as unit:
                    done = work(Work(self, unit, instant))
            except StorageFault as fault:
                if (keyed or aside) and self.store.is_uncertain(fault):
                    unsure = fault
                elif unsure is None and not self.store.is_passing(fault):
                    raise
                if left == 0:
                    raise (unsure or fault) from fault.__cause__
            else:
                if not aside:
                    saved.note()
                return done
        raise AssertionError("a transaction ends with an answer or an exception")


def afterwards(house: House, follow: Callable[[House], object]) -> None:
    """What follows at once from what is saved. Where the database is away, the next look of the clock does it.

    Else somebody would be told that nothing was saved.
    """
    try:
        follow(house)
    except StorageFault as fault:
        _LOG.warning("what follows from a change waits for the next look at the clock: %s", fault)


class Work:
    """A transaction under way: what it writes with, what it knows, and the one instant at which all of it happens."""

    def __init__(self, house: House, unit: Unit, now: datetime) -> None:
        self._house, self.unit, self.now = house, unit, now
        self._world: World | None = None

    @cached_property
    def look(self) -> Reader:
        """What this transaction sees."""
        return self.unit.look()

    @property
    def chance(self) -> Callable[[int], bytes]:
        """So many bytes that nobody can foresee."""
        return self._house.chance

    @property
    def world(self) -> World:
        """What is published."""
        if self._world is None:
            self._world = self._house.worlds.at(epoch(self.look), self.look)
        return self._world

    def knows(self, taken: Taken) -> None:
        """The item was read together with the epoch, which need not be asked for again."""
        if self._world is None:
            worlds = self._house.worlds
            self._world = worlds.known(taken.epoch) or worlds.at(taken.epoch, self.look)

    @cached_property
    def setting(self) -> Setting:
        """What decisions need besides the item."""
        return self.world.setting(self.look, self.unit.alone)

    @property
    def suspect(self) -> datetime | None:
        """What the clock should say, where it says something else because it was stepped."""
        drift = self._house.watch.last
        return drift.reckoned if drift is not None and drift.is_wrong else None

    @cached_property
    def day(self) -> date:
        """The local day."""
        return self.world.day(self.now)

    def actor(self, who: str | Actor) -> Actor:
        """A person as an actor today; the house itself stays what it is.

        Raises:
            Unknown: nobody has this name.
            NotHere: they do nothing today, whatever an item says of them.
        """
        if not isinstance(who, str):
            return who
        person = self.world.person(who)
        if not person.is_active(self.day):
            raise NotHere(who, person.start, person.until, self.day)
        return self.world.actor(who, self.day)

    def workflow(self, item: Item) -> Workflow:
        """The definition version that an item pins."""
        return self.world.workflow(item.definition)

    def decide(self, taken: Taken, command: Command, actor: Actor) -> Decision:
        """The engine's answer about an item that is locked. The next decision sees on which agendas this one put it."""
        self.ensure_shown(taken.item, command, actor)
        if isinstance(command, Comment):
            self._ensure_read(taken.item, command, actor)
        workflow = self.workflow(taken.item)
        decision = decide(workflow, taken.item, command, actor=actor, now=self.now, setting=self.setting)
        keep_up(self.setting, (workflow, taken.item), (self.workflow(decision.item), decision.item))
        return decision

    def ensure_shown(self, item: Item, command: Command, actor: Actor, *, called: str = "") -> None:
        """Nobody fills in what is not shown to them: what stands there, or whether anything does, would be told.

        Args:
            called: what a refusal says instead of the reference.
        """
        given = getattr(command, "fields", None)
        if not given or not item.undisclosed or actor.is_house:
            return
        hidden = [name for name in self.world.sight(actor).hides(item) if name in given]
        if hidden:
            fields = self.workflow(item).fields
            raise NotDisclosed(called or item.reference, actor.name, [fields[name].label for name in hidden])

    def _ensure_read(self, item: Item, comment: Comment, actor: Actor) -> None:
        """Nobody keeps from others what is kept from themselves, nor has word sent to who may not read of what."""
        only = comment.colleagues_only
        if only and self.world.sight(actor).is_kept_out(item.workflow):
            raise NoColleague(item.reference, actor.name)
        if comment.tell is not None:
            sight = self.world.sight(self.actor(comment.tell))
            if not sight.sees(item) or (only and sight.is_kept_out(item.workflow)):
                raise NoReader(item.reference, comment.tell, colleagues_only=only)

    def publish_anew(self) -> None:
        """What is published has changed; every process reads it again, and so does this transaction."""
        self.unit.set_house("epoch", secrets.token_hex(8))
        self._world = None
        self.__dict__.pop("setting", None)


def epoch(look: Reader) -> str:
    """The name of what is published at present."""
    return look.house().get("epoch", "0")


def new_key() -> str:
    """A random identifier of 128 bits, for an item."""
    return secrets.token_hex(16)
