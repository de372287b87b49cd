"""The examples of the manual keep to the rules that they explain."""

from __future__ import annotations

import pytest

from qa_workflow.definition.manual.reference import faults_of, rules_page
from qa_workflow.definition.manual.rule_examples import EXAMPLES
from qa_workflow.definition.rules import GROUPS, RULES


@pytest.mark.parametrize("rule", EXAMPLES)
def test_a_wrong_example_breaks_its_rule_and_no_other(rule: str) -> None:
    """Otherwise it would explain something else."""
    faults = faults_of(EXAMPLES[rule])
    assert {fault.rule for fault in faults} == {rule}
    assert {fault.severity for fault in faults} == {RULES[rule].severity}


@pytest.mark.parametrize("rule", EXAMPLES)
def test_a_right_example_breaks_no_rule(rule: str) -> None:
    """It is there to be copied."""
    assert [str(fault) for fault in faults_of(EXAMPLES[rule], right=True)] == []


def test_the_page_of_rules_shows_every_rule() -> None:
    """In the order of the register, with what is wrong and what is right."""
    page = rules_page()
    assert [line.removeprefix("## ") for line in page.splitlines() if line.startswith("## ")] == list(RULES)
    assert page.count("Wrong:") == page.count("Right:") == len(RULES)
    assert [page.count(f"](#{rule})") for rule in RULES] == [1] * len(RULES)
    assert sum(map(len, GROUPS.values())) == len(RULES), "no rule stands twice"
