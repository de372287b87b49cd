"""Pages of `docs/` made from the code, so that they cannot say otherwise: `python -m tests.pages` writes them."""

from __future__ import annotations

from pathlib import Path

from qa_workflow.definition.manual.reference import language_reference, rules_page

DOCS = Path(__file__).parents[1] / "docs"
LANGUAGE, RULES = DOCS / "language.md", DOCS / "rules.md"
BEGIN, END = "<!-- reference -->\n", "<!-- end of reference -->\n"


def with_reference(page: str) -> str:
    """The manual of the language with its reference part made anew; the rest is as people wrote it."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{language_reference().strip()}\n\n{END}{after}"


if __name__ == "__main__":
    LANGUAGE.write_text(with_reference(LANGUAGE.read_text(encoding="utf-8")), encoding="utf-8")
    RULES.write_text(rules_page(), encoding="utf-8")
