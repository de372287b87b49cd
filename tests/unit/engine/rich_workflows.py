"""A few workflows with everything in them, made to be odd and not to be copied."""

from __future__ import annotations

RESTS = ("kept", "ignored")
REVIEW = """
workflow: rich_review
title: A review with everything in it
fields: {note: text, wide: {type: yes_no, default: true}, seen_on: date, lead: person}
stages:
  draft:
    owner: [author, person in lead]
    claim: true
    due: 3 working days after seen_on
    remind: [1 working day before due, {when: 2 working days after entry, to: reviewer}]
    escalate: [{when: 1 working day after due, to: chair}]
    transitions:
      submit: {to: review, needs: note, asks: [seen_on, wide]}
      drop: {to: dropped, by: chair, needs: reason}
  review:
    owner: chair
    due: 10 working days after opening
    parallel:
      join: first 2
      rest: %s
      order: %s
      branches:
        quick: {owner: reviewer, transitions: {look: {}, again: {to: here, votes: 2, sets: {seen_on: today}}}}
        deep:
          when: wide
          stages:
            read:
              owner: reviewer
              claim: true
              lapse: {when: 4 working days after entry}
              transitions: {go_on: {to: both}}
            both:
              parallel:
                join: any
                rest: kept
                branches:
                  p: {owner: author, transitions: {done_p: {}}}
                  q: {owner: reviewer, transitions: {done_q: {}, on_q: {to: here, only_while: quick}}}
              transitions: {joined: {to: last}, back: {to: read, by: reviewer, at_most: twice}}
            last: {owner: reviewer, transitions: {done_deep: {}, once_more: {to: read, at_most: once}}}
        vote: {owner: [reviewer, chair], transitions: {agree: {votes: 2, not_by: whoever did submit}}}
        timed: {owner: author, optional: true, transitions: {close_timed: {at: 2 working days after entry, by: author}}}
    transitions:
      joined: {to: [{when: "done('agree')", to: sign}, {else: draft}]}
      return: {to: draft, by: [author, chair], needs: reason, at_most: 3 times, clears: [note, seen_on]}
      without: {to: here, by: chair, cancels: deep}
  sign:
    owner: [reviewer, chair]
    due: {rule: 2 working days after agree was done, while_held: runs}
    transitions:
      sign:
        to: [{when: note == 'bad', to: draft}, {when: has(seen_on), to: signed}, {else: here}]
        not_by: whoever did submit
  signed: {end: completed}
  dropped: {end: dropped}
"""

MEETING = """
workflow: rich_paper
title: A paper with meetings and times
subject: provider
fields: {note: text, due_on: date}
stages:
  write:
    owner: [author, contact]
    due: papers of board
    remind: [2 working days before due]
    transitions:
      submit: {to: wait, at: 20 working days after entry, by: [author, contact], late: fire}
      revise: {to: here, needs: [due_on, reason]}
  wait:
    meeting: board
    owner: chair
    escalate: [{when: 2 working days after due, to: reviewer}]
    transitions:
      note: {to: act, not_before: meeting, not_after: 10 working days after meeting}
      rewrite: {to: write, by: chair, needs: reason, at_most: 2 times}
      up: {to: panel, at: 1 working day after due, when: slips() >= 1, late: skip}
  panel: {meeting: panel for subject, owner: chair, transitions: {decide: {to: act}}}
  act:
    owner: whoever did submit
    due: due_on
    claim: true
    lapse: {when: 1 month after entry, to: faded, late: hold}
    escalate: [{when: 1 working day after due, to: chair}]
    transitions:
      finish: {to: over, by: [author, chair], not_by: whoever did note}
      later: {to: here, by: chair, needs: [due_on, reason]}
  over: {end: completed}
  faded: {end: lapsed}
"""

PARTS = """
workflow: rich_parts
title: Sub-items in every way
fields: {sites: list, note: text}
stages:
  plan: {owner: author, transitions: {go: {to: both, needs: sites, opens: [rich_part]}}}
  both:
    parallel:
      join: all
      branches:
        each:
          stages:
            open_each:
              owner: author
              sub_items: {workflow: rich_part, each: sites, wait: first 2, rest: kept}
              transitions: {joined: {to: read}, skip: {to: read, by: chair}}
            read: {owner: author, transitions: {read: {}, reopen: {to: open_each, at_most: twice}}}
        grow:
          stages:
            growing:
              owner: author
              sub_items: {workflow: rich_part, more: [author, reviewer]}
              transitions: {joined: {to: done}}
    transitions:
      joined: {to: [{when: "closed('open_each', 'completed') >= 2", to: all_well}, {else: after}]}
      stop: {to: after, by: chair, needs: reason}
  after: {owner: author, transitions: {close: {to: all_well, when: note != 'no'}, retry: {to: both, at_most: once}}}
  all_well: {end: completed}
"""

