"""What people do to come in, and what the history keeps of it."""

from __future__ import annotations

import json
from typing import Any

import pyotp
from sqlalchemy import text

from qa_workflow.effects.passwords import Argon2Passwords
from qa_workflow.service.people import accounts, codes, invitations
from qa_workflow.service.people.gate import Gate
from qa_workflow.store import SqlStore
from qa_workflow.testing import FakeClock

CHEAP = Argon2Passwords(memory=8)
PASSWORD = "lantern otter gravel"  # noqa: S105  of nobody
OTHER = "violin moss thunder"
PLACE = "203.0.113.7"
BASE = "https://quality.example.org"


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
