"""What signing in needs of the store: sessions, accounts, keys that were given away, failed attempts, people entered.

Hangs on the two ports of `ports/store.py` as `unit.access` and `look.access`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody is signed in. `hash` is the SHA-256 of the cookie in hex; `level` is "full" or "code_wanted"."""

    hash: str
    person: str
    level: str
    form_key: str
    created_at: datetime
    seen_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Account:
    """How a person signs in: a hashed password, a secret for one-time codes, an identity of another house (`subject`).

    `status` is "invited", "active" or "closed"; `code_used` is the last time step whose one-time code was taken.
    """

    person: str
    status: str
    created_at: datetime
    changed_at: datetime
    password: str | None = None
    code_secret: str | None = None
    code_used: int | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """Something that was given away once, known by its SHA-256 in hex: an invitation, an API token, a calendar feed."""

    hash: str
    kind: str
    person: str
    about: str
    scopes: Sequence[str]
    created_at: datetime
    ends_at: datetime | None = None
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entered:
    """A person as an administrator entered them; `data` is what they are, as JSON."""

    name: str
    data: Mapping[str, Any]
    changed_at: datetime


class AccessLook(Protocol):
    """The half that reads."""

    def session(self, digest: str) -> Session | None: ...

    def sessions(self, person: str) -> list[Session]:
        """Where a person is signed in, the latest seen first; those that have run out may still be among them."""

    def account(self, person: str) -> Account | None: ...

    def account_of(self, subject: str) -> Account | None:
        """The account of an identity of another house."""

    def accounts(self) -> list[Account]:
        """All of them, by the name of the person."""

    def key(self, digest: str) -> Key | None: ...

    def keys(self, kind: str, person: str | None = None) -> list[Key]:
        """Keys of one kind, the latest first."""

    def attempts(self, who: str, since: datetime) -> list[datetime]:
        """When signing in failed for a name or from a place, the latest first; at most 100 of them."""

    def person(self, name: str) -> Entered | None: ...

    def people(self) -> list[Entered]:
        """Everybody who was entered, by name."""


class AccessUnit(AccessLook, Protocol):
    """Both halves, within a transaction that writes."""

    def put_session(self, session: Session) -> None: ...

    def see_session(self, digest: str, at: datetime) -> None:
        """It was used just now."""

    def drop_session(self, digest: str) -> None: ...

    def drop_sessions(self, person: str, but: str | None = None) -> int:
        """Sign a person out everywhere, `but` in one session (its digest); how many there were."""

    def drop_ended(self, now: datetime, idle: timedelta) -> None:
        """Forget sessions that have run out, and what was typed by somebody who did not come back for it."""

    def put_account(self, account: Account) -> None:
        """Keep an account, in place of the person's earlier one."""

    def use_code(self, person: str, step: int) -> bool:
        """Take the one-time code of a time step; False where that step, or a later one, was taken before."""

    def put_key(self, key: Key) -> None: ...

    def use_key(self, digest: str, at: datetime) -> bool:
        """Take a key that counts once; False where it was taken before, or is not there."""

    def see_key(self, digest: str, at: datetime) -> bool:
        """A key that counts often was used just now; False where it is not there any more."""

    def drop_key(self, digest: str) -> None: ...

    def drop_keys(self, kind: str, person: str) -> int:
        """Take a person's keys of one kind back; how many there were."""

    def add_attempt(self, who: str, at: datetime) -> None: ...

    def drop_attempt(self, who: str, at: datetime) -> None:
        """This one was no failure."""

    def drop_attempts(self, who: str) -> None:
        """Somebody got in: what failed before is forgiven."""

    def drop_attempts_before(self, at: datetime) -> None: ...

    def put_person(self, entered: Entered) -> None:
        """Keep what was entered of a person, in place of what was there."""

    def alone(self, name: str) -> None:
        """Wait until no other transaction works on what this name stands for."""
