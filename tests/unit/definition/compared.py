"""An office and a review of which tests write a second version, to compare the two."""

from __future__ import annotations

from qa_workflow.definition import Governance, Workflow, read_governance, read_workflow

OFFICE = """
governance: testing
title: A small commissioner
organisation: commissioner
calendars: {england: {closures: {2027-12-24: Christmas Eve}}, other: {}}
roles:
  author: {title: Author}
  reviewer: {title: Reviewer}
  chair: {title: Chair}
  contact: {title: Contact, scope: own organisation}
rights: {open: author, hold: [reviewer, chair], publish: chair}
scales:
  assurance:
    title: Assurance
    levels: [{value: full, title: Full, meaning: well}, {value: none, title: None, meaning: ill}]
organisations:
  commissioner: {title: The commissioner, kind: commissioner, aliases: [us]}
  north: {title: North Trust, kind: provider, to: 2027-06-30, successor: united}
  united: {title: United Trust, kind: provider, from: 2027-07-01}
bodies:
  board:
    title: The Board
    papers: 5 clear working days before meeting
    meets: {rule: FREQ=MONTHLY;BYDAY=-1WE, from: 2026-01-01, at: "14:00"}
people:
  ann: {title: An author, roles: author, organisation: commissioner, email: ann@example.org}
  rob: {title: A reviewer, roles: reviewer, organisation: commissioner, covers: {ann: 2027-04-05 to 2027-04-16}}
  cher: {title: A chair, roles: chair, organisation: commissioner}
"""

REVIEW = """
workflow: review
title: Review
purpose: To look at papers
subject: provider
period: quarter
reference: R/{period}/{subject}
body: board
calendar: england
retention: 8 years
opens: {each: provider, every: quarter, on: 1 April in period, when: subject() == 'north'}
needs: note
rights: {hold: chair}
fields:
  note: {type: text, label: Note, words: 100}
  seen_on: {type: date, valid: 1 year after seen_on, default: 2027-04-01}
  rating: {type: choice, scale: assurance}
  sites: {type: list, of: text}
stages:
  draft:
    about: Where it begins
    owner: author
    claim: true
    due: {rule: 5 working days after entry, basis: policy, source: our handbook}
    remind: [1 working day before due, {when: 2 working days after entry, to: reviewer}]
    escalate: [{when: 1 working day after due, to: chair}]
    lapse: {when: 3 months after entry, to: dropped}
    on_entry: [{mail: author, subject: Yours, text: Please write}]
    on_exit: [{mail: chair, subject: Gone, text: On its way}]
    transitions:
      submit: {to: both, needs: [note, reason], at_most: 3 times, when: has(note), says: A note is needed}
      drop: {to: dropped, by: chair, needs: reason, bulk: false}
      note_it: {to: here, sets: {seen_on: today}, clears: rating, votes: 2, effects: [{webhook: told}]}
  both:
    due: 10 working days after opening
    parallel:
      join: first 1
      branches:
        facts: {owner: author, transitions: {check: {not_by: whoever did submit, needs: rating}}}
        words: {owner: reviewer, optional: true, when: has(sites), transitions: {read: {only_while: facts}}}
    transitions: {joined: {to: visits}}
  visits:
    owner: author
    sub_items: {workflow: visit, each: sites, into: site, more: author}
    transitions: {joined: {to: at_board}}
  at_board:
    meeting: board
    owner: chair
    collects: [{workflow: review}]
    transitions:
      accept: {to: over, not_before: meeting, not_after: 10 working days after meeting, opens: [visit]}
      go: {to: over, at: 20 working days after entry, late: fire}
  over: {end: completed}
  dropped: {end: dropped}
repeat: 1 year after over was entered
"""


def office(text: str = OFFICE) -> Governance:
    return read_governance(text.encode(), "governance.yaml").required()


def review(text: str = REVIEW) -> Workflow:
    reading = read_workflow(text.encode(), "review.yaml", office())
    return reading.required()
