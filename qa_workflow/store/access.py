"""The ports of `service/ports/access.py` made real: who may come in, in five small tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, func, insert, or_, select, text, update

from qa_workflow.clock import from_micros, to_micros
from qa_workflow.engine.json_text import canonical
from qa_workflow.service.people.keeping_typed import KIND as TYPED
from qa_workflow.service.ports import streams
from qa_workflow.service.ports.access import Account, Entered, Key, Session
from qa_workflow.store.tables import metadata

PERSON = metadata.tables["person"]
ACCOUNT = metadata.tables["account"]
SESSION = metadata.tables["session"]
TOKEN = metadata.tables["token"]
ATTEMPT = metadata.tables["attempt"]
_OF_ACCOUNT = tuple(column.name for column in ACCOUNT.c if column.name != "code_used")
_MOST = 100
_SESSION = select(SESSION).where(SESSION.c.hash == bindparam("digest"))
"""Asked with every page."""


class SqlAccessLook:
    """The port `AccessLook` on a connection within a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def session(self, digest: str) -> Session | None:
        """The session of a cookie's SHA-256."""
        row = self._connection.execute(_SESSION, {"digest": digest}).first()
        return None if row is None else _session(row)

    def sessions(self, person: str) -> list[Session]:
        """Where a person is signed in, the latest seen first."""
        wanted = select(SESSION).where(SESSION.c.person == person)
        ordered = wanted.order_by(SESSION.c.seen_at.desc(), SESSION.c.created_at.desc(), SESSION.c.hash)
        return [_session(row) for row in self._connection.execute(ordered)]

    def account(self, person: str) -> Account | None:
        """A person's account."""
        row = self._connection.execute(select(ACCOUNT).where(ACCOUNT.c.person == person)).first()
        return None if row is None else _account(row)

    def account_of(self, subject: str) -> Account | None:
        """The account of an identity of another house."""
        row = self._connection.execute(select(ACCOUNT).where(ACCOUNT.c.subject == subject)).first()
        return None if row is None else _account(row)

    def accounts(self) -> list[Account]:
        """All of them, by the name of the person."""
        return [_account(row) for row in self._connection.execute(select(ACCOUNT).order_by(ACCOUNT.c.person))]

    def key(self, digest: str) -> Key | None:
        """The key of a SHA-256."""
        row = self._connection.execute(select(TOKEN).where(TOKEN.c.hash == digest)).first()
        return None if row is None else _key(row)

    def keys(self, kind: str, person: str | None = None) -> list[Key]:
        """Keys of one kind, the latest first."""
        wanted = select(TOKEN).where(TOKEN.c.kind == kind)
        if person is not None:
            wanted = wanted.where(TOKEN.c.person == person)
        ordered = wanted.order_by(TOKEN.c.created_at.desc(), TOKEN.c.hash)
        return [_key(row) for row in self._connection.execute(ordered)]

    def attempts(self, who: str, since: datetime) -> list[datetime]:
        """When signing in failed, the latest first; at most 100."""
        wanted = select(ATTEMPT.c.at).where(ATTEMPT.c.who == who, ATTEMPT.c.at > to_micros(since))
        ordered = wanted.order_by(ATTEMPT.c.at.desc()).limit(_MOST)
        return [from_micros(at) for at in self._connection.execute(ordered).scalars()]

    def person(self, name: str) -> Entered | None:
        """A person as entered."""
        row = self._connection.execute(select(PERSON).where(PERSON.c.name == name)).first()
        return None if row is None else _entered(row)

    def people(self) -> list[Entered]:
        """Everybody who was entered, by name."""
        return [_entered(row) for row in self._connection.execute(select(PERSON).order_by(PERSON.c.name))]


