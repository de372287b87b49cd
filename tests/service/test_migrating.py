"""What a version means for live items is shown before it is published, and is what happens when they are moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest

from qa_workflow.definition import read_workflow
from qa_workflow.engine.commands import DateChoice
from qa_workflow.engine.refusals import Nonsense
from qa_workflow.engine.verdicts import Fate, Verdict
from qa_workflow.errors import Refusal
from qa_workflow.service.boards.lateness import lateness
from qa_workflow.service.definitions import drafting, migrating
from qa_workflow.service.definitions.migrating import Choices, Moved, Target
from qa_workflow.service.front import Engine
from qa_workflow.service.house import House
from qa_workflow.service.refusals import NotYours
from qa_workflow.service.telling import versions
from qa_workflow.service.world import WORKFLOW
from qa_workflow.testing import FakeClock
from tests import chance
from tests.service.late import actor
from tests.service.publishers import office_at
from tests.unit.engine.random_edits import edited, instead

CASE = """
workflow: case
title: Case
reference: C/{number}
fields: {note: text}
stages:
  draft: {owner: author, transitions: {submit: {to: check}}}
  check:
    owner: reviewer
    claim: true
    due: 10 working days after entry
    remind: [2 working days before due]
    transitions: {accept: {to: decide}, straight: {to: board, by: reviewer}}
  decide: {owner: chair, due: 20 working days after opening, transitions: {approve: {to: over}, ask: {to: both}}}
  both:
    parallel:
      join: all
      branches:
        facts: {owner: author, due: 5 working days after entry, transitions: {look: {}}}
        words: {owner: reviewer, transitions: {read: {}}}
    transitions: {joined: {to: decide}}
  board: {owner: chair, meeting: board, transitions: {note: {to: over}}}
  over: {end: completed}
