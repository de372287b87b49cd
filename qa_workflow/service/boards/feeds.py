"""Calendar feeds: a secret address that a calendar program reads, of a person's dates, a body's, or all bodies'.

What a feed has shown is kept with it, so that its events keep their identifiers, say in `sequence` how often they were
changed, and are called off rather than dropped when they are over. The secret is known here by its SHA-256 alone; it
lives by the machine's clock, what it shows goes by the clock of the work.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from qa_workflow.definition import Body
from qa_workflow.engine import Actor
from qa_workflow.errors import Refusal, UsageFault
from qa_workflow.service.boards.calendar_view import DueStep, due_between, sittings, time_words
from qa_workflow.service.boards.names import holdings_of, parts_of
from qa_workflow.service.house import House, Work
from qa_workflow.service.knowing import body_named, may_know
from qa_workflow.service.people import feed_keys
from qa_workflow.service.people.feed_keys import KIND, kept_as
from qa_workflow.service.people.gate import is_closed
from qa_workflow.service.people.sessions import digest
from qa_workflow.service.ports import streams
from qa_workflow.service.ports.access import Key
from qa_workflow.service.ports.boards import Figure, StepQuery
from qa_workflow.service.ports.store import Reader
from qa_workflow.service.world import World

MINE, BODIES = "mine", "bodies"
BODY = "body:"
MOST = 20
"""Feeds that one person may have."""
MOST_DATES = 1_000
BACK, AHEAD = timedelta(days=60), timedelta(days=400)
"""How far a feed looks back and ahead."""
KEPT = timedelta(days=90)
"""How long an event that is over is still shown as called off."""
SEEN_EVERY = timedelta(hours=1)
_BEGIN = datetime(2020, 1, 1, tzinfo=UTC)


class NoSuchFeed(UsageFault):
    """A feed that is not there any more, or was never this person's."""

    code = "no_such_feed"

    def __init__(self) -> None:
        super().__init__("this feed is not there any more; it may have been taken back in another window")


class TooManyFeeds(Refusal):
    """One person has given away more addresses than they can keep an eye on."""

    code = "too_many_feeds"

    def __init__(self) -> None:
        super().__init__(f"you have {MOST} feeds already; take back one that is no longer used, then make the new one")


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed that was given away. `id` is the SHA-256 of its secret, which names it and opens nothing."""

    id: str
    person: str
    about: str
    created_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """What is on a day. `uid` is for ever, and the same in all feeds; `sequence` is raised with every change.

    `called_off` is since when, or "".
    `at` is the instant at which a meeting begins, in UTC as ISO text; "" where it is on the whole day. `changed_at` is
    when it was first shown as it is, likewise.
    """

    uid: str
    on: str
    summary: str
    path: str
    sequence: int = 0
    called_off: str = ""
    at: str = ""
    changed_at: str = ""

    @property
    def day(self) -> date:
        """The day it is on."""
        return date.fromisoformat(self.on)


class Calendars(Protocol):
    """Writes events as calendar programs read them."""

    def write(self, title: str, events: Iterable[CalendarEvent], *, now: datetime, base: str) -> bytes:
        """The bytes of the file; `base` is the address of the pages, to which the path of each event is added."""


def give(house: House, actor: Actor, about: str, *, now: datetime) -> tuple[str, Feed]:
    """A new feed; the secret is shown once and kept nowhere.

    Args:
        about: "mine", "bodies" for all of them, or "body:" and a body's name.

    Raises:
        Unknown: no such body.
        TooManyFeeds: they have twenty already.
    """
    with house.looking() as (_, world):
        if about not in (MINE, BODIES):
            about = f"{BODY}{body_named(world, about.removeprefix(BODY), world.sight(actor)).name}"
    secret = secrets.token_urlsafe(32)
    key = Key(digest(secret), KIND, actor.name, about, (), now)

    def work(work: Work) -> None:
        access = work.unit.access
        access.alone(f"feeds:{actor.name}")
        if len(access.keys(KIND, actor.name)) >= MOST:
            raise TooManyFeeds
        access.put_key(key)
        facts = {"person": actor.name, "feed": key.hash, "about": about}
        work.unit.record(streams.ACCESS, work.now, "feed_given", facts)

    house.write(work)
    return secret, _feed(key)


def of(house: House, person: str) -> list[Feed]:
    """A person's feeds, the latest first."""
    with house.store.reading() as look:
        return [_feed(key) for key in look.access.keys(KIND, person)]


def take_back(house: House, person: str, feed: str) -> None:
    """From now on its address shows nothing.

    Raises:
        NoSuchFeed: it is not one of this person's.
    """

    def work(work: Work) -> None:
        key = work.unit.access.key(feed)
        if key is None or key.kind != KIND or key.person != person:
            raise NoSuchFeed
        feed_keys.end(work, feed)
        work.unit.record(streams.ACCESS, work.now, "feed_taken_back", {"person": person, "feed": feed})

    house.write(work)


