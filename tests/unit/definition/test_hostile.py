"""Nothing random or hostile crashes the reading, hangs it, or makes it run anything: it always comes back as faults."""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa_workflow.definition import GuardFault, Reading, Severity, read_governance, read_workflow
from qa_workflow.definition.guards.compiling import compile_guard
from qa_workflow.definition.guards.functions import FUNCTIONS
from qa_workflow.definition.manual.example_files import complete
from qa_workflow.definition.manual.reference import GOVERNANCE_PARTS, WORKFLOW_PARTS
from qa_workflow.definition.manual.rule_examples import EXAMPLES
from qa_workflow.definition.shape.keys import keys_of
from tests.unit.definition.setting import Asked, action, governance
from tests.unit.definition.test_guards import SCOPE
from tests.unit.definition.test_sketch import SKETCH

QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SHIPPED = Path(__file__).parents[3] / "workflows"
WORKFLOWS = [SKETCH.decode(), *(p.read_text() for p in sorted(SHIPPED.glob("*.yaml")) if p.name != "governance.yaml")]
GOVERNANCES = [(SHIPPED / "governance.yaml").read_text()]
SOUND = [json.dumps(yaml.load(text, yaml.CBaseLoader)) for text in (*WORKFLOWS, *GOVERNANCES)]  # noqa: S506 - our own
SLOWEST = 2.0

RUNS = (
    "exec",
    "os.",
    "subprocess.",
    "socket.",
    "shutil.",
    "import",
    "ctypes.",
    "marshal.",
    "pickle.",
    "code.",
    "urllib.",
)


class _Ears:
    """What the interpreter says it does, while anybody listens; such a hook cannot be taken away again."""

    heard: list[str] | None = None

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        if self.heard is None:
            return
        writes = event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+")
        if writes or event.startswith(RUNS):
            self.heard.append(f"{event} {args[:2]}")


EARS = _Ears()


@pytest.fixture(scope="module", autouse=True)
def _all_is_loaded() -> None:
    """What is imported late is imported now, so that any import during a test is one too many."""
    sys.addaudithook(EARS)
    for text in WORKFLOWS:
        read_workflow(text.encode(), "warm.yaml", governance(), {"action": action()})
    read_governance(GOVERNANCES[0].encode())
    read_governance(complete(EXAMPLES["time-zone"].wrong, "governance").encode())
    compile_guard("1 == 'a'", SCOPE)


@contextmanager
def nothing_runs() -> Iterator[None]:
    """In time, and without importing, starting, connecting or writing anything."""
    heard: list[str] = []
    EARS.heard, begun = heard, time.process_time()
    try:
        yield
        took = time.process_time() - begun
    finally:
        EARS.heard = None
    assert heard == []
    assert took < SLOWEST


def holds_together(reading: Reading[Any], data: bytes) -> None:
    """A value or errors, never both; every fault at a place of the file, and printable."""
    errors = [fault for fault in reading.faults if fault.severity is Severity.ERROR]
    assert (reading.value is None) == bool(errors)
    lines = data.count(b"\n") + data.count(b"\r") + 2
    for fault in reading.faults:
        assert 1 <= fault.line <= lines
        assert fault.column >= 1
        assert "\n" not in str(fault)


def read_both(data: bytes) -> None:
    with nothing_runs():
        as_workflow = read_workflow(data, "file.yaml", governance(), {"action": action()})
        as_governance = read_governance(data)
    holds_together(as_workflow, data)
    holds_together(as_governance, data)


@QUICK
@given(st.binary(max_size=400))
def test_random_bytes(data: bytes) -> None:
    """Mostly no UTF-8 at all."""
    read_both(data)


TOKENS = st.sampled_from(
    [
        *"[]{}:,-?&*!|>'\"%@`#\n \t~=<", ": ", "- ", "? ", "\n  ", "\n    ", "---\n", "...\n", "&a ", "*a ", "<<: *a",
        "!!python/object/apply:os.system ['true']", "!!python/name:os.system", "!!binary ", "%YAML 1.1\n", "%TAG ! x\n",
        "null", "true", "yes", "010", "1e9",
         "999999999999999999999", "2027-02-30",
        "\u202e", "\x00", "\ufeff", "é", "😀",
        "workflow: x\n", "title: x\n", "stages:\n", "  draft:\n", "    transitions: ", "{to: here}", "end: x",
        "owner: author",
    ]
)  # fmt: skip


@QUICK
@given(st.lists(TOKENS, max_size=60).map("".join))
def test_random_pieces_of_yaml(text: str) -> None:
    """Close enough to YAML to get further."""
    read_both(text.encode("utf-8", "surrogatepass"))


