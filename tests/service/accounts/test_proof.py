"""`verify` knows how people come in: nobody puts another way in, in somebody's place, behind the program's back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Executable, Insert, insert, select, update

from qa_workflow.engine.policy import Actor
from qa_workflow.service.boards import feeds
from qa_workflow.service.front import Engine
from qa_workflow.service.people import invitations, tokens
from qa_workflow.service.people.accounts import In, close, sign_out_everywhere
from qa_workflow.service.people.gate import Gate
from qa_workflow.store import SqlStore
from qa_workflow.store.access import ACCOUNT, TOKEN
from qa_workflow.testing import FakeClock, Postbox
from tests.service.accounts.doing import BASE
from tests.service.staffed import staffed

OF_ANN = update(ACCOUNT).where(ACCOUNT.c.person == "ann")


@pytest.fixture
def office(tmp_path: Path, staffed_url: str, clock: FakeClock, postbox: Postbox) -> Iterator[Engine]:
    """Not proved afterwards, for it is tampered with."""
    with staffed(tmp_path, staffed_url, clock, postbox, whole=False) as engine:
        yield engine


@pytest.fixture
def busy(office: Engine, gate: Gate, account: Callable[[str], In], wall: FakeClock) -> Engine:
    """Ann and Ada have accounts, Ann a key and a feed; Rob is invited."""
    account("ann")
    account("ada")
    tokens.give(office._house, "ann", label="reports", scopes=["read"], days=30, cookie=None, now=wall.now())
    feeds.give(office._house, Actor("ann"), "mine", now=wall.now())
    invitations.invite(gate, "rob", actor="ada", base=BASE, now=wall.now())
    assert office.verify().findings == ()
    return office


def tampered(office: Engine, statement: Executable) -> list[str]:
    store = office._house.store
    assert isinstance(store, SqlStore)
    with store.connected() as connection:
        changed = connection.execute(statement).rowcount
        assert isinstance(statement, Insert) or changed == 1  # of what is put in, PostgreSQL's driver keeps no count
    return [f"{each.place}: {each.where}" for each in office.verify().findings]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("column", "value"),
    [("password", "x"), ("code_secret", "x"), ("subject", "x"), ("status", "closed"), ("changed_at", 1)],
)
def test_another_way_in_in_somebodys_place_is_found(busy: Engine, column: str, value: object) -> None:
    assert tampered(busy, OF_ANN.values({column: value})) == ["account of ann: account"]


def test_an_account_that_was_slipped_in_or_taken_away_is_found(busy: Engine) -> None:
    assert tampered(busy, OF_ANN.values(person="cher")) == ["account of cher: account", "account of ann: account"]


def test_a_code_that_was_used_is_no_other_account(busy: Engine) -> None:
    assert tampered(busy, OF_ANN.values(code_used=7)) == []


@pytest.mark.parametrize("kind", ["api", "feed", "invitation"])
def test_a_door_that_nobody_was_given_is_found(busy: Engine, kind: str) -> None:
    """It opens to whoever made up the secret, also after it was used: only an invitation is good for once."""
    forged = {"hash": "f00d", "kind": kind, "person": "cher", "about": "mine", "scopes": "read", "created_at": 1}
    forged |= {} if kind == "invitation" else {"used_at": 2}
    assert tampered(busy, insert(TOKEN).values(forged)) == [f"{kind} f00d…: token"]


@pytest.mark.parametrize(
    ("kind", "column", "value"),
    [
        ("api", "person", "cher"),
        ("api", "scopes", "administer"),
        ("api", "ends_at", None),
        ("feed", "person", "cher"),
        ("feed", "about", "bodies"),
        ("invitation", "person", "cher"),
        ("invitation", "ends_at", 2**50),
    ],
)
def test_a_door_that_opens_to_more_than_was_given_is_found(busy: Engine, kind: str, column: str, value: object) -> None:
    still_open = update(TOKEN).where(TOKEN.c.kind == kind, TOKEN.c.used_at.is_(None))
    (found,) = tampered(busy, still_open.values({column: value}))
    assert found.startswith(f"{kind} ")
    assert found.endswith(f": token.{column}")


def test_an_invitation_that_was_used_opens_nothing_again(busy: Engine) -> None:
    used = update(TOKEN).where(TOKEN.c.kind == "invitation", TOKEN.c.person == "ann")
    (found,) = tampered(busy, used.values(used_at=None))
    assert found.endswith(": token")


@pytest.mark.parametrize(
    ("kind", "end"),
    [
        ("api", lambda gate, _, now: sign_out_everywhere(gate, "ann", actor="ann", now=now)),
        ("api", lambda gate, key, now: tokens.take_back(gate.house, "ann", key, now=now)),
        ("feed", lambda gate, _, now: sign_out_everywhere(gate, "ann", actor="ann", now=now)),
        ("feed", lambda gate, key, _: feeds.take_back(gate.house, "ann", key)),
        ("invitation", lambda gate, _, now: close(gate, "rob", actor="ada", now=now)),
        ("invitation", lambda gate, _, now: invitations.invite(gate, "rob", actor="ada", base=BASE, now=now)),
    ],
    ids=["key, everywhere", "key", "feed, everywhere", "feed", "account closed", "invited anew"],
)
def test_a_door_that_was_closed_opens_nothing_again(
    busy: Engine, gate: Gate, wall: FakeClock, kind: str, end: Callable[[Gate, str, datetime], object]
) -> None:
    """Whoever kept a copy of its row puts it back."""
    store = busy._house.store
    assert isinstance(store, SqlStore)
    still_open = select(TOKEN).where(
        TOKEN.c.kind == kind, TOKEN.c.person.in_(["ann", "rob"]), TOKEN.c.used_at.is_(None)
    )
    with store.connected() as connection:
        row = dict(connection.execute(still_open).mappings().one())
    wall.advance(minutes=5)
    end(gate, row["hash"], wall.now())
    (found,) = tampered(busy, insert(TOKEN).values(row))
    assert found == f"{kind} {row['hash'][:12]}…: token"
