"""Comparisons in guards: like with like, in an order that exists, with something that can be."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from qa_workflow.definition.faults import mend_name
from qa_workflow.definition.guards.parts import Notes, Typed, as_date, read_as
from qa_workflow.definition.guards.types import READERS, TRUTH, Kind, Type

_EQUALS: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
}
_ORDERS: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
}


def compare(op: ast.cmpop, left: Typed, right: Typed, notes: Notes) -> Typed:
    """Two values side by side."""
    left, right = read_as(right.type, left), read_as(left.type, right)
    if Kind.DATE in (left.kind, right.kind):
        left, right = as_date(left, notes), as_date(right, notes)
    if Kind.LIST in (left.kind, right.kind):
        notes.refuse("guard-type", left.offset, "a list cannot be compared", "ask `count(…)`, or `'…' in …`")
    if left.kind is not right.kind:
        what = f"{left.kind.value} is compared with {right.kind.value}"
        notes.refuse("guard-type", right.offset, what, _mend(left.kind, right))
    if type(op) in _ORDERS and left.kind not in (Kind.NUMBER, Kind.DATE, Kind.ANY):
        mend = "compare with `==`, or with `in [...]`" if left.kind is Kind.TEXT else "compare with `==`"
        notes.refuse("guard-type", left.offset, f"{left.kind.value} has no order here", mend)
    _possible(left, right, notes)
    _possible(right, left, notes)
    if left.name and left.name == right.name:
        what = f"{left.name!r} is compared with itself"
        notes.note("guard-constant", left.offset, what, "compare it with something else")
    a, b, test = left.answer, right.answer, _EQUALS.get(type(op)) or _ORDERS[type(op)]
    known = None if left.constant is None or right.constant is None else test(left.constant, right.constant)
    return Typed(TRUTH, lambda setting: test(a(setting), b(setting)), left.offset, known)


def is_among(left: Typed, values: Sequence[Typed], offset: int, notes: Notes, *, negative: bool) -> Typed:
    """A value looked for in a list of fixed values."""
    if not values:
        notes.refuse("guard-constant", offset, "nothing is in an empty list", "write what it may be")
    known: list[Any] = []
    for value in values:
        left = read_as(value.type, left)
        one = as_date(value, notes) if left.kind is Kind.DATE else value
        if one.constant is None:
            notes.refuse("guard-type", one.offset, "a list in brackets holds fixed values only", "compare with `==`")
        if one.kind is not left.kind:
            what = f"{left.kind.value} is looked for among {one.kind.value}"
            notes.refuse("guard-type", one.offset, what, _mend(left.kind, one))
        _possible(left, one, notes)
        known.append(one.constant)
    answer = left.answer
    always = None if left.constant is None else (left.constant in known) is not negative
    return Typed(TRUTH, lambda setting: (answer(setting) in known) is not negative, left.offset, always)


def is_entry(left: Typed, right: Typed, notes: Notes, *, negative: bool) -> Typed:
    """A value looked for in a field that is a list."""
    right = read_as(Type(Kind.LIST, None, left.kind), right)
    left = read_as(Type(right.type.of or Kind.ANY), left)
    if right.kind is not Kind.LIST:
        mend = "write a list in brackets, as `in ['a', 'b']`"
        notes.refuse("guard-type", right.offset, f"`in` looks into a list, and this is {right.kind.value}", mend)
    if right.type.of is Kind.DATE:
        left = as_date(left, notes)
    if right.type.of is not left.kind:
        held = right.type.of.value if right.type.of else "something else"
        what = f"the list holds {held}, and this is {left.kind.value}"
        notes.refuse("guard-type", left.offset, what, "look for what it holds")
    _possible(Typed(Type(Kind.TEXT, right.type.values), right.answer, right.offset, name=right.name), left, notes)
    one, many, reader = left.answer, right.answer, READERS[left.kind]
    return Typed(TRUTH, lambda s: (one(s) in [reader(entry) for entry in many(s)]) is not negative, left.offset)


def _possible(part: Typed, other: Typed, notes: Notes) -> None:
    """Note when `other` is something that `part` can never be."""
    values, called = part.type.values, f"{part.name!r}" if part.name else "it"
    if part.kind is Kind.TEXT and part.constant is None and other.constant == "":
        mend = f"ask `has({part.name})`, or `not has({part.name})`" if part.name else "compare it with something"
        notes.note("guard-impossible", other.offset, f"{called} is never empty text: it is filled, or it is not", mend)
        return
    if values is None or part.kind is not Kind.TEXT:
        return
    if type(other.constant) is str and other.constant not in values:
        mend = mend_name(other.constant, values)
        notes.note("guard-impossible", other.offset, f"{called} can never be {other.constant!r}", mend)
    elif other.constant is None and other.type.values is not None and not set(values) & set(other.type.values):
        what = "the two have no value in common"
        notes.note("guard-impossible", other.offset, what, "compare fields with the same values")


def _mend(left: Kind, part: Typed) -> str:
    if left is Kind.NUMBER and type(part.constant) is str:
        return "write a number, without quotes"
    if left is Kind.TEXT and part.kind is Kind.NUMBER:
        return f"put it in quotes: '{part.constant}'" if part.constant is not None else "compare text with text"
    if left is Kind.TRUTH:
        return "compare it with true or false, or name it alone"
    return f"compare it with {left.value}"