def read(house: House, secret: str, calendars: Calendars, *, now: datetime, base: str) -> bytes:
    """What a calendar program is given for an address.

    Args:
        now: the machine's time.

    Raises:
        NoSuchFeed: unknown, taken back, or of somebody who is no longer here, or whose account is closed.
    """
    if len(secret) > 100:
        raise NoSuchFeed
    with house.looking() as (look, world):
        key = look.access.key(digest(secret))
        today = world.day(house.now())
        person = world.governance.people.get(key.person) if key is not None and key.kind == KIND else None
        if key is None or person is None or not person.is_active(today) or is_closed(look.access.account(key.person)):
            raise NoSuchFeed
        actor = world.actor(key.person, today)
        title, present = _present(look, world, actor, key.about, house.now())
        kept = look.boards.figure(kept_as(key.hash))
    before = _events(kept)
    stamp = now.astimezone(UTC).isoformat()
    shown = {
        uid: event if event == before.get(uid) else replace(event, changed_at=stamp)
        for uid, event in following(before, present, today, now).items()
    }
    if shown != before or key.used_at is None or now - key.used_at > SEEN_EVERY:
        house.write(lambda work: _keep(work, key.hash, shown, now), aside=True)
    return calendars.write(title, shown.values(), now=now, base=base)


def following(
    before: Mapping[str, CalendarEvent], present: Mapping[str, CalendarEvent], today: date, now: datetime
) -> dict[str, CalendarEvent]:
    """What a feed shows now, given what it showed last: pure.

    A changed event has a higher sequence; one that is no longer there is called off, for ninety days, and rises again
    with a higher sequence if it comes back. What lies too far back to be looked for stays as it was: it was held.

    An event has one identifier in all feeds, so that a feed that is new must not show it with a lower sequence than
    another has shown before (RFC 5545, 3.8.7.4): what is shown for the first time, or otherwise than before, has at
    least the number of minutes that have passed by then.

    Args:
        now: the machine's time.
    """
    passed = (now - _BEGIN) // timedelta(minutes=1)
    shown: dict[str, CalendarEvent] = {}
    for uid, event in present.items():
        old = before.get(uid)
        since = old.called_off if old is not None and event.called_off else ""
        new = replace(event, called_off=since or event.called_off)
        shown[uid] = replace(new, sequence=passed) if old is None else _grown(old, new, passed)
    for uid, old in before.items():
        if uid in present:
            continue
        if old.day < today - BACK and not old.called_off:
            if old.day > today - AHEAD:
                shown[uid] = old
        else:
            gone = old if old.called_off else _grown(old, replace(old, called_off=today.isoformat()), passed)
            if date.fromisoformat(gone.called_off) > today - KEPT:
                shown[uid] = gone
    return shown


def _grown(old: CalendarEvent, new: CalendarEvent, passed: int) -> CalendarEvent:
    same = replace(new, sequence=old.sequence, changed_at=old.changed_at)
    return old if old == same else replace(same, sequence=max(old.sequence + 1, passed))


def _present(
    look: Reader, world: World, actor: Actor, about: str, now: datetime
) -> tuple[str, dict[str, CalendarEvent]]:
    """The title of a feed, and what is true now."""
    today = world.day(now)
    first, last, sight = today - BACK, today + AHEAD, world.sight(actor)
    found: dict[str, CalendarEvent] = {}
    bodies: list[Body] = []
    if about == MINE:
        title = f"QA workflow: {world.governance.people[actor.name].title}"
        query = StepQuery(holdings=holdings_of(world, actor.name, today, covers=True), sight=sight)
    elif about == BODIES:
        title = "QA workflow: all bodies"
        query = StepQuery(sight=sight)
        bodies = list(world.governance.bodies.values())
    else:
        body = body_named(world, about.removeprefix(BODY))
        title = f"QA workflow: {body.title}"
        query = StepQuery(parts=parts_of(world, body, today), sight=sight)
        bodies = [body]
    for sitting in (s for b in bodies if may_know(world, sight, b) for s in sittings(world, b, first, last)):
        if not (sitting.called_off and sitting.note):  # by its rule it was never to be
            uid = f"meeting-{sitting.body}-{sitting.key}"
            words, on = f"{sitting.title} meets at {time_words(world, sitting)}", sitting.on.isoformat()
            path = f"/calendar?month={on[:7]}"
            off, at = today.isoformat() if sitting.called_off else "", sitting.at.astimezone(UTC).isoformat()
            found[uid] = CalendarEvent(uid, on, words, path, called_off=off, at=at)
    steps, _ = due_between(look, world, query, (first, last), now, most=MOST_DATES)
    found.update({event.uid: event for event in map(_due, steps)})
    return title, found


def _due(step: DueStep) -> CalendarEvent:
    """No case detail: the reference, the stage and the workflow."""
    uid = f"due-{step.id}-{step.number}"
    words = f"Due: {step.reference}, {step.stage_title} ({step.title})"
    return CalendarEvent(uid, step.on.isoformat(), words, f"/items/{step.reference}")


def _keep(work: Work, feed: str, shown: Mapping[str, CalendarEvent], now: datetime) -> None:
    if not work.unit.access.see_key(feed, now):
        return  # taken back meanwhile, with all that it has shown
    text = json.dumps([asdict(event) for event in shown.values()], separators=(",", ":"))
    work.unit.boards.put_figure(kept_as(feed), Figure(work.now, text))


def _events(kept: Figure | None) -> dict[str, CalendarEvent]:
    return {} if kept is None else {said["uid"]: CalendarEvent(**said) for said in json.loads(kept.data)}


def _feed(key: Key) -> Feed:
    return Feed(key.hash, key.person, key.about, key.created_at, key.used_at)
