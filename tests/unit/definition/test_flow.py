"""Whether items can travel: what only the finer points of the graph tell apart."""

from __future__ import annotations

import pytest

from tests.unit.definition.setting import messages

CIRCLE = """\
fields: {{note: text, sites: list, day: date}}
period: year
subject: provider
stages:
  gather:
    {gather}
    transitions: {{joined: {{to: wait}}}}
  wait:
    owner: author
    due: 5 working days after entry
    transitions:
      again: {{to: gather, at: {again}}}
      close: {{to: closed}}
  closed: {{end: completed}}
"""
BRANCHES = "parallel: {{branches: {{a: {a}, b: {b}}}}}"


def branch(more: str) -> str:
    return f"{{owner: author, {more}transitions: {{go: {{}}}}}}"


def loops(gather: str, again: str) -> bool:
    found = messages(CIRCLE.format(gather=gather, again=again))
    assert all("loop-without-time" in message for message in found), found
    return bool(found)


@pytest.mark.parametrize(
    ("a", "b", "at_once"),
    [
        ("when: has(note), ", "optional: true, ", True),
        ("when: has(note), ", "when: has(day), ", True),
        ("optional: true, ", "optional: true, ", True),
        ("when: has(note), ", "", False),
        ("", "optional: true, ", False),
    ],
)
def test_branches_that_need_not_start_are_joined_at_once(a: str, b: str, at_once: bool) -> None:
    """Then a circle of joins and clocks goes round by itself."""
    assert loops(BRANCHES.format(a=branch(a), b=branch(b)), "opening") is at_once


@pytest.mark.parametrize(
    ("sub_items", "at_once"),
    [
        ("sub_items: {workflow: action, more: author, wait: none}", True),
        ("sub_items: {workflow: action, each: sites, into: what}", True),
        ("sub_items: {workflow: action, count: 2}", False),
        ("sub_items: {workflow: action, more: author}", False),
    ],
)
def test_sub_items_that_may_be_none_are_joined_at_once(sub_items: str, at_once: bool) -> None:
    """A list may be empty."""
    assert loops(sub_items, "opening") is at_once


@pytest.mark.parametrize(
    ("again", "takes_no_time"),
    [
        ("opening", True),
        ("entry", True),
        ("day", True),
        ("5 working days after day", True),
        ("on 31 July after period end", True),
        ("on 1 April", True),
        ("5 working days before entry", True),
        ("gather was left", True),
        ("wait was entered", True),
        ("joined was done", True),
        ("due", False),
        ("1 hour after entry", False),
        ("1 month after entry", False),
        ("on 1 April after entry", False),
        ("meeting of board", False),
        ("1 working day after due", False),
        ("2 working days after gather was entered", False),
    ],
)
def test_a_clock_that_stands_still_takes_no_time(again: str, takes_no_time: bool) -> None:
    """What was past the first time round is past the second time too."""
    assert loops("sub_items: {workflow: action, more: author, wait: none}", again) is takes_no_time


def test_a_lapse_that_stands_still_goes_round_too() -> None:
    """It needs nobody either."""
    text = "stages:\n  one: {{owner: author, lapse: {{when: {}, to: two}}, transitions: {{close: {{to: closed}}}}}}\n"
    text += "  two: {{owner: author, lapse: {{when: opening, to: one}}}}\n  closed: {{end: completed}}\n"
    assert [m.split(": ")[1] for m in messages(text.format("opening"))] == ["loop-without-time"]
    assert messages(text.format("1 month after entry")) == []


def test_a_step_to_itself_is_a_loop_and_one_that_stays_is_none() -> None:
    """Time does a thing once in each visit, and a visit goes on where a step leads `here`."""
    text = "stages:\n  one: {{owner: author, transitions: {{again: {{to: {}, at: opening}}, close: {{to: closed}}}}}}\n"
    text += "  closed: {{end: completed}}\n"
    assert [m.split(": ")[1] for m in messages(text.format("one"))] == ["loop-without-time"]
    assert messages(text.format("here")) == []


def test_a_join_that_stays_is_a_loop() -> None:
    """It is met still."""
    text = (
        "stages:\n  one:\n    parallel: {{branches: {{a: {a}, b: {a}}}}}\n    transitions: {{joined: {{to: {to}}}}}\n"
    )
    text += "  closed: {{end: completed}}\n"
    found = messages(text.format(a=branch(""), to="[{when: done('go'), to: here}, {else: closed}]"))
    assert [m.split(": ")[1] for m in found] == ["loop-without-time"]
    assert messages(text.format(a=branch(""), to="closed")) == []


