"""What the subject's own people see of an item and its history: what was shown to them, and nothing that was not."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs

from qa_workflow.definition import Workflow
from qa_workflow.engine import EVERYTHING, NOTHING, Event, Sight, replay
from qa_workflow.engine.codec import item_from_json, item_to_json
from qa_workflow.engine.commands import Cancel, Correct, Migrate, PutOnHold, Record, Resume, SubItemEnded
from qa_workflow.errors import Refusal, UsageFault
from tests.chance import seed
from tests.unit.engine.stage_play import Play, workflow

OWN = Sight(subjects=frozenset({"north"}))
"""Of those who see an item only because it is about their organisation."""
STAFF = Sight(workflows=frozenset({"test"}))
REVIEW = """
workflow: test
title: A review
subject: provider
fields:
  rating: {type: text, disclosed_from: feedback}
  among_us: {type: text, disclosed_from: never}
  open: text
stages:
  report: {owner: author, transitions: {send: {to: review}}}
  review:
    owner: author
    transitions: {rate: {to: feedback, needs: rating}, back: {to: report, needs: reason}, drop: {to: dropped}}
  feedback: {owner: author, transitions: {go: {to: board}, again: {to: review, needs: reason}}}
  board: {owner: author, transitions: {close: {to: closed}, ask: {to: review, needs: reason}}}
  closed: {end: completed}
  dropped: {end: dropped}
