"""What an example is part of: a file that stands on a small house, made whole where an example shows a part of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

GOVERNANCE = """\
governance: example
title: An example
calendars:
  england: {}
roles:
  author: {title: Author}
  reviewer: {title: Reviewer}
  officer: {title: Officer}
  chair: {title: Chair}
  contact: {title: Contact, scope: own organisation}
scales:
  assurance:
    title: Assurance
    levels:
      - {value: full, title: Full, meaning: Nothing is missing.}
      - {value: partial, title: Partial, meaning: Something is missing.}
organisations:
  north: {title: North Hospital, kind: provider}
  south: {title: South Hospital, kind: provider}
bodies:
  board:
    title: Board
    secretary: officer
    papers: 5 clear working days before meeting
    meets: {rule: FREQ=MONTHLY;BYDAY=1TH, from: 2027-01-01, at: "14:00"}
  group:
    title: Group
    kind: review_group
    reviews: [provider]
    secretary: officer
    reports_to: board
    meets: {rule: FREQ=MONTHLY;BYDAY=2TH, from: 2027-01-01, at: "10:00"}
  circle:
    title: Circle
"""
"""What the examples of workflows stand on."""

ACTION = """\
workflow: action
title: Action
fields: {what: text, by_when: date}
stages:
  open: {owner: author, transitions: {close: {to: closed}}}
  closed: {end: completed}
"""
"""Another workflow, for examples in which one names another."""

SITE_REVIEW = """\
workflow: site_review
title: Site review
subject: provider
stages:
  open: {owner: author, transitions: {close: {to: closed}}}
  closed: {end: completed}
"""
"""One whose items are each about an organisation."""

STAGES = """\
stages:
  draft: {owner: author, transitions: {send: {to: closed}}}
  closed: {end: completed}
"""
"""The stages of an example that is about something else."""


@dataclass(frozen=True, slots=True)
class Example:
    """What is said to be wrong and what is meant."""

    wrong: str
    right: str
    kind: Literal["workflow", "governance"] = "workflow"


def complete(part: str, kind: Literal["workflow", "governance"] = "workflow") -> str:
    """A whole file: the part, with everything else that a file of that kind needs."""
    given = set(re.findall(r"^([a-z_]+):", part, re.MULTILINE))
    if kind == "workflow":
        head = [line for line in ("workflow: example\n", "title: An example\n") if line.partition(":")[0] not in given]
        return "".join(head) + part + ("" if "stages" in given else STAGES)
    blocks = re.findall(r"^[a-z_]+:.*\n(?:[ #].*\n)*", GOVERNANCE, re.MULTILINE)
    return part + "".join(block for block in blocks if block.partition(":")[0] not in given)
