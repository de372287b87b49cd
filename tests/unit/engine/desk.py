"""Items that are moved to other versions of their workflow, in an office where the chair may publish."""

from __future__ import annotations

from typing import Any

from qa_workflow.definition import Workflow, read_governance, read_workflow
from qa_workflow.engine import Item, Setting
from qa_workflow.engine.commands import Migrate
from qa_workflow.engine.item import Visit
from tests.unit.engine.stage_play import GOVERNANCE, Play

_TEXT = GOVERNANCE.replace(b"  meet: chair\n", b"  meet: chair\n  publish: chair\n")
OFFICE = read_governance(_TEXT, "g.yaml").required()
REVIEW = """
workflow: review
title: Review
fields: {note: text, rating: number}
stages:
  draft: {owner: author, transitions: {submit: {to: check}}}
  check:
    owner: reviewer
    due: 10 working days after entry
    remind: [2 working days before due]
    escalate: [{when: 1 working day after due, to: chair}]
    transitions: {accept: {to: sign, asks: [note, rating]}, back: {to: draft, needs: reason}}
  sign: {owner: chair, due: 5 working days after entry, transitions: {sign: {to: over, not_by: whoever did accept}}}
  over: {end: completed}
"""
BRANCHES = """
workflow: panel
title: Panel
fields: {note: text}
stages:
  both:
    due: 10 working days after entry
    parallel:
      join: all
      branches:
        facts: {owner: author, due: 5 working days after entry, transitions: {check: {}}}
        words:
          stages:
            read: {owner: author, transitions: {go_on: {to: edit}}}
            edit: {owner: reviewer, claim: true, transitions: {finish: {}}}
    transitions: {joined: {to: over}}
  over: {end: completed}
"""


class Desk(Play):
    """A play in an office where the chair may publish, and whose item can be moved to other versions."""

    def __init__(self, text: str, **wanted: Any) -> None:
        super().__init__(text, **wanted)
        self.setting = Setting(OFFICE)
        self.versions = 1

    def migrate(self, text: str, actor: str = "cher", **wanted: Any) -> Item:
        self.versions += 1
        to = version(text)
        self.do(Migrate(to, self.versions, "the rules are new", "rob", **wanted), actor)
        self.workflow = to
        return self.item

    def visit(self, stage: str) -> Visit:
        return next(v for v in self.item.visits if v.stage == stage)


def version(text: str) -> Workflow:
    return read_workflow(text.encode(), "test.yaml", OFFICE).required()


def at_check(now: str = "2027-04-01T09:00") -> Desk:
    play = Desk(REVIEW, now=now)
    play.fire("submit")
    return play


def closed_on(day: str) -> Setting:
    """The office, which works on one day less."""
    text = _TEXT.replace(
        b"calendars: {england: {}}", f"calendars: {{england: {{closures: {{{day}: Moving day}}}}}}".encode()
    )
    return Setting(read_governance(text, "g.yaml").required())
