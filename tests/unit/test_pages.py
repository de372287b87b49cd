"""The manual says what the code does."""

from qa_workflow.definition.manual.reference import rules_page
from tests.pages import LANGUAGE, RULES, with_reference

MEND = "make it anew with `python -m tests.pages`"


def test_the_reference_of_the_language_is_up_to_date() -> None:
    page = LANGUAGE.read_text(encoding="utf-8")
    assert page == with_reference(page), MEND


def test_the_page_of_rules_is_up_to_date() -> None:
    assert RULES.read_text(encoding="utf-8") == rules_page(), MEND
