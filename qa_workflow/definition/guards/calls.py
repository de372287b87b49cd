"""Calls in guards: the named functions and what may stand between their brackets."""

from __future__ import annotations

import ast
from typing import Any

from qa_workflow.definition.faults import mend_name
from qa_workflow.definition.guards.functions import FUNCTIONS, Answer, Function, Takes
from qa_workflow.definition.guards.parts import Notes, Part, Scope, Typed, as_date, read_as
from qa_workflow.definition.guards.types import Kind, Type
from qa_workflow.definition.names import Names

_KINDS = {Takes.LIST_FIELD: Kind.LIST, Takes.TEXT_FIELD: Kind.TEXT, Takes.DATE: Kind.DATE}

ASK_HAS = "`has(…)` asks whether a field is filled"
_NOT_FILLED = frozenset({"none", "null", "nil", "empty", "blank", "nothing"})
"""What people write for a field without a value."""


class Calls:
    """Turns calls into typed parts."""

    def __init__(self, scope: Scope, notes: Notes, reads: set[str]) -> None:
        self.scope = scope
        self.notes = notes
        self.reads = reads

    def call(self, node: ast.Call, part: Part) -> Typed:
        """What a named function gives; `part` looks into its arguments."""
        at = self.notes.offset(node)
        if not isinstance(node.func, ast.Name):
            self.notes.refuse(
                "guard-syntax", at, "only named functions can be asked", "ask one by its name, as has(rating)"
            )
        function = FUNCTIONS.get(node.func.id)
        if function is None:
            what = f"function {node.func.id!r} does not exist"
            self.notes.refuse("guard-name", at, what, mend_name(node.func.id, tuple(FUNCTIONS)))
        if node.keywords or len(node.args) != len(function.takes):
            count = {0: "nothing", 1: "one thing"}.get(len(function.takes), f"{len(function.takes)} things")
            what = f"{function.name} takes {count} between its brackets"
            self.notes.refuse("guard-type", at, what, f"write {function.form}")
        pairs = zip(function.takes, node.args, strict=True)
        given = [self._argument(function, takes, argument, part) for takes, argument in pairs]
        if function.takes[-1:] == (Takes.OUTCOME,):
            self._possible_end(given[0], given[1], self.notes.offset(node.args[1]))
        return Typed(self._gives(function, at, given), function.make(*given), at)

    def _gives(self, function: Function, at: int, given: list[Any]) -> Type:
        """The type of the result, narrowed to what it can be."""
        scope = self.scope
        if function.name in ("subject", "subject_kind"):
            if not scope.has_subject:
                mend = "give the workflow a `subject`"
                self.notes.refuse("guard-name", at, "items of this workflow have no subject", mend)
            return Type(Kind.TEXT, scope.organisations if function.name == "subject" else scope.kinds)
        if function.name in ("period_start", "period_end") and not scope.has_period:
            self.notes.refuse("guard-name", at, "items of this workflow have no period", "give the workflow a `period`")
        if function.name == "decided":
            if len(given[0]) > 1:
                paths = " or ".join(repr(path) for path in given[0])
                self.notes.refuse("guard-name", at, "the name fits several places", f"write {paths}")
            return Type(Kind.TEXT, scope.ways_out.get(given[0][0]))
        return function.gives

    def _argument(self, function: Function, takes: Takes, node: ast.expr, part: Part) -> Any:
        at = self.notes.offset(node)
        if takes is Takes.FIELD:
            return self._field(function, node, at)
        if takes in _KINDS:
            return self._of_kind(function, _KINDS[takes], part(node))
        if not (isinstance(node, ast.Constant) and type(node.value) is str):
            mend = f"write '{node.id}'" if isinstance(node, ast.Name) else f"write {function.form}"
            self.notes.refuse("guard-type", at, f"{function.name} takes a name in quotes", mend)
        return self._named(takes, node.value, at)

    def _named(self, takes: Takes, name: str, at: int) -> Any:
        scope = self.scope
        match takes:
            case Takes.ROLE:
                if scope.roles is not None and name not in scope.roles:
                    mend = mend_name(name, scope.roles, "define it in the governance file")
                    self.notes.note("unknown-role", at, f"role {name!r} is not defined", mend)
                return name
            case Takes.TRIGGER:
                return self._paths("unknown-trigger", "step", name, scope.triggers, at)
            case Takes.STAGE:
                return self._paths("unknown-stage", "stage", name, scope.stages, at)
            case Takes.PLACE:
                return self._paths("unknown-stage", "stage", name, scope.places, at)
            case Takes.SUB_ITEMS:
                paths = self._paths("unknown-stage", "stage", name, scope.stages, at)
                if not scope.open and not any(path in scope.sub_items for path in paths):
                    mend = "name a stage that has `sub_items`"
                    self.notes.refuse("guard-type", at, f"stage {name!r} has no sub-items", mend)
                return paths
            case _:
                return name

    def _possible_end(self, stages: tuple[str, ...], outcome: str, at: int) -> None:
        """Note an outcome with which no sub-item of these stages ever ends."""
        ends = [self.scope.outcomes.get(stage) for stage in stages]
        known = tuple(dict.fromkeys(end for each in ends for end in each or ()))
        if None not in ends and outcome not in known:
            what = f"a sub-item can never end as {outcome!r}"
            self.notes.note("guard-impossible", at, what, mend_name(outcome, known))

    def _paths(self, rule: str, what: str, name: str, names: Names, at: int) -> tuple[str, ...]:
        found = (name,) if self.scope.open else names.find(name)
        if not found:
            mend = mend_name(name, names.known, "define it")
            self.notes.refuse(rule, at, f"{what} {name!r} is not defined", mend)
        return found

    def _field(self, function: Function, node: ast.expr, at: int) -> str:
        if not isinstance(node, ast.Name):
            name = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else "rating"
            mend = f"write {function.name}({name if name in self.scope.fields else 'rating'})"
            self.notes.refuse("guard-type", at, f"{function.name} takes the name of a field, without quotes", mend)
        if node.id not in self.scope.fields and not self.scope.open:
            unknown_field(node.id, at, self.scope, self.notes)
        self.reads.add(node.id)
        return node.id

    def _of_kind(self, function: Function, kind: Kind, part: Typed) -> Answer:
        part = read_as(Type(kind), part)
        if kind is Kind.DATE:
            part = as_date(part, self.notes)
        if part.kind is not kind:
            what = f"{function.name} takes {kind.value}, and this is {part.kind.value}"
            self.notes.refuse("guard-type", part.offset, what, f"write {function.form}")
        return part.answer


def unknown_field(name: str, at: int, scope: Scope, notes: Notes) -> None:
    """A word that is no field: a function without brackets, a misspelt field, or text without quotes."""
    what = f"field {name!r} is not declared"
    if name in FUNCTIONS:
        notes.refuse("guard-name", at, f"{name!r} is a function and has no brackets", f"write {FUNCTIONS[name].form}")
    if any(name in (each.values or ()) for each in scope.fields.values()):
        notes.refuse("guard-name", at, what, f"if it is a value, put it in quotes: '{name}'")
    if name in _NOT_FILLED:
        notes.refuse("guard-name", at, what, ASK_HAS)
    mend = mend_name(name, sorted(scope.fields), "declare it under `fields`")
    if "did you mean" not in mend:
        mend += f"; if it is text, put it in quotes: '{name}'"
    notes.refuse("guard-name", at, what, mend)
