"""A workflow with a field of every type, for forms."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from tests.web.site import ROOT, Site

WORKFLOW = """
workflow: every_kind
title: Every kind of field
reference: EK/{number}
fields:
  a_text: {type: text, label: A text, words: 10}
  a_number: {type: number, label: A number}
  a_date: {type: date, label: A date}
  an_answer: {type: yes_no, label: An answer}
  a_choice: {type: choice, label: A choice, scale: assurance}
  a_person: {type: person, label: A person}
  an_organisation: {type: organisation, label: An organisation}
  a_document: {type: document, label: A document}
  an_item: {type: item, label: An item}
  some_people: {type: list, of: person, label: Some people}
  some_dates: {type: list, of: date, label: Some dates}
  some_documents: {type: list, of: document, label: Some documents}
stages:
  one:
    owner: quality_lead
    transitions:
      go: {to: closed, needs: [a_number, a_date, an_answer, a_person, an_organisation, some_documents]}
  closed: {end: completed}
"""


def kinds_published(site: Site) -> str:
    """Publish it, and open an item; gives its reference."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "governance.yaml").write_bytes((ROOT / "workflows" / "governance.yaml").read_bytes())
        (folder / "every_kind.yaml").write_text(WORKFLOW, encoding="utf-8")
        site.engine.publish([folder / "every_kind.yaml"], actor=None)
    return site.engine.open("every_kind", actor="quality-lead").reference
