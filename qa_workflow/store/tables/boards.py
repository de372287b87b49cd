"""What lists over all items are quick by: dates that an item's own row cannot tell, and figures of the night."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, Index
from sqlmodel import Field

from qa_workflow.store.tables.base import CLUSTERED, Table, number, words


class StepRow(Table, table=True):
    """A dated visit of an item that is in several stages at once, or whose date is no longer the first.

    Items in one stage with their first date have no row here: `item.due_at` says it. An item that has rows here has one
    for each of its dated visits. `owner` is as `item.owner`, for this visit alone.
    """

    __tablename__ = "step"
    __table_args__: Any = (Index("ix_step_due", "due_at", "item_id", "visit"), CLUSTERED)
    item_id: int = Field(sa_column=number(key=True))
    visit: int = Field(sa_column=number(key=True))
    stage: str = Field(sa_column=words())
    owner: str = Field(sa_column=words())
    due_at: int = Field(sa_column=number())
    first_at: int = Field(sa_column=number())


class SearchableRow(Table, table=True):
    """What an item is found by: its names, and what it is about, as searches compare them.

    Narrow, so that all can be read. `is_undisclosed`: the subject's own people do not find it by what it is about.
    """

    __tablename__ = "searchable"
    __table_args__: Any = CLUSTERED
    item_id: int = Field(sa_column=number(key=True))
    workflow: str = Field(sa_column=words())
    subject: str | None = Field(default=None, sa_column=words(null=True))
    reference: str = Field(sa_column=words())
    about: str = Field(sa_column=words())
    is_undisclosed: bool = Field(sa_column=Column(Boolean, nullable=False))


class FigureRow(Table, table=True):
    """Figures about all items, worked out when nobody waits, and when; they can be worked out again at any time."""

    __tablename__ = "figure"
    __table_args__: Any = CLUSTERED
    name: str = Field(sa_column=words(key=True))
    at: int = Field(sa_column=number())
    data: str = Field(sa_column=words())
