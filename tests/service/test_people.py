"""People: entered by administrators, their reach changed by two, cover, and leaving without leaving anything behind."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from qa_workflow.engine.refusals import NotAllowed, NotNow
from qa_workflow.errors import Refusal
from qa_workflow.service.front import Engine
from qa_workflow.service.house import House
from qa_workflow.service.people import cover, leaving, people, sessions
from qa_workflow.service.people.person_checks import BadPerson
from qa_workflow.service.refusals import NotYours, Unknown
from qa_workflow.store import SqlStore, open_store
from qa_workflow.store.proof.verifying import verify
from qa_workflow.testing import FakeClock, Postbox
from tests.service.staffed import EASTER, staffed

WITH_ROLE: dict[str, Any] = {"title": "A new author", "roles": ["author"], "organisation": "commissioner"}


@pytest.fixture
def office(tmp_path: Path, staffed_url: str, clock: FakeClock, postbox: Postbox) -> Iterator[Engine]:
    with staffed(tmp_path, staffed_url, clock, postbox) as engine:
        yield engine


@pytest.fixture
def house(office: Engine) -> House:
    return office._house


def roles(house: House, name: str) -> tuple[str, ...]:
    """What somebody may act as today."""
    with house.looking() as (_, world):
        return world.actor(name, EASTER).roles


def lines(house: House) -> list[dict[str, Any]]:
    """The history of people."""
    assert isinstance(house.store, SqlStore)
    with house.store.looking() as connection:
        found = connection.execute(text("SELECT body FROM record WHERE stream = 'people' ORDER BY seq")).scalars()
        return [json.loads(bytes(body)) for body in found]


# --- Entering and changing --------------------------------------------------------------------------------------------


def test_somebody_new_is_known_at_once_and_has_no_role_until_a_second_person_confirms(house: House) -> None:
    """Roles are four-eyes (RELIABILITY §3f)."""
    entry = people.add(house, "ned", WITH_ROLE, actor="ada")
    assert roles(house, "ned") == ()
    assert entry.pending is not None
    assert (entry.pending.change, entry.pending.by) == ({"roles": ["author"]}, "ada")
    people.confirm(house, "ned", actor="pip", key=entry.pending.key)
    assert roles(house, "ned") == ("author",)


@pytest.mark.parametrize("second", ["abe", "pip"])
def test_another_administrator_or_a_publisher_confirms(house: House, second: str) -> None:
    people.change(house, "ann", {"roles": ["author", "reviewer"]}, actor="ada")
    people.confirm(house, "ann", actor=second)
    assert roles(house, "ann") == ("author", "reviewer")


@pytest.mark.parametrize(
    ("proposer", "person", "second", "why"),
    [
        ("ada", "ann", "ada", "proposed it"),
        ("ada", "pip", "pip", "of their own"),
        ("ada", "ann", "ann", "may not"),
        ("ada", "ann", "rob", "may not"),
    ],
)
def test_neither_the_proposer_nor_who_gains_nor_anybody_without_the_right_confirms(
    house: House, proposer: str, person: str, second: str, why: str
) -> None:
    people.change(house, person, {"roles": ["chair"]}, actor=proposer)
    before = roles(house, person)
    with pytest.raises(Refusal, match=why):
        people.confirm(house, person, actor=second)
    assert roles(house, person) == before


def test_who_stands_in_for_the_proposer_cannot_confirm(house: House) -> None:
    """Acting for somebody counts as both people; otherwise leave would make one person two."""
    cover.arrange(house, "ada", "abe", EASTER, EASTER, actor="ada")
    people.change(house, "ann", {"roles": ["chair"]}, actor="ada")
    with pytest.raises(people.NotTheSame, match="proposed it"):
        people.confirm(house, "ann", actor="abe")
    people.confirm(house, "ann", actor="pip")


def test_who_proposed_with_the_right_of_another_makes_that_other_a_proposer_too(house: House) -> None:
    cover.arrange(house, "abe", "amy", EASTER, EASTER, actor="abe")
    entry = people.change(house, "ann", {"roles": ["chair"]}, actor="amy")
    assert entry.pending is not None
    assert entry.pending.acting_for == "abe"
    with pytest.raises(people.NotTheSame):
        people.confirm(house, "ann", actor="abe")
    people.confirm(house, "ann", actor="ada")


def test_what_is_confirmed_is_what_was_read(house: House) -> None:
    """A change proposed anew after the second person looked is another change."""
    read = people.change(house, "ann", {"roles": ["author", "reviewer"]}, actor="ada")
    people.change(house, "ann", {"roles": ["chair"]}, actor="ada")
    assert read.pending is not None
    with pytest.raises(people.PersonMoved):
        people.confirm(house, "ann", actor="pip", key=read.pending.key)
    assert roles(house, "ann") == ("author",)


def test_a_change_rejected_or_taken_back_comes_to_nothing(house: House) -> None:
    for who in ("pip", "ada"):
        people.change(house, "ann", {"roles": ["chair"]}, actor="ada")
        assert people.reject(house, "ann", actor=who, reason="not now").pending is None
        with pytest.raises(people.NothingWaits):
            people.confirm(house, "ann", actor="abe")
    people.change(house, "ann", {"roles": ["chair"]}, actor="ada")
    with pytest.raises(NotYours):
        people.reject(house, "ann", actor="rob")


def test_another_organisation_is_four_eyes_for_who_has_roles(house: House) -> None:
    """A contact moved to another provider would read that provider's items."""
    people.change(house, "nora", {"organisation": "south"}, actor="ada")
    assert people.person(house, "nora").person.organisation == "north"
    people.confirm(house, "nora", actor="abe")
    assert people.person(house, "nora").person.organisation == "south"


