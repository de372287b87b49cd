"""Between looking at what somebody typed and the sign-in that follows, an administrator may have acted: that counts."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from qa_workflow.effects.passwords import Argon2Passwords
from qa_workflow.service.people import accounts, codes, invitations, tokens
from qa_workflow.service.people import gate as gate_of
from qa_workflow.service.people.accounts import In
from qa_workflow.service.people.gate import Gate, SignInAgain, WrongSignIn
from qa_workflow.service.people.ways_in import OneOfTwo
from qa_workflow.testing import FakeClock
from tests.service.accounts.doing import BASE, OTHER, PASSWORD, PLACE, code, enrolled, key_of

Account = Callable[[str], In]
Happens = Callable[[Gate, FakeClock], object]


class Slow(Argon2Passwords):
    """Hashing takes its time; so much that something happens meanwhile."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        super().__init__(memory=8)
        self._meanwhile = meanwhile

    def check(self, password: str, hashed: str | None) -> tuple[bool, str | None]:
        found = super().check(password, hashed)
        self._meanwhile()
        return found

    def hash(self, password: str) -> str:
        self._meanwhile()
        return super().hash(password)


def closed(gate: Gate, wall: FakeClock) -> None:
    accounts.close(gate, "amy", actor="ada", now=wall.now())


def with_another_password(gate: Gate, wall: FakeClock) -> None:
    invited = invitations.invite(gate, "amy", actor="ada", base=BASE, now=wall.now())
    invitations.accept(gate, key_of(invited), OTHER, now=wall.now())


@pytest.mark.parametrize("happens", [closed, with_another_password])
def test_a_password_that_was_right_a_moment_ago_lets_nobody_in(
    gate: Gate, wall: FakeClock, account: Account, happens: Happens
) -> None:
    account("amy")
    slow = replace(gate, passwords=Slow(lambda: happens(gate, wall)))
    with pytest.raises(WrongSignIn):
        accounts.sign_in(slow, "amy", PASSWORD, source=PLACE, now=wall.now())


def without_codes(gate: Gate, wall: FakeClock) -> None:
    accounts.forget_codes(gate, "rob", actor="abe", now=wall.now())


def signed_out(gate: Gate, wall: FakeClock) -> None:
    for person in ("amy", "rob"):
        accounts.sign_out_everywhere(gate, person, actor="abe", now=wall.now())


@pytest.mark.parametrize("happens", [without_codes, signed_out])
def test_a_code_that_was_right_a_moment_ago_lets_nobody_in(
    gate: Gate, wall: FakeClock, account: Account, monkeypatch: pytest.MonkeyPatch, happens: Happens
) -> None:
    secret = enrolled(gate, wall, account("rob")[0])
    halfway, _ = accounts.sign_in(gate, "rob", PASSWORD, source=PLACE, now=wall.now())
    shown = code(secret, wall)
    _slow_codes(monkeypatch, lambda: happens(gate, wall))
    with pytest.raises(SignInAgain):
        accounts.give_code(gate, halfway, shown, source=PLACE, now=wall.now())


def test_codes_are_not_set_up_in_a_session_that_was_ended_meanwhile(
    gate: Gate, wall: FakeClock, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who had somebody signed out everywhere did not mean to leave them a phone of their own."""
    halfway, _ = account("rob")
    secret = codes.new_secret()
    shown = code(secret, wall)
    _slow_codes(monkeypatch, lambda: signed_out(gate, wall))
    with pytest.raises(SignInAgain):
        accounts.enrol(gate, halfway, secret, shown, now=wall.now())
    assert not accounts.standing(gate, "rob", wall.now()).has_code


def test_of_two_who_set_up_codes_with_the_password_alone_the_first_has_them(
    gate: Gate, wall: FakeClock, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other may be whoever has stolen the password; neither is asked for codes of before, for there are none."""
    mine, theirs = account("rob")[0], accounts.sign_in(gate, "rob", PASSWORD, source=PLACE, now=wall.now())[0]
    secret = codes.new_secret()
    shown = code(secret, wall)
    _slow_codes(monkeypatch, lambda: enrolled(gate, wall, mine))
    with pytest.raises(SignInAgain):
        accounts.enrol(gate, theirs, secret, shown, now=wall.now())


def test_an_invitation_that_was_taken_meanwhile_sets_no_second_password(gate: Gate, wall: FakeClock) -> None:
    key = key_of(invitations.invite(gate, "amy", actor="ada", base=BASE, now=wall.now()))
    slow = replace(gate, passwords=Slow(lambda: invitations.accept(gate, key, OTHER, now=wall.now())))
    with pytest.raises(invitations.InvitationOver):
        invitations.accept(slow, key, PASSWORD, now=wall.now())
    accounts.sign_in(gate, "amy", OTHER, source=PLACE, now=wall.now())


@pytest.mark.parametrize("happens", [closed, signed_out])
def test_who_was_signed_out_meanwhile_sets_no_other_password(
    gate: Gate, wall: FakeClock, account: Account, happens: Happens
) -> None:
    """It may be whoever has found a screen unlocked; the person has just had themselves signed out for that."""
    mine, _ = account("amy")
    slow = replace(gate, passwords=Slow(lambda: happens(gate, wall)))
    with pytest.raises(SignInAgain):
        accounts.change_password(slow, "amy", PASSWORD, OTHER, cookie=mine, source=PLACE, now=wall.now())


def test_who_was_signed_out_meanwhile_gives_no_program_a_key(gate: Gate, wall: FakeClock, account: Account) -> None:
    """It would outlive what is done so that nobody else acts in their name any more."""
    mine, _ = account("amy")
    signed_out(gate, wall)
    with pytest.raises(SignInAgain):
        tokens.give(gate.house, "amy", label="mine", scopes=["read"], days=9, cookie=mine, now=wall.now())
    assert tokens.of(gate.house, "amy", now=wall.now()) == []


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
def test_two_transactions_about_one_account_come_one_after_the_other(
    gate: Gate, wall: FakeClock, account: Account, staffed_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One administrator who invites somebody and takes back their codes at once would come in as that person.

    On SQLite no two write at once at all.
    """
    account("rob")
    refused, server = list[Exception](), create_engine(staffed_url)

    def takes_back() -> None:
        try:
            without_codes(gate, wall)
        except OneOfTwo as refusal:
            refused.append(refusal)

    other, account_of = threading.Thread(target=takes_back), gate_of.account_in

    def slow(*asked: Any) -> Any:
        other.start()
        with server.connect() as look:
            while other.is_alive() and not look.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                pass
        return account_of(*asked)

    monkeypatch.setattr(invitations, "account_in", slow)
    invitations.invite(gate, "rob", actor="abe", base=BASE, now=wall.now())
    other.join()
    server.dispose()
    assert refused


def _slow_codes(monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], object]) -> None:
    """To look at a code takes its time, too, once."""
    look = codes.step_of

    def slow(*asked: object) -> int | None:
        monkeypatch.setattr(codes, "step_of", look)
        found = look(*asked)  # type: ignore[arg-type]
        meanwhile()
        return found

    monkeypatch.setattr(codes, "step_of", slow)
