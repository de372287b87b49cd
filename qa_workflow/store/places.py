"""Expressions that SQLite and PostgreSQL spell differently, and what is made of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Integer, String, literal, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FunctionElement


class place_of(FunctionElement[int]):  # noqa: N801  reads as a function
    """Where a text begins within another, from 1; 0 if it does not. Unlike LIKE: no wildcards, and case counts."""

    type = Integer()
    inherit_cache = True
    name = "place_of"


class plain(FunctionElement[str]):  # noqa: N801
    """A column that must not be looked up in its index, because the index of another condition serves better."""

    type = String()
    inherit_cache = True
    name = "plain"


@compiles(place_of)
def _strpos(element: Any, compiler: Any, **kw: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **kw)})"


@compiles(place_of, "sqlite")
def _instr(element: Any, compiler: Any, **kw: Any) -> str:
    return f"instr({compiler.process(element.clauses, **kw)})"


@compiles(plain)
def _as_it_is(element: Any, compiler: Any, **kw: Any) -> str:
    return str(compiler.process(element.clauses, **kw))


@compiles(plain, "sqlite")
def _without_index(element: Any, compiler: Any, **kw: Any) -> str:
    return f"+{compiler.process(element.clauses, **kw)}"


def at_stage(stages: Any, stage: str) -> ColumnElement[bool]:
    """Whether among stages, as an item's row tells them, is this one by its path or last name, or a branch of it."""
    between = literal(" ") + stages + literal(" ")
    return or_(*(place_of(between, f"{before}{stage}{after}") > 0 for before in " ." for after in " ."))