def test_fewer_days_are_at_once_and_more_days_are_four_eyes(house: House) -> None:
    shorter = people.change(house, "ann", {"to": date(2027, 4, 30)}, actor="ada")
    assert (shorter.person.until, shorter.pending) == (date(2027, 4, 30), None)
    longer = people.change(house, "ann", {"to": None}, actor="ada")
    assert longer.person.until == date(2027, 4, 30)
    assert people.confirm(house, "ann", actor="abe").person.until is None


def test_a_name_and_an_address_are_changed_by_one_person(house: House) -> None:
    entry = people.change(house, "ann", {"title": "  Ann  the author ", "email": "ann@example.org"}, actor="ada")
    assert (entry.person.title, entry.person.email, entry.pending) == ("Ann the author", "ann@example.org", None)
    assert entry.person.roles == ("author",)


@pytest.mark.parametrize("actor", ["ann", "pip", "cher", "nora"])
def test_only_who_administers_enters_and_changes_people(house: House, actor: str) -> None:
    attempts: list[Callable[[], object]] = [
        lambda: people.add(house, "ned", WITH_ROLE, actor=actor),
        lambda: people.change(house, "rob", {"title": "Bob"}, actor=actor),
        lambda: leaving.leave(house, "rob", EASTER, actor=actor),
    ]
    for attempt in attempts:
        with pytest.raises(NotYours):
            attempt()
    assert lines(house) == []


def test_a_rise_of_rights_ends_the_sessions_of_who_rises(house: House) -> None:
    """They sign in again, and the cookie of before carries no new rights."""
    wall = FakeClock("2026-11-22T10:00").now()
    cookie, _ = sessions.begin(house, "ann", level="full", now=wall)
    people.change(house, "ann", {"roles": ["chair"]}, actor="ada")
    assert sessions.find(house, cookie, now=wall)
    people.confirm(house, "ann", actor="pip")
    assert sessions.find(house, cookie, now=wall) is None


def test_a_stale_form_changes_nothing(house: House) -> None:
    seen = people.person(house, "ann").revision
    people.change(house, "ann", {"title": "Ann"}, actor="ada", seen=seen)
    with pytest.raises(people.PersonMoved):
        people.change(house, "ann", {"title": "Anna"}, actor="abe", seen=seen)
    assert people.person(house, "ann").person.title == "Ann"


def test_what_changes_nothing_leaves_no_line(house: House) -> None:
    people.change(house, "ann", {"title": "An author"}, actor="ada")
    assert lines(house) == []


def test_two_administrators_at_once_both_leave_their_line(house: House) -> None:
    """One waits for the other, and both changes hold."""
    with ThreadPoolExecutor(2) as pool:
        changes = [({"title": "Ann"}, "ada"), ({"email": "ann@example.net"}, "abe")]
        list(pool.map(lambda each: people.change(house, "ann", each[0], actor=each[1]), changes))
    found = people.person(house, "ann").person
    assert (found.title, found.email, len(lines(house))) == ("Ann", "ann@example.net", 2)