LEFT_OVER = """
workflow: rich_rest
title: What is left over
fields: {note: text}
stages:
  ask:
    parallel:
      join: any
      rest: %s
      branches:
        one: {owner: author, transitions: {done_one: {}}}
        two:
          stages:
            a:
              parallel:
                join: any
                rest: %s
                branches:
                  p:
                    stages:
                      x: {owner: author, transitions: {go_p: {to: y}}}
                      y: {owner: reviewer, transitions: {done_p: {}}}
                  q: {owner: reviewer, transitions: {done_q: {}}}
              transitions: {joined: {to: b}}
            b: {owner: author, transitions: {done_two: {}, again: {to: a, at_most: 3 times}}}
        three:
          stages:
            c: {owner: author, transitions: {go_three: {to: d}}}
            d: {owner: reviewer, transitions: {done_three: {}}}
    transitions: {joined: {to: [{when: note == 'no', to: more}, {else: told}]}}
  more: {owner: author, transitions: {retry: {to: ask, asks: note}, tell: {to: told}}}
  told: {end: completed}
"""

TIMES = """
workflow: rich_times
title: What time and votes do
fields: {note: text, wide: {type: yes_no, default: true}, seen_on: date}
stages:
  watch:
    due: 3 working days after split was left
    transitions:
      mark: {to: here, at: 1 working day after entry, late: fire, sets: {seen_on: 2 working days after entry}}
      again: {to: here, at: 2 working days after mark was done, when: wide, late: skip}
      choose:
        {to: [{when: note == 'no', to: split}, {else: vote}], asks: note, at: 4 working days after entry, by: author}
    lapse: {when: 8 working days after entry, to: split, late: hold}
  vote:
    owner: reviewer
    due: 3 working days after seen_on
    remind: [{when: 2 working days after seen_on}]
    escalate: [{when: 1 working day after due, to: chair}]
    transitions: {agree: {to: split, votes: 2, asks: [note, seen_on]}, refuse: {to: watch, votes: 2}}
  split:
    owner: chair
    due: 3 working days after s.b was entered
    parallel:
      rest: kept
      join: first 2
      branches:
        s:
          stages:
            a: {owner: author, transitions: {on: {to: b, at: 3 working days after entry, late: fire, by: author}}}
            b: {lapse: {when: 2 working days after entry}}
        t: {when: note == 'good', owner: author, due: 2 working days after a was left, transitions: {done_t: {}}}
        u: {when: done('agree'), owner: reviewer, transitions: {done_u: {}, only_u: {to: here, only_while: s}}}
        v: {transitions: {end_v: {at: 2 working days after entry, when: has(note)}}}
    transitions:
      joined: {to: [{when: note == 'bad', to: watch}, {when: wide, to: gather}, {else: far}]}
      leave: {to: watch, by: chair}
  gather:
    owner: author
    sub_items: {workflow: rich_part, count: 2, more: author, wait: any, rest: kept}
    transitions: {joined: {to: [{when: note == 'no', to: vote}, {else: far}]}, back: {to: watch, by: chair}}
  far:
    owner: author
    due: 3 working days after seen_on
    lapse: {when: 1 month after seen_on, to: over}
    transitions: {finish: {to: over, at_most: twice}, round: {to: watch}}
  over: {end: completed}
"""

WORKFLOWS = {
    "times": (TIMES, None),
    **{f"rest-{one}-{two}": (LEFT_OVER % (one, two), None) for one in RESTS for two in RESTS},
    **{
        f"review-{rest}-{order.replace(' ', '-')}": (REVIEW % (rest, order), None)
        for rest, order in (("cancelled", "together"), ("kept", "together"), ("ignored", "one at a time"))
    },
    "paper": (MEETING, "north"),
    "parts": (PARTS, None),
}
