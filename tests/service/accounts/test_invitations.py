"""Invitations: a link that counts once, for seven days, and stands nowhere."""

from __future__ import annotations

import json
import logging
from datetime import timedelta

import pytest
from sqlalchemy import select

from qa_workflow.service.people import accounts, invitations, people, tokens
from qa_workflow.service.people.gate import Gate
from qa_workflow.service.people.passwords import WeakPassword
from qa_workflow.service.refusals import NotYours
from qa_workflow.store import SqlStore
from qa_workflow.store.tables import metadata
from qa_workflow.testing import FakeClock, Postbox
from tests.service.accounts.doing import BASE, CHEAP, OTHER, PASSWORD, PLACE, key_of, lines
from tests.service.staffed import EASTER


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
    secret, _ = tokens.give(gate.house, "amy", label="Reports", scopes=["read"], days=30, cookie=None, now=wall.now())
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
