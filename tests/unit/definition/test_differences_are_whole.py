"""Nothing goes unnoticed: every attribute of every class of a definition, changed by itself, is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, time
from enum import Enum
from functools import partial
from typing import Any

import pytest

from qa_workflow.calendar import Calendar, Series, TimeRule, parse
from qa_workflow.definition import Governance, Workflow
from qa_workflow.definition.differences import governance as of_governance
from qa_workflow.definition.differences import workflow as of_workflow
from qa_workflow.definition.differences.governance import governance_differences
from qa_workflow.definition.differences.workflow import workflow_differences
from qa_workflow.definition.governance import Body, Organisation, Person, Role, Scale
from qa_workflow.definition.model import (
    BodyRef,
    Branch,
    Field,
    FieldType,
    Flow,
    Guard,
    Lapse,
    Opening,
    Option,
    Parallel,
    Repeat,
    Stage,
    SubItems,
    Transition,
    Who,
)
from tests.unit.definition.compared import office, review

RULE = TimeRule(parse("17 working days after entry"))


MADE: Mapping[type, Any] = {
    TimeRule: RULE, Guard: Guard("1 == 1", bool), Who: Who(roles=("chair", "author", "reviewer")),
    BodyRef: BodyRef("panel", True),
    Lapse: Lapse(RULE, "over"), Opening: Opening("body", "year", RULE), Repeat: Repeat(RULE), str: "another", int: 7,
    date: date(2031, 5, 6), time: time(6, 7), FieldType: FieldType.ORGANISATION,
}  # fmt: skip


IDENTITY = {
    (Stage, "path"), (Stage, "name"), (Stage, "flow"), (Stage, "transitions"), (Transition, "stage"),
    (Transition, "trigger"),
    (Branch, "name"), (Branch, "path"), (Flow, "path"), (Field, "name"), (Workflow, "hash"), (Workflow, "stages"),
    (Workflow, "disclosures"),
    (Workflow, "flows"), (Role, "name"), (Person, "name"), (Organisation, "name"), (Body, "name"), (Scale, "name"),
    (Calendar, "id"), (Series, "body"), (Series, "calendar"), (Series, "life"), (Flow, "stages"), (Governance, "hash"),
}  # fmt: skip
"""What says which value it is: another one is another value, which the keys of the mapping it stands in tell."""


GONE = object()
"""Stands for a value that may be left out, and is."""


def other(value: Any, name: str, hint: str) -> Any:
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, Enum):
        return next(member for member in type(value) if member is not value)
    if isinstance(value, str):
        return f"{value} x"
    if isinstance(value, int):
        return value + 1
    if isinstance(value, Mapping):
        return dict(list(value.items())[:-1]) if value else {date(2031, 5, 6): "a day"} if "date" in hint else None
    if isinstance(value, tuple | frozenset):
        return type(value)(list(value)[:-1]) if value else _something(name, hint)
    if type(value) in MADE:
        return MADE[type(value)]
    return _something(name, hint) if value is None else GONE if hint.endswith("| None") else None


def _something(name: str, hint: str) -> Any:
    for kind, made in MADE.items():
        if re.search(rf"\b{kind.__name__}\b", hint):
            is_many = hint.startswith("tuple")
            return (made,) if is_many and "tuple[str, str]" not in hint else ((("a", "b"),) if is_many else made)
    singles = {
        "options": (Option("v", "V"),), "reminders": (), "collects": (), "names": (), "covers": (),
        "sets": (("note", "x"),),
        "copies": (("a", "b"),), "opens": (), "effects": (), "on_exit": (), "default": "x",
    }  # fmt: skip
    return singles.get(name)


def places(value: Any, put: Callable[[Any], Any]) -> Iterator[tuple[Any, Callable[[Any], Any]]]:
    """Every dataclass within a value, and how to put another one in its place and get the whole."""
    if isinstance(value, TimeRule | Guard) or type(value) in (date, time):
        return
    if is_dataclass(value) and not isinstance(value, type):
        yield value, put
        for found in fields(value):
            if found.compare and not found.name.startswith("_") and (type(value), found.name) != (Series, "calendar"):
                inner = getattr(value, found.name)
                yield from places(inner, partial(_put_attribute, value, found.name, put))
    elif isinstance(value, Mapping):
        for key in value:
            yield from places(value[key], partial(_put_key, value, key, put))
    elif isinstance(value, tuple):
        for index in range(len(value)):
            yield from places(value[index], partial(_put_index, value, index, put))


def _put_attribute(value: Any, name: str, put: Callable[[Any], Any], new: Any) -> Any:
    return put(replace(value, **{name: new}))


def _put_key(value: Mapping[Any, Any], key: Any, put: Callable[[Any], Any], new: Any) -> Any:
    return put({**value, key: new})


def _put_index(value: tuple[Any, ...], index: int, put: Callable[[Any], Any], new: Any) -> Any:
    return put((*value[:index], new, *value[index + 1 :]))


def _changes(whole: Any) -> Iterator[tuple[str, Any]]:
    """The whole with one attribute of one value in it changed."""
    for value, put in places(whole, lambda new: new):
        for found in fields(value):
            if not found.compare or found.name.startswith("_") or (type(value), found.name) in IDENTITY:
                continue
            before = getattr(value, found.name)
            after = other(before, found.name, str(found.type))
            if after is None or after == before:
                continue
            try:
                after = None if after is GONE else after
                yield f"{type(value).__name__}.{found.name}", put(replace(value, **{found.name: after}))
            except Exception:  # noqa: BLE001, S112  a value that cannot be need not be told of
                continue


@pytest.mark.parametrize("kind", ["workflow", "governance"])
def test_whatever_is_changed_is_told(kind: str) -> None:
    """Every attribute of every class of the model that the sample holds, changed alone."""
    whole: Any = review() if kind == "workflow" else office()
    told: set[str] = set()
    for name, new in _changes(whole):
        found = workflow_differences(whole, new) if kind == "workflow" else governance_differences(whole, new)
        assert found, f"a change of {name} goes unnoticed"
        for each in found:
            pair = re.search(r" is now (.*); it was (.*)\.$", each.sentence)
            assert pair is None or pair[1] != pair[2], f"{name}: {each.sentence}"
        told.add(name)
    wanted = {
        "workflow": {
            Workflow,
            Stage,
            Transition,
            Field,
            Branch,
            Parallel,
            SubItems,
            Lapse,
            Opening,
            Repeat,
            BodyRef,
            Flow,
        },
        "governance": {Governance, Role, Person, Organisation, Body, Scale},
    }
    names = {f"{c.__name__}.{f.name}" for c in wanted[kind] for f in fields(c) if (c, f.name) not in IDENTITY}
    unseen = names - told - {"Person.covers", "Organisation.names", "Body.names", "Body.covers"}
    assert not {
        name for name in unseen if name.split(".")[0] in {"Transition", "Stage", "Field", "Workflow", "Role", "Person"}
    }


@pytest.mark.parametrize(
    ("kind", "table"),
    [
        (Workflow, of_workflow.WORKFLOW), (Stage, of_workflow.STAGE), (Transition, of_workflow.TRANSITION),
        (Field, of_workflow.FIELD), (Branch, of_workflow.BRANCH), (Parallel, of_workflow.PARALLEL),
        (SubItems, of_workflow.SUB_ITEMS), (Lapse, of_workflow.LAPSE), (Flow, of_workflow.FLOW),
        (Opening, of_workflow.OPENING), (Repeat, of_workflow.REPEAT), (BodyRef, of_workflow.BODY_REF),
        (Governance, of_governance.GOVERNANCE), (Role, of_governance.ROLE), (Person, of_governance.PERSON),
        (Organisation, of_governance.ORGANISATION), (Body, of_governance.BODY), (Scale, of_governance.SCALE),
        (Calendar, of_governance.CALENDAR), (Series, of_governance.SERIES),
    ],
)  # fmt: skip
def test_every_attribute_has_its_weight(kind: type, table: Mapping[str, Any]) -> None:
    """An attribute that is added to the model must be given one; else it would be told as mere words."""
    names = {f.name for f in fields(kind) if f.compare and not f.name.startswith("_")}
    assert names == set(table)