@pytest.mark.parametrize(
    ("name", "given", "field"),
    [
        ("Ned", {}, "name"),
        ("system:clock", {}, "name"),
        ("n" * 61, {}, "name"),
        ("ann", {}, "name"),
        ("author", {}, "name"),
        ("ned", {"title": ""}, "title"),
        ("ned", {"title": "\u202eden"}, "title"),
        ("ned", {"title": "N" * 121}, "title"),
        ("ned", {"email": "ned"}, "email"),
        ("ned", {"email": "ned@example.org\nBcc: all@example.org"}, "email"),
        ("ned", {"email": "ned@=?utf-8?q?a=0D=0ABcc=3Aall?=.org"}, "email"),
        ("ned", {"roles": ["autor"]}, "roles"),
        ("ned", {"organisation": "nowhere"}, "organisation"),
        ("ned", {"roles": ["contact"], "organisation": None}, "organisation"),
        ("ned", {"from": date(2027, 5, 1), "to": date(2027, 4, 1)}, "to"),
        ("ned", {"shoe_size": "44"}, "shoe_size"),
    ],
)
def test_what_means_nothing_is_said_by_field_and_nothing_is_saved(
    house: House, name: str, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadPerson) as refused:
        people.add(house, name, {"title": "Ned", **given}, actor="ada")
    assert list(refused.value.faults) == [field]
    assert re.search(r"[^.?][.?] Nothing was saved$", str(refused.value)), "one mark ends a sentence"
    with pytest.raises(Unknown):
        people.person(house, "ned")


def test_another_process_reads_the_change_at_once(house: House, staffed_url: str) -> None:
    """The epoch changes with every person, so nobody decides by yesterday's people."""
    other = House(open_store(staffed_url), house.clock, house.documents)
    try:
        assert roles(other, "ann") == ("author",)
        people.change(house, "ann", {"roles": ["chair"]}, actor="ada")
        people.confirm(house, "ann", actor="pip")
        assert roles(other, "ann") == ("chair",)
    finally:
        other.store.dispose()


def test_publishing_the_governance_file_again_leaves_those_who_were_entered(
    office: Engine, house: House, tmp_path: Path
) -> None:
    people.change(house, "ann", {"title": "Ann"}, actor="ada")
    path = tmp_path / "definitions" / "governance.yaml"
    path.write_text(path.read_text().replace("title: An author", "title: The first author"))
    office.publish([tmp_path / "definitions"], actor="ada")
    assert people.person(house, "ann").person.title == "Ann"


# --- The history ------------------------------------------------------------------------------------------------------


def test_every_change_is_a_line_without_the_address(house: House) -> None:
    """Addresses can be erased; what stands in a history cannot."""
    people.add(house, "ned", {**WITH_ROLE, "email": "ned@example.org"}, actor="ada", reason="joins the team")
    people.confirm(house, "ned", actor="pip")
    entered, confirmed = lines(house)
    assert (entered["kind"], entered["data"]["by"], entered["data"]["reason"]) == ("entered", "ada", "joins the team")
    assert (confirmed["kind"], confirmed["data"]["by"], confirmed["data"]["proposed_by"]) == ("confirmed", "pip", "ada")
    assert confirmed["data"]["roles"] == ["author"]
    assert "example.org" not in json.dumps([entered, confirmed])


@pytest.mark.parametrize(
    ("tampering", "said"),
    [
        ("UPDATE person SET data = REPLACE(data, 'author', 'chair') WHERE name = 'ned'", "says otherwise"),
        ("UPDATE person SET data = REPLACE(data, 'ned@', 'bad@') WHERE name = 'ned'", "says otherwise"),
        ("DELETE FROM person WHERE name = 'ned'", "they are gone"),
        (
            "INSERT INTO person (name, data, changed_at) SELECT 'eve', data, changed_at FROM person WHERE name = 'ned'",
            "knows nothing of them",
        ),
    ],
)
def test_rows_edited_behind_our_back_are_found(tmp_path: Path, staffed_url: str, tampering: str, said: str) -> None:
    with staffed(tmp_path, staffed_url, whole=False) as office:
        house = office._house
        people.add(house, "ned", {**WITH_ROLE, "email": "ned@example.org"}, actor="ada")
        people.confirm(house, "ned", actor="pip")
        store = house.store
        assert isinstance(store, SqlStore)
        assert verify(store).sound
        with store.connected() as connection:
            connection.execute(text(tampering))
        (finding,) = verify(store).findings
    assert said in str(finding)


# --- Cover ------------------------------------------------------------------------------------------------------------


