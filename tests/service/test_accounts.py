"""Signing in: passwords, one-time codes, invitations, being slowed down; and what the history keeps of it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest
from sqlalchemy import select, text

from qa_workflow.effects.passwords import Argon2Passwords
from qa_workflow.errors import Refusal
from qa_workflow.service.front import Engine
from qa_workflow.service.people import accounts, codes, cover, invitations, people, sessions, throttle, tokens
from qa_workflow.service.people.accounts import Ended, In
from qa_workflow.service.people.gate import Gate, SignInAgain, WrongSignIn
from qa_workflow.service.people.passwords import WeakPassword
from qa_workflow.service.people.throttle import TooManyTries
from qa_workflow.service.people.ways_in import OneOfTwo
from qa_workflow.service.refusals import NotYours
from qa_workflow.store import SqlStore
from qa_workflow.store.tables import metadata
from qa_workflow.testing import FakeClock, Postbox
from tests.service.staffed import EASTER, staffed

CHEAP = Argon2Passwords(memory=8)
PASSWORD = "lantern otter gravel"  # noqa: S105  of nobody
OTHER = "violin moss thunder"
PLACE = "203.0.113.7"
BASE = "https://quality.example.org"


@pytest.fixture
def office(tmp_path: Path, staffed_url: str, clock: FakeClock, postbox: Postbox) -> Iterator[Engine]:
    with staffed(tmp_path, staffed_url, clock, postbox) as engine:
        yield engine


@pytest.fixture
def gate(office: Engine) -> Gate:
    return Gate(office._house, CHEAP)


@pytest.fixture
def wall() -> FakeClock:
    """The machine's clock, months before the office's own."""
    return FakeClock("2026-11-22T10:00")


@pytest.fixture
def account(gate: Gate, wall: FakeClock) -> Callable[[str], In]:
    """Gives somebody an account with the usual password; signed in by it."""

    def give(name: str) -> In:
        invited = invitations.invite(gate, name, actor="abe" if name == "ada" else "ada", base=BASE, now=wall.now())
        return invitations.accept(gate, key_of(invited), PASSWORD, now=wall.now())

    return give


def key_of(invited: invitations.Invited) -> str:
    assert invited.link is not None
    assert invited.link.startswith(f"{BASE}/invitation/")
    return invited.link.rpartition("/")[2]


def code(secret: str, wall: FakeClock) -> str:
    """What the app shows now."""
    return pyotp.TOTP(secret).at(wall.now())


def enrolled(gate: Gate, wall: FakeClock, cookie: str) -> str:
    """Set one-time codes up, as a phone does; the secret."""
    secret = codes.new_secret()
    accounts.enrol(gate, cookie, secret, code(secret, wall), now=wall.now())
    wall.advance(seconds=30)
    return secret


def lines(gate: Gate) -> list[dict[str, Any]]:
    """The history of who came in: kind and facts."""
    store = gate.house.store
    assert isinstance(store, SqlStore)
    with store.looking() as connection:
        found = connection.execute(text("SELECT body FROM record WHERE stream = 'access' ORDER BY seq")).scalars()
        return [json.loads(bytes(body)) for body in found]


def kinds(gate: Gate) -> list[str]:
    return [line["kind"] for line in lines(gate)]


# --- Passwords --------------------------------------------------------------------------------------------------------


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


# --- Being slowed down ------------------------------------------------------------------------------------------------


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
    with pytest.raises(TooManyTries, match="in 1 minute"):
        accounts.sign_in(gate, "amy", PASSWORD, source=PLACE, now=wall.now())
    wall.advance(seconds=1)
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
    throttle.count(gate.house, "one more", "::ffff:203.0.113.7", wall.now())


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


# --- One-time codes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "level"),
    [("ada", "code_wanted"), ("pip", "code_wanted"), ("cher", "code_wanted"), ("rob", "code_wanted"), ("amy", "full")],
)
def test_who_decides_is_asked_for_a_code(account: Callable[[str], In], name: str, level: str) -> None:
    """Administrators and publishers by their rights, the chair by meetings, reviewers by four eyes; authors not."""
    _, signed_in = account(name)
    assert signed_in.level == level


def test_the_password_alone_lets_nobody_in_who_has_codes(
    gate: Gate, wall: FakeClock, account: Callable[[str], In]
) -> None:
    cookie, _ = account("rob")
    secret = enrolled(gate, wall, cookie)
    halfway, signed_in = accounts.sign_in(gate, "rob", PASSWORD, source=PLACE, now=wall.now())
    assert signed_in.level == "code_wanted"
    whole, full = accounts.give_code(gate, halfway, code(secret, wall), source=PLACE, now=wall.now())
    assert full.is_full
    assert whole != halfway
    assert full.form_key != signed_in.form_key
    assert sessions.find(gate.house, halfway, now=wall.now()) is None


def test_a_code_counts_once(gate: Gate, wall: FakeClock, account: Callable[[str], In]) -> None:
    """Who looks over a shoulder comes too late; so does the code of the half minute before."""
    cookie, _ = account("rob")
    secret = enrolled(gate, wall, cookie)
    before, shown = pyotp.TOTP(secret).at(wall.now() - timedelta(seconds=30)), code(secret, wall)
    first, second = (accounts.sign_in(gate, "rob", PASSWORD, source=PLACE, now=wall.now())[0] for _ in range(2))
    accounts.give_code(gate, first, shown, source=PLACE, now=wall.now())
    for used in (shown, before):
        with pytest.raises(codes.WrongCode):
            accounts.give_code(gate, second, used, source=PLACE, now=wall.now())
    wall.advance(seconds=30)
    accounts.give_code(gate, second, code(secret, wall), source=PLACE, now=wall.now())


def test_one_code_sent_twice_at_once_lets_in_once(gate: Gate, wall: FakeClock, account: Callable[[str], In]) -> None:
    cookie, _ = account("rob")
    secret = enrolled(gate, wall, cookie)
    halves = [accounts.sign_in(gate, "rob", PASSWORD, source=PLACE, now=wall.now())[0] for _ in range(4)]

    def give(half: str) -> bool:
        try:
            return accounts.give_code(gate, half, code(secret, wall), source=PLACE, now=wall.now())[1].is_full
        except codes.WrongCode:
            return False

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(give, halves)) == [False, False, False, True]


def test_the_code_set_up_with_cannot_be_used_to_sign_in(
    gate: Gate, wall: FakeClock, account: Callable[[str], In]
) -> None:
    cookie, _ = account("rob")
    secret = codes.new_secret()
    shown = code(secret, wall)
    accounts.enrol(gate, cookie, secret, shown, now=wall.now())
    halfway, _ = accounts.sign_in(gate, "rob", PASSWORD, source=PLACE, now=wall.now())
    with pytest.raises(codes.WrongCode):
        accounts.give_code(gate, halfway, shown, source=PLACE, now=wall.now())


@pytest.mark.parametrize(("off", "good"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_phone_may_be_half_a_minute_early_or_late_and_no_more(off: int, good: bool) -> None:
    now, secret = FakeClock("2026-11-22T10:00").now(), codes.new_secret()
    shown = pyotp.TOTP(secret).at(now + timedelta(seconds=off))
    assert (codes.step_of(secret, shown, now) is not None) is good


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "12 34 56 7"])
def test_what_is_no_code_is_none(gate: Gate, wall: FakeClock, account: Callable[[str], In], typed: str) -> None:
    cookie, _ = account("rob")
    enrolled(gate, wall, cookie)
    halfway, _ = accounts.sign_in(gate, "rob", PASSWORD, source=PLACE, now=wall.now())
    with pytest.raises(codes.WrongCode):
        accounts.give_code(gate, halfway, typed, source=PLACE, now=wall.now())


def test_codes_are_not_to_be_guessed(gate: Gate, wall: FakeClock, account: Callable[[str], In]) -> None:
    """Five, as for passwords; a right password in between forgives none of them."""
    cookie, _ = account("rob")
    secret = enrolled(gate, wall, cookie)
    for _ in range(5):
        halfway, _ = accounts.sign_in(gate, "rob", PASSWORD, source=PLACE, now=wall.now())
        with pytest.raises(codes.WrongCode):
            accounts.give_code(gate, halfway, "000000", source=PLACE, now=wall.now())
    last, _ = accounts.sign_in(gate, "rob", PASSWORD, source=PLACE, now=wall.now())
    with pytest.raises(TooManyTries):
        accounts.give_code(gate, last, code(secret, wall), source=PLACE, now=wall.now())


def test_what_is_typed_as_a_name_uses_up_nobodys_tries_for_a_code(
    gate: Gate, wall: FakeClock, account: Callable[[str], In]
) -> None:
    """They are counted under words of ours, which somebody could type."""
    cookie, _ = account("rob")
    secret = enrolled(gate, wall, cookie)
    halfway, _ = accounts.sign_in(gate, "rob", PASSWORD, source=PLACE, now=wall.now())
    for _ in range(5):
        with pytest.raises(WrongSignIn):
            accounts.sign_in(gate, "code of rob", OTHER, source=None, now=wall.now())
    accounts.give_code(gate, halfway, code(secret, wall), source=PLACE, now=wall.now())


def test_half_a_sign_in_opens_nothing_but_the_other_half(
    gate: Gate, wall: FakeClock, account: Callable[[str], In]
) -> None:
    """Who has the password alone cannot set up codes of their own in place of those that are there."""
    cookie, _ = account("rob")
    enrolled(gate, wall, cookie)
    halfway, _ = accounts.sign_in(gate, "rob", PASSWORD, source=PLACE, now=wall.now())
    secret = codes.new_secret()
    with pytest.raises(SignInAgain):
        accounts.enrol(gate, halfway, secret, code(secret, wall), now=wall.now(), password=PASSWORD)


def test_new_codes_in_place_of_old_ones_want_the_password(
    gate: Gate, wall: FakeClock, account: Callable[[str], In]
) -> None:
    """Somebody at a computer that was left open does not take the account over."""
    first, _ = account("amy")
    secret = codes.new_secret()
    cookie, _ = accounts.enrol(gate, first, secret, code(secret, wall), now=wall.now())
    wall.advance(minutes=1)
    new = codes.new_secret()
    with pytest.raises(WrongSignIn):
        accounts.enrol(gate, cookie, new, code(new, wall), now=wall.now(), password=OTHER)
    accounts.enrol(gate, cookie, new, code(new, wall), now=wall.now(), password=PASSWORD)


def test_half_a_sign_in_sets_up_no_other_codes(gate: Gate, wall: FakeClock, account: Callable[[str], In]) -> None:
    """Who has stolen the password would bring a phone of their own."""
    cookie, _ = account("rob")
    secret = enrolled(gate, wall, cookie)
    halfway, _ = accounts.sign_in(gate, "rob", PASSWORD, source=PLACE, now=wall.now())
    new = codes.new_secret()
    with pytest.raises(SignInAgain):
        accounts.enrol(gate, halfway, new, code(new, wall), now=wall.now(), password=PASSWORD)
    accounts.give_code(gate, halfway, code(secret, wall), source=PLACE, now=wall.now())


@pytest.mark.parametrize("secret", ["", "A" * 32 + "=", "A" * 16, "a" * 32, "1" * 32])
def test_a_secret_that_is_none_of_ours_is_not_taken(
    gate: Gate, wall: FakeClock, account: Callable[[str], In], secret: str
) -> None:
    cookie, _ = account("rob")
    with pytest.raises(SignInAgain):
        accounts.enrol(gate, cookie, secret, "000000", now=wall.now())


def test_an_administrator_helps_who_has_lost_the_phone(
    gate: Gate, wall: FakeClock, account: Callable[[str], In]
) -> None:
    """The next sign-in sets codes up anew; nobody does this for themselves."""
    cookie, _ = account("rob")
    enrolled(gate, wall, cookie)
    with pytest.raises(NotYours):
        accounts.forget_codes(gate, "rob", actor="rob", now=wall.now())
    with pytest.raises(NotYours):
        accounts.forget_codes(gate, "ada", actor="ada", now=wall.now())
    accounts.forget_codes(gate, "rob", actor="abe", now=wall.now())
    assert not accounts.standing(gate, "rob", wall.now()).has_code
    halfway, _ = accounts.sign_in(gate, "rob", PASSWORD, source=PLACE, now=wall.now())
    enrolled(gate, wall, halfway)


def test_codes_taken_back_sign_the_person_out_everywhere(
    gate: Gate, wall: FakeClock, account: Callable[[str], In]
) -> None:
    """Whoever found the phone may be signed in on it, or half way."""
    first, _ = account("rob")
    secret = codes.new_secret()
    whole, _ = accounts.enrol(gate, first, secret, code(secret, wall), now=wall.now())
    half, _ = accounts.sign_in(gate, "rob", PASSWORD, source=PLACE, now=wall.now())
    found = [sessions.find(gate.house, cookie, now=wall.now()) for cookie in (whole, half)]
    assert [each and each.level for each in found] == [sessions.FULL, sessions.CODE_WANTED]
    accounts.forget_codes(gate, "rob", actor="abe", now=wall.now())
    assert [sessions.find(gate.house, cookie, now=wall.now()) for cookie in (whole, half)] == [None, None]


def test_nobody_gives_somebody_both_a_new_password_and_new_codes(
    gate: Gate, wall: FakeClock, account: Callable[[str], In]
) -> None:
    """One administrator alone would come in as whoever decides: in either order, and through a substitute, too."""
    enrolled(gate, wall, account("rob")[0])
    cover.arrange(gate.house, "ada", "amy", EASTER, EASTER, actor="ada")
    for actor in ("ada", "amy"):
        with pytest.raises(OneOfTwo, match=f"{actor} may not take .*: ada invited them lately.*Another administrator"):
            accounts.forget_codes(gate, "rob", actor=actor, now=wall.now())
    wall.advance(days=30)
    accounts.forget_codes(gate, "rob", actor="ada", now=wall.now())
    accounts.close(gate, "rob", actor="ada", now=wall.now())
    for actor in ("ada", "amy"):
        with pytest.raises(OneOfTwo, match=f"{actor} may not invite rob: ada took back their one-time codes lately"):
            invitations.invite(gate, "rob", actor=actor, base=BASE, now=wall.now())
    assert invitations.invite(gate, "rob", actor="abe", base=BASE, now=wall.now()).link


def test_who_lost_the_phone_is_told_that_the_codes_were_taken_back(
    gate: Gate, wall: FakeClock, account: Callable[[str], In], postbox: Postbox
) -> None:
    """Somebody else may have asked for it."""
    account("rob")
    people.change(gate.house, "rob", {"email": "rob@example.org"}, actor="ada")
    accounts.forget_codes(replace(gate, post=postbox), "rob", actor="abe", now=wall.now())
    assert [(m.address, m.subject) for m in postbox.messages] == [
        ("rob@example.org", "Your one-time codes were taken back")
    ]


def test_another_address_is_told_to_the_one_before(
    gate: Gate, postbox: Postbox, caplog: pytest.LogCaptureFixture
) -> None:
    """Invitations go there from then on; a mail server that is away holds nothing up, and the log has no address."""
    for email in ("rob@elsewhere.example.org", "rob@elsewhere.example.org"):
        people.change(gate.house, "rob", {"email": email}, actor="ada", post=postbox)
    assert [(m.address, m.subject) for m in postbox.messages] == [
        ("rob@example.org", "Your address for quality assurance was changed")
    ]
    postbox.broken = True
    people.change(gate.house, "rob", {"email": None}, actor="ada", post=postbox)
    assert people.person(gate.house, "rob").person.email is None
    assert "was not sent" in caplog.text
    assert "example.org" not in caplog.text


def test_the_link_for_the_app_names_person_and_house() -> None:
    secret = codes.new_secret()
    assert codes.link(secret, "ann", "NHS Test") == f"otpauth://totp/NHS%20Test:ann?secret={secret}&issuer=NHS%20Test"


# --- Invitations ------------------------------------------------------------------------------------------------------


def test_an_invitation_counts_once(gate: Gate, wall: FakeClock) -> None:
    invited = invitations.invite(gate, "amy", actor="ada", base=BASE, now=wall.now())
    assert invitations.who(gate, key_of(invited), now=wall.now()) == "amy"
    invitations.accept(gate, key_of(invited), PASSWORD, now=wall.now())
    with pytest.raises(invitations.InvitationOver):
        invitations.who(gate, key_of(invited), now=wall.now())
    with pytest.raises(invitations.InvitationOver):
        invitations.accept(gate, key_of(invited), OTHER, now=wall.now())
    accounts.sign_in(gate, "amy", PASSWORD, source=PLACE, now=wall.now())


def test_no_other_key_is_an_invitation(gate: Gate, wall: FakeClock) -> None:
    """Whoever finds a program's key would set its person's password."""
    secret, _ = tokens.give(gate.house, "amy", label="Reports", scopes=["read"], days=30, now=wall.now())
    with pytest.raises(invitations.InvitationOver):
        invitations.accept(gate, secret, PASSWORD, now=wall.now())


def test_who_is_not_here_any_more_accepts_no_invitation(gate: Gate, wall: FakeClock) -> None:
    invited = invitations.invite(gate, "amy", actor="ada", base=BASE, now=wall.now())
    people.change(gate.house, "amy", {"to": EASTER - timedelta(days=1)}, actor="ada")
    with pytest.raises(invitations.InvitationOver):
        invitations.accept(gate, key_of(invited), PASSWORD, now=wall.now())


def test_an_invitation_ends_after_seven_days_and_with_the_next_one(gate: Gate, wall: FakeClock) -> None:
    first = invitations.invite(gate, "amy", actor="ada", base=BASE, now=wall.now())
    second = invitations.invite(gate, "amy", actor="ada", base=BASE, now=wall.now())
    with pytest.raises(invitations.InvitationOver):
        invitations.accept(gate, key_of(first), PASSWORD, now=wall.now())
    wall.advance(days=7)
    with pytest.raises(invitations.InvitationOver):
        invitations.accept(gate, key_of(second), PASSWORD, now=wall.now())


def test_a_closed_account_is_open_to_no_invitation_of_before(gate: Gate, wall: FakeClock) -> None:
    invited = invitations.invite(gate, "amy", actor="ada", base=BASE, now=wall.now())
    accounts.close(gate, "amy", actor="ada", now=wall.now())
    with pytest.raises(invitations.InvitationOver):
        invitations.accept(gate, key_of(invited), PASSWORD, now=wall.now())


def test_only_who_administers_invites(gate: Gate, wall: FakeClock) -> None:
    for actor in ("ann", "pip", "cher"):
        with pytest.raises(NotYours):
            invitations.invite(gate, actor, actor=actor, base=BASE, now=wall.now())


def test_a_weak_password_leaves_the_invitation_open(gate: Gate, wall: FakeClock) -> None:
    invited = invitations.invite(gate, "amy", actor="ada", base=BASE, now=wall.now())
    with pytest.raises(WeakPassword):
        invitations.accept(gate, key_of(invited), "another-author-2027", now=wall.now())
    invitations.accept(gate, key_of(invited), PASSWORD, now=wall.now())


def test_an_invitation_goes_by_mail_where_there_is_mail_and_is_not_shown_then(
    gate: Gate, wall: FakeClock, postbox: Postbox
) -> None:
    people.change(gate.house, "ann", {"email": "ann@example.org"}, actor="ada")
    posting = Gate(gate.house, CHEAP, postbox)
    invited = invitations.invite(posting, "ann", actor="ada", base=BASE, now=wall.now())
    (message,) = postbox.messages
    assert (invited.link, message.address) == (None, "ann@example.org")
    link = next(line for line in message.text.splitlines() if line.startswith(BASE))
    assert invitations.who(gate, link.rpartition("/")[2], now=wall.now()) == "ann"
    assert "29 November 2026" in message.text


def test_mail_that_is_away_shows_the_link_instead(gate: Gate, wall: FakeClock, postbox: Postbox) -> None:
    postbox.broken = True
    people.change(gate.house, "ann", {"email": "ann@example.org"}, actor="ada")
    invited = invitations.invite(Gate(gate.house, CHEAP, postbox), "ann", actor="ada", base=BASE, now=wall.now())
    assert invited.trouble is not None
    invitations.accept(gate, key_of(invited), PASSWORD, now=wall.now())


def test_the_key_of_an_invitation_stands_nowhere(gate: Gate, wall: FakeClock, caplog: pytest.LogCaptureFixture) -> None:
    """Neither in the database, nor in its histories, nor in the log."""
    caplog.set_level(logging.DEBUG)
    key = key_of(invitations.invite(gate, "ann", actor="ada", base=BASE, now=wall.now()))
    store = gate.house.store
    assert isinstance(store, SqlStore)
    with store.looking() as connection:
        kept = [str(connection.execute(select(metadata.tables[name])).all()) for name in ("token", "outbox", "account")]
    assert not any(key in each for each in (*kept, caplog.text, json.dumps(lines(gate))))


# --- Sessions and the history -----------------------------------------------------------------------------------------


def test_signed_out_everywhere_by_oneself_or_an_administrator(
    gate: Gate, wall: FakeClock, account: Callable[[str], In]
) -> None:
    others, _ = account("rob")
    for actor in ("amy", "ada"):
        cookies = [account("amy")[0]]
        cookies.append(accounts.sign_in(gate, "amy", PASSWORD, source=PLACE, now=wall.now())[0])
        assert accounts.sign_out_everywhere(gate, "amy", actor=actor, now=wall.now()) == Ended(2, 0)
        assert [sessions.find(gate.house, cookie, now=wall.now()) for cookie in cookies] == [None, None]
    assert sessions.find(gate.house, others, now=wall.now()), "nobody else is"
    with pytest.raises(NotYours):
        accounts.sign_out_everywhere(gate, "amy", actor="ann", now=wall.now())


def test_an_accepted_invitation_takes_back_the_keys_of_whoever_came_in_before(
    gate: Gate, wall: FakeClock, account: Callable[[str], In]
) -> None:
    account("amy")
    secret, _ = tokens.give(gate.house, "amy", label="reports", scopes=["read"], days=9, now=wall.now())
    assert tokens.find(gate.house, secret, now=wall.now()) is not None
    account("amy")
    assert tokens.find(gate.house, secret, now=wall.now()) is None


def test_one_click_is_for_rehearsals(gate: Gate, wall: FakeClock) -> None:
    """This office is a real database, whatever the pages were started with."""
    with pytest.raises(accounts.NotARehearsalHere):
        accounts.sign_in_as(gate, "ann", now=wall.now())
    gate.house.write(lambda work: work.unit.set_house("kind", "rehearsal"))
    try:
        assert accounts.sign_in_as(gate, "ann", now=wall.now())[1].is_full
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
