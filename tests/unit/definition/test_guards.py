"""Conditions: a small total language, answered by exactly True or False, or by a fault."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from qa_workflow.definition import GuardFault
from qa_workflow.definition.guards.compiling import compile_guard
from qa_workflow.definition.guards.parts import Scope
from qa_workflow.definition.guards.types import Kind, Type
from qa_workflow.definition.names import Names
from tests.unit.definition.setting import Asked

SCOPE = Scope(
    fields={
        "rating": Type(Kind.TEXT, ("full", "partial")),
        "note": Type(Kind.TEXT),
        "size": Type(Kind.NUMBER),
        "day": Type(Kind.DATE),
        "agreed": Type(Kind.TRUTH),
        "sites": Type(Kind.LIST, None, Kind.TEXT),
        "days": Type(Kind.LIST, None, Kind.DATE),
        "report": Type(Kind.DOCUMENT),
    },
    triggers=Names(["draft.send", "review.facts.check", "review.style.check"]),
    stages=Names(["draft", "review", "review.facts", "review.style"]),
    places=Names(["draft", "review", "review.facts", "review.style"]),
    ways_out={"review.facts": ("check", "object"), "draft": ("send",)},
    sub_items=frozenset({"review"}),
    roles=("author", "chair"),
)


def answer(text: str, asked: Asked | None = None, **fields: Any) -> bool:
    guard, notes = compile_guard(text, SCOPE)
    assert notes == ()
    assert guard is not None
    setting = asked or Asked()
    setting.fields = {**setting.fields, **fields}
    return guard.holds(setting)


def refused(text: str) -> str:
    _, notes = compile_guard(text, SCOPE)
    assert notes
    return notes[0].rule


@pytest.mark.parametrize(
    ("text", "fields", "expected"),
    [
        ("rating == 'full'", {"rating": "full"}, True),
        ("rating != 'full'", {"rating": "full"}, False),
        ("rating in ['full', 'partial']", {"rating": "partial"}, True),
        ("rating not in ['full']", {"rating": "partial"}, True),
        ("size > 3", {"size": 4}, True),
        ("size >= 97.5", {"size": "97.50"}, True),
        ("size + 1 == 5 - 1", {"size": 3}, True),
        ("size == -1", {"size": "-1"}, True),
        ("1 < size < 3", {"size": 2}, True),
        ("1 < size < 3", {"size": 3}, False),
        ("day < '2027-05-21'", {"day": "2027-05-20"}, True),
        ("day <= today()", {"day": "2027-05-20"}, True),
        ("agreed", {"agreed": True}, True),
        ("not agreed", {"agreed": True}, False),
        ("agreed == false", {"agreed": False}, True),
        ("note == 'a' or note == 'b'", {"note": "b"}, True),
        ("note != 'a' and note != 'b'", {"note": "b"}, False),
        ("has(report)", {"report": {"name": "q4.pdf"}}, True),
        ("has(report)", {}, False),
        ("count(sites) == 2", {"sites": ["a", "b"]}, True),
        ("'a' in sites", {"sites": ["a", "b"]}, True),
        ("'2027-05-20' in days", {"days": ["2027-05-20"]}, True),
        ("words(note) <= 3", {"note": "one two\nthree"}, True),
        ("year(day) == 2027 and month(day) == 5", {"day": "2027-05-20"}, True),
        ("calendar_days_since(day) == 7", {"day": "2027-05-13"}, True),
        ("working_days_since(day) == 5", {"day": "2027-05-13"}, True),
        ("working_days_since(day) == 1", {"day": "2027-05-19"}, True),
        ("calendar_days_since(day) == -1", {"day": "2027-05-21"}, True),
        ("has(note) and note == 'x' or agreed", {"agreed": True}, True),
    ],
)
def test_conditions_are_answered(text: str, fields: dict[str, Any], expected: bool) -> None:
    """Stored text is read as what its field is: dates as dates, numbers exactly."""
    assert answer(text, **fields) is expected


def test_the_history_can_be_asked() -> None:
    """By the last part of a path, or more of it; a name that fits several means any."""
    asked = Asked(
        done={"review.facts.check": 2, "review.style.check": 1},
        entered={"draft": 3},
        open_stages=["review.facts"],
        last={"review.facts": "object"},
        ended={"review": ["completed", "lapsed", "completed"]},
        unended={"review": 1},
        slips=2,
    )
    assert answer("done('check') and not done('send')", asked)
    assert answer("times('check') == 3 and times('facts.check') == 2", asked)
    assert answer("visits('draft') == 3", asked)
    assert answer("is_open('facts') and not is_open('style')", asked)
    assert answer("decided('facts') == 'object'", asked)
    assert answer("closed('review', 'completed') == 2", asked)
    assert answer("still_open('review') == 1", asked)
    assert answer("slips() >= 2", asked)


def test_the_item_and_the_actor_can_be_asked() -> None:
    """Who it is about, what period, who acts."""
    asked = Asked(
        subject="north",
        subject_kind="provider",
        actor_roles=["chair"],
        period_start=date(2027, 1, 1),
        period_end=date(2027, 3, 31),
    )
    assert answer("subject() == 'north' and subject_kind() == 'provider'", asked)
    assert answer("role('chair') and not role('author')", asked)
    assert answer("period_start() < period_end() and period_end() < today()", asked)


@pytest.mark.parametrize(
    "text",
    ["rating == 'full'", "rating != 'full'", "not agreed", "'a' in sites", "count(sites) == 0", "day < today()",
     "subject() != 'north'", "decided('facts') != 'check'", "period_end() < today()"],
)  # fmt: skip
def test_what_is_not_there_is_neither_yes_nor_no(text: str) -> None:
    """A field that nobody filled must never let a step pass, and never silently refuse it."""
    with pytest.raises(GuardFault):
        answer(text)


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("size > 1", {"size": "many"}),
        ("size > 1", {"size": 1.5}),
        ("size > 1", {"size": "NaN"}),
        ("size > 1", {"size": True}),
        ("day < today()", {"day": "2027-02-30"}),
        ("agreed", {"agreed": "yes"}),
        ("agreed or rating == 'full'", {"agreed": 1, "rating": "full"}),
        ("count(sites) > 0", {"sites": "a"}),
        ("rating == 'full'", {"rating": ["full"]}),
    ],
)
def test_a_stored_value_that_does_not_fit_is_a_fault(text: str, fields: dict[str, Any]) -> None:
    """Whatever is stored, the answer is True, False, or a fault."""
    with pytest.raises(GuardFault):
        answer(text, **fields)


def test_a_fault_does_not_tell_what_was_stored() -> None:
    """Messages carry references, never personal details."""
    with pytest.raises(GuardFault) as caught:
        answer("size > 1", size="Mrs Smith")
    assert "Smith" not in str(caught.value)


def test_what_is_known_need_not_be_asked_further() -> None:
    """`has(…) and …` is how a field that may be empty is asked."""
    assert answer("has(day) and day < today()") is False
    assert answer("not has(day) or day < today()") is True


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("ratign == 'full'", "guard-name"),
        ("hsa(rating)", "guard-name"),
        ("rating == full", "guard-name"),
        ("rating == 'good'", "guard-impossible"),
        ("rating in ['full', 'good']", "guard-impossible"),
        ("decided('facts') == 'agree'", "guard-impossible"),
        ("day == 'tomorrow'", "guard-impossible"),
        ("day == '20270401'", "guard-impossible"),
        ("day == '2027-W13-4'", "guard-impossible"),
        ("note == ''", "guard-impossible"),
        ("size == '3'", "guard-type"),
        ("note > 'a'", "guard-type"),
        ("rating < 'full'", "guard-type"),
        ("report == 'q4.pdf'", "guard-type"),
        ("note", "guard-type"),
        ("not note", "guard-type"),
        ("agreed and note", "guard-type"),
        ("'a' in note", "guard-type"),
        ("3 in sites", "guard-type"),
        ("closed('draft', 'completed') > 0", "guard-type"),
        ("true", "guard-constant"),
        ("1 < 2", "guard-constant"),
        ("agreed or true", "guard-constant"),
        ("note == note", "guard-constant"),
        ("note == 'a' and note == 'b'", "guard-constant"),
        ("note != 'a' or note != 'b'", "guard-constant"),
        ("role('boss')", "unknown-role"),
        ("done('sent')", "unknown-trigger"),
        ("is_open('end')", "unknown-stage"),
        ("", "guard-syntax"),
        ("   ", "guard-syntax"),
        ("note == 'a", "guard-syntax"),
        ("rating = 'full'", "guard-syntax"),
        ("agreed && agreed", "guard-syntax"),
        ("rating is 'full'", "guard-syntax"),
        ("size == 1e999", "guard-syntax"),
        ("size == 9223372036854775808", "guard-limit"),
        ("size == 1j", "guard-syntax"),
        ("size == " + "-" * 900 + "1", "guard-limit"),
        ("not " * 30 + "agreed", "guard-limit"),
        ("size in [" + "1," * 300 + "]", "guard-limit"),
        ("size > " + "9" * 990, "guard-limit"),
        ("(" * 500 + "agreed" + ")" * 490, "guard-syntax"),
        ("agreed" + " or agreed" * 200, "guard-limit"),
    ],
)
def test_what_means_nothing_is_refused_when_it_is_read(text: str, rule: str) -> None:
    """And not in the middle of a meeting."""
    assert refused(text) == rule


@pytest.mark.parametrize(
    "text",
    [
        "().__class__.__bases__[0].__subclasses__()", "__import__('os').system('id')", "note.upper() == 'A'",
        "open('/etc/passwd')", "eval('1')", "9**9**9 > 1", "'%1000000000d' % 1 == 'a'", "'a' * 10**9 == 'a'",
        "[x for x in sites] == []", "(lambda: true)()", "note if agreed else rating", "f'{note}' == 'a'",
        "sites[0] == 'a'", "(a := 1) == 1", "{'a': 1}", "{1, 2}", "*sites", "count(*sites) > 1", "has(field=note)",
        "b'a' == note", "... == note", "None == note", "agreed; agreed", "import os", "lambda: 0", "yield agreed",
        "await agreed", "size @ size > 1", "~size > 1", "size // 2 > 1", "size << 2 > 1", "note == '\\x41'",
        "day + 1 > today()", "print(note)", "has(has(note))", "role(note)", "done(rating)", "__builtins__",
    ],
)  # fmt: skip
def test_nothing_of_python_can_be_reached(text: str) -> None:
    """The language is an allow-list of a dozen kinds of node."""
    assert refused(text).startswith("guard-")


def test_places_within_a_condition_are_counted_in_characters() -> None:
    """The parser counts bytes; people do not."""
    _, notes = compile_guard("  note == 'é😀' and ratign == 'x'", SCOPE)
    assert [note.offset for note in notes] == [19]


def test_every_fault_of_a_condition_is_found() -> None:
    """Not the first alone."""
    _, notes = compile_guard("ratign == 'x' and rating == 'good' or hsa(note)", SCOPE)
    assert [note.rule for note in notes] == ["guard-name", "guard-impossible", "guard-name"]


def test_a_condition_knows_what_it_reads() -> None:
    """So that a page can say what is missing."""
    guard, _ = compile_guard("has(note) and size > 1 or count(sites) > 2", SCOPE)
    assert guard is not None
    assert guard.reads == {"note", "size", "sites"}


def test_fields_of_a_workflow_that_is_not_at_hand_are_read_as_they_are_used() -> None:
    """`collects` asks about the items of another workflow."""
    guard, notes = compile_guard("level >= 3 and kind == 'x' and by_when < today() and ok", Scope({}, open=True))
    assert notes == ()
    assert guard is not None
    assert guard.holds(Asked({"level": "3.0", "kind": "x", "by_when": "2027-05-01", "ok": True})) is True
    with pytest.raises(GuardFault):
        guard.holds(Asked({"level": 3, "kind": "x", "by_when": "soon", "ok": True}))


def test_the_bounds_are_exact() -> None:
    """1,000 characters, 200 parts, 25 deep, numbers below two to the power of 63."""
    long = "note == '{}'"
    assert compile_guard(long.format("a" * 990), SCOPE)[0] is not None
    assert refused(long.format("a" * 991)) == "guard-limit"
    many = "size in [" + "1," * 197 + "{}]"
    assert compile_guard(many.format(""), SCOPE)[0] is not None
    assert refused(many.format("1")) == "guard-limit"
    assert compile_guard("not " * 24 + "agreed", SCOPE)[0] is not None
    assert refused("not " * 25 + "agreed") == "guard-limit"
    assert compile_guard(f"size == {2**63 - 1} or size == -{2**63 - 1}", SCOPE)[0] is not None
    assert refused(f"size == {2**63}") == "guard-limit"