def test_a_substitute_gets_what_is_open_already_for_those_days_and_no_longer(
    office: Engine, house: House, clock: FakeClock
) -> None:
    """An item that the absent person has taken on is done by the substitute, and the history says for whom."""
    task, later = (office.claim(office.open("task", actor="ann"), actor="ann") for _ in range(2))
    with pytest.raises(NotNow, match="author"):
        office.advance(task, "finish", actor="rob", fields={"helper": "ann"})
    cover.arrange(house, "ann", "rob", EASTER, EASTER + timedelta(days=3), actor="ann")
    done = office.advance(task, "finish", actor="rob", fields={"helper": "ann"})
    noted = office.advance(done, "answer", actor="rob", fields={"note": "for ann"})
    assert [(e.actor, e.acting_for) for e in office.history(noted.id)][-2:] == [("rob", "ann")] * 2
    clock.advance(days=4)
    with pytest.raises(NotNow, match="author"):
        office.advance(later, "finish", actor="rob", fields={"helper": "ann"})


def test_cover_ends_with_its_last_day(house: House, clock: FakeClock) -> None:
    cover.arrange(house, "ann", "rob", EASTER, EASTER + timedelta(days=1), actor="ann")

    def standing_in() -> list[str]:
        with house.looking() as (_, world):
            day = clock.now().date()
            return [each.name for each in world.actor("rob", day).stands_in]

    found = []
    for _ in range(3):
        found.append(standing_in())
        clock.advance(days=1)
    assert found == [["ann"], ["ann"], []]


@pytest.mark.parametrize(
    ("start", "until", "why"),
    [
        (EASTER, EASTER - timedelta(days=1), "the last day of the cover is before the first"),
        (EASTER - timedelta(days=900), EASTER - timedelta(days=800), "is past"),
        (EASTER, EASTER.replace(year=2072), "cover lasts 731 days at most"),
    ],
)
def test_cover_is_for_days_that_can_be_meant(house: House, start: date, until: date, why: str) -> None:
    """2072 for 2027 would have lent somebody's rights for good, without a word."""
    with pytest.raises(BadPerson, match=why):
        cover.arrange(house, "ann", "rob", start, until, actor="ann")
    assert lines(house) == []


@pytest.mark.parametrize(
    ("covered", "substitute", "actor", "why"),
    [
        ("ann", "ann", "ann", "for themselves"),
        ("rob", "ada", "ada", "another's rights"),
        ("rob", "amy", "ann", "may not"),
        ("rob", "amy", "amy", "may not"),
        ("ann", "nora", "ann", "another organisation"),
    ],
)
def test_cover_that_would_give_rights_away_is_refused(
    house: House, covered: str, substitute: str, actor: str, why: str
) -> None:
    """An administrator does not make themselves somebody else; nobody hands the house's rights to a provider."""
    with pytest.raises(Refusal, match=why):
        cover.arrange(house, covered, substitute, EASTER, EASTER, actor=actor)
    assert lines(house) == []


def test_an_administrator_arranges_and_ends_cover_for_others(house: House) -> None:
    later = EASTER + timedelta(days=7)
    cover.arrange(house, "ann", "amy", EASTER, EASTER, actor="ada")
    cover.arrange(house, "ann", "amy", EASTER, later, actor="ada", reason="away longer")
    with house.looking() as (_, world):
        assert cover.arranged(world.governance, "ann") == [cover.Arranged("amy", "ann", EASTER, later)]
    cover.end(house, "ann", "amy", actor="ada")
    with house.looking() as (_, world):
        assert cover.arranged(world.governance, "ann") == []
    with pytest.raises(cover.NoCover):
        cover.end(house, "ann", "amy", actor="amy")


@pytest.mark.parametrize(("start", "until"), [(3, 2), (-9, -1)])
def test_days_that_make_no_sense_are_refused(house: House, start: int, until: int) -> None:
    with pytest.raises(BadPerson):
        cover.arrange(house, "ann", "amy", EASTER + timedelta(days=start), EASTER + timedelta(days=until), actor="ann")


# --- Leaving ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def holding(office: Engine) -> Callable[[str], list[str]]:
    """Gives somebody two tasks: one taken on, one that names them."""

    def hold(name: str) -> list[str]:
        taken = office.claim(office.open("task", actor=name), actor=name)
        other = office.claim(office.open("task", actor="amy"), actor="amy")
        named = office.advance(other, "finish", actor="amy", fields={"helper": name})
        return [taken.reference, named.reference]

    return hold


