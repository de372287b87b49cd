"""Checking a workflow file of a thousand stages, against reading its YAML and validating its shape alone."""

from __future__ import annotations

import yaml

from qa_workflow.definition.read import read_governance, read_workflow
from qa_workflow.definition.shape.workflow import WorkflowShape
from tests.bench.course import ROOT
from tests.bench.timing import Compared, compare

STAGES = 1_000
_HEAD = """
workflow: long
title: A very long workflow
reference: L/{number}
fields:
  score: {type: number, label: Score}
  note: {type: text, label: Note}
stages:
"""
_STAGE = """
  stage_{n}:
    title: Stage {n}
    about: What is done at stage {n}, in a sentence.
    owner: quality_lead
    due: {days} working days after entry
    remind: [2 working days before due]
    escalate: [{{when: 1 working day after due, to: governance_officer}}]
    transitions:
      pass_{n}: {{to: {after}, by: [quality_lead, governance_officer], needs: note, when: score >= {n}}}
      back_{n}: {{to: {before}, by: quality_lead, needs: reason, at_most: 2 times}}
"""


def text(stages: int = STAGES) -> bytes:
    """A file without a fault."""
    parts = [_HEAD]
    for n in range(1, stages + 1):
        after = f"stage_{n + 1}" if n < stages else "closed"
        parts.append(_STAGE.format(n=n, days=n % 20 + 5, after=after, before=f"stage_{max(1, n - 1)}"))
    return "".join([*parts, "  closed: {end: completed}\n"]).encode()


def check(rounds: int) -> Compared:
    """Every pass of `check`, against CSafeLoader and pydantic."""
    data = text()
    governance = read_governance((ROOT / "workflows" / "governance.yaml").read_bytes()).required()

    def product() -> None:
        reading = read_workflow(data, "long.yaml", governance)
        if reading.faults:
            raise AssertionError(reading.faults[0])

    def floor() -> None:
        WorkflowShape.model_validate(yaml.load(data, yaml.CSafeLoader))

    return compare(rounds, lambda _: product, lambda _: floor)
