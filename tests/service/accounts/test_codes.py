"""One-time codes: who is asked for one, how it is set up, what it lets into, and a phone that was lost."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest

from qa_workflow.service.people import accounts, codes, cover, invitations, people, sessions
from qa_workflow.service.people.accounts import In
from qa_workflow.service.people.gate import Gate, SignInAgain, WrongSignIn
from qa_workflow.service.people.throttle import TooManyTries
from qa_workflow.service.people.ways_in import OneOfTwo
from qa_workflow.service.refusals import NotYours
from qa_workflow.testing import FakeClock, Postbox
from tests.service.accounts.doing import BASE, OTHER, PASSWORD, PLACE, code, enrolled
from tests.service.staffed import EASTER


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


def test_who_has_codes_without_having_to_is_asked_for_them_as_well(
    gate: Gate, wall: FakeClock, account: Callable[[str], In]
) -> None:
    """An author set them up; the password alone opens nothing from then on."""
    cookie, signed_in = account("amy")
    assert signed_in.is_full
    enrolled(gate, wall, cookie)
    assert not accounts.sign_in(gate, "amy", PASSWORD, source=PLACE, now=wall.now())[1].is_full


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "１２３４５６", "\ud800" * 6])
def test_what_is_no_code_at_all_is_refused_and_breaks_nothing(wall: FakeClock, typed: str) -> None:
    """A program may send what no keyboard types."""
    assert codes.step_of(codes.new_secret(), typed, wall.now()) is None


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
