"""What needs a person: shown, and settled by trying again or by giving up, with a reason; kept in a history of its own.

An incident is settled once. What was given up is not told again in the same words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from qa_workflow.engine.said import said
from qa_workflow.errors import Refusal, UsageFault
from qa_workflow.service.house import House, Work
from qa_workflow.service.items import stuck, unheard
from qa_workflow.service.ports.store import Settled
from qa_workflow.service.rights import require
from qa_workflow.service.time import waiting

RIGHT = "administer"
TRIED_AGAIN, GIVEN_UP = "tried again", "given up"
TIMER, MESSAGE, ERRAND, CLOCK, WAITS = "timer", "message", "errand", waiting.INCIDENT, stuck.KIND
TITLES: Mapping[str, str] = {
    TIMER: "Time could not be worked out",
    MESSAGE: "Message not delivered",
    unheard.KIND: "Nobody to tell",
    ERRAND: "Word between items refused",
    "repeat": "What follows could not be planned",
    "recount": "Dates could not be counted again",
    "opening": "The clock could not open something",
    "digest": "The digest could not be written",
    "figures": "The figures could not be worked out",
    CLOCK: "The clock was stepped",
    WAITS: "An item waits for somebody",
}
"""What sort of thing it is, for people."""
STANDS_STILL = (WAITS, ERRAND)
"""Items that do not go on by themselves, late or not."""
_SETTLING = (WAITS, unheard.KIND)
"""What settles by itself, and cannot be done again; its `letter` is no message's."""
NOT_DELIVERED = " not delivered: "
"""Between whom a message was for and why it did not leave."""


class UnknownIncident(UsageFault):
    """No incident has this number."""

    code = "unknown_incident"

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(f"there is no incident {number}; the list of incidents has those that are open")


class SettledAlready(Refusal):
    """Somebody else was faster."""

    code = "settled_already"

    def __init__(self, number: int, by: str, outcome: str) -> None:
        self.number, self.by, self.outcome = number, by, outcome
        super().__init__(f"incident {number} was settled already: {outcome} by {by}. Nothing was done again")


class NothingToTry(Refusal):
    """Nothing waits that could be done again."""

    code = "nothing_to_try"

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(
            f"nothing of incident {number} waits to be done again; do what is missing yourself, then give it up"
        )


class ClockWaits(Refusal):
    """Deadlines cannot be given up."""

    code = "clock_waits"

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(
            f"incident {number} is about the clock, and what time does waits for it; "
            "set the clock right, or confirm that it is right by trying it again"
        )


class ReasonNeeded(Refusal):
    """Whoever looks back wants to know why."""

    code = "reason_needed"

    def __init__(self) -> None:
        super().__init__("a reason is needed; say in a sentence why this is the right thing to do")


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that needs, or needed, a person. `item` is a reference; `at` and `settled_at` are ISO instants."""

    number: int
    at: str
    kind: str
    what: str
    item: str | None
    can_retry: bool
    can_give_up: bool
    settled_at: str | None = None
    settled_by: str | None = None
    outcome: str | None = None
    reason: str | None = None

    @property
    def title(self) -> str:
        """What sort of thing it is."""
        return TITLES.get(self.kind, self.kind.capitalize())

    @property
    def cause(self) -> str:
        """Why, without what it happened to: many may have one cause."""
        return self.what.partition(NOT_DELIVERED)[2] or self.what


@dataclass(frozen=True, slots=True)
class Alike:
    """Incidents of one kind with one cause, the oldest first."""

    incidents: tuple[Incident, ...]

    @property
    def first(self) -> Incident:
        """The oldest, which stands for all."""
        return self.incidents[0]


def by_cause(found: Iterable[Incident]) -> list[Alike]:
    """Incidents that have one cause together, in the order of the oldest of each."""
    groups: dict[tuple[str, str], list[Incident]] = {}
    for each in found:
        groups.setdefault((each.kind, each.cause), []).append(each)
    return [Alike(tuple(group)) for group in groups.values()]


def listed(house: House, *, every: bool = False) -> list[Incident]:
    """What needs a person, the oldest first; what is settled too, where that is asked for."""
    with house.store.reading() as look:
        return list(_listed(look.incidents(), every=every))


def try_again(house: House, number: int, *, actor: str, reason: str) -> Incident:
    """Let what an incident is about be done again, soon; if it fails again, that is another incident.

    Raises:
        UnknownIncident, SettledAlready, NothingToTry, ReasonNeeded.
        NotYours: the person does not administer.
    """
    return _settle(house, number, actor, reason, TRIED_AGAIN)


def give_up(house: House, number: int, *, actor: str, reason: str) -> Incident:
    """Leave it at that; what was not delivered never will be by this program.

    Raises:
        As `try_again`, but for NothingToTry.
    """
    return _settle(house, number, actor, reason, GIVEN_UP)


def settle_alike(house: House, number: int, *, actor: str, reason: str, again: bool) -> int:
    """Settle an incident and every open one with the same cause, each by itself; returns how many.

    Raises:
        As `try_again` and `give_up`, for the incident of this number; what somebody settles meanwhile is passed over.
    """
    way = try_again if again else give_up
    alike = next((g for g in by_cause(listed(house)) if number in {each.number for each in g.incidents}), None)
    way(house, number, actor=actor, reason=reason)
    done = 1
    for each in alike.incidents if alike is not None else ():
        if each.number != number and (each.can_retry if again else each.can_give_up):
            try:
                way(house, each.number, actor=actor, reason=reason)
            except (SettledAlready, NothingToTry):
                continue
            done += 1
    return done


def _settle(house: House, number: int, actor: str, reason: str, outcome: str) -> Incident:
    def work(work: Work) -> None:
        require(work, actor, RIGHT, "settle incidents")
        why = said(reason)
        if not why:
            raise ReasonNeeded
        found = work.unit.take_incident(number)
        if found is None:
            raise UnknownIncident(number)
        if found["settled_at"] is not None:
            raise SettledAlready(number, found["settled_by"], found["outcome"] or "settled")
        if outcome == TRIED_AGAIN:
            _again(work, found)
        elif found["kind"] == CLOCK:
            raise ClockWaits(number)
        work.unit.settle(number, Settled(actor, work.now, outcome, why))

    house.write(work)
    return next(each for each in listed(house, every=True) if each.number == number)


def _again(work: Work, found: Mapping[str, Any]) -> None:
    """Let it be done again, or refuse."""
    if found["kind"] == CLOCK:
        waiting.confirm(work)
    elif found["kind"] == TIMER and found["item_id"] is not None:
        work.unit.look_again(found["item_id"], work.now)
    elif found["kind"] in _SETTLING or not (found["letter"] and work.unit.send_again(found["letter"], work.now)):
        raise NothingToTry(found["id"])


def _listed(rows: Iterable[Mapping[str, Any]], *, every: bool) -> Iterator[Incident]:
    for row in rows:
        if every or row["settled_at"] is None:
            can_retry = row["kind"] in (TIMER, CLOCK) or (row["letter"] is not None and row["kind"] not in _SETTLING)
            yield Incident(
                row["id"],
                row["at"],
                row["kind"],
                row["what"],
                row["item"],
                can_retry and row["settled_at"] is None,
                row["kind"] != CLOCK and row["settled_at"] is None,
                row["settled_at"],
                row["settled_by"],
                row["outcome"],
                row["reason"],
            )
