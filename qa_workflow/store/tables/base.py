"""What all tables share: one MetaData that belongs to this program alone, and the types of their columns."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column, MetaData, Text
from sqlalchemy.dialects import sqlite
from sqlmodel import SQLModel

metadata = MetaData()
Big = BigInteger().with_variant(sqlite.INTEGER(), "sqlite")
"""SQLite gives out row numbers for a column declared INTEGER only; it holds 64 bits all the same."""
CLUSTERED = {"sqlite_with_rowid": False}
"""Rows that are read by one key are stored in the order of that key."""

OF_THIS_DATABASE = {"of_this_database": True}
"""Marks a column that means nothing in another database, so that a backup goes without it."""


class Table(SQLModel):
    """A table of this program."""

    metadata: ClassVar[MetaData] = metadata


def words(*, null: bool = False, key: bool = False, unique: bool = False) -> Column[Any]:
    """A column of text."""
    return Column(Text, nullable=null, primary_key=key, unique=unique or None)


def number(*, null: bool = False, key: bool = False) -> Column[Any]:
    """A column of whole numbers; instants are microseconds since 1970 in UTC."""
    return Column(BigInteger, nullable=null, primary_key=key, autoincrement=False)