class SqlAccess(SqlAccessLook):
    """The port `AccessUnit` on a connection that has begun to write; `record` adds a line to a history of the house."""

    def __init__(self, connection: Connection, record: Callable[[str, datetime, str, Mapping[str, Any]], None]) -> None:
        super().__init__(connection)
        self._record = record

    def put_session(self, session: Session) -> None:
        """Somebody is signed in from now on."""
        values = {
            "hash": session.hash,
            "person": session.person,
            "level": session.level,
            "form_key": session.form_key,
            "created_at": to_micros(session.created_at),
            "seen_at": to_micros(session.seen_at),
            "ends_at": to_micros(session.ends_at),
        }
        self._connection.execute(insert(SESSION).values(values))

    def see_session(self, digest: str, at: datetime) -> None:
        """It was used just now."""
        self._connection.execute(update(SESSION).where(SESSION.c.hash == digest).values(seen_at=to_micros(at)))

    def drop_session(self, digest: str) -> None:
        """Signed out."""
        self._connection.execute(delete(SESSION).where(SESSION.c.hash == digest))

    def drop_sessions(self, person: str, but: str | None = None) -> int:
        """Signed out everywhere, `but` in one session; how many there were."""
        gone = delete(SESSION).where(SESSION.c.person == person)
        if but is not None:
            gone = gone.where(SESSION.c.hash != but)
        return self._connection.execute(gone).rowcount

    def drop_ended(self, now: datetime, idle: timedelta) -> None:
        """Forget sessions that have run out, and what was typed by somebody who did not come back for it.

        And what a clock has dated that was set forward, which would run out when that time comes.
        """
        idle_since, ahead = to_micros(now - idle), to_micros(now + idle)
        seen = or_(SESSION.c.seen_at <= idle_since, SESSION.c.seen_at >= ahead)
        self._connection.execute(delete(SESSION).where(or_(SESSION.c.ends_at <= to_micros(now), seen)))
        typed = or_(TOKEN.c.ends_at <= to_micros(now), TOKEN.c.created_at >= ahead)
        self._connection.execute(delete(TOKEN).where(TOKEN.c.kind == TYPED, typed))

    def put_account(self, account: Account) -> None:
        """Keep an account, in place of the person's earlier one."""
        values = {
            "person": account.person,
            "status": account.status,
            "password": account.password,
            "code_secret": account.code_secret,
            "code_used": account.code_used,
            "subject": account.subject,
            "created_at": to_micros(account.created_at),
            "changed_at": to_micros(account.changed_at),
        }
        self._put(ACCOUNT, "person", values)
        self._record(streams.ACCOUNTS, account.changed_at, "kept", account_facts(values))

    def use_code(self, person: str, step: int) -> bool:
        """Take the one-time code of a time step, in one statement: of two who try, one gets it."""
        fresh = or_(ACCOUNT.c.code_used.is_(None), ACCOUNT.c.code_used < step)
        taken = update(ACCOUNT).where(ACCOUNT.c.person == person, fresh).values(code_used=step)
        return self._connection.execute(taken).rowcount == 1

    def put_key(self, key: Key) -> None:
        """A key was given away."""
        values = {
            "hash": key.hash,
            "kind": key.kind,
            "person": key.person,
            "about": key.about,
            "scopes": " ".join(key.scopes),
            "created_at": to_micros(key.created_at),
            "ends_at": None if key.ends_at is None else to_micros(key.ends_at),
            "used_at": None if key.used_at is None else to_micros(key.used_at),
        }
        self._connection.execute(insert(TOKEN).values(values))

    def use_key(self, digest: str, at: datetime) -> bool:
        """Take a key that counts once, in one statement: of two who try, one gets it."""
        taken = update(TOKEN).where(TOKEN.c.hash == digest, TOKEN.c.used_at.is_(None)).values(used_at=to_micros(at))
        return self._connection.execute(taken).rowcount == 1

    def see_key(self, digest: str, at: datetime) -> bool:
        """It was used just now; False where it is not there any more."""
        seen = update(TOKEN).where(TOKEN.c.hash == digest).values(used_at=to_micros(at))
        return self._connection.execute(seen).rowcount == 1

    def drop_key(self, digest: str) -> None:
        """It opens nothing any more."""
        self._connection.execute(delete(TOKEN).where(TOKEN.c.hash == digest))

    def drop_keys(self, kind: str, person: str) -> int:
        """Take a person's keys of one kind back; how many there were."""
        gone = delete(TOKEN).where(TOKEN.c.kind == kind, TOKEN.c.person == person)
        return self._connection.execute(gone).rowcount

    def add_attempt(self, who: str, at: datetime) -> None:
        """Signing in was tried."""
        self._connection.execute(insert(ATTEMPT).values(who=who, at=to_micros(at)))

    def drop_attempt(self, who: str, at: datetime) -> None:
        """This one was no failure."""
        one = select(func.min(ATTEMPT.c.id)).where(ATTEMPT.c.who == who, ATTEMPT.c.at == to_micros(at))
        self._connection.execute(delete(ATTEMPT).where(ATTEMPT.c.id == one.scalar_subquery()))

    def drop_attempts(self, who: str) -> None:
        """What failed before is forgiven."""
        self._connection.execute(delete(ATTEMPT).where(ATTEMPT.c.who == who))

    def drop_attempts_before(self, at: datetime) -> None:
        """What is too long ago to count."""
        self._connection.execute(delete(ATTEMPT).where(ATTEMPT.c.at <= to_micros(at)))

    def put_person(self, entered: Entered) -> None:
        """Keep what was entered of a person, in place of what was there."""
        data = canonical(entered.data).decode()
        self._put(PERSON, "name", {"name": entered.name, "data": data, "changed_at": to_micros(entered.changed_at)})

    def alone(self, name: str) -> None:
        """Wait until no other transaction works on what this name stands for; on SQLite none ever does."""
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})

    def _put(self, table: Table, key: str, values: Mapping[str, Any]) -> None:
        changed = {name: value for name, value in values.items() if name != key}
        there = update(table).where(table.c[key] == values[key]).values(changed)
        if self._connection.execute(there).rowcount == 0:
            self._connection.execute(insert(table).values(values))


def account_facts(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """What history says of an account: enough to tell when somebody else's way in was put in its place."""
    kept = {name: row[name] for name in _OF_ACCOUNT}
    return {"person": row["person"], "hash": sha256(canonical(kept)).hexdigest()}


def _session(row: Any) -> Session:
    instants = (from_micros(row.created_at), from_micros(row.seen_at), from_micros(row.ends_at))
    return Session(row.hash, row.person, row.level, row.form_key, *instants)


def _account(row: Any) -> Account:
    return Account(
        row.person,
        row.status,
        from_micros(row.created_at),
        from_micros(row.changed_at),
        row.password,
        row.code_secret,
        row.code_used,
        row.subject,
    )


def _key(row: Any) -> Key:
    return Key(
        row.hash,
        row.kind,
        row.person,
        row.about,
        tuple(row.scopes.split()),
        from_micros(row.created_at),
        None if row.ends_at is None else from_micros(row.ends_at),
        None if row.used_at is None else from_micros(row.used_at),
    )


def _entered(row: Any) -> Entered:
    return Entered(row.name, json.loads(row.data), from_micros(row.changed_at))
