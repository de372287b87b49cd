"""One wrong and one right example for each rule: shown in the manual, and held to the rules by a test.

An example is the part of a file that matters; the rest is added by `complete`. What no part of a file can show is told
in words (`told_examples`).
"""

from __future__ import annotations

from collections.abc import Mapping

from qa_workflow.definition.manual.example_files import STAGES, Example


def _workflow(wrong: str, right: str) -> Example:
    return Example(wrong, right)


def _governance(wrong: str, right: str) -> Example:
    return Example(wrong, right, "governance")


def _step(wrong: str, right: str, fields: str = "") -> Example:
    """The only step of a workflow, written two ways."""
    return Example(_with_step(wrong, fields), _with_step(right, fields))


def _with_step(step: str, fields: str) -> str:
    head = f"fields: {fields}\n" if fields else ""
    stage = f"stages:\n  draft:\n    owner: author\n    transitions:\n      send: {step}\n"
    return f"{head}{stage}  closed: {{end: completed}}\n"


def _stage(wrong: str, right: str, fields: str = "") -> Example:
    """A line of the first stage, written two ways."""
    return Example(_with_line(wrong, fields), _with_line(right, fields))


def _with_line(line: str, fields: str) -> str:
    head = f"fields: {fields}\n" if fields else ""
    stage = f"stages:\n  draft:\n    owner: author\n    {line}\n    transitions: {{send: {{to: closed}}}}\n"
    return f"{head}{stage}  closed: {{end: completed}}\n"


_DEEP = "title: " + "[" * 21 + "]" * 21 + "\n"
_PARALLEL = """\
stages:
  review:
    parallel:
      join: {join}
      branches:
        facts: {{owner: author, transitions: {{check: {{}}}}}}
        style: {{owner: reviewer, transitions: {{check: {{}}}}}}
    transitions: {joined}
  closed: {{end: completed}}
"""
_RATED = "{rating: {type: choice, scale: assurance}}"


def _parallel(join: str = "all", joined: str = "{joined: {to: closed}}") -> str:
    return _PARALLEL.format(join=join, joined=joined)


