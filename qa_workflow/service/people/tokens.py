"""Keys for programs: a person gives one away, it acts in their name within its scopes, and can be taken back.

The key is shown once; the database holds its SHA-256. It lives by the machine's clock, which callers hand in as `now`.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from qa_workflow.engine.item import stamp
from qa_workflow.errors import Refusal, UsageFault
from qa_workflow.service.house import House, Work
from qa_workflow.service.labels import shown
from qa_workflow.service.people.gate import SignInAgain, account_alone, is_closed, note
from qa_workflow.service.people.sessions import digest
from qa_workflow.service.ports.access import Key

KIND = "api"
PREFIX = "qaw_"
"""How every key begins, so that one that was published by mistake is recognised."""
READ, ACT, ADMINISTER = "read", "act", "administer"
SCOPES = {
    READ: "Read what this person may read",
    ACT: "Read, and do what this person may do with items, documents and meetings",
    ADMINISTER: "Read, and look after people, their accounts and the machine room, where this person may",
}
LONGEST = timedelta(days=366)
MOST = 20
"""Keys that one person may have at a time."""
USED_EVERY = timedelta(minutes=1)
"""How often it is written down that a key is in use; less often than it is used."""


class BadToken(UsageFault):
    """What was asked for is no key that could be given."""

    code = "bad_token"

    def __init__(self, field: str, why: str) -> None:
        self.field = field
        super().__init__(why)


class NoSuchToken(UsageFault):
    """A key that is not there any more, or was never this person's."""

    code = "no_such_token"

    def __init__(self) -> None:
        super().__init__("this key is not there any more; it may have been taken back in another window")


class TooManyTokens(Refusal):
    """One person has given away more keys than they can keep an eye on."""

    code = "too_many_tokens"

    def __init__(self) -> None:
        super().__init__(f"you have {MOST} keys already; take back one that is no longer used, then make the new one")


@dataclass(frozen=True, slots=True)
class Token:
    """A key that was given away. `id` is its SHA-256, which names it and opens nothing."""

    id: str
    person: str
    label: str
    scopes: tuple[str, ...]
    created_at: datetime
    ends_at: datetime | None
    used_at: datetime | None

    def allows(self, scope: str) -> bool:
        """Whether it reaches that far: whoever may act may read."""
        return scope in self.scopes or (scope == READ and bool(self.scopes))

    def lasts(self, now: datetime) -> bool:
        """Whether it is still good."""
        return self.ends_at is None or now < self.ends_at


def give(
    house: House, person: str, *, label: str, scopes: Sequence[str], days: int, cookie: str | None, now: datetime
) -> tuple[str, Token]:
    """A new key for a program that acts in this person's name; the first of the two is shown once and kept nowhere.

    Args:
        days: how long it is good, 1 to 366.
        cookie: of the session in which it is asked for, if it is in one.

    Raises:
        BadToken: no label, no scope, or a time that is none.
        SignInAgain: the session was ended meanwhile.
        TooManyTokens: they have twenty already.
    """
    name = shown(label.strip())
    if not name:
        raise BadToken("label", "say what the key is for, so that you know it again when it is to be taken back")
    wanted = [scope for scope in SCOPES if scope in scopes]
    if any(scope not in SCOPES for scope in scopes):
        raise BadToken("scopes", f"a key may be given for {', '.join(SCOPES)}; choose among these")
    if not wanted:
        raise BadToken("scopes", "choose at least one thing that the key may do")
    if not 1 <= days <= LONGEST.days:
        raise BadToken("days", f"a key is good for 1 to {LONGEST.days} days; choose a number between these")
    secret = PREFIX + secrets.token_urlsafe(32)
    until = now + timedelta(days=days)
    key = Key(digest(secret), KIND, person, name, wanted, now, until)

    def work(work: Work) -> None:
        access = work.unit.access
        account_alone(access, person)
        if cookie is not None and access.session(digest(cookie)) is None:
            raise SignInAgain
        lasting = 0
        for found in access.keys(KIND, person):
            if found.ends_at is not None and found.ends_at <= now:
                access.drop_key(found.hash)
            else:
                lasting += 1
        if lasting >= MOST:
            raise TooManyTokens
        access.put_key(key)
        note(work, now, "key given", person, key=key.hash, scopes=" ".join(wanted), until=stamp(until))

    house.write(work)
    return secret, _token(key)


def find(house: House, secret: str, *, now: datetime) -> Token | None:
    """The key that a program shows; None where it is unknown, was taken back, has run out, or the account is closed."""
    if not secret.startswith(PREFIX) or len(secret) > 100:
        return None
    with house.store.reading() as look:
        key = look.access.key(digest(secret))
        account = look.access.account(key.person) if key is not None else None
    if key is None or key.kind != KIND or is_closed(account):
        return None
    token = _token(key)
    if not token.lasts(now):
        return None
    if token.used_at is None or now - token.used_at >= USED_EVERY:
        house.write(lambda work: work.unit.access.see_key(key.hash, now), aside=True)
    return token


def of(house: House, person: str, *, now: datetime) -> list[Token]:
    """A person's keys that are still good, the latest first."""
    with house.store.reading() as look:
        found = [_token(key) for key in look.access.keys(KIND, person)]
    return [token for token in found if token.lasts(now)]


def take_back(house: House, person: str, token: str, *, now: datetime) -> None:
    """From now on the key opens nothing.

    Raises:
        NoSuchToken: it is not one of this person's.
    """

    def work(work: Work) -> None:
        key = work.unit.access.key(token)
        if key is None or key.kind != KIND or key.person != person:
            raise NoSuchToken
        work.unit.access.drop_key(token)
        note(work, now, "key taken back", person, key=token)

    house.write(work)


def _token(key: Key) -> Token:
    return Token(key.hash, key.person, key.about, tuple(key.scopes), key.created_at, key.ends_at, key.used_at)
