"""Who may come in: people beside those of the governance file, their accounts, sessions, and keys that were given."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Index
from sqlmodel import Field

from qa_workflow.store.tables.base import CLUSTERED, Big, Table, number, words


class PersonRow(Table, table=True):
    """Somebody who acts, as an administrator entered them; says instead of the governance file. `data` is JSON."""

    __tablename__ = "person"
    __table_args__: Any = CLUSTERED
    name: str = Field(sa_column=words(key=True))
    data: str = Field(sa_column=words())
    changed_at: int = Field(sa_column=number())


class AccountRow(Table, table=True):
    """How a person signs in: a password (hashed), one-time codes, or an identity of another house (`subject`).

    `code_used` is the last time step whose one-time code was taken: a code counts once.
    """

    __tablename__ = "account"
    __table_args__: Any = CLUSTERED
    person: str = Field(sa_column=words(key=True))
    status: str = Field(sa_column=words())
    password: str | None = Field(default=None, sa_column=words(null=True))
    code_secret: str | None = Field(default=None, sa_column=words(null=True))
    code_used: int | None = Field(default=None, sa_column=number(null=True))
    subject: str | None = Field(default=None, sa_column=words(null=True, unique=True))
    created_at: int = Field(sa_column=number())
    changed_at: int = Field(sa_column=number())


class SessionRow(Table, table=True):
    """Somebody is signed in: known by the SHA-256 of a random cookie. Gone from here is signed out everywhere."""

    __tablename__ = "session"
    __table_args__: Any = (Index("ix_session_person", "person"), CLUSTERED)
    hash: str = Field(sa_column=words(key=True))
    person: str = Field(sa_column=words())
    level: str = Field(sa_column=words())
    form_key: str = Field(sa_column=words())
    created_at: int = Field(sa_column=number())
    seen_at: int = Field(sa_column=number())
    ends_at: int = Field(sa_column=number())


class TokenRow(Table, table=True):
    """A key that was given away once and is known here by its SHA-256: an invitation, an API token, a calendar feed.

    `about` is what it is for (a body, a label), `scopes` words between blanks.
    """

    __tablename__ = "token"
    __table_args__: Any = (Index("ix_token_person", "person"), CLUSTERED)
    hash: str = Field(sa_column=words(key=True))
    kind: str = Field(sa_column=words())
    person: str = Field(sa_column=words())
    about: str = Field(sa_column=words())
    scopes: str = Field(sa_column=words())
    created_at: int = Field(sa_column=number())
    ends_at: int | None = Field(default=None, sa_column=number(null=True))
    used_at: int | None = Field(default=None, sa_column=number(null=True))


class AttemptRow(Table, table=True):
    """A sign-in that failed, for a name or from a place; counted to slow down who guesses."""

    __tablename__ = "attempt"
    __table_args__ = (Index("ix_attempt_who", "who", "at"),)
    id: int | None = Field(default=None, sa_column=Column(Big, primary_key=True, autoincrement=True))
    who: str = Field(sa_column=words())
    at: int = Field(sa_column=number())
