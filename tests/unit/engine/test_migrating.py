"""An item goes on under another version: where it goes, who holds it, and what needs a choice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from msgspec.structs import replace

from qa_workflow.engine.commands import Assign, Claim, DateChoice, Migrate, PutOnHold, Record
from qa_workflow.engine.policy import actor_of
from qa_workflow.engine.refusals import ItemIsOver, NeedsChoice, Nonsense, NotAllowed, NotNow
from qa_workflow.engine.verdicts import Fate, Onlooker, Verdict, verdict
from qa_workflow.service.telling.verdicts import verdict_words
from tests.unit.engine.desk import BRANCHES, OFFICE, REVIEW, Desk, at_check, version
from tests.unit.engine.stage_play import at


def fate(play: Desk, text: str) -> Fate:
    """What is foretold of the item, should this become its version."""
    return foretold_of(play, text).fate


def foretold_of(play: Desk, text: str) -> Verdict:
    people = [actor_of(person, OFFICE, play.now.date()) for person in OFFICE.people.values()]
    command = Migrate(version(text), 2, "the rules are new", "rob")
    return verdict(play.workflow, play.item, command, Onlooker(play.setting, play.now, people))


@pytest.mark.parametrize(
    ("rule", "instead", "foretold"),
    [
        ("5 working days after entry, tr", "6 working days after entry, tr", Fate.UNAFFECTED),
        ("submit: {to: check}", "submit: {to: check, needs: note}", Fate.UNAFFECTED),
        ("2 working days before", "3 working days before", Fate.MOVES),
        ("owner: reviewer", "owner: deputy", Fate.MOVES),
        ("rating: number", "rating: {type: number, label: Score}", Fate.MOVES),
        ("10 working days", "11 working days", Fate.MOVES),
    ],
)
def test_a_version_changes_something_for_an_item_where_a_rule_of_its_stage_is_another(
    rule: str, instead: str, foretold: Fate
) -> None:
    """Rules of stages that it has left, or may come to, concern it not; a field that its step asks for does."""
    assert rule in REVIEW
    assert fate(at_check(), REVIEW.replace(rule, instead)) is foretold


def test_where_an_item_stays_it_is_told_which_rules_change_and_from_what_to_what() -> None:
    """Not those of stages where it is not: what is different altogether stands beside."""
    text = REVIEW.replace("10 working days", "11 working days").replace("asks: [note, rating]", "asks: note")
    text = text.replace("rating: number", "rating: {type: number, label: Score}").replace("5 working", "6 working")
    assert verdict_words(foretold_of(at_check(), text)) == (
        "stays at check, where rules change: "
        "“Accept” (check.accept): what it asks for that may stay empty is now “note”; it was “note”, “rating”; "
        "the stage “Check”: the due date is now 11 working days after entry; "
        "it was 10 working days after entry; the field rating: label is now “Score”; it was “Rating”"
    )


def test_of_many_rules_that_change_where_an_item_stays_the_first_are_told() -> None:
    """Another owner changes many at once."""
    said = verdict_words(foretold_of(at_check(), REVIEW.replace("owner: reviewer", "owner: deputy")))
    assert said.startswith(
        "stays at check, where rules change: Deputy may newly own the stage “Check”; Deputy may newly do"
    )
    assert said.endswith("; and 3 more")


def test_what_concerns_it_not_leaves_it_where_it_is() -> None:
    """A later stage is another; where the item is, nothing has changed but the version."""
    play = at_check()
    before = play.item
    after = play.migrate(REVIEW.replace("5 working days", "6 working days"))
    assert (after.version, after.visits, after.definition) == (2, before.visits, play.workflow.hash)
    assert play.events[-1].kind == "migrated"
    assert play.events[-1].data["approver"] == "rob"
    assert play.events[-1].reason == "the rules are new"


def test_a_stage_that_is_gone_needs_somebodys_word() -> None:
    play = at_check()
    gone = REVIEW.replace("  check:", "  look:").replace("to: check", "to: look")
    with pytest.raises(NeedsChoice, match=r"its stage .* \(check\) is gone") as refused:
        play.migrate(gone)
    assert [o.code for o in refused.value.obstacles] == ["stage"]
    play.migrate(gone, instead={"check": "look"})
    assert play.stages == ["look"]
    assert play.due == "2027-04-15"


def test_a_stage_called_otherwise_keeps_who_did_what() -> None:
    """Four eyes see through a new name: rob accepted, and may not sign, whatever the stage is called now."""
    play = at_check()
    play.fire("accept", "rob")
    text = (
        REVIEW.replace("  check:", "  look:").replace("to: check", "to: look").replace("did accept", "did look.accept")
    )
    text = text.replace("sign: {owner: chair", "sign: {owner: [chair, reviewer]")
    play.migrate(text, instead={"check": "look"})
    with pytest.raises(NotNow, match="second person"):
        play.fire("sign", "rob")
    play.fire("sign", "cher")
    assert play.item.visited == {"draft": 1, "look": 1, "sign": 1, "over": 1}


def test_a_trigger_called_otherwise_keeps_who_did_it_too() -> None:
    play = at_check()
    play.fire("accept", "rob")
    text = REVIEW.replace("accept", "approve").replace("sign: {owner: chair", "sign: {owner: [chair, reviewer]")
    play.migrate(text, instead={"check.accept": "check.approve"})
    with pytest.raises(NotNow, match="second person"):
        play.fire("sign", "rob")


def test_no_version_ends_an_item_by_itself() -> None:
    play = at_check()
    with pytest.raises(NeedsChoice, match="ends an item"):
        play.migrate(REVIEW.replace("  check:", "  look:").replace("to: check", "to: look"), instead={"check": "over"})


def test_nothing_goes_to_what_is_not_there() -> None:
    with pytest.raises(Nonsense, match="'nowhere'"):
        at_check().migrate(REVIEW.replace("10", "9"), instead={"check": "nowhere"})


def test_a_value_that_does_not_fit_is_put_right_first() -> None:
    play = Desk(REVIEW)
    play.do(Record({"note": "good"}), "cher")
    with pytest.raises(NeedsChoice, match="note"):
        play.migrate(REVIEW.replace("note: text", "note: date"))


def test_a_new_field_begins_with_its_default() -> None:
    play = at_check()
    play.migrate(REVIEW.replace("note: text", "note: text, wide: {type: yes_no, default: true}"))
    assert play.item.fields == {"wide": True}


def test_who_has_taken_it_on_keeps_it_if_they_still_may() -> None:
    play = at_check()
    play.do(Claim(), "rob")
    play.migrate(REVIEW.replace("10 working", "9 working"))
    assert play.visit("check").holder == "rob"
    play.migrate(REVIEW.replace("owner: reviewer", "owner: author"))
    assert play.visit("check").holder is None
    assert play.sent[-1].payload["topic"] == "arrived"
    play.do(Assign("amy", "hers"), "cher")


def test_a_hold_is_kept() -> None:
    play = at_check()
    play.do(PutOnHold("waiting", at("2027-04-12T09:00")), "rob")
    play.migrate(REVIEW.replace("10 working days", "3 working days"), dates=DateChoice.ELAPSED)
    assert play.item.status == "held"
    assert [t.name for t in play.timers()] == ["resume"]
    play.until("2027-04-12T10:00")
    assert (play.item.status, play.due) == ("open", "2027-04-15")


def test_only_who_may_publish_moves_it() -> None:
    with pytest.raises(NotAllowed):
        at_check().migrate(REVIEW.replace("10", "9"), "ann")


def test_what_is_over_or_there_already_is_not_moved() -> None:
    play = at_check()
    with pytest.raises(Nonsense, match="already"):
        play.migrate(REVIEW)
    play.fire("accept", "rob")
    play.fire("sign", "cher")
    with pytest.raises(ItemIsOver):
        play.migrate(REVIEW.replace("10", "9"))


def test_each_branch_goes_on_by_itself() -> None:
    play = Desk(BRANCHES)
    play.fire("go_on")
    play.do(Claim("both.words.edit"), "rob")
    play.migrate(BRANCHES.replace("5 working days", "4 working days"), dates=DateChoice.ELAPSED)
    assert play.stages == ["both.facts", "both.words.edit"]
    assert (play.visit("both.facts").due or play.due_date).on == "2027-04-07"
    assert play.visit("both.words.edit").holder == "rob"


def test_a_branch_that_is_gone_can_be_over() -> None:
    play = Desk(BRANCHES)
    play.fire("go_on")
    less = BRANCHES.replace(
        "        facts: {owner: author, due: 5 working days after entry, transitions: {check: {}}}\n", ""
    )
    less = less.replace("      branches:\n", "      branches:\n        more: {owner: chair, transitions: {see: {}}}\n")
    with pytest.raises(NeedsChoice, match=r"both\.facts"):
        play.migrate(less)
    play.migrate(less, instead={"both.facts": "done"})
    assert play.stages == ["both.words.edit", "both.more"]
    assert play.visit("both").started == ("words", "more")
    play.do(Claim("edit"), "rob")
    play.fire("finish", "rob")
    play.fire("see", "cher")
    assert play.item.status == "closed"


@pytest.mark.parametrize(("note", "started"), [("dear", ["facts", "words", "money"]), ("cheap", ["facts", "words"])])
def test_a_branch_that_a_version_adds_starts_only_where_its_condition_holds(note: str, started: list[str]) -> None:
    """As it would have on entering; and the join waits for those that did start."""
    money = "        money: {owner: chair, when: note == 'dear', transitions: {see: {}}}\n    transitions: {joined"
    play = Desk(BRANCHES, note=note)
    play.migrate(BRANCHES.replace("    transitions: {joined", money))
    assert play.visit("both").started == tuple(started)
    assert ("both.money" in play.stages) is ("money" in started)
    play.fire("check")
    play.fire("go_on")
    play.do(Claim("edit"), "rob")
    play.fire("finish", "rob")
    assert play.item.status == ("open" if "money" in started else "closed")


def test_a_join_that_is_met_by_the_new_rule_is_followed() -> None:
    play = Desk(BRANCHES)
    play.fire("check")
    play.migrate(BRANCHES.replace("join: all", "join: any"))
    assert play.item.status == "closed"
    assert play.kinds[-2:] == ["migrated", "joined"]


def test_a_plain_stage_becomes_one_with_branches() -> None:
    play = Desk("""
