"""While the clock is wrong, what time does by itself waits; from when to when, and for whom, stands in the history."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from qa_workflow.calendar import instant_words
from qa_workflow.clock import Clock
from qa_workflow.engine import CLOCK
from qa_workflow.engine.item import instant, stamp
from qa_workflow.service.clock_watch import CONFIRMED, HELD, LOOKED, Drift, boot_of, is_set_on_purpose
from qa_workflow.service.house import House, Work
from qa_workflow.service.ports import streams
from qa_workflow.service.ports.store import Settled

NOTED_EVERY = timedelta(seconds=60)
INCIDENT, RIGHTED = "clock", "righted"


def held(house: House, now: datetime) -> bool:
    """Whether what time does by itself waits. Writes down when the clock was stepped, and when it is right again."""
    with house.store.reading() as look:
        facts = look.house()
    if is_set_on_purpose(house.clock) or facts.get("kind") == "rehearsal":
        return False
    house.watch.learn(facts, house.clock, now)
    drift = house.watch.see(house.clock, now)
    before = facts.get(HELD)
    if drift.is_wrong and not before:
        house.write(lambda work: _noticed(work, house.clock, drift), now)
    elif before and not drift.is_wrong and house.watch.knows:
        house.watch.knows = False
        house.write(_righted, now)
        return False
    elif not before and not drift.is_wrong and not _is_noted(facts, now):
        house.write(lambda work: work.unit.set_house(LOOKED, _noted(house.clock, now)), now)
    return drift.is_ahead or bool(before and json.loads(before)["is_ahead"])


def confirm(work: Work) -> None:
    """Somebody has looked: the clock is right as it is. What waited happens at the next look, as late as it is."""
    work.unit.set_house(CONFIRMED, stamp(work.now))
    work.unit.set_house(LOOKED, "")
    _go_on(work)


def _noticed(work: Work, clock: Clock, drift: Drift) -> None:
    facts = {"at": stamp(drift.reckoned), "monotonic": clock.monotonic(), "boot": boot_of(clock)}
    work.unit.set_house(HELD, json.dumps({**facts, "is_ahead": drift.is_ahead}))
    work.unit.incident(INCIDENT, _told(drift), None, work.now)
    said = {"clock": stamp(drift.now), "reckoned": stamp(drift.reckoned)}
    work.unit.record(streams.CLOCK, work.now, "stepped", said)
    if drift.is_behind:  # it may have been ahead since before anybody looked, and right from now on
        work.unit.look_in_time()


def _righted(work: Work) -> None:
    for number in work.unit.unsettled(INCIDENT):
        work.unit.settle(number, Settled(CLOCK.name, work.now, RIGHTED, "the clock says again what it should"))
    _go_on(work)


def _go_on(work: Work) -> None:
    work.unit.set_house(HELD, "")
    work.unit.look_in_time()


def _noted(clock: Clock, now: datetime) -> str:
    return json.dumps({"at": stamp(now), "monotonic": clock.monotonic(), "boot": boot_of(clock)})


def _is_noted(facts: Mapping[str, str], now: datetime) -> bool:
    text = facts.get(LOOKED)
    return bool(text) and abs(now - instant(json.loads(str(text))["at"])) < NOTED_EVERY


def _told(drift: Drift) -> str:
    said, reckoned = instant_words(drift.now), instant_words(drift.reckoned)
    mend = "set the clock right, or confirm it by trying this again"
    if drift.is_ahead:
        return (
            f"the clock was set forward to {said}, when it should have said {reckoned}; "
            f"lapses, timed steps and openings wait until somebody has looked: {mend}"
        )
    return (
        f"the clock was set back to {said}, when it should have said {reckoned}; "
        f"nothing is undone, and what is recorded meanwhile is marked: {mend}"
    )
