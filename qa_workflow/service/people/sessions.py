"""Sessions: who is signed in, known by a random cookie of which the database holds only the SHA-256.

They live by the machine's clock, which callers hand in as `now`; a rehearsal's own clock may stand months away.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from qa_workflow.service.house import House
from qa_workflow.service.ports.access import AccessUnit, Session

FULL, CODE_WANTED = "full", "code_wanted"
"""Signed in; or the password was right, and the one-time code is still to come."""
IDLE = timedelta(minutes=30)
WHOLE = timedelta(hours=8)
HALFWAY = timedelta(minutes=10)
"""How long somebody may take over the one-time code."""
SEEN_EVERY = timedelta(minutes=1)
"""How often it is written down that a session is in use; less often than pages are read."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody is signed in. `form_key` stands in every form of theirs, so that no other site can post one."""

    person: str
    level: str
    form_key: str
    created_at: datetime
    seen_at: datetime
    ends_at: datetime

    @property
    def is_full(self) -> bool:
        """Whether nothing more is wanted of them."""
        return self.level == FULL


def begin(house: House, person: str, *, level: str, now: datetime) -> tuple[str, SignedIn]:
    """Sign a person in who has shown who they are; gives the value of the cookie, which is kept nowhere here."""
    return house.write(lambda work: begin_in(work.unit.access, person, level=level, now=now))


def begin_in(access: AccessUnit, person: str, *, level: str, now: datetime) -> tuple[str, SignedIn]:
    """As `begin`, within a transaction that does more. Sessions that have run out are swept away on the way."""
    access.drop_ended(now, IDLE)
    cookie = secrets.token_urlsafe(32)
    ends_at = now + (WHOLE if level == FULL else HALFWAY)
    session = Session(digest(cookie), person, level, secrets.token_urlsafe(32), now, now, ends_at)
    access.put_session(session)
    return cookie, _signed_in(session)


def find(house: House, cookie: str, *, now: datetime, by_itself: bool = False) -> SignedIn | None:
    """Who is signed in by this cookie; None when nobody is, or not any more (30 minutes idle, 8 hours in all).

    Args:
        by_itself: a page asks that is open, and not the person: that does not keep the session alive.
    """
    found = digest(cookie)
    with house.store.reading() as look:
        session = look.access.session(found)
    if session is None or not lasts(session, now):
        return None
    if not by_itself and now - session.seen_at >= SEEN_EVERY:
        house.write(lambda work: work.unit.access.see_session(found, now), aside=True)
    return _signed_in(session)


def lasts(session: Session, now: datetime) -> bool:
    """Whether a session is still good; one that a clock set forward has dated is not, or it would last until then."""
    return now < session.ends_at and abs(now - session.seen_at) < IDLE


def end(house: House, cookie: str) -> None:
    """Sign out; the cookie opens nothing any more."""
    house.write(lambda work: work.unit.access.drop_session(digest(cookie)))


def digest(secret: str) -> str:
    """Under which a cookie, or another key that was given away, is known here."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _signed_in(session: Session) -> SignedIn:
    return SignedIn(
        session.person, session.level, session.form_key, session.created_at, session.seen_at, session.ends_at
    )
