"""What would let an administrator in as somebody else: a new password, new one-time codes, another address.

Nobody does two of them to the same person. Who did what is kept as a key that opens nothing; `scopes` has their names.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from qa_workflow.calendar import long_date
from qa_workflow.errors import Refusal
from qa_workflow.service.house import Work
from qa_workflow.service.ports.access import Key
from qa_workflow.service.rights import part_of

INVITATION, CODES, ADDRESS = "invitation", "codes_taken_back", "address_changed"
APART = timedelta(days=30)
"""For how long whoever did the one does not do the other: longer than most people are on leave."""
_DONE = {INVITATION: "invited them", CODES: "took back their one-time codes"}


class OneOfTwo(Refusal):
    """Both together would let the actor in as that person."""

    code = "two_ways_in"

    def __init__(self, actor: str, person: str, what: str, *, because: str, until: datetime) -> None:
        self.actor, self.person, self.until = actor, person, until
        super().__init__(
            f"{actor} may not {what}: {because} lately, and whoever did both could come in as {person}. "
            f"Another administrator can, or {actor} after {long_date(until.date())}"
        )


def require_apart(work: Work, person: str, kind: str, *, actor: str, what: str, now: datetime) -> None:
    """Refuse who did the other thing (`kind`) to this person lately, or stands in for whoever did."""
    who = work.actor(actor)
    for done in work.unit.access.keys(kind, person):
        did = part_of(who, done.scopes)
        if did is not None and now < done.created_at + APART:
            raise OneOfTwo(actor, person, what, because=f"{did} {_DONE[kind]}", until=done.created_at + APART)


def remember(work: Work, person: str, kind: str, *, by: tuple[str, ...], now: datetime) -> None:
    """Who did this; what was done before counts no more."""
    work.unit.access.drop_keys(kind, person)
    work.unit.access.put_key(Key(secrets.token_hex(32), kind, person, "", by, now))


def vouch(work: Work, person: str, *, actor: str) -> None:
    """Somebody else than who changed the address sends an invitation there: it is the person's from now on."""
    changes = work.unit.access.keys(ADDRESS, person)
    if changes and part_of(work.actor(actor), [name for change in changes for name in change.scopes]) is None:
        work.unit.access.drop_keys(ADDRESS, person)
