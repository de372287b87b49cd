"""docs/language.md: every example is a whole workflow without fault or warning, and every one of them is played."""

from __future__ import annotations

import re
from keyword import kwlist
from pathlib import Path

import pytest

from qa_workflow.definition import Governance
from qa_workflow.definition.build.fields import RESERVED_FIELDS
from tests.unit.engine.pattern_page import PAGE, Example, examples, governance, reading, shipped_governance

TESTS = Path(__file__).resolve().parents[1]
PATTERNS = PAGE.read_text(encoding="utf-8").partition("<!-- patterns -->")[2].partition("<!-- end of patterns -->")[0]
CATALOGUE = [each for each in examples() if each.text in PATTERNS]
NAMED = (
    # van der Aalst, ter Hofstede, Kiepuszewski, Barros 2003
    *("Sequence", "Parallel split", "Synchronisation", "Exclusive choice", "Simple merge", "Multi-choice"),
    *("Synchronising merge", "Multi-merge", "Discriminator", "Arbitrary cycles", "Implicit termination"),
    *(f"Multiple instances {how}" for how in ("without synchronisation", "known at design time", "known at run time")),
    *("Multiple instances not known in advance", "Deferred choice", "Interleaved parallel routing", "Milestone"),
    *("Cancel activity", "Cancel case"),
    # Lanz, Weber, Reichert 2014
    *("Time lags between two activities", "Durations", "Time lags between events", "Fixed date elements"),
    *("Schedule restricted elements", "Time-based restrictions", "Validity period", "Time-dependent variability"),
    *("Cyclic elements", "Periodicity"),
    # what reviews need
    *("Role-based offer and claim", "Separation of duties", "Retain familiar", "Delegation", "Escalation"),
    *("Hold and resume", "Redo", "Panels that vote", "Bounded rework", "Validity of evidence", "Elapsed hours"),
    "Dates that a step sets",
    *("Re-review from plan", "Re-review from completion", "Capacity of a meeting", "Roll-over to the next meeting"),
    *("Disclosure", "Multiple instances about other organisations"),
)


@pytest.mark.parametrize("house", [governance(), shipped_governance()], ids=["small", "shipped"])
@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name or str(example.line))
def test_an_example_has_no_fault_and_no_warning(example: Example, house: Governance) -> None:
    """Under the small commissioner of the tests, and under the governance file that people copy it beside."""
    assert [str(fault) for fault in reading(example, house).faults] == []


def test_every_pattern_has_a_section_with_an_example() -> None:
    sections = re.findall(r"^#### (.+)$", PATTERNS, re.MULTILINE)
    assert sorted(sections) == sorted(NAMED)
    assert sorted({each.section for each in CATALOGUE} - {"Patterns"}) == sorted(NAMED)


def test_every_example_is_played() -> None:
    """By a test of the engine, or of the pages where a form is what it is about."""
    read = [path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py")]
    played = "".join(text for text in read if "pattern_page import" in text or "examples_site" in text)
    assert [each.name for each in CATALOGUE if f'"{each.name}"' not in played] == []


def test_no_two_examples_have_one_name() -> None:
    names = [each.name for each in CATALOGUE]
    assert len(names) == len(set(names))


def test_a_section_is_short_enough_to_be_read() -> None:
    """One or two sentences, 8 to 25 lines of workflow, what happens."""
    assert {each.name: len(each.text.splitlines()) for each in CATALOGUE if len(each.text.splitlines()) > 25} == {}


def test_every_link_within_the_page_leads_somewhere() -> None:
    page = PAGE.read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert [link for link in re.findall(r"\]\(#([^)]+)\)", page) if link not in anchors] == []


def test_the_list_of_names_that_no_field_has_is_whole() -> None:
    """Conditions are read by Python's own reader, so its words are none either; they were refused and not listed."""
    (line,) = (
        line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("- Not the name of a field:")
    )
    named = set(re.findall("`([a-z_]+)`", line))
    assert {word for word in (*kwlist, *RESERVED_FIELDS) if word.islower()} == named
