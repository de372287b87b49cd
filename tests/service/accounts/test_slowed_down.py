"""Who guesses is slowed down: by the name, and by the place."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from sqlalchemy import text

from qa_workflow.errors import Refusal
from qa_workflow.service.people import accounts, throttle
from qa_workflow.service.people.accounts import In
from qa_workflow.service.people.gate import Gate, WrongSignIn
from qa_workflow.service.people.throttle import TooManyTries
from qa_workflow.store import SqlStore
from qa_workflow.testing import FakeClock
from tests.service.accounts.doing import OTHER, PASSWORD, PLACE


def test_five_tries_for_a_name_and_then_a_wait_that_is_told(
    gate: Gate, wall: FakeClock, account: Callable[[str], In]
) -> None:
    """Also with the right password: who guesses it as the sixth gets nowhere."""
    account("amy")
    for _ in range(5):
        with pytest.raises(WrongSignIn):
            accounts.sign_in(gate, "amy", OTHER, source=PLACE, now=wall.now())
        wall.advance(minutes=1)
    with pytest.raises(TooManyTries, match="in 10 minutes") as refused:
        accounts.sign_in(gate, "Amy", PASSWORD, source="198.51.100.1", now=wall.now())
    wall.advance(seconds=refused.value.wait.total_seconds() - 1)
    with pytest.raises(TooManyTries, match="in 1 minute;"):
        accounts.sign_in(gate, "amy", PASSWORD, source=PLACE, now=wall.now())
    wall.advance(seconds=1)
    accounts.sign_in(gate, "amy", PASSWORD, source=PLACE, now=wall.now())


def test_who_mistyped_while_the_clock_was_wrong_is_not_kept_out_until_then(
    gate: Gate, wall: FakeClock, account: Callable[[str], In]
) -> None:
    """Set back by a few minutes, it still counts: whoever guesses waits as long as ever, and no longer."""
    account("amy")
    wall.step(days=365)
    for _ in range(5):
        with pytest.raises(WrongSignIn):
            accounts.sign_in(gate, "amy", OTHER, source=PLACE, now=wall.now())
    wall.step(minutes=-10)
    with pytest.raises(TooManyTries, match="in 15 minutes"):
        accounts.sign_in(gate, "amy", PASSWORD, source=PLACE, now=wall.now())
    wall.step(days=-364)
    accounts.sign_in(gate, "amy", PASSWORD, source=PLACE, now=wall.now())


def test_a_password_is_not_to_be_guessed_where_another_is_set(
    gate: Gate, wall: FakeClock, account: Callable[[str], In]
) -> None:
    """Somebody at a computer that was left open has no more tries there than at the door."""
    cookie, _ = account("amy")
    for _ in range(5):
        with pytest.raises(WrongSignIn):
            accounts.change_password(gate, "amy", "guessed", OTHER, cookie=cookie, source=None, now=wall.now())
    with pytest.raises(TooManyTries):
        accounts.change_password(gate, "amy", PASSWORD, OTHER, cookie=cookie, source=None, now=wall.now())


def test_thirty_tries_from_a_place_and_then_a_wait(gate: Gate, wall: FakeClock, account: Callable[[str], In]) -> None:
    """One who tries a password on every name; elsewhere people still come in."""
    account("amy")
    for number in range(30):
        with pytest.raises(WrongSignIn):
            accounts.sign_in(gate, f"nobody-{number}", OTHER, source=PLACE, now=wall.now())
    with pytest.raises(TooManyTries):
        accounts.sign_in(gate, "amy", PASSWORD, source=PLACE, now=wall.now())
    accounts.sign_in(gate, "amy", PASSWORD, source="198.51.100.1", now=wall.now())


def test_the_addresses_of_one_house_are_one_place(gate: Gate, wall: FakeClock) -> None:
    """Each house has a network of IPv6 addresses of its own (64 bits), so that counting each would count nobody."""
    for number in range(30):
        throttle.count(gate.house, f"n{number}", f"2001:db8:1:2:{number:x}::1", wall.now())
    with pytest.raises(TooManyTries):
        throttle.count(gate.house, "one more", "2001:db8:1:2:ffff::1", wall.now())
    throttle.count(gate.house, "one more", "2001:db8:1:3::1", wall.now())


def test_addresses_of_before_are_no_network_however_they_are_written(gate: Gate, wall: FakeClock) -> None:
    """A server that listens on IPv6 sees each IPv4 address as one of that; they all lie in one network of 64 bits."""
    for number in range(30):
        throttle.count(gate.house, f"n{number}", "::ffff:203.0.113.7", wall.now())
    with pytest.raises(TooManyTries):
        throttle.count(gate.house, "one more", "::ffff:203.0.113.7", wall.now())
    throttle.count(gate.house, "one more", "::ffff:203.0.113.8", wall.now())


def test_getting_in_forgives_the_name_and_not_the_place(
    gate: Gate, wall: FakeClock, account: Callable[[str], In]
) -> None:
    """Otherwise one account of one's own would be a way to try others' for ever."""
    account("amy")
    for number in range(28):
        with pytest.raises(WrongSignIn):
            accounts.sign_in(gate, f"nobody-{number}", OTHER, source=PLACE, now=wall.now())
    for _ in range(2):
        accounts.sign_in(gate, "amy", PASSWORD, source=PLACE, now=wall.now())
    for number in range(2):
        with pytest.raises(WrongSignIn):
            accounts.sign_in(gate, f"somebody-{number}", OTHER, source=PLACE, now=wall.now())
    with pytest.raises(TooManyTries):
        accounts.sign_in(gate, "amy", PASSWORD, source=PLACE, now=wall.now())


def test_getting_in_forgives_all_that_was_mistyped_before(gate: Gate, wall: FakeClock) -> None:
    """Four slips in the morning and four at noon are not eight."""
    for _ in range(2):
        *_, right = [throttle.count(gate.house, "amy", None, wall.now()) for _ in range(5)]
        gate.house.write(partial(throttle.forgive, tried=right))


def test_many_tries_at_once_are_no_way_round(gate: Gate, wall: FakeClock, account: Callable[[str], In]) -> None:
    """They are counted before the password is looked at."""
    account("amy")

    def attempt(number: int) -> str:
        try:
            accounts.sign_in(gate, "amy", OTHER, source=f"192.0.2.{number}", now=wall.now())
        except Refusal as refused:
            return refused.code
        return "in"

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(attempt, range(12)))
    assert sorted(answers) == ["too_many_tries"] * 7 + ["wrong_sign_in"] * 5


def test_what_is_counted_names_nobody(gate: Gate, wall: FakeClock) -> None:
    """People type passwords into the field for the name; and a place is an address."""
    with pytest.raises(WrongSignIn):
        accounts.sign_in(gate, OTHER, "", source=PLACE, now=wall.now())
    store = gate.house.store
    assert isinstance(store, SqlStore)
    with store.looking() as connection:
        kept = str(connection.execute(text("SELECT who FROM attempt")).all())
    assert kept.count("'") == 4
    assert OTHER not in kept
    assert PLACE not in kept
