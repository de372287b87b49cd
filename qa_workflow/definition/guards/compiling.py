"""Guards: a small total language of conditions, compiled once into closures. No loop, no call but the named functions.

An allow-list turns the tree of the text into our own functions, and types are checked on the way. `compile_guard` never
raises; what is wrong comes back as notes, each with its place in the text.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from decimal import Decimal
from typing import cast

from qa_workflow.definition.guards.calls import ASK_HAS, Calls, unknown_field
from qa_workflow.definition.guards.comparing import compare, is_among, is_entry
from qa_workflow.definition.guards.functions import FUNCTIONS, GuardFault, GuardSetting
from qa_workflow.definition.guards.parts import Notes, RefusedPart, Scope, Typed, constant, field_part, read_as
from qa_workflow.definition.guards.text import Note, parse_guard
from qa_workflow.definition.guards.types import ANY, NUMBER, TEXT, TRUTH, Kind
from qa_workflow.definition.model import Guard

MAX_NUMBER = 2**63
_TRUTHS = {"true": True, "false": False}
_NOT_PART = (
    (ast.Attribute, "a dot"),
    (ast.Subscript, "`[…]` after a name"),
    (ast.Lambda, "`lambda`"),
    (ast.IfExp, "`if … else`"),
    (ast.JoinedStr, "text made by f'…'"),
    (ast.BinOp, "this arithmetic"),
    (ast.List | ast.Tuple, "a list here"),
    (ast.Dict | ast.Set, "a mapping"),
    (ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp, "a loop"),
    (ast.NamedExpr, "`:=`"),
    (ast.Starred, "`*`"),
    (ast.UnaryOp, "this sign"),
)


def compile_guard(text: str, scope: Scope) -> tuple[Guard | None, tuple[Note, ...]]:
    """The guard, and what is wrong with it; None where it cannot be answered at all."""
    tree = parse_guard(text)
    if isinstance(tree, Note):
        return None, (tree,)
    notes = Notes(text)
    compiler = _Compiler(scope, notes)
    try:
        whole = compiler.truth(tree, "the condition")
    except RefusedPart:
        return None, tuple(notes.made)
    compiler.changes(whole)
    return Guard(text, _exactly(whole), frozenset(compiler.reads)), tuple(notes.made)


def _exactly(whole: Typed) -> Callable[[GuardSetting], bool]:
    """True or False and nothing else; whatever goes wrong is a fault and never an answer."""

    def holds(setting: GuardSetting) -> bool:
        try:
            result = whole.answer(setting)
        except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError) as bad:
            raise GuardFault("a stored value does not fit what it asks") from bad
        if result is True or result is False:
            return bool(result)
        raise GuardFault("it was answered by neither yes nor no")

    return holds


class _Compiler:
    """One method for each part of the language; what has none is refused."""

    def __init__(self, scope: Scope, notes: Notes) -> None:
        self.scope = scope
        self.notes = notes
        self.reads: set[str] = set()
        self.calls = Calls(scope, notes, self.reads)

    def truth(self, node: ast.expr, what: str) -> Typed:
        """A part that must be yes or no."""
        part = read_as(TRUTH, self.part(node))
        if part.kind is not Kind.TRUTH:
            what = f"{what} is {part.kind.value}, and must be yes or no"
            self.notes.refuse("guard-type", part.offset, what, "compare it with something")
        return part

    def changes(self, part: Typed) -> None:
        """Note a part that never changes."""
        if part.constant is not None:
            said = "true" if part.constant else "false"
            self.notes.note("guard-constant", part.offset, f"this is always {said}", "compare a field, or leave it out")

    def part(self, node: ast.expr) -> Typed:
        """Any part."""
        match node:
            case ast.BoolOp():
                return self._all_or_any(node)
            case ast.UnaryOp(op=ast.Not()):
                inner = self.truth(node.operand, "what `not` turns round")
                turned, answer = None if inner.constant is None else not inner.constant, inner.answer
                return Typed(TRUTH, lambda setting: not answer(setting), self.notes.offset(node), turned)
            case ast.BinOp(op=ast.Add() | ast.Sub()):
                return self._sum(node)
            case ast.Compare():
                return self._compare(node)
            case ast.Call():
                return self.calls.call(node, self.part)
            case ast.Name():
                return self._name(node)
            case ast.Constant() | ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
                return self._literal(node)
            case _:
                called = next((name for kind, name in _NOT_PART if isinstance(node, kind)), "this")
                mend = "use fields, comparisons, `in`, `and`, `or`, `not` and the named functions"
                return self.notes.refuse(
                    "guard-syntax", self.notes.offset(node), f"{called} is not part of conditions", mend
                )

    def _all_or_any(self, node: ast.BoolOp) -> Typed:
        word, every = ("and", all) if isinstance(node.op, ast.And) else ("or", any)
        parts: list[Typed] = []
        for value in node.values:  # every part is looked at, so that every fault is found
            try:
                parts.append(self.truth(value, f"a part of `{word}`"))
            except RefusedPart:
                continue
        if len(parts) < len(node.values):
            raise RefusedPart
        for part in parts:
            self.changes(part)
        self._contradiction(node)
        answers = tuple(part.answer for part in parts)
        return Typed(TRUTH, lambda setting: every(answer(setting) for answer in answers), self.notes.offset(node))

    def _contradiction(self, node: ast.BoolOp) -> None:
        """Note a field that would have to be two things at once, or that is always one of two things it is not."""
        wanted, said = (ast.Eq, "never") if isinstance(node.op, ast.And) else (ast.NotEq, "always")
        asked: dict[str, object] = {}
        for value in node.values:
            match value:
                case ast.Compare(ops=[op], left=ast.Name(id=name), comparators=[ast.Constant(value=text)]):
                    if isinstance(op, wanted) and asked.setdefault(name, text) != text:
                        mend = "write `or` between the two" if said == "never" else "write `and` between the two"
                        what = f"{name!r} is asked twice, and this is {said} so"
                        self.notes.note("guard-constant", self.notes.offset(value), what, mend)

    def _sum(self, node: ast.BinOp) -> Typed:
        left, right = (read_as(NUMBER, self.part(side)) for side in (node.left, node.right))
        for part in (left, right):
            if part.kind is not Kind.NUMBER:
                mend = "compare `calendar_days_since(…)` instead" if part.kind is Kind.DATE else "use numbers"
                what = f"this is {part.kind.value}, and only numbers can be added"
                self.notes.refuse("guard-type", part.offset, what, mend)
        a, b, sign = left.answer, right.answer, 1 if isinstance(node.op, ast.Add) else -1
        known = None if left.constant is None or right.constant is None else left.constant + sign * right.constant
        return Typed(NUMBER, lambda setting: a(setting) + sign * b(setting), self.notes.offset(node), known)

    def _compare(self, node: ast.Compare) -> Typed:
        parts: list[Typed] = []
        left = self.part(node.left)
        for op, right_node in zip(node.ops, node.comparators, strict=True):
            if isinstance(op, ast.Is | ast.IsNot):
                mend = "write `==` or `!=`; `has(…)` asks whether a field is filled"
                self.notes.refuse("guard-syntax", left.offset, "`is` is not part of conditions", mend)
            if isinstance(op, ast.In | ast.NotIn):
                parts.append(self._in(left, right_node, negative=isinstance(op, ast.NotIn)))
                continue
            right = self.part(right_node)
            parts.append(compare(op, left, right, self.notes))
            left = right
        if len(parts) == 1:
            return parts[0]
        answers, known = tuple(part.answer for part in parts), [part.constant for part in parts]
        always = False if False in known else None if None in known else True
        return Typed(TRUTH, lambda setting: all(answer(setting) for answer in answers), left.offset, always)

    def _in(self, left: Typed, node: ast.expr, *, negative: bool) -> Typed:
        if isinstance(node, ast.List | ast.Tuple):
            values = [self.part(element) for element in node.elts]
            return is_among(left, values, self.notes.offset(node), self.notes, negative=negative)
        return is_entry(left, self.part(node), self.notes, negative=negative)

    def _name(self, node: ast.Name) -> Typed:
        at = self.notes.offset(node)
        if node.id in _TRUTHS:
            return constant(TRUTH, _TRUTHS[node.id], at)
        type_ = self.scope.fields.get(node.id)
        if type_ is None and (not self.scope.open or node.id in FUNCTIONS):
            unknown_field(node.id, at, self.scope, self.notes)
        if type_ is not None and type_.kind is Kind.DOCUMENT:
            self.notes.refuse("guard-type", at, f"{node.id!r} is a document", f"ask `has({node.id})`")
        self.reads.add(node.id)
        return field_part(node.id, type_ or ANY, at)

    def _literal(self, node: ast.Constant | ast.UnaryOp) -> Typed:
        at, sign = self.notes.offset(node), 1
        if isinstance(node, ast.UnaryOp):
            node, sign = cast(ast.Constant, node.operand), -1  # the match has made sure of it
        value = node.value
        if type(value) is int or type(value) is float:
            if not abs(value) < MAX_NUMBER:
                self.notes.refuse("guard-limit", at, "the number is too large", "write a smaller one")
            return constant(NUMBER, sign * (value if type(value) is int else Decimal(repr(value))), at)
        if sign == 1 and type(value) is bool:
            return constant(TRUTH, value, at)
        if sign == 1 and type(value) is str:
            return constant(TEXT, value, at)
        mend = ASK_HAS if value is None else "use text in quotes, numbers, true or false"
        return self.notes.refuse("guard-syntax", at, f"{str(value)[:20]!r} is not a value of conditions", mend)
