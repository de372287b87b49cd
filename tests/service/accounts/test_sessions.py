"""Who is signed in: a random cookie that the database does not hold, and that ends by itself."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import text

from qa_workflow.service.front import Engine
from qa_workflow.service.house import House
from qa_workflow.service.people import keeping_typed, sessions
from qa_workflow.store import SqlStore
from qa_workflow.testing import FakeClock


@pytest.fixture
def house(office: Engine) -> House:
    return office._house


def test_who_is_signed_in_is_found_by_the_cookie(house: House, wall: FakeClock) -> None:
    cookie, begun = sessions.begin(house, "ann", level="full", now=wall.now())
    assert sessions.find(house, cookie, now=wall.now()) == begun
    assert (begun.person, begun.is_full) == ("ann", True)
    assert begun.ends_at - begun.created_at == timedelta(hours=8)


def test_a_session_begun_by_a_clock_set_forward_is_over_once_that_is_right(house: House, wall: FakeClock) -> None:
    """It would have been good for a year, with nobody at the screen."""
    wall.step(days=365)
    cookie, _ = sessions.begin(house, "ann", level="full", now=wall.now())
    wall.step(days=-365)
    assert sessions.find(house, cookie, now=wall.now()) is None
    sessions.begin(house, "rob", level="full", now=wall.now())
    with house.store.reading() as look:
        assert look.access.sessions("ann") == []


@pytest.mark.parametrize("forged", ["", "0" * 43, "ann", "é\ud800", "x" * 100_000])
def test_another_cookie_is_nobodys(house: House, wall: FakeClock, forged: str) -> None:
    """Neither a guess, nor the hash that stands in the database, nor what is no text at all."""
    cookie, _ = sessions.begin(house, "ann", level="full", now=wall.now())
    for tried in (forged, sessions.digest(cookie), cookie[:-1]):
        assert sessions.find(house, tried, now=wall.now()) is None


def test_each_cookie_and_form_key_is_another_and_has_256_bits(house: House, wall: FakeClock) -> None:
    begun = [sessions.begin(house, "ann", level="full", now=wall.now()) for _ in range(20)]
    values = [value for cookie, signed_in in begun for value in (cookie, signed_in.form_key)]
    assert len(set(values)) == 40
    assert min(len(value) for value in values) == 43  # 32 bytes in base64


def test_the_database_holds_the_hash_alone(house: House, wall: FakeClock) -> None:
    """Who reads the database, or a copy of it, cannot sign in with what stands there."""
    cookie, _ = sessions.begin(house, "ann", level="full", now=wall.now())
    assert isinstance(house.store, SqlStore)
    with house.store.looking() as connection:
        rows = connection.execute(text("SELECT * FROM session")).all()
    assert len(rows) == 1
    assert sha256(cookie.encode()).hexdigest() in rows[0]
    assert cookie not in str(rows)


def test_half_an_hour_without_a_look_ends_it(house: House, wall: FakeClock) -> None:
    cookie, _ = sessions.begin(house, "ann", level="full", now=wall.now())
    wall.advance(minutes=29, seconds=59)
    assert sessions.find(house, cookie, now=wall.now())
    wall.advance(minutes=30)
    assert sessions.find(house, cookie, now=wall.now()) is None


def test_who_keeps_working_stays_signed_in_for_eight_hours(house: House, wall: FakeClock) -> None:
    cookie, begun = sessions.begin(house, "ann", level="full", now=wall.now())
    while wall.now() < begun.ends_at:
        assert sessions.find(house, cookie, now=wall.now())
        wall.advance(minutes=20)
    assert sessions.find(house, cookie, now=wall.now()) is None


def test_a_page_that_is_left_open_keeps_nobody_signed_in(house: House, wall: FakeClock) -> None:
    """It asks for news by itself, every few seconds, while its person may be at lunch."""
    cookie, begun = sessions.begin(house, "ann", level="full", now=wall.now())
    while wall.now() < begun.created_at + sessions.IDLE:
        assert sessions.find(house, cookie, now=wall.now(), by_itself=True)
        wall.advance(minutes=5)
    assert sessions.find(house, cookie, now=wall.now()) is None


def test_that_it_is_used_is_written_once_a_minute(house: House, wall: FakeClock) -> None:
    """A page that is read does not cost a transaction that writes each time."""
    cookie, begun = sessions.begin(house, "ann", level="full", now=wall.now())

    def seen() -> float:
        found = sessions.find(house, cookie, now=wall.now())
        assert found is not None
        with house.store.reading() as look:
            (kept,) = look.access.sessions("ann")
        return (kept.seen_at - begun.created_at).total_seconds()

    waits = [30, 29, 1, 59, 1]
    noted = []
    for seconds in waits:
        wall.advance(seconds=seconds)
        noted.append(seen())
    assert noted == [0, 0, 60, 60, 120]


def test_signed_out_is_out(house: House, wall: FakeClock) -> None:
    cookie, _ = sessions.begin(house, "ann", level="full", now=wall.now())
    other, _ = sessions.begin(house, "ann", level="full", now=wall.now())
    sessions.end(house, cookie)
    assert sessions.find(house, cookie, now=wall.now()) is None
    assert sessions.find(house, other, now=wall.now())


def test_who_still_owes_the_one_time_code_has_ten_minutes(house: House, wall: FakeClock) -> None:
    cookie, begun = sessions.begin(house, "ann", level="code_wanted", now=wall.now())
    assert not begun.is_full
    wall.advance(minutes=10)
    assert sessions.find(house, cookie, now=wall.now()) is None


def test_sessions_that_have_run_out_are_swept_away(house: House, wall: FakeClock) -> None:
    """And with them what somebody had typed who went to sign in elsewhere, and never came back."""
    sessions.begin(house, "ann", level="full", now=wall.now())
    keeping_typed.keep(house, "Mrs A", source=None, now=wall.now())
    wall.advance(minutes=31)
    sessions.begin(house, "rob", level="full", now=wall.now())
    with house.store.reading() as look:
        assert (look.access.sessions("ann"), len(look.access.sessions("rob"))) == ([], 1)
        assert look.access.keys(keeping_typed.KIND) == []