@pytest.mark.parametrize(
    ("branches", "goes_round"),
    [
        ("x: {transitions: {end_x: {at: opening}}}", True),
        ("x: {lapse: {when: opening}, transitions: {done_x: {by: author}}}", True),
        ("x: {transitions: {end_x: {at: 1 working day after entry}}}", False),
        ("x: {transitions: {end_x: {at: opening}}}, y: {owner: author, transitions: {done_y: {}}}", False),
        ("x: {stages: {s: {transitions: {on: {at: opening, to: t}}}, t: {transitions: {end_x: {at: opening}}}}}", True),
        ("x: {stages: {s: {sub_items: {workflow: action, each: sites}, transitions: {joined: {to: done}}}}}", True),
    ],
)
def test_branches_that_the_clock_ends_at_once_join_at_once(branches: str, goes_round: bool) -> None:
    """The stage is left as soon as it is entered."""
    gather = f"parallel: {{branches: {{{branches}}}}}"
    assert loops(gather, "opening") is goes_round


def test_the_first_of_several_may_be_one_that_the_clock_ends_at_once() -> None:
    gather = "parallel: {join: %s, branches: {x: {transitions: {end_x: {at: opening}}}, y: %s}}"
    assert loops(gather % ("any", branch("")), "opening")
    assert not loops(gather % ("all", branch("")), "opening")


def test_a_lapse_is_a_way_out() -> None:
    """Of a stage and towards an end."""
    text = "stages:\n  one: {owner: author, lapse: {when: 1 month after entry, to: two}}\n"
    text += "  two: {owner: author, lapse: {when: 1 month after entry, to: closed}}\n  closed: {end: lapsed}\n"
    assert messages(text) == []


JOIN = """\
stages:
  review:
    parallel:
      join: {join}
      branches:
        a: {{owner: author, transitions: {{go: {{}}}}}}
        b: {{owner: author, transitions: {{go: {{}}}}}}
    transitions: {{joined: {{to: closed}}}}
  closed: {{end: completed}}
"""


@pytest.mark.parametrize(
    ("join", "possible"), [("first 1", True), ("first 2", True), ("first 3", False), ("any", True)]
)
def test_as_many_branches_can_finish_as_there_are(join: str, possible: bool) -> None:
    """Three of two never do."""
    assert (messages(JOIN.format(join=join)) == []) is possible


@pytest.mark.parametrize(("wait", "possible"), [("first 2", True), ("first 3", False), ("all", True), ("none", True)])
def test_as_many_sub_items_can_finish_as_are_opened(wait: str, possible: bool) -> None:
    """Where their number is fixed."""
    text = f"stages:\n  a:\n    sub_items: {{workflow: action, count: 2, wait: {wait}}}\n"
    text += "    transitions: {joined: {to: closed}}\n  closed: {end: completed}\n"
    assert (messages(text) == []) is possible


def test_a_stage_that_does_not_wait_for_its_sub_items_needs_no_joined() -> None:
    """Its own steps lead on."""
    text = "stages:\n  a:\n    owner: author\n    sub_items: {{workflow: action, more: author{}}}\n"
    text += "    transitions: {{go: {{to: closed}}}}\n  closed: {{end: completed}}\n"
    assert messages(text.format(", wait: none")) == []
    assert [m.split(": ")[1] for m in messages(text.format(""))] == ["parallel-without-joined"]


@pytest.mark.parametrize(
    ("stage", "only_while", "possible"),
    [("style", "facts", True), ("style", "review", True), ("style", "draft", False), ("draft", "facts", False)],
)
def test_a_milestone_can_be_open_at_the_same_time(stage: str, only_while: str, possible: bool) -> None:
    """Another branch, the stage around, or this very stage; never one before or after."""
    asks = {name: f"only_while: {only_while}, " if name == stage else "" for name in ("draft", "facts", "style")}
    text = f"""\
stages:
  draft: {{owner: author, transitions: {{send: {{{asks["draft"]}to: review}}}}}}
  review:
    parallel:
      branches:
        facts: {{owner: author, transitions: {{go: {{{asks["facts"]}bulk: false}}}}}}
        style: {{owner: author, transitions: {{go: {{{asks["style"]}bulk: false}}}}}}
    transitions: {{joined: {{to: closed}}}}
  closed: {{end: completed}}
"""
    assert (messages(text) == []) is possible