workflow: panel
title: Panel
fields: {note: text}
stages:
  both: {owner: author, transitions: {go: {to: over}}}
  over: {end: completed}
""")
    play.migrate(BRANCHES)
    assert play.stages == ["both.facts", "both.words.read"]
    play.migrate(
        """
workflow: panel
title: Panel
fields: {note: text}
stages:
  one: {owner: author, transitions: {go: {to: over}}}
  over: {end: completed}
""",
        instead={"both": "one"},
    )
    assert play.stages == ["one"]


def test_sub_items_that_a_stage_asks_for_now_are_asked_for() -> None:
    plain = """
workflow: visits
title: Visits
fields: {sites: list}
stages:
  out: {owner: author, transitions: {go: {to: over}}}
  over: {end: completed}
"""
    play = Desk(plain, sites=["a", "b"])
    each = "sub_items: {workflow: visit, each: sites, into: site}, transitions: {joined: {to: over}}"
    text = plain.replace("transitions: {go: {to: over}}", each)
    play.migrate(text)
    assert [out.payload["fields"] for out in play.sent if out.kind == "open_sub_item"] == [{"site": "a"}, {"site": "b"}]
    play.child_ends()
    play.child_ends()
    assert play.item.status == "closed"


def test_a_version_that_asks_other_organisations_asks_each_about_itself() -> None:
    plain = """
