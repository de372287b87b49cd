"""The examples of docs/language.md as tests want them: by name, under a small commissioner, played or run for real."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from qa_workflow.definition import Governance, Reading, Workflow, read_governance, read_workflow
from qa_workflow.engine import Item, Setting, open_item
from qa_workflow.engine.commands import Open
from qa_workflow.service.front import Engine
from tests.unit.engine.stage_play import Play, at

PAGE = Path(__file__).parents[3] / "docs" / "language.md"
PAPER = {"sha256": "0" * 64, "name": "paper.pdf", "size": 10}
SHIPPED = Path(__file__).parents[3] / "workflows" / "governance.yaml"
GOVERNANCE = b"""
governance: small
title: A small commissioner
organisation: commissioner
calendars: {england: {}}
roles:
  provider_contact: {title: Provider contact, scope: own organisation}
  quality_lead: {title: Quality lead}
  clinical_lead: {title: Clinical lead}
  governance_officer: {title: Governance officer}
  director_of_quality: {title: Director of quality}
  committee_chair: {title: Committee chair}
  lay_member: {title: Lay member}
rights:
  {open: [quality_lead, governance_officer], hold: governance_officer, cancel: governance_officer,
   meet: governance_officer, correct: governance_officer, change_date: governance_officer,
   assign: quality_lead, record: quality_lead}
scales:
  assurance:
    title: Assurance
    levels: [{value: full, title: Full, meaning: all is well}, {value: none, title: None, meaning: little is well}]
organisations:
  commissioner: {title: The commissioner, kind: commissioner}
  north: {title: North Trust, kind: provider}
  south: {title: South Trust, kind: provider, to: 2027-06-30}
bodies:
  quality_and_governance_committee:
    title: Quality and Governance Committee
    papers: 5 clear working days before meeting
    meets: {rule: FREQ=MONTHLY;BYDAY=-1WE, from: 2026-01-01, at: "14:00"}
  governing_body_business_session:
    title: Business session of the Governing Body
    capacity: 3
    meets: {rule: FREQ=WEEKLY;INTERVAL=2;BYDAY=TH, from: 2027-01-07, at: "10:00"}
people:
  lead: {title: A quality lead, roles: quality_lead, organisation: commissioner}
  second-lead: {title: Another quality lead, roles: quality_lead, organisation: commissioner}
  deputy: {title: A deputy, roles: quality_lead, organisation: commissioner, covers: {lead: 2027-05-03 to 2027-05-14}}
  clinician: {title: A clinical lead, roles: clinical_lead, organisation: commissioner}
  officer: {title: A governance officer, roles: governance_officer, organisation: commissioner}
  director: {title: A director, roles: director_of_quality, organisation: commissioner}
  chair: {title: A chair, roles: committee_chair, organisation: commissioner}
  lay: {title: A lay member, roles: lay_member, organisation: commissioner}
  contact: {title: A contact, roles: provider_contact, organisation: north}
  south-contact: {title: Another contact, roles: provider_contact, organisation: south}
"""


@dataclass(frozen=True, slots=True)
class Example:
    """One yaml block of the page, under the nearest heading above it."""

    section: str
    line: int
    text: str

    @property
    def name(self) -> str:
        """The workflow's name, which the block begins with."""
        found = re.match(r"workflow: (\w+)\n", self.text)
        return found[1] if found else ""


@cache
def examples() -> tuple[Example, ...]:
    """Every yaml block of the page, in its order."""
    return tuple(_blocks(PAGE.read_text(encoding="utf-8")))


def _blocks(page: str) -> Iterator[Example]:
    section, block, start = "", list[str](), 0
    is_yaml = is_fenced = False
    for number, line in enumerate(page.splitlines(), 1):
        if line.startswith("```"):
            if is_yaml:
                yield Example(section, start, "\n".join(block) + "\n")
            is_fenced = not is_fenced
            is_yaml, block, start = is_fenced and line == "```yaml", [], number + 1
        elif is_yaml:
            block.append(line)
        elif not is_fenced and line.startswith("#"):
            section = line.lstrip("# ")


@cache
def governance() -> Governance:
    """The small commissioner."""
    return read_governance(GOVERNANCE, "governance.yaml").required()


@cache
def shipped_governance() -> Governance:
    """Gloucestershire, for whose files the examples are to be copied."""
    return read_governance(SHIPPED.read_bytes(), str(SHIPPED)).required()


def workflows(house: Governance) -> Mapping[str, Workflow]:
    """Every example that can be read, by name."""
    read = (read_workflow(each.text.encode(), each.name, house) for each in examples())
    return {found.value.name: found.value for found in read if found.value is not None}


def reading(example: Example, house: Governance) -> Reading[Workflow]:
    """One example, checked together with the others."""
    return read_workflow(example.text.encode(), f"{PAGE.name}:{example.line}", house, workflows(house))


class PatternPlay(Play):
    """One example of the page under way, under the small commissioner."""

    def __init__(
        self,
        name: str,
        *,
        now: str = "2027-04-01T09:00",
        subject: str | None = None,
        period: str | None = None,
        actor: str = "lead",
        **fields: Any,
    ) -> None:
        self.workflow = workflows(governance())[name]
        self.setting = Setting(governance())
        self.now = at(now)
        self.events = []
        self.sent = []
        command = Open("0" * 32, "T/1", 1, subject, period, fields)
        self._take(open_item(self.workflow, command, actor=self.actor(actor), now=self.now, setting=self.setting))


def below(office: Engine, workflow: str) -> list[Item]:
    """The items of a workflow, the oldest first."""
    return sorted(office.items(workflow=workflow, limit=100), key=lambda item: item.reference)


def folder(path: Path) -> Path:
    """All examples and the small commissioner as files, to run for real."""
    path.mkdir(parents=True, exist_ok=True)
    (path / "governance.yaml").write_bytes(GOVERNANCE)
    for each in examples():
        (path / f"{each.name}.yaml").write_text(each.text, encoding="utf-8")
    return path
