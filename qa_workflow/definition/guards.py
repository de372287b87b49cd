"""Guards: a small total language of conditions, compiled once into closures. No loop, no call but the named functions.

Python's parser reads the text and nothing of Python runs it: an allow-list turns the tree into our own functions, with
types checked on the way. `compile_guard` never raises; what is wrong comes back as notes with a place in the text.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NoReturn

from qa_workflow.definition.faults import mend_name
from qa_workflow.definition.guard_functions import FUNCTIONS, Answer, Function, GuardFault, GuardSetting, Takes
from qa_workflow.definition.guard_types import ANY, DATE, NUMBER, READERS, TEXT, TRUTH, Kind, Type
from qa_workflow.definition.model import Guard
from qa_workflow.definition.names import Names

MAX_CHARACTERS = 1000
MAX_NODES = 200
MAX_DEPTH = 25
MAX_NUMBER = 2**63

_ORDERS: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
}
_NAMES_OF_LITERALS = {"true": True, "false": False}
_SLIPS = (
    (re.compile(r"&&"), "write `and`"),
    (re.compile(r"\|\|"), "write `or`"),
    (re.compile(r"!(?!=)"), "write `not`"),
    (re.compile(r"(?<![=!<>])=(?!=)"), "write `==` to compare"),
    (re.compile(r"<>"), "write `!=`"),
)


@dataclass(frozen=True, slots=True)
class Note:
    """What is wrong with a guard; `offset` counts characters from the beginning of its text."""

    rule: str
    offset: int
    what: str
    mend: str


@dataclass(frozen=True, slots=True)
class Scope:
    """What a guard may name. `roles`, `kinds` and `organisations` are None where no governance file says what there is."""

    fields: Mapping[str, Type]
    triggers: Names = field(default_factory=lambda: Names(()))
    stages: Names = field(default_factory=lambda: Names(()))
    places: Names = field(default_factory=lambda: Names(()))
    ways_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sub_items: frozenset[str] = frozenset()
    roles: tuple[str, ...] | None = None
    kinds: tuple[str, ...] | None = None
    organisations: tuple[str, ...] | None = None
    has_subject: bool = True
    has_period: bool = True
    open: bool = False
    """Of a workflow that is not at hand: any field may be named, and paths are taken as they are written."""


@dataclass(frozen=True, slots=True)
class _Typed:
    """Part of a guard: its type, how to get it, and its value if that can never change."""

    type: Type
    answer: Answer
    constant: Any = None
    offset: int = 0
    name: str = ""


class _Refused(Exception):
    """This part cannot be understood; the note is already made."""


def compile_guard(text: str, scope: Scope) -> tuple[Guard | None, tuple[Note, ...]]:
    """The guard, or None and every reason why it cannot be used."""
    notes: list[Note] = []
    tree = _parse(text, notes)
    if tree is None:
        return None, tuple(notes)
    compiler = _Compiler(text, scope, notes)
    try:
        whole = compiler.truth(tree.body, "the condition")
    except _Refused:
        return None, tuple(notes)
    if whole.constant is not None:
        compiler.note(
            "guard-constant", tree.body, f"this is always {_said(whole.constant)}", "compare a field, or leave it out"
        )
    if notes:
        return None, tuple(notes)
    return Guard(text, _exactly(whole.answer, text), frozenset(compiler.reads)), ()


def _exactly(answer: Answer, text: str) -> Callable[[GuardSetting], bool]:
    """True or False and nothing else; whatever goes wrong is a fault and never an answer."""

    def holds(setting: GuardSetting) -> bool:
        try:
            result = answer(setting)
        except GuardFault:
            raise
        except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError) as bad:
            raise GuardFault(
                f"the condition {text!r} could not be answered: a stored value does not fit ({bad})"
            ) from bad
        if result is True or result is False:
            return bool(result)
        raise GuardFault(f"the condition {text!r} was answered by neither yes nor no")

    return holds


def _said(value: Any) -> str:
    return {True: "true", False: "false"}.get(value, repr(value)) if type(value) is bool else repr(value)


def _parse(text: str, notes: list[Note]) -> ast.Expression | None:
    if len(text) > MAX_CHARACTERS:
        notes.append(
            Note(
                "guard-limit",
                0,
                f"the condition has more than {MAX_CHARACTERS} characters",
                "split the choice into stages",
            )
        )
        return None
    bare = re.sub(r"'[^']*'|\"[^\"]*\"", lambda found: " " * len(found[0]), text)
    for sign, mend in _SLIPS:
        if found := sign.search(bare):
            notes.append(Note("guard-syntax", found.start(), f"{found[0]!r} is not understood", mend))
            return None
    if "\\" in text:
        notes.append(Note("guard-syntax", text.index("\\"), "a backslash is not understood", "write the text as it is"))
        return None
    lead = len(text) - len(text.lstrip())
    flat = re.sub(r"[\r\n\t\f]", " ", text.strip())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(flat, mode="eval")
    except SyntaxError as bad:
        offset = lead + max((bad.offset or 1) - 1, 0) if (bad.lineno or 1) == 1 else 0
        what = (
            "the condition breaks off" if offset >= len(text.rstrip()) else "the condition cannot be read from here on"
        )
        notes.append(Note("guard-syntax", min(offset, max(len(text) - 1, 0)), what, "check quotes, brackets and words"))
        return None
    except (ValueError, RecursionError, MemoryError, OverflowError):
        notes.append(Note("guard-syntax", 0, "the condition cannot be read", "write it in a simpler way"))
        return None
    return tree if _within_limits(tree, notes) else None


def _within_limits(tree: ast.Expression, notes: list[Note]) -> bool:
    count, level = 0, [tree.body]
    depth = 0
    while level:
        depth += 1
        count += len(level)
        if count > MAX_NODES or depth > MAX_DEPTH:
            size = f"more than {MAX_NODES} parts" if count > MAX_NODES else f"nested more than {MAX_DEPTH} deep"
            notes.append(Note("guard-limit", 0, f"the condition is {size}", "split the choice into stages"))
            return False
        level = [inner for node in level for inner in ast.iter_child_nodes(node) if isinstance(inner, ast.expr)]  # type: ignore[misc]
    return True


class _Compiler:
    """Turns a tree into closures. Every branch either gives a typed part or makes a note and refuses."""

    def __init__(self, text: str, scope: Scope, notes: list[Note]) -> None:
        self.text = text
        self.lead = len(text) - len(text.lstrip())
        self.ascii = text.isascii()
        self.scope = scope
        self.notes = notes
        self.reads: set[str] = set()

    def note(self, rule: str, node: ast.expr, what: str, mend: str) -> None:
        self.notes.append(Note(rule, self.offset(node), what, mend))

    def refuse(self, rule: str, node: ast.expr, what: str, mend: str) -> NoReturn:
        self.note(rule, node, what, mend)
        raise _Refused

    def offset(self, node: ast.expr) -> int:
        """Characters from the beginning of the text; the parser counts bytes."""
        column = node.col_offset
        if not self.ascii:
            column = len(self.text.strip().encode()[:column].decode("utf-8", "replace"))
        return self.lead + column

    def truth(self, node: ast.expr, what: str) -> _Typed:
        """A part that must be yes or no."""
        part = self._as(TRUTH, self.part(node))
        if part.type.kind is not Kind.TRUTH:
            self.refuse(
                "guard-type", node, f"{what} is {part.type.kind}, and must be yes or no", "compare it with something"
            )
        return part

    def part(self, node: ast.expr) -> _Typed:
        match node:
            case ast.BoolOp():
                return self._all_or_any(node)
            case ast.UnaryOp(op=ast.Not()):
                inner = self.truth(node.operand, "what `not` turns round")
                answer, known = inner.answer, inner.constant
                return _Typed(TRUTH, lambda s: not answer(s), None if known is None else not known)
            case ast.UnaryOp(op=ast.USub()):
                inner = self.part(node.operand)
                if inner.type.kind is not Kind.NUMBER or inner.constant is None:
                    self.refuse("guard-type", node, "a minus stands before something that is not a number", "delete it")
                return self._constant(NUMBER, -inner.constant, self.offset(node))
            case ast.BinOp(op=ast.Add() | ast.Sub()):
                return self._sum(node)
            case ast.Compare():
                return self._compare(node)
            case ast.Call():
                return self._call(node)
            case ast.Name():
                return self._name(node)
            case ast.Constant():
                return self._literal(node)
            case _:
                self.refuse(
                    "guard-syntax",
                    node,
                    f"{_called(node)} is not part of conditions",
                    "use fields, comparisons, `in`, `and`, `or`, `not`, and the named functions",
                )

    @staticmethod
    def _constant(type_: Type, value: Any, offset: int) -> _Typed:
        return _Typed(type_, lambda s: value, value, offset)

    def _all_or_any(self, node: ast.BoolOp) -> _Typed:
        word = "and" if isinstance(node.op, ast.And) else "or"
        parts: list[_Typed] = []
        refused = False
        for value in node.values:  # every part is looked at, so that every fault is found
            try:
                parts.append(self.truth(value, f"a part of `{word}`"))
            except _Refused:
                refused = True
        if refused:
            raise _Refused
        for value, part in zip(node.values, parts, strict=True):
            if part.constant is not None:
                self.note(
                    "guard-constant",
                    value,
                    f"this is always {_said(part.constant)}",
                    "leave it out, or compare a field",
                )
        answers = tuple(part.answer for part in parts)
        if word == "and":
            return _Typed(TRUTH, lambda s: all(answer(s) for answer in answers))
        return _Typed(TRUTH, lambda s: any(answer(s) for answer in answers))

    def _sum(self, node: ast.BinOp) -> _Typed:
        left, right = self.part(node.left), self.part(node.right)
        sign = 1 if isinstance(node.op, ast.Add) else -1
        for side, part in ((node.left, left), (node.right, right)):
            if part.type.kind is not Kind.NUMBER:
                mend = "compare with `calendar_days_since(…)` instead" if part.type.kind is Kind.DATE else "use numbers"
                self.refuse("guard-type", side, f"this is {part.type.kind}, and only numbers can be added", mend)
        a, b = left.answer, right.answer
        known = None if left.constant is None or right.constant is None else left.constant + sign * right.constant
        return _Typed(NUMBER, lambda s: a(s) + sign * b(s), known, self.offset(node))

    def _name(self, node: ast.Name) -> _Typed:
        if node.id in _NAMES_OF_LITERALS:
            return self._constant(TRUTH, _NAMES_OF_LITERALS[node.id], self.offset(node))
        kind = self.scope.fields.get(node.id, ANY if self.scope.open and node.id not in FUNCTIONS else None)
        if kind is None:
            self._unknown_field(node)
        if kind.kind is Kind.DOCUMENT:
            self.refuse("guard-type", node, f"{node.id!r} is a document", f"ask `has({node.id})`")
        self.reads.add(node.id)
        return _Typed(kind, _read(node.id, READERS[kind.kind]), None, self.offset(node), node.id)

    def _as(self, type_: Type, part: _Typed) -> _Typed:
        """A value of another workflow is read as what it is used for."""
        if part.type.kind is not Kind.ANY:
            return part
        return _Typed(type_, _read(part.name, READERS[type_.kind]), None, part.offset, part.name)

    def _unknown_field(self, node: ast.Name) -> NoReturn:
        if node.id in FUNCTIONS:
            mend = f"write {FUNCTIONS[node.id].form}"
            self.refuse("guard-name", node, f"{node.id!r} is a function and has no brackets", mend)
        known = sorted(self.scope.fields)
        mend = mend_name(node.id, known, "declare it under `fields`")
        if "did you mean" not in mend:
            mend += f"; text is written in quotes, as {node.id!r}"
        self.refuse("guard-name", node, f"field {node.id!r} is not declared", mend)

    def _literal(self, node: ast.Constant) -> _Typed:
        value = node.value
        at = self.offset(node)
        if type(value) is bool:
            return self._constant(TRUTH, value, at)
        if type(value) is str:
            return self._constant(TEXT, value, at)
        if type(value) is int:
            if abs(value) >= MAX_NUMBER:
                self.refuse("guard-limit", node, "the number is too large", "write a smaller one")
            return self._constant(NUMBER, value, at)
        if type(value) is float and value == value and abs(value) < MAX_NUMBER:
            return self._constant(NUMBER, Decimal(repr(value)), at)
        self.refuse(
            "guard-syntax",
            node,
            f"{value!r} is not a value of conditions",
            "use text in quotes, numbers, true or false",
        )

    def _compare(self, node: ast.Compare) -> _Typed:
        answers: list[Answer] = []
        known: list[bool | None] = []
        left_node = node.left
        left = self.part(left_node)
        for op, right_node in zip(node.ops, node.comparators, strict=True):
            if isinstance(op, ast.In | ast.NotIn):
                one = self._in(op, left_node, left, right_node)
                right = left
            else:
                right = self.part(right_node)
                one = self._pair(op, left_node, left, right_node, right)
            answers.append(one.answer)
            known.append(one.constant)
            left_node, left = right_node, right
        if len(answers) == 1:
            return _Typed(TRUTH, answers[0], known[0], self.offset(node))
        every = tuple(answers)
        always = all(known) if None not in known else None
        return _Typed(TRUTH, lambda s: all(answer(s) for answer in every), always, self.offset(node))

    def _pair(self, op: ast.cmpop, left_node: ast.expr, left: _Typed, right_node: ast.expr, right: _Typed) -> _Typed:
        if isinstance(op, ast.Is | ast.IsNot):
            self.refuse(
                "guard-syntax",
                left_node,
                "`is` is not part of conditions",
                "write `==` or `!=`; `has(…)` asks if a field is filled",
            )
        left, right = self._as(right.type, left), self._as(left.type, right)
        left = self._as_date(left, right, left_node)
        right = self._as_date(right, left, right_node)
        if left.type.kind is not right.type.kind:
            mend = _mend_types(left.type.kind, right.type.kind, right)
            self.refuse("guard-type", right_node, f"{left.type.kind} is compared with {right.type.kind}", mend)
        if left.type.kind is Kind.LIST:
            self.refuse("guard-type", left_node, "lists cannot be compared", "ask `count(…)`, or `'…' in …`")
        if type(op) in _ORDERS and left.type.kind not in (Kind.NUMBER, Kind.DATE):
            mend = "compare with == or `in [...]`" if left.type.kind is Kind.TEXT else "compare with =="
            self.refuse("guard-type", left_node, f"{left.type.kind} has no order that a condition could ask for", mend)
        self._possible(left, right_node, right)
        self._possible(right, left_node, left)
        if left.name and left.name == right.name:
            self.note(
                "guard-constant", left_node, f"{left.name!r} is compared with itself", "compare it with something else"
            )
        a, b = left.answer, right.answer
        if isinstance(op, ast.Eq):
            compare: Callable[[Any, Any], bool] = lambda x, y: x == y  # noqa: E731
        elif isinstance(op, ast.NotEq):
            compare = lambda x, y: x != y  # noqa: E731
        else:
            compare = _ORDERS[type(op)]
        known = None if left.constant is None or right.constant is None else compare(left.constant, right.constant)
        return _Typed(TRUTH, lambda s: compare(a(s), b(s)), known)

    def _as_date(self, part: _Typed, other: _Typed, node: ast.expr) -> _Typed:
        """Text beside a date is a date, or can never be one."""
        if other.type.kind is not Kind.DATE or part.type.kind is not Kind.TEXT or type(part.constant) is not str:
            return part
        try:
            day = date.fromisoformat(part.constant)
        except ValueError:
            day = None
        if day is None or day.isoformat() != part.constant:
            self.refuse("guard-impossible", node, f"{part.constant!r} is not a date", "write it as '2027-04-01'")
        return self._constant(DATE, day, part.offset)

    def _possible(self, part: _Typed, node: ast.expr, other: _Typed) -> None:
        """Note when `other` is something that `part` can never be."""
        values = part.type.values
        if values is None or part.type.kind is not Kind.TEXT:
            return
        if type(other.constant) is str and other.constant not in values:
            mend = mend_name(other.constant, values, "use a value that it can have")
            called = f"{part.name!r}" if part.name else "it"
            self.note("guard-impossible", node, f"{called} can never be {other.constant!r}", mend)
        elif other.constant is None and other.type.values is not None and not set(values) & set(other.type.values):
            self.note(
                "guard-impossible", node, "the two have no value in common", "compare fields with the same values"
            )

    def _in(self, op: ast.cmpop, left_node: ast.expr, left: _Typed, right_node: ast.expr) -> _Typed:
        negative = isinstance(op, ast.NotIn)
        if not isinstance(right_node, ast.List | ast.Tuple):
            return self._in_field(negative, left_node, left, right_node)
        if not right_node.elts:
            self.refuse("guard-constant", right_node, "nothing is in an empty list", "write what it may be")
        values: list[Any] = []
        for element in right_node.elts:
            one = self._as_date(self.part(element), left, element)
            left = self._as(one.type, left)
            if one.constant is None:
                self.refuse("guard-type", element, "a list in brackets holds fixed values only", "compare with ==")
            if one.type.kind is not left.type.kind:
                mend = _mend_types(left.type.kind, one.type.kind, one)
                self.refuse("guard-type", element, f"{left.type.kind} is looked for among {one.type.kind}", mend)
            self._possible(left, element, one)
            values.append(one.constant)
        answer = left.answer
        known = None if left.constant is None else (left.constant in values) is not negative
        return _Typed(TRUTH, lambda s: (answer(s) in values) is not negative, known)

    def _in_field(self, negative: bool, left_node: ast.expr, left: _Typed, right_node: ast.expr) -> _Typed:
        right = self._as(Type(Kind.LIST, None, left.type.kind), self.part(right_node))
        left = self._as(Type(right.type.of or Kind.ANY), left)
        if right.type.kind is not Kind.LIST:
            mend = "write a list in brackets, as `in ['a', 'b']`"
            self.refuse("guard-type", right_node, f"`in` looks into a list, and this is {right.type.kind}", mend)
        if right.type.of is not left.type.kind:
            self.refuse(
                "guard-type",
                left_node,
                f"the list holds {right.type.of}, and this is {left.type.kind}",
                "look for what it holds",
            )
        self._possible(
            _Typed(Type(Kind.TEXT, right.type.values), right.answer, None, right.offset, right.name), left_node, left
        )
        one, many, reader = left.answer, right.answer, READERS[left.type.kind]
        return _Typed(TRUTH, lambda s: (one(s) in [reader(entry) for entry in many(s)]) is not negative)

    def _call(self, node: ast.Call) -> _Typed:
        if not isinstance(node.func, ast.Name):
            self.refuse(
                "guard-syntax", node, "only named functions can be asked", f"use one of: {', '.join(FUNCTIONS)}"
            )
        function = FUNCTIONS.get(node.func.id)
        if function is None:
            mend = mend_name(node.func.id, tuple(FUNCTIONS), "use a function that there is")
            self.refuse("guard-name", node, f"function {node.func.id!r} does not exist", mend)
        if node.keywords or len(node.args) != len(function.takes):
            count = {0: "nothing", 1: "one thing"}.get(len(function.takes), f"{len(function.takes)} things")
            self.refuse(
                "guard-type", node, f"{function.name} takes {count} between its brackets", f"write {function.form}"
            )
        given = [self._argument(function, takes, arg) for takes, arg in zip(function.takes, node.args, strict=True)]
        return _Typed(self._gives(function, node, given), function.make(*given), None, self.offset(node))

    def _gives(self, function: Function, node: ast.Call, given: Sequence[Any]) -> Type:
        """The type of the result, narrowed to what it can be."""
        if function.name.startswith("subject") and not self.scope.has_subject:
            self.refuse("guard-name", node, "items of this workflow have no subject", "give the workflow a `subject`")
        if function.name.startswith("period_") and not self.scope.has_period:
            self.refuse("guard-name", node, "items of this workflow have no period", "give the workflow a `period`")
        if function.name == "subject":
            return Type(Kind.TEXT, self.scope.organisations)
        if function.name == "subject_kind":
            return Type(Kind.TEXT, self.scope.kinds)
        if function.name == "decided":
            if len(given[0]) > 1:
                paths = " or ".join(repr(path) for path in given[0])
                self.refuse("guard-name", node.args[0], "the name fits several places", f"write {paths}")
            return Type(Kind.TEXT, self.scope.ways_out.get(given[0][0]))
        return function.gives

    def _argument(self, function: Function, takes: Takes, node: ast.expr) -> Any:
        match takes:
            case Takes.FIELD:
                return self._field(function, node)
            case Takes.LIST_FIELD:
                return self._of_kind(function, node, Kind.LIST)
            case Takes.TEXT_FIELD:
                return self._of_kind(function, node, Kind.TEXT)
            case Takes.DATE:
                return self._of_kind(function, node, Kind.DATE)
        text = self._quoted(function, node)
        scope = self.scope
        match takes:
            case Takes.ROLE:
                if scope.roles is not None and text not in scope.roles:
                    self.refuse(
                        "unknown-role", node, f"role {text!r} is not defined", mend_name(text, scope.roles, "define it")
                    )
                return text
            case Takes.TRIGGER:
                return self._path(node, "trigger", text, scope.triggers)
            case Takes.STAGE:
                return self._path(node, "stage", text, scope.stages)
            case Takes.PLACE:
                return self._path(node, "stage", text, scope.places)
            case Takes.SUB_ITEMS:
                paths = self._path(node, "stage", text, scope.stages)
                if not scope.open and not any(path in scope.sub_items for path in paths):
                    self.refuse(
                        "guard-type", node, f"stage {text!r} has no sub-items", "name a stage that has `sub_items`"
                    )
                return paths
            case _:
                return text

    def _path(self, node: ast.expr, what: str, name: str, names: Names) -> tuple[str, ...]:
        found = names.find(name)
        if self.scope.open:
            return (name,)
        if not found:
            mend = mend_name(name, names.known, "define it")
            self.refuse(f"unknown-{what}", node, f"{what} {name!r} is not defined", mend)
        return found

    def _field(self, function: Function, node: ast.expr) -> str:
        if not isinstance(node, ast.Name):
            mend = f"write the name of a field, as {function.name}(rating)"
            self.refuse("guard-type", node, f"{function.name} takes the name of a field, without quotes", mend)
        if node.id not in self.scope.fields and not self.scope.open:
            self._unknown_field(node)
        self.reads.add(node.id)
        return node.id

    def _of_kind(self, function: Function, node: ast.expr, kind: Kind) -> Answer:
        part = self._as(Type(kind), self.part(node))
        if kind is Kind.DATE:
            part = self._as_date(part, _Typed(DATE, part.answer), node)
        if part.type.kind is not kind:
            self.refuse(
                "guard-type",
                node,
                f"{function.name} takes {kind}, and this is {part.type.kind}",
                f"write {function.form}",
            )
        return part.answer

    def _quoted(self, function: Function, node: ast.expr) -> str:
        if isinstance(node, ast.Constant) and type(node.value) is str:
            return node.value
        written = f"'{node.id}'" if isinstance(node, ast.Name) else "it"
        self.refuse(
            "guard-type",
            node,
            f"{function.name} takes a name in quotes",
            f"write {written} in quotes" if written == "it" else f"write {written}",
        )


def _read(name: str, reader: Callable[[Any], Any]) -> Answer:
    def answer(setting: GuardSetting) -> Any:
        try:
            value = setting.fields[name]
        except KeyError:
            raise GuardFault(f"field {name!r} is not filled") from None
        return reader(value)

    return answer


def _mend_types(left: Kind, right: Kind, part: _Typed) -> str:
    if left is Kind.NUMBER and type(part.constant) is str:
        return f"write the number without quotes: {part.constant}"
    if left is Kind.TEXT and right is Kind.NUMBER:
        return f"put it in quotes: '{part.constant}'" if part.constant is not None else "compare text with text"
    if left is Kind.TRUTH:
        return "compare it with true or false, or name it alone"
    return f"compare it with {left}"


def _called(node: ast.expr) -> str:
    names: Iterable[tuple[type[ast.expr], str]] = (
        (ast.Attribute, "a dot"),
        (ast.Subscript, "`[…]` after a name"),
        (ast.Lambda, "`lambda`"),
        (ast.IfExp, "`if … else`"),
        (ast.JoinedStr, "text made by f'…'"),
        (ast.BinOp, "this arithmetic"),
        (ast.List, "a list here"),
        (ast.Tuple, "a list here"),
        (ast.Dict, "a mapping"),
        (ast.NamedExpr, "`:=`"),
        (ast.Starred, "`*`"),
        (ast.UnaryOp, "this sign"),
    )
    return next((name for kind, name in names if isinstance(node, kind)), "this")