workflow: visits
title: Visits
subject: provider
fields: {agencies: {type: list, of: organisation}}
stages:
  out: {owner: author, transitions: {go: {to: over}}}
  over: {end: completed}
"""
    play = Desk(plain, subject="north", agencies=["south", "united"])
    each = "sub_items: {workflow: visit, each: agencies, into: subject}, transitions: {joined: {to: over}}"
    play.migrate(plain.replace("transitions: {go: {to: over}}", each))
    asked = [(out.payload["subject"], out.payload["fields"]) for out in play.sent if out.kind == "open_sub_item"]
    assert asked == [("south", {}), ("united", {})]


def test_what_was_expected_is_expected_still() -> None:
    """A sub-item reports to the visit by its number, also when the stage has another name by then."""
    text = """
workflow: visits
title: Visits
fields: {sites: list}
stages:
  out: {owner: author, sub_items: {workflow: visit, each: sites, into: site}, transitions: {joined: {to: over}}}
  over: {end: completed}
"""
    play = Desk(text, sites=["a", "b"])
    play.child_ends()
    asked = len(play.sent)
    play.migrate(text.replace("out:", "away:"), instead={"out": "away"})
    assert len([o for o in play.sent[asked:] if o.kind == "open_sub_item"]) == 0
    play.child_ends()
    assert play.item.status == "closed"


def test_two_steps_that_become_one_were_done_as_often_as_both() -> None:
    """Bounded rework stays bounded: what was returned once from each of two stages was returned twice."""
    text = """
workflow: rework
title: Rework
fields: {note: text}
stages:
  draft: {owner: author, transitions: {submit: {to: one}}}
  one: {owner: author, transitions: {back: {to: draft}, go: {to: two}}}
  two: {owner: author, transitions: {back: {to: draft, at_most: 2 times}, go: {to: over}}}
  over: {end: completed}
"""
    play = Desk(text)
    for trigger in ("submit", "back", "submit", "go", "back", "submit", "go"):
        play.fire(trigger)
    less = text.replace("  one: {owner: author, transitions: {back: {to: draft}, go: {to: two}}}\n", "")
    play.migrate(less.replace("to: one", "to: two"), instead={"one": "two"})
    assert play.item.did["two.back"].times == 2
    assert play.item.visited["two"] == 5
    with pytest.raises(NotNow, match="2 times already"):
        play.fire("back")


def test_what_the_event_says_is_all_that_replay_needs() -> None:
    """`Play` replays after each step; a body cannot hold what JSON cannot."""
    play = at_check()
    play.migrate(
        REVIEW.replace("10", "9").replace("check", "look"), instead={"check": "look"}, dates=DateChoice.RESTART
    )
    data: Mapping[str, Any] = play.events[-1].data
    assert data["pins"] == [2, play.workflow.hash]
    assert data["renamed"] == {"stages": {"check": "look"}, "steps": {}}
    assert data["restarted"] == [2]
    assert replace(play.item, fields={}).entered["look"] == play.item.visits[0].at