def test_who_leaves_with_things_open_is_shown_them(house: House, holding: Callable[[str], list[str]]) -> None:
    references = holding("ann")
    with pytest.raises(leaving.StillHolds) as refused:
        leaving.leave(house, "ann", EASTER, actor="ada")
    assert [(h.reference, h.why, h.field) for h in refused.value.held] == [
        (references[0], "taken on", None),
        (references[1], "named", "helper"),
    ]
    assert people.person(house, "ann").person.until is None


def test_what_they_held_goes_to_the_new_holder_with_the_leaving(
    office: Engine, house: House, holding: Callable[[str], list[str]]
) -> None:
    references = holding("ann")
    leaving.leave(house, "ann", EASTER, actor="ada", to="amy")
    assert leaving.held_by(house, "ann") == []
    assert [h.reference for h in leaving.held_by(house, "amy")] == references
    assert [office.history(r)[-1].actor for r in references] == ["ada", "ada"]
    assert people.person(house, "ann").person.until == EASTER


def test_a_new_holder_who_may_not_takes_nothing_and_nobody_leaves(
    house: House, holding: Callable[[str], list[str]]
) -> None:
    """The rules of each item hold; it is all or nothing."""
    references = holding("ann")
    with pytest.raises(NotAllowed):
        leaving.leave(house, "ann", EASTER, actor="ada", to="rob")
    assert [h.reference for h in leaving.held_by(house, "ann")] == references
    assert people.person(house, "ann").person.until is None


def test_what_only_they_may_do_must_be_moved_first(office: Engine, house: House) -> None:
    task = office.claim(office.open("task", actor="ann"), actor="ann")
    task = office.advance(task, "finish", actor="ann", fields={"helper": "amy"})
    task = office.advance(task, "answer", actor="amy", fields={"note": "done"})
    with pytest.raises(leaving.CannotTake, match="earlier step"):
        leaving.leave(house, "ann", EASTER, actor="ada", to="amy")
    office.correct(task, actor="ada", reason="ann leaves", stage="offered")
    leaving.leave(house, "ann", EASTER, actor="ada")


def test_who_has_left_has_no_rights_and_nobody_elses_and_no_session(house: House) -> None:
    """Cover that was arranged before does not outlive the substitute's own time here."""
    wall = FakeClock("2026-11-22T10:00").now()
    cookie, _ = sessions.begin(house, "ann", level="full", now=wall)
    cover.arrange(house, "amy", "ann", EASTER, EASTER + timedelta(days=30), actor="amy")
    people.change(house, "ann", {"roles": ["chair"]}, actor="ada")
    left = leaving.leave(house, "ann", EASTER - timedelta(days=1), actor="ada")
    assert (left.pending, left.person.covers) == (None, ())
    assert sessions.find(house, cookie, now=wall) is None
    with house.looking() as (_, world):
        gone = world.actor("ann", EASTER)
    assert (gone.roles, gone.stands_in) == ((), ())


def test_a_last_day_in_a_wrong_year_is_asked_back(house: House) -> None:
    """It could be given back only by two people, and everything they hold has gone to somebody else by then."""
    with pytest.raises(BadPerson, match=r"is more than 92 days ago; mend the year"):
        leaving.leave(house, "ann", EASTER - timedelta(days=365), actor="ada")
    assert leaving.leave(house, "ann", EASTER - timedelta(days=60), actor="ada").person.until is not None


def test_nobody_stands_in_for_who_has_left(house: House) -> None:
    """Their rights have ended, for whoever had them."""
    cover.arrange(house, "amy", "ann", EASTER, EASTER + timedelta(days=30), actor="amy")
    people.change(house, "amy", {"to": EASTER + timedelta(days=3)}, actor="ada")
    with house.looking() as (_, world):
        found = [[p.name for p in world.actor("ann", EASTER + timedelta(days=n)).stands_in] for n in (3, 4)]
    assert found == [["amy"], []]


def test_cover_of_the_governance_file_ends_with_the_substitutes_last_day(house: House) -> None:
    """Ruth covers Rob there until 16 April; she is gone on the 6th."""
    people.change(house, "ruth", {"to": date(2027, 4, 6)}, actor="ada")
    with house.looking() as (_, world):
        found = [[each.name for each in world.actor("ruth", date(2027, 4, day)).stands_in] for day in (6, 7)]
    assert found == [["rob"], []]
