"""Invitations: a link by which somebody sets a password, once and within seven days; also when one was forgotten.

It goes by mail where mail is set up, never through the outbox, whose rows are kept; else the administrator who asked
for it is shown it, once.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from qa_workflow.calendar import long_date
from qa_workflow.engine.item import stamp
from qa_workflow.errors import Refusal
from qa_workflow.service.house import Work
from qa_workflow.service.people import feed_keys, ways_in
from qa_workflow.service.people.accounts import In, context_of, let_in
from qa_workflow.service.people.gate import ACTIVE, INVITED, Gate, account_alone, account_in, level_for, note
from qa_workflow.service.people.passwords import require_strong
from qa_workflow.service.people.people import ADMINISTER
from qa_workflow.service.people.sessions import digest
from qa_workflow.service.people.telling import carry
from qa_workflow.service.people.tokens import KIND as KEY
from qa_workflow.service.people.ways_in import CODES
from qa_workflow.service.people.ways_in import INVITATION as KIND
from qa_workflow.service.ports.access import AccessLook, Key
from qa_workflow.service.ports.store import Message
from qa_workflow.service.rights import both, holders, require

LASTS = timedelta(days=7)
HERE = "http://127.0.0.1:8000"
"""Where the pages are, as long as nobody says otherwise."""
PATH = "/invitation/"
"""Where the pages take an invitation; the key follows."""


class InvitationOver(Refusal):
    """A link that was used, has run out, or was never given."""

    code = "invitation_over"

    def __init__(self) -> None:
        super().__init__(
            "This invitation was used already, was replaced by a later one, or is more than seven days old. "
            "Ask an administrator for another"
        )


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation. `link` is what the administrator is shown; None where it went by mail."""

    person: str
    ends_at: datetime
    link: str | None
    trouble: str | None = None
    """Why mail did not take it, where it should have."""


def first_in(gate: Gate) -> str | None:
    """Whom the command line lets in, as long as nobody can sign in yet; None once somebody can, or where nobody may."""
    with gate.house.looking() as (look, world):
        if any(account.password or account.subject for account in look.access.accounts()):
            return None
        may = holders(world.governance, ADMINISTER, world.day(gate.house.now()))
        return next(iter(may), None)


def first_words(person: str, base: str) -> str:
    """The command that makes the first invitation, for pages at an address."""
    at = "" if base.rstrip("/") == HERE else f" --at {base.rstrip('/')}"
    return f"qa-workflow person invite {person} --as {person}{at}"


def invite(gate: Gate, person: str, *, actor: str, base: str, now: datetime) -> Invited:
    """Invite somebody to set a password; earlier invitations count no more.

    Args:
        base: the address of the pages, as https://quality.example.org.

    Raises:
        NotYours: the actor does not administer.
        OneOfTwo: the actor took back their one-time codes lately.
        Unknown: nobody has this name.
    """
    key = secrets.token_urlsafe(32)
    ends_at = now + LASTS

    def work(work: Work) -> str | None:
        what = f"invite {person}"
        account_alone(work.unit.access, person)
        lent = require(work, actor, ADMINISTER, what)
        known = work.world.person(person)
        ways_in.require_apart(work, person, CODES, actor=actor, what=what, now=now)
        ways_in.vouch(work, person, actor=actor)
        access = work.unit.access
        access.drop_keys(KIND, person)
        access.put_key(Key(digest(key), KIND, person, "", both(actor, lent), now, ends_at))
        account = account_in(access, person, now)
        if account.status != ACTIVE:
            access.put_account(replace(account, status=INVITED, changed_at=now))
        note(work, now, "invited", person, by=actor, key=digest(key), until=stamp(ends_at))
        return known.email

    address = gate.house.write(work)
    link = f"{base.rstrip('/')}{PATH}{key}"
    if gate.post is None or address is None:
        return Invited(person, ends_at, link)
    trouble = carry(gate.post, Message(f"invitation:{digest(key)[:32]}", person, address, *_words(link, ends_at)))
    return Invited(person, ends_at, link if trouble else None, trouble)


def who(gate: Gate, key: str, *, now: datetime) -> str:
    """Whom an invitation is for; raises `InvitationOver`."""
    with gate.house.store.reading() as look:
        return _open(look.access, key, now).person


def accept(gate: Gate, key: str, password: str, *, now: datetime) -> In:
    """Set the password, and sign in with it; who was signed in as this person is so no longer, nor any program or feed.

    Raises:
        InvitationOver, WeakPassword
    """
    person = who(gate, key, now=now)
    require_strong(password, context_of(gate, person))
    hashed = gate.passwords.hash(password)

    def work(work: Work) -> In:
        access = work.unit.access
        account_alone(access, person)
        if not work.world.person(person).is_active(work.day) or not access.use_key(digest(key), now):
            raise InvitationOver
        account = replace(account_in(access, person, now), status=ACTIVE, password=hashed, changed_at=now)
        access.put_account(account)
        access.drop_sessions(person)
        access.drop_keys(KEY, person)
        note(work, now, "accepted the invitation", person, feeds=feed_keys.end_all(work, person))
        return let_in(work, person, level_for(account, work.actor(person), work.world), now, by="invitation")

    return gate.house.write(work)


def _open(access: AccessLook, key: str, now: datetime) -> Key:
    found = access.key(digest(key))
    if (
        found is None
        or found.kind != KIND
        or found.used_at is not None
        or found.ends_at is None
        or found.ends_at <= now
    ):
        raise InvitationOver
    return found


def _words(link: str, ends_at: datetime) -> tuple[str, str]:
    """Subject and text: no names, no case detail."""
    until = long_date(ends_at.date())
    text = (
        f"An administrator has invited you to set a password.\n\n{link}\n\n"
        f"The link works once, until {until}. If you did not expect it, tell an administrator; do not open it.\n"
    )
    return "Your account for quality assurance", text
