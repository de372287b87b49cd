"""What lies on people's desks: definitions being written, and lists they come back to."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Index, LargeBinary
from sqlmodel import Field

from qa_workflow.store.tables.base import CLUSTERED, Big, Table, number, words


class DraftRow(Table, table=True):
    """A definition being written. `based_on` is the hash of the published text it began as; null for a new one.

    Proposed, it waits for a second person, who approves exactly these bytes: `proposed_hash` is their SHA-256.
    """

    __tablename__ = "draft"
    __table_args__ = (Index("ix_draft_name", "kind", "name"),)
    id: int | None = Field(default=None, sa_column=Column(Big, primary_key=True, autoincrement=True))
    kind: str = Field(sa_column=words())
    name: str = Field(sa_column=words())
    source: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    based_on: str | None = Field(default=None, sa_column=words(null=True))
    author: str = Field(sa_column=words())
    revision: int = Field(sa_column=number())
    changed_at: int = Field(sa_column=number())
    status: str = Field(sa_column=words())
    note: str = Field(sa_column=words())
    proposed_hash: str | None = Field(default=None, sa_column=words(null=True))
    proposed_by: str | None = Field(default=None, sa_column=words(null=True))
    proposed_at: int | None = Field(default=None, sa_column=number(null=True))


class SavedViewRow(Table, table=True):
    """A list with its filters, kept by a person under a name."""

    __tablename__ = "saved_view"
    __table_args__: Any = CLUSTERED
    person: str = Field(sa_column=words(key=True))
    page: str = Field(sa_column=words(key=True))
    name: str = Field(sa_column=words(key=True))
    query: str = Field(sa_column=words())
    changed_at: int = Field(sa_column=number())