@st.composite
def _damaged(draw: st.DrawFn) -> str:
    text = draw(st.sampled_from([*WORKFLOWS, *GOVERNANCES]))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 40)))
        piece = draw(st.one_of(TOKENS, st.text(max_size=5), st.just(text[end : end + 30])))
        text = text[:start] + piece + text[end:]
    return text


@QUICK
@given(_damaged())
def test_valid_files_with_random_damage(text: str) -> None:
    """A slip anywhere."""
    read_both(text.encode("utf-8", "surrogatepass"))


KEYS = sorted({name for _, part in (*WORKFLOW_PARTS, *GOVERNANCE_PARTS) for name in keys_of(part)})
WORDS = st.sampled_from(
    [
        *KEYS, "author", "closed", "draft", "here", "done", "joined", "review", "5 working days after entry", "due_on",
        "on 30 April after period end", "papers of group for subject", "meeting", "whoever did send", "person in lead",
        "rating == 'full'", "has(rating)", "done('send') and", "first 2", "action", "example", "FREQ=MONTHLY", "14:00",
        "2027-04-01", "2027-02-30", "provider", "text", "choice", "date", "list", "north", "board",
    ]
)  # fmt: skip
VALUES = st.recursive(
    st.one_of(WORDS, st.booleans(), st.integers(-5, 10**20), st.none(), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=3)),
    max_leaves=8,
)


@st.composite
def _reshaped(draw: st.DrawFn) -> str:
    """A valid file's data with parts replaced, dropped or moved."""
    data = json.loads(draw(st.sampled_from(SOUND)))
    for _ in range(draw(st.integers(1, 4))):
        here = data
        for _ in range(draw(st.integers(0, 7))):
            ways = list(here) if isinstance(here, dict) else list(range(len(here)))
            inner = here[draw(st.sampled_from(ways))] if ways else None
            if not isinstance(inner, dict | list) or not inner:
                break
            here = inner
        if isinstance(here, dict):
            key = draw(st.one_of(st.sampled_from(list(here) or ["x"]), WORDS))
            if draw(st.booleans()):
                here.pop(key, None)
            else:
                here[key] = draw(VALUES)
        elif here:
            here[draw(st.integers(0, len(here) - 1))] = draw(VALUES)
    return json.dumps(data, ensure_ascii=False)


@QUICK
@given(_reshaped())
def test_valid_files_with_random_parts(text: str) -> None:
    """Well-formed, and meaning something else."""
    read_both(text.encode("utf-8", "surrogatepass"))


PARTS_OF_CONDITIONS = st.sampled_from(
    [
        *FUNCTIONS, "(", ")", "[", "]", ",", "'", "'draft'", "'full'", "rating", "note", "size", "day", "agreed",
        "sites", "report", "days", "==", "!=", "<", ">=", "in", "not", "and", "or", "+", "-", "1",
        "2.5", "'2027-04-01'",
        "true", "is", "lambda:", "if", "else", "**", ".", "__class__", "for",
        ":=", "f''", "\\", "é", "{", "}", "*", "@",
        "\n",
    ]
)  # fmt: skip


@settings(QUICK, max_examples=500)
@given(st.lists(PARTS_OF_CONDITIONS, max_size=14).map(" ".join))
def test_random_conditions(text: str) -> None:
    """Refused, or answered by True, False or a fault; also where it is a condition that will never, or always, hold."""
    filled = {
        "rating": "full",
        "note": "a",
        "size": "2.5",
        "day": "2027-04-01",
        "agreed": True,
        "sites": ["a"],
        "days": [],
    }
    with nothing_runs():
        guard, notes = compile_guard(text, SCOPE)
        assert guard is not None or notes
        assert all(0 <= note.offset <= len(text) for note in notes)
        for fields in ({}, filled):
            if guard is not None:
                with suppress(GuardFault):
                    assert guard.holds(Asked(fields)) in (True, False)


@QUICK
@given(st.text(max_size=1200))
def test_random_text_as_a_condition(text: str) -> None:
    """Any character at all."""
    with nothing_runs():
        guard, notes = compile_guard(text, SCOPE)
    assert guard is not None or notes, "where there is none, it is said why"


@pytest.mark.parametrize(
    "name", ["text-python-object.yaml", "text-alias-bomb.yaml", "text-merge-keys.yaml", "guard-language.yaml"]
)
def test_hostile_files_run_nothing(name: str) -> None:
    """Heard with the ears of the interpreter itself."""
    read_both((Path(__file__).parents[2] / "faulty" / name).read_bytes())
    assert not Path("/tmp/qa_workflow_was_here").exists()  # noqa: S108


def test_the_ears_hear() -> None:
    """A test that cannot fail shows nothing."""
    with pytest.raises(AssertionError), nothing_runs():
        exec("1")  # noqa: S102
    sys.modules.pop("colorsys", None)
    with pytest.raises(AssertionError), nothing_runs():
        importlib.import_module("colorsys")