EXAMPLES: Mapping[str, Example] = {
    "too-deep": _workflow(_DEEP, "title: An example\n"),
    # --- text ---
    "control-character": _workflow('title: "An\\u0007 example"\n', "title: An example\n"),
    "bidi-character": _workflow('title: "An \\u202eexample"\n', "title: An example\n"),
    "yaml-syntax": _workflow("title: Review: the second\n", 'title: "Review: the second"\n'),
    "yaml-anchor": _workflow("title: &name An example\n", "title: An example\n"),
    "yaml-alias": _workflow("title: An example\npurpose: *name\n", "title: An example\npurpose: An example\n"),
    "merge-key": _workflow("fields:\n  <<: {note: text}\n", "fields:\n  note: text\n"),
    "yaml-tag": _workflow("title: !!python/name:os.system x\n", "title: An example\n"),
    "second-document": _workflow(f"{STAGES}---\ntitle: Another\n", STAGES),
    "duplicate-key": _workflow("title: One\ntitle: Two\n", "title: One\n"),
    "key-not-text": _workflow("fields:\n  [a, b]: text\n", "fields:\n  a: text\n  b: text\n"),
    # --- shape ---
    "unknown-key": _workflow("titel: An example\ntitle: An example\n", "title: An example\n"),
    "missing-key": _workflow("fields:\n  note: {label: Note}\n", "fields:\n  note: {type: text, label: Note}\n"),
    "empty-value": _workflow("purpose:\n", "purpose: To show how it is done.\n"),
    "bad-name": _workflow("fields:\n  First Note: text\n", "fields:\n  first_note: text\n"),
    "reserved-name": _workflow("fields:\n  due: date\n", "fields:\n  due_on: date\n"),
    "wrong-word": _workflow("fields:\n  day: datum\n", "fields:\n  day: date\n"),
    "wrong-type": _step("{to: closed, bulk: no}", "{to: closed, bulk: false}"),
    "out-of-range": _step("{to: closed, votes: 0}", "{to: closed, votes: 2}"),
    # --- phrases ---
    "who-phrase": _step("{to: closed, by: the author}", "{to: closed, by: author}"),
    "body-phrase": _stage("meeting: the board", "meeting: board"),
    "times-phrase": _step("{to: closed, at_most: often}", "{to: closed, at_most: 2 times}"),
    "one-line": _workflow("title: |\n  An example\n  in two lines\n", "title: An example on one line\n"),
    "retention-phrase": _workflow("retention: a while\n", "retention: 20 years\n"),
    "reference-form": _workflow("reference: EX\n", "reference: EX/{number}\n"),
    "mail-form": _step(
        "{to: closed, effects: [{mail: author, subject: 'About {patient}'}]}",
        "{to: closed, effects: [{mail: author, subject: 'About {reference}'}]}",
    ),
    "case-form": _step(
        "{to: [{when: has(note), else: closed}, {else: closed}]}",
        "{to: [{when: has(note), to: closed}, {else: closed}]}",
        "{note: text}",
    ),
    "effect-form": _step(
        "{to: closed, effects: [{mail: author, document: letter}]}", "{to: closed, effects: [{mail: author}]}"
    ),
    "branch-form": _workflow(
        _parallel().replace(
            "style: {owner: reviewer,",
            "style: {owner: reviewer, stages: {one: {owner: author, transitions: {go: {}}}},",
        ),
        _parallel(),
    ),
    "stage-form": Example(
        "stages:\n  draft:\n    owner: author\n    sub_items: {workflow: action}\n"
        "    transitions: {joined: {to: closed}}\n  closed: {end: completed}\n",
        "stages:\n  draft:\n    owner: author\n    sub_items: {workflow: action, more: author}\n"
        "    transitions: {joined: {to: closed}}\n  closed: {end: completed}\n",
    ),
    "field-form": _workflow(
        "fields:\n  day: {type: date, words: 100}\n", "fields:\n  note: {type: text, words: 100}\n"
    ),
    "choice-values": _workflow("fields:\n  rating: choice\n", "fields:\n  rating: {type: choice, scale: assurance}\n"),
    "option-twice": _workflow(
        "fields:\n  size: {type: choice, options: [small, small]}\n",
        "fields:\n  size: {type: choice, options: [small, large]}\n",
    ),
    "value-type": _workflow(
        "fields:\n  day: {type: date, default: soon}\n", "fields:\n  day: {type: date, default: today}\n"
    ),
    "field-type": _step(
        "{to: closed, by: person in lead}", "{to: closed, by: person in helper}", "{lead: text, helper: person}"
    ),
    "missing-target": _step("{by: author}", "{to: closed, by: author}"),
    # --- conditions ---
    "guard-syntax": _step("{to: closed, when: rating = 'full'}", "{to: closed, when: rating == 'full'}", _RATED),
    "guard-name": _step("{to: closed, when: has(ratign)}", "{to: closed, when: has(rating)}", _RATED),
    "guard-type": _step(
        "{to: closed, when: count(sites) > 'two'}", "{to: closed, when: count(sites) > 2}", "{sites: list}"
    ),
    "guard-impossible": _step("{to: closed, when: rating == 'good'}", "{to: closed, when: rating == 'full'}", _RATED),
    "guard-constant": _step("{to: closed, when: 1 < 2}", "{to: closed, when: has(rating)}", _RATED),
    # --- references ---
    "unknown-stage": _step(
        "{to: [{when: has(note), to: clsoed}, {else: closed}]}",
        "{to: [{when: has(note), to: closed}, {else: closed}]}",
        "{note: text}",
    ),
    "unknown-branch": _workflow(
        _parallel(joined="{joined: {to: closed}, shorten: {to: here, by: author, cancels: stile}}"),
        _parallel(joined="{joined: {to: closed}, shorten: {to: here, by: author, cancels: style}}"),
    ),
    "unknown-trigger": _workflow(
        "stages:\n  draft: {owner: author, transitions: {send: {to: check}}}\n"
        "  check: {owner: reviewer, transitions: {pass: {to: closed, not_by: whoever did sent}}}\n"
        "  closed: {end: completed}\n",
        "stages:\n  draft: {owner: author, transitions: {send: {to: check}}}\n"
        "  check: {owner: reviewer, transitions: {pass: {to: closed, not_by: whoever did send}}}\n"
        "  closed: {end: completed}\n",
    ),
    "unknown-field": _step("{to: closed, needs: nota}", "{to: closed, needs: note}", "{note: text}"),
    "unknown-role": _step("{to: closed, by: autor}", "{to: closed, by: author}"),
    "unknown-body": _stage("meeting: boards", "meeting: board"),
    "unknown-calendar": _workflow("calendar: scotland\n", "calendar: england\n"),
    "unknown-scale": _workflow(
        "fields:\n  rating: {type: choice, scale: assurances}\n",
        "fields:\n  rating: {type: choice, scale: assurance}\n",
    ),
    "unknown-workflow": _step("{to: closed, opens: [actions]}", "{to: closed, opens: [action]}"),
    "unknown-kind": _workflow("subject: providers\n", "subject: provider\n"),
    "unknown-organisation": _governance("organisation: nort\n", "organisation: north\n"),
    "unknown-person": _governance(
        "people:\n  ann: {title: Ann, roles: author, covers: {bill: 2027-08-02 to 2027-08-13}}\n",
        "people:\n  ann: {title: Ann, roles: author, covers: {bob: 2027-08-02 to 2027-08-13}}\n"
        "  bob: {title: Bob, roles: author}\n",
    ),
    "no-subject": _stage("meeting: review_group for subject", "meeting: board"),
    # --- flow ---
    "unreachable-stage": _workflow(
        f"{STAGES}  lost: {{owner: author, transitions: {{go: {{to: closed}}}}}}\n",
        STAGES.replace("to: closed", "to: lost") + "  lost: {owner: author, transitions: {go: {to: closed}}}\n",
    ),
    "dead-end": _workflow(
        "stages:\n  draft: {owner: author, transitions: {send: {to: waiting}, close: {to: closed}}}\n"
        "  waiting: {owner: author}\n  closed: {end: completed}\n",
        "stages:\n  draft: {owner: author, transitions: {send: {to: waiting}, close: {to: closed}}}\n"
        "  waiting: {owner: author, transitions: {go: {to: closed}}}\n  closed: {end: completed}\n",
    ),
    "cannot-end": _workflow(
        "stages:\n  draft: {owner: author, transitions: {send: {to: one}, close: {to: closed}}}\n"
        "  one: {owner: author, transitions: {go: {to: two}}}\n  two: {owner: author, transitions: {back: {to: one}}}\n"
        "  closed: {end: completed}\n",
        "stages:\n  draft: {owner: author, transitions: {send: {to: one}, close: {to: closed}}}\n"
        "  one: {owner: author, transitions: {go: {to: two}}}\n"
        "  two: {owner: author, transitions: {back: {to: one}, close: {to: closed}}}\n  closed: {end: completed}\n",
    ),
    "no-end": _workflow(
        "stages:\n  one: {owner: author, transitions: {go: {to: two}}}\n"
        "  two: {owner: author, transitions: {go: {to: one}}}\n",
        STAGES,
    ),
    "used-up": _workflow(
        "stages:\n  draft: {owner: author, transitions: {send: {to: check, at_most: 2 times}}}\n"
        "  check: {owner: reviewer, transitions: {return: {to: draft}, pass: {to: closed}}}\n"
        "  closed: {end: completed}\n",
        "stages:\n  draft: {owner: author, transitions: {send: {to: check}}}\n"
        "  check: {owner: reviewer, transitions: {return: {to: draft, at_most: 2 times}, pass: {to: closed}}}\n"
        "  closed: {end: completed}\n",
    ),
    "end-with-steps": _workflow(
        STAGES.replace("{end: completed}", "{end: completed, due: 2 working days after entry}"), STAGES
    ),
    "public-end": _workflow(
        "fields: {note: text}\n" + STAGES.replace("{end: completed}", "{end: completed, public: true}"),
        "fields: {note: {type: text, release: public}}\n"
        + STAGES.replace("{end: completed}", "{end: completed, public: true}"),
    ),
    "end-in-branch": _workflow(
        _parallel().replace(
            "style: {owner: reviewer, transitions: {check: {}}}",
            "style: {stages: {one: {owner: author, transitions: {go: {to: two}}}, two: {end: completed}}}",
        ),
        _parallel().replace(
            "style: {owner: reviewer, transitions: {check: {}}}",
            "style: {stages: {one: {owner: author, transitions: {go: {}}}}}",
        ),
    ),
    "start-is-end": _workflow(
        f"start: closed\n{STAGES}".replace(
            "stages:\n  draft: {owner: author, transitions: {send: {to: closed}}}\n", "stages:\n"
        ),
        STAGES,
    ),
    "choice-without-else": _step(
        "{to: [{when: has(note), to: closed}]}", "{to: [{when: has(note), to: closed}, {else: here}]}", "{note: text}"
    ),
    "case-unreachable": _step(
        "{to: [{else: closed}, {when: has(note), to: here}]}",
        "{to: [{when: has(note), to: here}, {else: closed}]}",
        "{note: text}",
    ),
    "loop-without-time": _workflow(
        "stages:\n  one: {owner: author, transitions: {go: {to: two, at: opening}, close: {to: closed}}}\n"
        "  two: {owner: author, transitions: {back: {to: one, at: opening}}}\n  closed: {end: completed}\n",
        "stages:\n  one: {owner: author, transitions: {go: {to: two, at: 1 month after entry}, close: {to: closed}}}\n"
        "  two: {owner: author, transitions: {back: {to: one, at: 1 month after entry}}}\n  closed: {end: completed}\n",
    ),
    "join-impossible": _workflow(_parallel("first 3"), _parallel("first 2")),
    "parallel-without-joined": _workflow(
        _parallel(joined="{stop: {to: closed, by: author}}"), _parallel(joined="{joined: {to: closed}}")
    ),
    "joined-misplaced": Example(
        "stages:\n  draft: {owner: author, transitions: {joined: {to: closed}, send: {to: closed}}}\n"
        "  closed: {end: completed}\n",
        "stages:\n  draft: {owner: author, transitions: {send: {to: closed}}}\n  closed: {end: completed}\n",
    ),
    "engine-step": _workflow(_parallel(joined="{joined: {to: closed, by: author}}"), _parallel()),
    "milestone-impossible": _workflow(
        "stages:\n  draft: {owner: author, transitions: {send: {to: check}}}\n"
        "  check: {owner: reviewer, transitions: {pass: {to: closed, only_while: draft}}}\n"
        "  closed: {end: completed}\n",
        _parallel().replace(
            "owner: reviewer, transitions: {check: {}}", "owner: reviewer, transitions: {check: {only_while: facts}}"
        ),
    ),
    "cancel-impossible": _workflow(
        _parallel(joined="{joined: {to: tidy}}").replace(
            "  closed:", "  tidy: {owner: author, transitions: {go: {to: closed, cancels: style}}}\n  closed:"
        ),
        _parallel(joined="{joined: {to: closed}, shorten: {to: here, by: author, cancels: style}}"),
    ),
    "opens-itself": _workflow(
        "stages:\n  draft:\n    sub_items: {workflow: example, count: 1}\n"
        "    transitions: {joined: {to: closed}}\n  closed: {end: completed}\n",
        "stages:\n  draft:\n    sub_items: {workflow: action, count: 1}\n"
        "    transitions: {joined: {to: closed}}\n  closed: {end: completed}\n",
    ),
    "sub-item-field": _step(
        "{to: closed, opens: [{workflow: action, copies: {wath: note}}]}",
        "{to: closed, opens: [{workflow: action, copies: {what: note}}]}",
        "{note: text}",
    ),
    "opening-about": _workflow(
        "opens: {each: provider, every: quarter, on: 1 calendar day after period end}\n",
        "subject: provider\nopens: {each: provider, every: quarter, on: 1 calendar day after period end}\n",
    ),
    "sub-item-about": _workflow(
        "stages:\n  draft: {owner: author, transitions: {send: {to: closed, opens: site_review}}}\n"
        "  closed: {end: completed}\n",
        "subject: provider\nstages:\n  draft: {owner: author, transitions: {send: {to: closed, opens: site_review}}}\n"
        "  closed: {end: completed}\n",
    ),
    # --- times ---
    "time-rule": _stage("due: 5 days after entry", "due: 5 working days after entry"),
    "time-of-day": _stage(
        'due: {rule: 5 working days after entry, at: "25:00"}', 'due: {rule: 5 working days after entry, at: "12:00"}'
    ),
    "anchor-not-date": _stage(
        "due: 5 working days after note", "due: 5 working days after day", "{note: text, day: date}"
    ),
    "anchor-without-meeting": _stage(
        "due: 5 working days before meeting", "due: 5 working days before meeting of board"
    ),
    "anchor-without-period": _workflow(
        _with_line("due: on 30 April after period end", ""),
        "period: quarter\n" + _with_line("due: on 30 April after period end", ""),
    ),
    "anchor-not-here": _workflow(
        "subject: provider\nopens: {each: provider, every: quarter, on: 1 calendar day after entry}\n",
        "subject: provider\nopens: {each: provider, every: quarter, on: 1 calendar day after period end}\n",
    ),
    "body-without-series": _stage("meeting: circle", "meeting: board"),
    "body-without-papers": _stage("due: papers of group", "due: papers of board"),
    "due-on-itself": _stage("due: 5 working days after due", "due: 5 working days after entry"),
    "due-on-own-step": _stage("due: 5 working days after send was done", "due: 5 working days after entry"),
    "window-reversed": _step(
        "{to: closed, not_before: 3 months after entry, not_after: 60 calendar days after entry}",
        "{to: closed, not_before: 3 months after entry, not_after: 120 calendar days after entry}",
    ),
    "late-without-due": _stage(
        "remind: [2 working days before due]",
        "due: 5 working days after entry\n    remind: [2 working days before due]",
    ),
    # --- people ---
    "no-one-acts": _workflow(
        "stages:\n  draft: {transitions: {send: {to: closed}}}\n  closed: {end: completed}\n", STAGES
    ),
    "same-person": _workflow(
        "stages:\n  draft: {owner: author, transitions: {send: {to: check}}}\n  check: {transitions: "
        "{pass: {to: closed, by: whoever did send, not_by: whoever did send}}}\n  closed: {end: completed}\n",
        "stages:\n  draft: {owner: author, transitions: {send: {to: check}}}\n  check: {transitions: "
        "{pass: {to: closed, by: reviewer, not_by: whoever did send}}}\n  closed: {end: completed}\n",
    ),
    "own-role-without-subject": _workflow(
        "stages:\n  draft: {owner: contact, transitions: {send: {to: closed}}}\n  closed: {end: completed}\n",
        "subject: provider\n"
        "stages:\n  draft: {owner: contact, transitions: {send: {to: closed}}}\n  closed: {end: completed}\n",
    ),
    "clock-is-nobody": _workflow(
        "stages:\n  draft: {owner: author, transitions: {send: {to: check, at: 5 working days after entry}}}\n"
        "  check: {owner: whoever did send, transitions: {pass: {to: closed}}}\n  closed: {end: completed}\n",
        "stages:\n  draft: {owner: author, transitions: {send: {to: check, at: 5 working days after entry}}}\n"
        "  check: {owner: author, transitions: {pass: {to: closed}}}\n  closed: {end: completed}\n",
    ),
    "hidden-from-doer": _workflow(
        "subject: provider\nfields:\n  rating: {type: choice, scale: assurance, disclosed_from: closed}\n"
        "stages:\n  report: {owner: contact, transitions: {send: {to: closed, needs: rating}}}\n"
        "  closed: {end: completed}\n",
        "subject: provider\nfields:\n  rating: {type: choice, scale: assurance, disclosed_from: closed}\n"
        "stages:\n  report: {owner: contact, transitions: {send: {to: review}}}\n"
        "  review: {owner: reviewer, transitions: {rate: {to: closed, needs: rating}}}\n  closed: {end: completed}\n",
    ),
    "never-disclosed": _workflow(
        "subject: provider\nfields:\n  rating: {type: choice, scale: assurance, disclosed_from: review}\n"
        "stages:\n  draft: {owner: author, transitions: {send: {to: review}, drop: {to: closed, needs: rating}}}\n"
        "  review: {owner: reviewer, transitions: {agree: {to: closed}}}\n  closed: {end: completed}\n",
        "subject: provider\nfields:\n  rating: {type: choice, scale: assurance, disclosed_from: closed}\n"
        "stages:\n  draft: {owner: author, transitions: {send: {to: review}, drop: {to: closed, needs: rating}}}\n"
        "  review: {owner: reviewer, transitions: {agree: {to: closed}}}\n  closed: {end: completed}\n",
    ),
    "told-anyway": _workflow(
        "subject: provider\nfields:\n  heard_on: {type: date, disclosed_from: closed}\n"
        "stages:\n  draft: {owner: author, due: 5 working days after heard_on, transitions: {send: {to: closed}}}\n"
        "  closed: {end: completed}\n",
        "subject: provider\nfields:\n  heard_on: {type: date, disclosed_from: closed}\n"
        "stages:\n  draft: {owner: author, due: 5 working days after entry, transitions: {send: {to: closed}}}\n"
        "  closed: {end: completed}\n",
    ),
    # --- governance ---
    "reports-to-circle": _governance(
        "bodies:\n  a: {title: A, reports_to: b}\n  b: {title: B, reports_to: a}\n",
        "bodies:\n  a: {title: A, reports_to: b}\n  b: {title: B}\n",
    ),
    "successor-circle": _governance(
        "organisations:\n  a: {title: A, kind: provider, successor: b}\n"
        "  b: {title: B, kind: provider, successor: a}\n",
        "organisations:\n  a: {title: A, kind: provider, successor: b}\n  b: {title: B, kind: provider}\n",
    ),
    "reviewed-twice": _governance(
        "bodies:\n  a: {title: A, kind: cqrg, reviews: [north]}\n  b: {title: B, kind: cqrg, reviews: [north]}\n",
        "bodies:\n  a: {title: A, kind: cqrg, reviews: [north], to: 2027-03-31}\n"
        "  b: {title: B, kind: cqrg, reviews: [north], from: 2027-04-01}\n",
    ),
    "dates-reversed": _governance(
        "organisations:\n  a: {title: A, kind: provider, from: 2027-04-01, to: 2027-03-31}\n",
        "organisations:\n  a: {title: A, kind: provider, from: 2027-03-31, to: 2027-04-01}\n",
    ),
    "names-overlap": _governance(
        "organisations:\n  a:\n    title: A\n    kind: provider\n    names:\n      - {title: Old, to: 2027-03-31}\n"
        "      - {title: New, from: 2027-03-31}\n",
        "organisations:\n  a:\n    title: A\n    kind: provider\n    names:\n      - {title: Old, to: 2027-03-31}\n"
        "      - {title: New, from: 2027-04-01}\n",
    ),
    "impossible-date": _governance(
        "calendars:\n  england: {closures: {2027-02-30: Stocktaking}}\n",
        "calendars:\n  england: {closures: {2027-02-26: Stocktaking}}\n",
    ),
    "series-rule": _governance(
        "bodies:\n  board: {title: Board, meets: {rule: monthly, from: 2027-01-01, at: '14:00'}}\n",
        "bodies:\n  board: {title: Board, meets: {rule: FREQ=MONTHLY;BYDAY=1TH, from: 2027-01-01, at: '14:00'}}\n",
    ),
    "calendar-form": _governance(
        "calendars:\n  england: {closures: {2027-05-03: Away}, openings: {2027-05-03: Here}}\n",
        "calendars:\n  england: {closures: {2027-05-04: Away}, openings: {2027-05-03: Here}}\n",
    ),
    "time-zone": _governance(
        "calendars:\n  england: {time_zone: Europe/Londn}\n", "calendars:\n  england: {time_zone: Europe/London}\n"
    ),
    "covers-phrase": _governance(
        "people:\n  ann: {title: Ann, roles: author, covers: {bob: in August}}\n  bob: {title: Bob, roles: author}\n",
        "people:\n  ann: {title: Ann, roles: author, covers: {bob: 2027-08-02 to 2027-08-13}}\n"
        "  bob: {title: Bob, roles: author}\n",
    ),
    # --- warnings ---
    "remark-in-text": _workflow("title: Audit of #NOF\n", "title: 'Audit of #NOF'\n"),
    "wrong-side": _stage(
        "due: 5 working days after entry\n    remind: [2 working days after due]",
        "due: 5 working days after entry\n    remind: [2 working days before due]",
    ),
    "ladder-order": _stage(
        "due: 5 working days after entry\n    escalate:\n"
        "      - {when: 4 working days after due, to: author}\n"
        "      - {when: 2 working days after due, to: author}",
        "due: 5 working days after entry\n    escalate:\n"
        "      - {when: 2 working days after due, to: author}\n"
        "      - {when: 4 working days after due, to: author}",
    ),
    "due-out-of-order": _workflow(
        "fields: {came_on: date}\nstages:\n"
        "  draft: {owner: author, due: 30 working days after came_on, transitions: {send: {to: check}}}\n"
        "  check: {owner: author, due: 25 working days after came_on, transitions: {pass: {to: closed}}}\n"
        "  closed: {end: completed}\n",
        "fields: {came_on: date}\nstages:\n"
        "  draft: {owner: author, due: 25 working days after came_on, transitions: {send: {to: check}}}\n"
        "  check: {owner: author, due: 30 working days after came_on, transitions: {pass: {to: closed}}}\n"
        "  closed: {end: completed}\n",
    ),
    "asked-of-nobody": _workflow(
        "subject: provider\nopens: {each: provider, every: year, on: 1 April}\nfields: {rating: {type: number}}\n"
        "stages:\n  draft: {owner: author, transitions: {send: {to: closed}}}\n  closed: {end: completed}\n",
        "subject: provider\nopens: {each: provider, every: year, on: 1 April}\nfields: {rating: {type: number}}\n"
        "stages:\n  draft: {owner: author, transitions: {send: {to: closed, asks: rating}}}\n"
        "  closed: {end: completed}\n",
    ),
    "perhaps-nobody": _workflow(
        "stages:\n  draft:\n    owner: author\n"
        "    transitions: {send: {to: check, by: author, at: 5 working days after entry}}\n"
        "  check: {owner: whoever did send, transitions: {pass: {to: closed, by: author}}}\n"
        "  closed: {end: completed}\n",
        "stages:\n  draft:\n    owner: author\n"
        "    transitions: {send: {to: check, by: author, at: 5 working days after entry}}\n"
        "  check: {owner: [whoever did send, author], transitions: {pass: {to: closed}}}\n  closed: {end: completed}\n",
    ),
    "clock-needs": _step(
        "{to: closed, at: 5 working days after entry, needs: reason}", "{to: closed, at: 5 working days after entry}"
    ),
    "effect-without-carrier": _step(
        "{to: closed, effects: [{webhook: register}]}", "{to: closed, effects: [{mail: author}]}"
    ),
    "collects-later": _stage("collects: [action]", "about: Gather the actions."),
}
"""By rule."""
