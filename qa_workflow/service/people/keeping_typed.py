"""What somebody had typed when their session ended, kept for a few minutes while they sign in at another house."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from qa_workflow.errors import Refusal
from qa_workflow.service.house import House, Work
from qa_workflow.service.people import throttle
from qa_workflow.service.people.sessions import IDLE, digest
from qa_workflow.service.ports.access import Key

KIND = "typed"
LASTS = timedelta(minutes=10)
LARGEST = 600_000
"""Characters; a definition of the largest size, as one field of JSON."""


class TooMuchTyped(Refusal):
    """More than is kept for somebody who is not signed in."""

    code = "too_much_typed"

    def __init__(self) -> None:
        super().__init__(
            "What you typed is too long to be kept while you sign in over there. Copy it from the page before, "
            "or sign in with an account of this site"
        )


def keep(house: House, text: str, *, source: str | None, now: datetime) -> str:
    """Keep a form; gives the key by which it is fetched, once. Only a few from one place: nobody is signed in here.

    What nobody has fetched in time is swept away on the way.

    Raises:
        TooMuchTyped, TooManyTries
    """
    if len(text) > LARGEST:
        raise TooMuchTyped
    throttle.count(house, f"typed from {source}", source, now)
    key = secrets.token_urlsafe(32)
    kept = Key(digest(key), KIND, "", text, (), now, now + LASTS)

    def work(work: Work) -> str:
        access = work.unit.access
        access.drop_ended(now, IDLE)
        access.put_key(kept)
        return key

    return house.write(work, now)


def take(house: House, key: str, *, now: datetime) -> str | None:
    """Fetch it; it is gone from here then."""
    found = digest(key)
    with house.store.reading() as look:
        kept = look.access.key(found)
    if kept is None or kept.kind != KIND or kept.ends_at is None or kept.ends_at <= now:
        return None
    house.write(lambda work: work.unit.access.drop_key(found), now)
    return kept.about