"""


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock("2027-04-02T09:00")


@pytest.fixture
def office(tmp_path: Path, database_url: str, clock: FakeClock) -> Iterator[Engine]:
    with office_at(tmp_path, database_url, clock, {"case.yaml": CASE}) as engine:
        yield engine


@pytest.fixture
def house(office: Engine) -> House:
    return office._house


def cases(office: Engine, clock: FakeClock, count: int, dice: Random | None = None) -> list[str]:
    """Items here and there: one in check each, unless the dice take them on, or hold them."""
    names: list[str] = []
    for _ in range(count):
        item = office.advance(office.open("case", actor="ann"), "submit", actor="ann")
        if dice is not None:
            wander(office, item.reference, dice)
            clock.advance(hours=dice.choice((0, 1, 30)))
        names.append(item.reference)
    return names


def wander(office: Engine, name: str, dice: Random) -> None:
    steps = [
        ("accept", "rob"),
        ("ask", "cher"),
        ("look", "ann"),
        ("straight", "ruth"),
        ("read", "rhys"),
        ("note", "cher"),
    ]
    for _ in range(dice.randrange(6)):
        trigger, who = dice.choice(steps)
        try:
            match dice.randrange(8):
                case 0:
                    office.hold(name, actor="rob", reason="waiting")
                case 1:
                    office.resume(name, actor="rob")
                case 2 | 3:
                    office.claim(name, actor="rob")
                case _:
                    office.advance(name, trigger, actor=who)
        except Refusal:
            continue


def publish(house: House, text: str) -> Target:
    """Through a draft and a second person."""
    with house.looking() as (_, world):
        based_on = world.latest["case"].hash
    begun = drafting.begin(house, "workflow", "case", text.encode(), based_on, actor="ada")
    ready = drafting.propose(house, begun.id, begun.revision, "", actor="ada")
    drafting.approve(house, ready.id, str(ready.proposed_hash), actor="abe")
    with house.looking() as (_, world):
        return migrating.published(world, "case")


def test_a_version_stays_listed_when_its_text_is_published_again(house: House) -> None:
    """Going back is a version of its own; what was published first is still on record, with its day and its people."""
    publish(house, WITHOUT_CHECK)
    publish(house, CASE)
    with house.looking() as (_, world):
        assert [each.version for each in versions.versions(world, WORKFLOW, "case")] == [3, 2, 1]
        assert versions.version(world, WORKFLOW, "case", 1).source == CASE.encode()


def target(house: House, text: str) -> Target:
    with house.looking() as (_, world):
        workflow = read_workflow(text.encode(), "case.yaml", world.governance).required()
        return migrating.target_of(world, workflow)


def told(house: House, to: Target, choices: Choices) -> dict[str, Verdict]:
    return {verdict.reference: verdict for _, verdict in migrating.verdicts(house, to, choices)}


def moved(house: House, choices: Choices, **more: object) -> dict[str, Moved]:
    found = migrating.migrate(house, "case", choices, actor="abe", reason="new rules", **more)  # type: ignore[arg-type]
    return {each.verdict.reference: each for each in found}


def is_so(office: Engine, verdict: Verdict, to: Target) -> None:
    """The stored item is as it was foretold."""
    item = office.item(verdict.reference)
    assert (item.version, item.definition) == (to.version, to.workflow.hash)
    assert tuple(v.stage for v in item.leaves()) == verdict.there
    dates = {(v.stage, v.due.on if v.due else None) for v in item.visits}
    assert {(move.stage, move.after) for move in verdict.dates} <= dates
    if verdict.fate is Fate.LATE:
        assert any(v.due and v.due.at < office.now().isoformat() for v in item.visits)
    event = office.history(verdict.reference)[-1]
    if event.kind == "migrated":
        assert (event.actor, event.data["approver"], event.reason) == ("abe", "abe", "new rules")


WITHOUT_CHECK = CASE.replace(CASE[CASE.index("  check:") : CASE.index("  decide:")], "")
WITHOUT_CHECK = WITHOUT_CHECK.replace("to: check", "to: decide").replace("approve:", "up: {to: board}, approve:")


def test_a_stage_is_removed_with_40_items_in_it(office: Engine, house: House, clock: FakeClock) -> None:
    """Before publication each needs a choice; with one, each verdict is what then happens."""
    names = cases(office, clock, 40)
    clock.advance(days=14)
    to = target(house, WITHOUT_CHECK)
    found = migrating.impact(house, to)
    assert found.counts == {Fate.NEEDS_CHOICE: 40}
    assert [(gone.path, gone.items, gone.likely) for gone in found.gone] == [("check", 40, None)]
    choices = Choices({"check": "decide"}, DateChoice.ELAPSED)
    before = told(house, to, choices)
    assert {v.fate for v in before.values()} == {Fate.MOVES}
    assert publish(house, WITHOUT_CHECK).version == 2
    assert moved(house, Choices()) == {n: Moved(told(house, to, Choices())[n], done=False) for n in names}
    after = moved(house, choices)
    assert after == {name: Moved(before[name], done=True) for name in names}
    for name in names:
        is_so(office, before[name], to)
    assert moved(house, choices) == {}


def test_random_edits_happen_as_they_were_foretold(office: Engine, house: House, clock: FakeClock) -> None:
    """Items at random places, one edit after the other, each published and moved."""
    dice = Random(chance.seed())
    names = cases(office, clock, 20, dice)
    fates: Counter[Fate] = Counter()
    text, old = CASE, None
    for _ in range(6):
        with house.looking() as (_, world):
            governance, old = world.governance, world.newest("case")[0]
        text, new = edited(CASE, dice, governance)
        if new.hash == old.hash:
            continue
        to = target(house, text)
        choices = Choices(instead(old, new, dice), dice.choice(list(DateChoice)))
        before = told(house, to, choices)
        publish(house, text)
        after = moved(house, choices)
        assert {name: each.verdict for name, each in after.items()} == before
        for each in after.values():
            fates[each.verdict.fate] += 1
            if each.done:
                is_so(office, each.verdict, to)
            else:
                assert each.verdict.fate is Fate.NEEDS_CHOICE
        for name in dice.sample(names, 5):
            wander(office, name, dice)
    assert fates.total() > 0


def test_what_was_stopped_goes_on(office: Engine, house: House, clock: FakeClock) -> None:
    names = cases(office, clock, 7)
    publish(house, CASE.replace("10 working", "9 working"))
    first = moved(house, Choices(), most=3)
    assert list(first) == names[:3]
    again = moved(house, Choices())
    assert list(again) == names[3:]


def test_some_can_be_left_where_they_are(office: Engine, house: House, clock: FakeClock) -> None:
    cases(office, clock, 2)
    clock.advance(days=10)
    cases(office, clock, 2)
    to = publish(house, CASE.replace("10 working", "3 working"))
    choices = Choices(dates=DateChoice.ELAPSED)
    assert migrating.impact(house, to, choices).counts == {Fate.LATE: 2, Fate.MOVES: 2}
    results = moved(house, choices, leave=frozenset({Fate.LATE}))
    assert sorted(each.done for each in results.values()) == [False, False, True, True]
    assert migrating.impact(house, to, choices).counts == {Fate.LATE: 2}
    assert migrating.impact(house, to, choices).there == 2


def test_where_nobody_may_act_it_is_said(office: Engine, house: House, clock: FakeClock) -> None:
    """Nobody is a visitor at present; the check lets that pass, for somebody may become one."""
    cases(office, clock, 1)
    text = CASE.replace("owner: reviewer\n    claim", "owner: visitor\n    claim")
    found = migrating.impact(house, target(house, text.replace("by: reviewer", "by: visitor")))
    assert found.counts == {Fate.NOBODY: 1}
    assert found.shown[Fate.NOBODY][0].nobody == ("check",)


def test_meetings_fill_up_in_the_look_as_they_do_afterwards(office: Engine, house: House, clock: FakeClock) -> None:
    """The panel takes one item a meeting: the second one waits a week longer, and the look says so."""
    names = cases(office, clock, 3)
    text = CASE.replace("    due: 10 working days after entry\n", "    meeting: panel\n").replace(
        "    remind: [2 working days before due]\n", ""
    )
    to, choices = target(house, text), Choices(dates=DateChoice.ELAPSED)
    before = told(house, to, choices)
    days = [before[name].dates[0].after for name in names]
    assert days == ["2027-04-06", "2027-04-13", "2027-04-20"]
    publish(house, text)
    assert {name: each.verdict for name, each in moved(house, choices).items()} == before


def test_only_who_may_publish_moves_items(office: Engine, house: House, clock: FakeClock) -> None:
    cases(office, clock, 1)
    publish(house, CASE.replace("10 working", "9 working"))
    with pytest.raises(NotYours):
        migrating.migrate(house, "case", Choices(), actor="ann", reason="I want to")


@pytest.mark.parametrize("choice", [{"draft": "board"}, {"draft.submit": "check.accept"}])
def test_moving_is_no_way_past_a_decision(
    office: Engine, house: House, clock: FakeClock, choice: dict[str, str]
) -> None:
    """What is there still keeps its place; a second person has approved the version, and not what is said here."""
    cases(office, clock, 1)
    to = publish(house, CASE.replace("10 working", "9 working"))
    with pytest.raises(Nonsense, match="there still"):
        migrating.impact(house, to, Choices(choice))
    with pytest.raises(Nonsense, match="there still"):
        moved(house, Choices(choice))


def test_what_an_impact_shows_can_be_paged(office: Engine, house: House, clock: FakeClock) -> None:
    """One that ends meanwhile shifts nothing: after what was shown comes what was not."""
    names = cases(office, clock, 5)
    to = target(house, CASE.replace("10 working", "9 working"))
    pages, after = [], None
    for gone in (names[0], names[2], ""):
        page = migrating.impact(house, to, show=2, after=after)
        pages.append([v.reference for v in page.shown[Fate.MOVES]])
        after = migrating.read_places(migrating.places_words(page.last))
        assert bool(page.is_more) is bool(gone)
        if gone:
            office.cancel(gone, actor="cher", reason="opened by mistake")
    assert pages == [names[:2], names[2:4], names[4:]]
    assert [migrating.read_places(text) for text in ("", "2", "moves", "moves:-1", "nothing:1")] == [None] * 5


def test_a_stage_called_otherwise_is_offered(office: Engine, house: House, clock: FakeClock) -> None:
    cases(office, clock, 1)
    to = target(house, CASE.replace("check", "examine"))
    assert [(g.path, g.likely) for g in migrating.impact(house, to).gone] == [("check", "examine")]


def test_the_next_version_is_the_next_number(house: House) -> None:
    assert (target(house, CASE).version, target(house, f"{CASE}\n").version) == (1, 2)
    assert sha256(CASE.encode()).hexdigest() == target(house, CASE).workflow.hash


def test_a_stage_that_a_version_has_no_more_stays_in_the_months_that_are_over(
    office: Engine, house: House, clock: FakeClock
) -> None:
    """One check was done late in April, the other is late still; each is called otherwise from June on."""
    done, _ = cases(office, clock, 2)
    clock.set("2027-04-28T09:00")
    office.claim(done, actor="rob")
    office.advance(done, "straight", actor="rob")
    clock.set("2027-06-10T09:00")
    before = lateness(house, actor(office, "ann"), house.now()).points
    assert (before[0].due, before[0].late) == (2, 2)
    publish(house, CASE.replace("  check:", "  look:").replace("to: check", "to: look"))
    assert len(moved(house, Choices({"check": "look"}))) == 2
    assert lateness(house, actor(office, "ann"), house.now()).points == before
