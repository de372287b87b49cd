"""The examples of the manual keep to the rules that they explain."""

from __future__ import annotations

import pytest

from qa_workflow.definition import read_governance
from qa_workflow.definition.faults import Fault
from qa_workflow.definition.manual import rules_page
from qa_workflow.definition.rule_examples import EXAMPLES, complete
from qa_workflow.definition.rules import RULES
from tests.unit.definition.setting import reading

SHOWN = [rule for rule, example in EXAMPLES.items() if not example.words]


def _faults(part: str, kind: str) -> tuple[Fault, ...]:
    if kind == "governance":
        return read_governance(complete(part, "governance").encode()).faults
    return reading(part).faults


@pytest.mark.parametrize("rule", SHOWN)
def test_a_wrong_example_breaks_its_rule_and_no_other(rule: str) -> None:
    """Otherwise it would explain something else."""
    example = EXAMPLES[rule]
    faults = _faults(example.wrong, example.kind)
    assert {fault.rule for fault in faults} == {rule}
    assert {fault.severity for fault in faults} == {RULES[rule].severity}


@pytest.mark.parametrize("rule", SHOWN)
def test_a_right_example_breaks_no_rule(rule: str) -> None:
    """It is there to be copied."""
    example = EXAMPLES[rule]
    assert [str(fault) for fault in _faults(example.right, example.kind)] == []


def test_the_page_of_rules_shows_every_rule() -> None:
    """In the order of the register, with both examples."""
    page = rules_page()
    assert [line.removeprefix("## ") for line in page.splitlines() if line.startswith("## ")] == list(RULES)
    assert page.count("Wrong:") == page.count("Right:") == len(SHOWN)
