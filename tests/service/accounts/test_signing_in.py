"""Signing in with a password: what lets in, what does not, and another password."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qa_workflow.effects.passwords import Argon2Passwords
from qa_workflow.service.people import accounts, people, sessions
from qa_workflow.service.people.accounts import In
from qa_workflow.service.people.gate import Gate, WrongSignIn
from qa_workflow.testing import FakeClock
from tests.service.accounts.doing import OTHER, PASSWORD, PLACE
from tests.service.staffed import EASTER


@pytest.mark.parametrize("typed", ["amy", " AMY ", "author@example.org"])
def test_the_right_password_lets_in(gate: Gate, wall: FakeClock, account: Callable[[str], In], typed: str) -> None:
    """By name, however it is typed; an address will do where one person alone has it."""
    account("amy")
    if "@" in typed:
        people.change(gate.house, "amy", {"email": "author@example.org"}, actor="ada")
        people.change(gate.house, "ann", {"email": "ann@example.org"}, actor="ada")
    cookie, signed_in = accounts.sign_in(gate, typed, PASSWORD, source=PLACE, now=wall.now())
    assert (signed_in.person, signed_in.level) == ("amy", "full")
    assert sessions.find(gate.house, cookie, now=wall.now()) == signed_in


@pytest.mark.parametrize(
    ("typed", "password"),
    [("amy", OTHER), ("amy", ""), ("amy", PASSWORD + " "), ("nobody", PASSWORD), ("", ""), ("ann", PASSWORD)],
)
def test_every_wrong_way_gets_the_same_answer(
    gate: Gate, wall: FakeClock, account: Callable[[str], In], typed: str, password: str
) -> None:
    """It does not tell which names there are, nor who has an account."""
    account("amy")
    with pytest.raises(WrongSignIn) as refused:
        accounts.sign_in(gate, typed, password, source=PLACE, now=wall.now())
    assert str(refused.value) == str(WrongSignIn())


def test_a_name_that_nobody_has_costs_a_hashing_too(gate: Gate, wall: FakeClock, account: Callable[[str], In]) -> None:
    """Otherwise the time would tell which names there are."""
    account("amy")
    checked: list[str | None] = []

    class Counting(Argon2Passwords):
        def check(self, password: str, hashed: str | None) -> tuple[bool, str | None]:
            checked.append(hashed)
            return super().check(password, hashed)

    counting = Gate(gate.house, Counting(memory=8))
    for name in ("nobody", "amy", "ann"):
        with pytest.raises(WrongSignIn):
            accounts.sign_in(counting, name, OTHER, source=PLACE, now=wall.now())
    assert [hashed is None for hashed in checked] == [True, False, True]


def test_a_cheap_hash_is_renewed_at_the_next_sign_in(gate: Gate, wall: FakeClock, account: Callable[[str], In]) -> None:
    account("amy")
    dearer = Gate(gate.house, Argon2Passwords(memory=16))
    accounts.sign_in(dearer, "amy", PASSWORD, source=PLACE, now=wall.now())
    with gate.house.store.reading() as look:
        kept = look.access.account("amy")
    assert kept is not None
    assert kept.password is not None
    assert "m=16,t=1,p=1" in kept.password
    accounts.sign_in(dearer, "amy", PASSWORD, source=PLACE, now=wall.now())


@pytest.mark.parametrize("leaves", ["closed", "left"])
def test_who_is_gone_does_not_come_in(
    gate: Gate, wall: FakeClock, account: Callable[[str], In], clock: FakeClock, leaves: str
) -> None:
    """By a closed account at once; by the last day, of the office's clock, from the day after."""
    cookie, _ = account("amy")
    if leaves == "closed":
        accounts.close(gate, "amy", actor="ada", now=wall.now())
        assert sessions.find(gate.house, cookie, now=wall.now()) is None
    else:
        people.change(gate.house, "amy", {"to": EASTER}, actor="ada")
        accounts.sign_in(gate, "amy", PASSWORD, source=PLACE, now=wall.now())
        clock.advance(days=1)
    with pytest.raises(WrongSignIn):
        accounts.sign_in(gate, "amy", PASSWORD, source=PLACE, now=wall.now())


def test_another_password_signs_out_everywhere_else(gate: Gate, wall: FakeClock, account: Callable[[str], In]) -> None:
    elsewhere, _ = account("amy")
    here, _ = accounts.sign_in(gate, "amy", PASSWORD, source=PLACE, now=wall.now())
    with pytest.raises(WrongSignIn):
        accounts.change_password(gate, "amy", OTHER, OTHER, cookie=here, source=PLACE, now=wall.now())
    accounts.change_password(gate, "amy", PASSWORD, OTHER, cookie=here, source=PLACE, now=wall.now())
    assert sessions.find(gate.house, here, now=wall.now())
    assert sessions.find(gate.house, elsewhere, now=wall.now()) is None
    with pytest.raises(WrongSignIn):
        accounts.sign_in(gate, "amy", PASSWORD, source=PLACE, now=wall.now())
    accounts.sign_in(gate, "amy", OTHER, source=PLACE, now=wall.now())