"""
AT_ONCE = REVIEW.replace(", disclosed_from: feedback", "").replace(", disclosed_from: never", "")


def rated(rating: str = "first", text: str = REVIEW) -> Play:
    """At the review, with a rating that is recorded."""
    play = Play(text, subject="north")
    play.fire("send")
    play.do(Record({"rating": rating, "open": "good morning"}), "cher")
    return play


def values(play: Play, sight: Sight = OWN) -> Mapping[str, Any]:
    return sight.shown(play.item).fields


def history(play: Play, sight: Sight = OWN) -> str:
    return json.dumps([event.line() for event in sight.told("test", play.events)])


def test_a_field_is_hidden_until_the_item_comes_to_the_stage() -> None:
    play = rated()
    assert values(play) == {"open": "good morning"}
    assert "first" not in history(play)
    play.fire("rate")
    assert values(play)["rating"] == "first"
    assert "first" in history(play)


@pytest.mark.parametrize("sight", [EVERYTHING, STAFF])
def test_those_who_see_the_workflow_see_it_all_the_time(sight: Sight) -> None:
    play = rated()
    assert values(play, sight)["rating"] == "first"
    assert "first" in history(play, sight)


def test_somebody_who_sees_the_workflow_and_an_organisation_sees_all_of_it() -> None:
    """Whoever has a part in the review is of those who review, whatever else they are."""
    play = rated()
    assert values(play, Sight(False, frozenset({"north"}), frozenset({"test"})))["rating"]


def test_what_was_shown_stays_shown_and_what_is_recorded_anew_waits() -> None:
    play = rated()
    play.fire("rate")
    play.fire("again", reason="More")
    assert values(play)["rating"] == "first"
    before = OWN.shown(play.item)
    play.do(Record({"rating": "second"}), "cher")
    assert "first" in history(play)
    assert "second" not in history(play)
    after = OWN.shown(play.item)
    assert structs.replace(after, revision=before.revision) == before, "nothing tells that another waits"
    assert "rating" not in values(play, NOTHING), "the public was shown nothing"
    play.do(Record({"rating": None}), "cher")
    assert values(play)["rating"] == "first"
    assert replay(play.events) == play.item
    assert item_from_json(item_to_json(play.item)) == play.item
    play.do(Record({"rating": "third"}), "cher")
    play.fire("rate")
    assert values(play)["rating"] == "third"
    assert not play.item.last_shown


def test_what_is_recorded_at_the_stage_or_beyond_it_is_shown_at_once() -> None:
    """A stage that is reached only through it lies beyond it, though a way leads back from there."""
    play = rated()
    play.fire("rate")
    play.fire("go")
    play.do(Correct("mistyped", {"rating": "corrected"}), "cher")
    assert values(play)["rating"] == "corrected"


def test_a_correction_before_the_stage_waits_with_its_reason() -> None:
    play = rated()
    play.do(Correct("not first but second", {"rating": "second"}), "cher")
    assert "not first but second" not in history(play)
    play.fire("rate")
    assert "second" in history(play)
    assert '"first"' not in history(play), "what was replaced before it was shown is not shown afterwards"


def test_the_reason_of_a_step_or_of_a_value_that_is_shown_is_for_everybody() -> None:
    """Only what is said of a hidden value alone is kept back with it."""
    play = rated()
    play.do(Correct("it was later", {"open": "good evening"}), "cher")
    play.do(Correct("a slip of the pen", {"rating": "second"}), "cher")
    play.fire("back", reason="a page is missing", rating="third")
    assert {event.reason for event in OWN.told("test", play.events)} == {None, "it was later", "a page is missing"}
    assert "third" not in history(play)


def test_a_correction_that_puts_the_item_back_hides_nothing_that_was_shown() -> None:
    play = rated()
    play.fire("rate")
    play.do(Correct("the wrong item", {}, "review"), "cher")
    assert values(play)["rating"] == "first"


def test_a_correction_that_puts_the_item_back_beyond_the_stage_shows_it() -> None:
    play = rated()
    play.fire("rate")
    play.fire("go")
    play.fire("ask", reason="not enough")
    play.do(Record({"rating": "second"}), "cher")
    assert values(play)["rating"] == "first"
    play.do(Correct("it was not asked again", {}, "board"), "cher")
    assert values(play)["rating"] == "second"


def test_an_end_that_does_not_come_by_the_stage_keeps_it_hidden() -> None:
    for end in ("drop", "cancel"):
        play = rated()
        _ = play.fire("drop") if end == "drop" else play.do(Cancel("by mistake"), "cher")
        assert "rating" not in values(play)
        assert "first" not in history(play)


def test_never_is_never() -> None:
    play = rated()
    play.do(Record({"among_us": "a word"}), "cher")
    for step in ("rate", "go", "close"):
        play.fire(step)
    assert "among_us" not in values(play)
    assert "a word" not in history(play)


def test_a_hold_changes_nothing() -> None:
    play = rated()
    play.do(PutOnHold("a strike"), "rob")
    play.do(Resume(), "rob")
    assert "rating" not in values(play)


def test_a_version_that_hides_a_field_hides_what_stands_there_before_the_stage() -> None:
    play = rated(text=AT_ONCE)
    assert values(play)["rating"] == "first"
    migrated(play, REVIEW)
    assert "rating" not in values(play)
    assert "first" not in history(play)
    play.fire("rate")
    assert "first" in history(play)


def test_a_version_that_hides_a_field_leaves_it_where_the_item_has_come_to_the_stage() -> None:
    play = rated(text=AT_ONCE)
    play.fire("rate")
    migrated(play, REVIEW)
    assert values(play)["rating"] == "first"


def test_a_version_that_opens_a_field_shows_it() -> None:
    play = rated()
    migrated(play, AT_ONCE)
    assert values(play)["rating"] == "first"
    assert "first" in history(play)


def test_an_item_of_a_workflow_that_hides_nothing_is_stored_and_told_as_before() -> None:
    play = rated(text=AT_ONCE)
    assert "undisclosed" not in item_to_json(play.item)
    assert not any("undisclosed" in event.data for event in play.events)
    assert OWN.shown(play.item) is play.item


def test_what_is_hidden_is_kept_in_the_row_and_how_somebody_sees_it_is_not() -> None:
    play = rated()
    assert item_from_json(item_to_json(play.item)) == play.item
    assert item_from_json(item_to_json(OWN.shown(play.item))).withheld == ()


def migrated(play: Play, text: str) -> None:
    new = _published_as(workflow(text), str(len(play.events)))
    play.do(Migrate(new, 2, "Newly agreed"), "engine")
    play.workflow = new


def _published_as(found: Workflow, number: str) -> Workflow:
    return replace(found, hash=number * 4)


# --- the law, for workflows and lives that nobody thought of


def test_in_no_life_is_anything_told_before_it_is_disclosed_and_then_it_is() -> None:
    """Random stages and ways between them, random stages from which on fields are shown, random things that happen."""
    dice = random.Random(seed())
    told = kept = 0
    for _ in range(150):
        play = Play(_text(dice), subject="north")
        life = Life(play)
        for number in range(25):
            _happens(dice, play, number)
            life.look()
        told, kept = told + len(life.shown), kept + len(life.given) - len(life.shown)
    assert min(told, kept) > 100, "else hardly anything was tried"


FIELDS = ("a", "b", "c", "d")


def _text(dice: random.Random) -> str:
    names = [f"s{number}" for number in range(dice.randint(2, 6))]
    stages = []
    for number, name in enumerate(names):
        later = [*names[number + 1 :], "closed"]
        ways = {f"on_{later[0]}": later[0], **{f"to_{to}": to for to in dice.sample([*names, "closed"], 2)}}
        steps = ", ".join(f"{trigger}: {{to: {to}}}" for trigger, to in ways.items())
        stages.append(f"  {name}: {{owner: author, transitions: {{{steps}}}}}")
    fields = [f"  {name}: {{type: text{_from(dice, names)}}}" for name in FIELDS]
    top = ["workflow: test", "title: T", "subject: provider"]
    return "\n".join([*top, "fields:", *fields, "stages:", *stages, "  closed: {end: done}"])


def _from(dice: random.Random, names: list[str]) -> str:
    stage = dice.choice([None, "never", *names, "closed"])
    return "" if stage is None else f", disclosed_from: {stage}"


def _happens(dice: random.Random, play: Play, number: int) -> None:
    given = {name: f"mark-{number}-{name}-" for name in dice.sample(FIELDS, dice.randint(1, 2))}
    steps = [name for v in play.item.visits for name in play.workflow.stages[v.stage].transitions]
    stages = [stage.path for stage in play.workflow.stages.values()]
    reason = " and ".join(given.values())
    try:
        match dice.randrange(6):
            case 0 | 1 if steps:
                play.fire(dice.choice(steps), **(given if dice.random() < 0.5 else {}))
            case 2:
                play.do(Correct(reason, given), "cher")
            case 3 if dice.random() < 0.3:
                play.do(Correct("the wrong item", {}, dice.choice(stages)), "cher")
            case _:
                play.do(Record(given, reason), "cher")
    except (Refusal, UsageFault):
        return


class Life:
    """Which values were shown, reckoned anew and in another way: by every way that leads through the stages."""

    def __init__(self, play: Play) -> None:
        self.play, self.looked, self.at = play, 0, play.workflow.start
        self.given: set[str] = set()
        self.shown: set[str] = set()
        self.standing: dict[str, str] = {}
        self.hidden: set[str] = set()
        self.been: set[str] = set()

    def look(self) -> None:
        """What happened since is reckoned with; then everything that the subject's people are told is read."""
        for event in self.play.events[self.looked :]:
            self._reckon(event)
        self.looked = len(self.play.events)
        told = item_to_json(OWN.shown(self.play.item)) + json.dumps(
            [event.line() for event in OWN.told("test", self.play.events)]
        )
        for value in self.given:
            assert (value in told) is (value in self.shown), f"{value} in {self.play.workflow.fields}"
        now = {name for name in self.standing if self.standing[name] not in told}
        assert now == {name for name in self.standing if self.standing[name] not in self.shown}

    def _reckon(self, event: Event) -> None:
        at = self.at = event.target or self.at
        self.been.add(at)
        for name, value in event.data.get("set", {}).items():
            self.given.add(value)
            self.standing[name] = value
        for name, value in self.standing.items():
            if self._is_open(name, at):
                self.shown.add(value)

    def _is_open(self, name: str, at: str) -> bool:
        stage = self.play.workflow.fields[name].disclosed_from
        if stage is None or at == stage:
            return True
        if stage == "never":
            return False
        leads, lies_beyond = self._comes(at, stage), not self._comes(self.play.workflow.start, at, without=stage)
        return (stage in self.been and not leads) or lies_beyond

    def _comes(self, start: str, goal: str, without: str | None = None, seen: frozenset[str] = frozenset()) -> bool:
        """Whether some way leads from one stage to another; walked, not worked out."""
        if start in seen or start == without:
            return False
        return start == goal or any(
            self._comes(case.to, goal, without, seen | {start})
            for step in self.play.workflow.stages[start].transitions.values()
            for case in step.cases
        )


ASKING = """
workflow: test
title: A review
subject: provider
stages:
  asking: {owner: author, sub_items: {workflow: other, count: 3}, transitions: {joined: {to: closed}}}
  closed: {end: completed}
"""


def test_of_sub_items_about_others_the_subjects_people_are_told_no_more_than_how_many() -> None:
    """Neither which they are nor how they ended; of one about themselves, both, also where others ended before it."""
    play = Play(ASKING, subject="north")
    number = play.item.visits[0].number
    for reference, outcome, subject in (("X/1", "concern", "south"), ("Y/1", "fine", "north"), ("X/2", "worry", None)):
        play.do(SubItemEnded(number, reference, outcome, subject), "engine")
    assert [word for word in ("X/1", "concern", "Y/1", "fine", "X/2", "worry") if word not in history(play)] == [
        "X/1",
        "concern",
    ]
    assert "X/1" in history(play, STAFF)
    assert replay(OWN.told("test", play.events)).status == "closed"
