"""Signing out everywhere, and what the history keeps of who came in."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from qa_workflow.effects.feeds import ICalendars
from qa_workflow.engine import Actor
from qa_workflow.service.boards import feeds
from qa_workflow.service.boards.feeds import NoSuchFeed
from qa_workflow.service.people import accounts, people, sessions, throttle, tokens
from qa_workflow.service.people.accounts import Ended, In
from qa_workflow.service.people.gate import Gate, WrongSignIn
from qa_workflow.service.refusals import NotYours
from qa_workflow.store import SqlStore
from qa_workflow.store.proof.verifying import verify
from qa_workflow.testing import FakeClock
from tests.service.accounts.doing import OTHER, PASSWORD, PLACE, kinds, lines
from tests.service.staffed import EASTER


def test_signed_out_everywhere_by_oneself_or_an_administrator(
    gate: Gate, wall: FakeClock, account: Callable[[str], In]
) -> None:
    others, _ = account("rob")
    for actor in ("amy", "ada"):
        cookies = [account("amy")[0]]
        cookies.append(accounts.sign_in(gate, "amy", PASSWORD, source=PLACE, now=wall.now())[0])
        secret, _ = feeds.give(gate.house, actor_of(gate, "amy"), "mine", now=wall.now())
        assert accounts.sign_out_everywhere(gate, "amy", actor=actor, now=wall.now()) == Ended(2, 0, 1)
        assert [sessions.find(gate.house, cookie, now=wall.now()) for cookie in cookies] == [None, None]
        with pytest.raises(NoSuchFeed):
            read(gate, secret, wall)
    assert sessions.find(gate.house, others, now=wall.now()), "nobody else is"
    with pytest.raises(NotYours):
        accounts.sign_out_everywhere(gate, "amy", actor="ann", now=wall.now())


def test_an_accepted_invitation_leaves_whoever_came_in_before_neither_a_key_nor_a_session(
    gate: Gate, wall: FakeClock, account: Callable[[str], In]
) -> None:
    before, _ = account("amy")
    secret, _ = tokens.give(gate.house, "amy", label="reports", scopes=["read"], days=9, cookie=None, now=wall.now())
    feed, _ = feeds.give(gate.house, actor_of(gate, "amy"), "mine", now=wall.now())
    assert tokens.find(gate.house, secret, now=wall.now()) is not None
    read(gate, feed, wall)
    cookie, _ = account("amy")
    assert tokens.find(gate.house, secret, now=wall.now()) is None
    with pytest.raises(NoSuchFeed):
        read(gate, feed, wall)
    assert isinstance(gate.house.store, SqlStore)
    assert verify(gate.house.store).sound
    assert [sessions.find(gate.house, each, now=wall.now()) is None for each in (before, cookie)] == [True, False]


def test_a_closed_account_shows_nothing_to_whoever_has_the_address_of_its_feed(
    gate: Gate, wall: FakeClock, account: Callable[[str], In]
) -> None:
    account("amy")
    feed, _ = feeds.give(gate.house, actor_of(gate, "amy"), "mine", now=wall.now())
    accounts.close(gate, "amy", actor="ada", now=wall.now())
    with pytest.raises(NoSuchFeed):
        read(gate, feed, wall)


def test_a_feed_that_is_taken_back_while_it_is_read_leaves_nothing_of_what_it_showed(
    gate: Gate, wall: FakeClock, account: Callable[[str], In], monkeypatch: pytest.MonkeyPatch
) -> None:
    account("amy")
    secret, feed = feeds.give(gate.house, actor_of(gate, "amy"), "mine", now=wall.now())
    following = feeds.following

    def meanwhile(*given: Any) -> Any:
        feeds.take_back(gate.house, "amy", feed.id)
        return following(*given)

    monkeypatch.setattr(feeds, "following", meanwhile)
    read(gate, secret, wall)
    with gate.house.store.reading() as look:
        assert look.boards.figure(f"feed:{feed.id}") is None


def actor_of(gate: Gate, person: str) -> Actor:
    with gate.house.looking() as (_, world):
        return world.actor(person, world.day(gate.house.now()))


def read(gate: Gate, secret: str, wall: FakeClock) -> bytes:
    return feeds.read(gate.house, secret, ICalendars(), now=wall.now(), base="https://quality.example.org")


def test_one_click_is_for_rehearsals(gate: Gate, wall: FakeClock) -> None:
    """This office is a real database, whatever the pages were started with. Who has left comes in by none either."""
    with pytest.raises(accounts.NotARehearsalHere):
        accounts.sign_in_as(gate, "ann", now=wall.now())
    people.change(gate.house, "amy", {"to": EASTER - timedelta(days=1)}, actor="ada")
    gate.house.write(lambda work: work.unit.set_house("kind", "rehearsal"))
    try:
        assert accounts.sign_in_as(gate, "ann", now=wall.now())[1].is_full
        with pytest.raises(WrongSignIn):
            accounts.sign_in_as(gate, "amy", now=wall.now())
    finally:
        gate.house.write(lambda work: work.unit.set_house("kind", "real"))


def test_what_happened_is_on_record_by_the_machines_clock(
    gate: Gate, wall: FakeClock, account: Callable[[str], In]
) -> None:
    people.change(gate.house, "amy", {"email": "amy@example.org"}, actor="ada")
    cookie, _ = account("amy")
    for _ in range(5):
        with pytest.raises(WrongSignIn):
            accounts.sign_in(gate, "amy", OTHER, source=PLACE, now=wall.now())
    wall.advance(minutes=15)
    accounts.change_password(gate, "amy", PASSWORD, OTHER, cookie=cookie, source=PLACE, now=wall.now())
    accounts.sign_out_everywhere(gate, "amy", actor="amy", now=wall.now())
    assert kinds(gate) == [
        "invited",
        "accepted the invitation",
        "signed in",
        "failed many times",
        "password changed",
        "signed out everywhere",
    ]
    kept = json.dumps(lines(gate))
    assert {line["data"]["person"] for line in lines(gate)} == {"amy"}
    assert lines(gate)[0]["at"].startswith("2026-11-22T10:00")
    for secret in (PASSWORD, OTHER, PLACE, "example.org"):
        assert secret not in kept


def test_a_place_from_which_many_were_tried_is_on_record_as_one_place(gate: Gate, wall: FakeClock) -> None:
    """Once, and without its address; somebody whose own name was tried too often is on record without a place."""
    for number in range(throttle.MOST[throttle.SOURCE]):
        with pytest.raises(WrongSignIn):
            accounts.sign_in(gate, f"nobody-{number}", OTHER, source=PLACE, now=wall.now())
    assert [(line["kind"], line["data"].get("source")) for line in lines(gate)] == [("failed many times", "one place")]
    for _ in range(throttle.MOST[throttle.NAME]):
        with pytest.raises(WrongSignIn):
            accounts.sign_in(gate, "amy", OTHER, source=None, now=wall.now())
    assert [line["data"].get("source") for line in lines(gate)] == ["one place", None]