@pytest.mark.parametrize(("when", "without_end"), [("entry", True), ("1 month after entry", False)])
def test_a_lapse_leads_on_at_once_or_after_a_while(when: str, without_end: bool) -> None:
    """And what it leads to opens the next one then."""
    text = f"stages:\n  a: {{owner: author, lapse: {{when: {when}, to: b}}}}\n"
    text += "  b: {owner: author, sub_items: {workflow: example, count: 1}, transitions: {joined: {to: closed}}}\n"
    found = messages(text + "  closed: {end: completed}\n")
    assert [m.split(": ")[1] for m in found] == (["opens-itself"] if without_end else [])


@pytest.mark.parametrize(
    ("at", "without_end"),
    [
        ("opening", True),
        ("entry", True),
        ("1 hour before opening", True),
        ("1 hour after opening", False),
        ("1 month after entry", False),
    ],
)
def test_an_item_opens_the_next_of_its_kind_only_when_time_has_passed(at: str, without_end: bool) -> None:
    """Else the clock would never be done opening them."""
    text = f"stages:\n  a: {{owner: author, transitions: {{go: {{to: closed, at: {at}, opens: example}}}}}}\n"
    found = messages(text + "  closed: {end: completed}\n")
    assert [m.split(": ")[1] for m in found] == (["opens-itself"] if without_end else [])


def test_a_list_may_be_empty_so_that_nothing_is_opened_for_its_entries() -> None:
    """By a step as by a stage."""
    text = "fields: {sites: list, site: text}\nstages:\n  a:\n    owner: author\n    transitions:\n"
    text += "      go: {to: closed, at: entry, opens: [{workflow: example, each: sites, into: site}]}\n"
    assert messages(text + "  closed: {end: completed}\n") == []


def test_an_item_opens_the_next_of_its_kind_when_a_person_says_so() -> None:
    """As often as they like."""
    text = (
        "stages:\n  a: {owner: author, transitions: {go: {to: closed, opens: example}}}\n  closed: {end: completed}\n"
    )
    assert messages(text) == []


@pytest.mark.parametrize(
    ("back", "pass_", "stuck"),
    [
        ("at_most: 2 times", "bulk: false", True),
        ("at_most: once", "bulk: false", False),
        ("bulk: false", "bulk: false", True),
        ("bulk: false", "at_most: once", True),
    ],
)
def test_a_stage_that_can_be_left_twice_is_not_come_back_to_twice(back: str, pass_: str, stuck: bool) -> None:
    """The third visit would never end."""
    text = "stages:\n  a: {owner: author, transitions: {send: {to: b, at_most: 2 times}, note: {to: here}}}\n"
    text += f"  b: {{owner: author, transitions: {{back: {{to: a, {back}}}, pass: {{to: closed, {pass_}}}}}}}\n"
    found = messages(text + "  closed: {end: completed}\n")
    assert [message.split(": ")[1] for message in found] == (["used-up"] if stuck else [])


def test_time_leads_out_of_a_stage_whose_steps_are_used_up() -> None:
    """A lapse is not counted."""
    text = "stages:\n  a:\n    owner: author\n    lapse: {when: 1 month after entry, to: closed}\n"
    text += "    transitions: {again: {to: a, at_most: 2 times}}\n  closed: {end: completed}\n"
    assert messages(text) == []


@pytest.mark.parametrize(
    ("only_while", "possible"), [("facts.look", False), ("facts.judge", True), ("facts", True), ("style", True)]
)
def test_a_stage_of_the_same_branch_is_never_open_at_the_same_time(only_while: str, possible: bool) -> None:
    """Of one line of stages one is open; beside it the other branches are."""
    text = f"""\
stages:
  review:
    parallel:
      branches:
        facts:
          stages:
            look: {{owner: author, transitions: {{go: {{to: judge}}}}}}
            judge: {{owner: author, transitions: {{go: {{only_while: {only_while}}}}}}}
        style: {{owner: author, transitions: {{go: {{}}}}}}
    transitions: {{joined: {{to: closed}}}}
  closed: {{end: completed}}
"""
    assert [m.split(": ")[1] for m in messages(text)] == ([] if possible else ["milestone-impossible"])


def test_of_a_mistyped_stage_nothing_is_concluded_about_what_is_disclosed_there() -> None:
    """One slip is one message."""
    text = """\
subject: provider
fields: {{answer: {{type: text, disclosed_from: answered}}}}
stages:
  asked:
    owner: author
    transitions: {{send: {{to: {to}, needs: answer}}}}
  answered: {{owner: author, transitions: {{close: {{to: closed}}}}}}
  closed: {{end: completed}}
"""
    assert messages(text.format(to="answered")) == []
    found = messages(text.format(to="anwsered"))
    assert any("unknown-stage" in message for message in found)
    assert not any("never-disclosed" in message for message in found)
