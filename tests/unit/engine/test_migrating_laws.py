"""Random edits of rich workflows, and items at random places in them: what was foretold happens, and the laws hold."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from qa_workflow.definition import read_governance
from qa_workflow.engine import Decision, Setting, replay
from qa_workflow.engine.commands import DateChoice, Migrate
from qa_workflow.engine.policy import actor_of
from qa_workflow.engine.verdicts import Fate, Onlooker, Verdict, judged, refused, verdict
from qa_workflow.errors import Refusal, UsageFault
from tests import chance
from tests.unit.engine.laws import check_places
from tests.unit.engine.random_edits import edited, instead
from tests.unit.engine.random_life import Life, Seed
from tests.unit.engine.rich_workflows import WORKFLOWS
from tests.unit.engine.stage_play import GOVERNANCE

OFFICE = read_governance(
    GOVERNANCE.replace(b"  meet: chair\n", b"  meet: chair\n  publish: chair\n"), "g.yaml"
).required()
LIVES, EDITS = 20, 6
"""Items and edits of each of the eleven workflows: more than 50 edits and 200 items, each edit for all of its items."""


def seeds(dice: Random) -> list[Seed]:
    return [
        (dice.randrange(100), dice.randrange(8), dice.randrange(1000), dice.choice((0, 0, 5, 30, 100)))
        for _ in range(dice.randint(1, 14))
    ]


def life(name: str, dice: Random) -> Life:
    found = Life(name)
    found.house, found.setting = OFFICE, Setting(OFFICE)
    for seed in seeds(dice):
        if found.item.is_over:
            break
        found.live(seed)
    return found


@pytest.mark.parametrize("name", sorted(WORKFLOWS))
def test_what_was_foretold_happens_and_the_laws_hold(name: str) -> None:
    """Each edit meets each item: the verdict is what deciding does, and life goes on under the new version."""
    dice = Random(chance.seed())
    text, _ = WORKFLOWS[name]
    lives = [each for each in (life(name, dice) for _ in range(LIVES)) if not each.item.is_over]
    fates: Counter[Fate] = Counter()
    for _ in range(EDITS):
        _, new = edited(text, dice, OFFICE)
        said = instead(lives[0].workflow, new, dice) if lives else {}
        command = Migrate(new, 2, "edited", "cher", said, dice.choice(list(DateChoice)))
        for each in lives:
            fates[_meet(each, command, dice)] += 1
    assert sum(fates.values()) == len(lives) * (EDITS)


@pytest.mark.parametrize(
    "name", ["paper", "parts", "rest-kept-kept", "review-cancelled-together", "review-kept-together"]
)
def test_fifty_edits_of_two_hundred_items_happen_as_foretold(name: str) -> None:
    """Ten edits of each of five workflows, with two hundred items in it at random places."""
    dice = Random(chance.seed())
    text, _ = WORKFLOWS[name]
    lives = [life(name, dice) for _ in range(200)]
    people = {each.now.date(): None for each in lives}
    staff = {day: [actor_of(p, OFFICE, day) for p in OFFICE.people.values()] for day in people}
    for _ in range(10):
        _, new = edited(text, dice, OFFICE)
        said = instead(lives[0].workflow, new, dice)
        command = Migrate(new, 2, "edited", "cher", said, dice.choice(list(DateChoice)))
        for each in lives:
            onlooker = Onlooker(each.setting, each.now, staff[each.now.date()])
            before, decision = verdict(each.workflow, each.item, command, onlooker), _decided(each, command)
            if isinstance(decision, Decision):
                assert before == judged(each.workflow, new, each.item, decision, onlooker)
                assert replay([*each.events, *decision.events]) == decision.item
                assert before.there == tuple(v.stage for v in decision.item.leaves())
                check_places(new, decision.item)
            else:
                assert before == refused(each.item, decision)


def _meet(alive: Life, command: Migrate, dice: Random) -> Fate:
    people = [actor_of(p, alive.house, alive.now.date()) for p in alive.house.people.values()]
    onlooker = Onlooker(alive.setting, alive.now, people)
    foretold = verdict(alive.workflow, alive.item, command, onlooker)
    after = _copy(alive)
    decision = _decided(after, command)
    if not isinstance(decision, Decision):
        assert foretold == refused(alive.item, decision)
        assert foretold.fate is Fate.NEEDS_CHOICE
        return foretold.fate
    assert foretold == judged(alive.workflow, command.to, alive.item, decision, onlooker)
    after.workflow = command.to
    after.take(decision)  # replays, and looks at every law
    _is_so(alive, after, foretold)
    for seed in seeds(dice)[:5]:
        after.live(seed)
    return foretold.fate


def _decided(alive: Life, command: Migrate) -> Decision | Exception:
    try:
        return alive.decide(command, alive.person("cher"))
    except (Refusal, UsageFault) as fault:
        return fault


def _is_so(before: Life, after: Life, foretold: Verdict) -> None:
    """The verdict against the items themselves, not against what made it."""
    old, new = before.item, after.item
    assert foretold.there == tuple(v.stage for v in new.leaves())
    was_late = {v.number for v in old.visits if v.due and v.due.at < before.now.isoformat()}
    match foretold.fate:
        case Fate.UNAFFECTED:
            assert (new.visits, new.fields, new.did, new.status) == (old.visits, old.fields, old.did, old.status)
        case Fate.LATE:
            late = [v for v in new.visits if v.due and v.due.at < before.now.isoformat() and v.number not in was_late]
            assert any(new.status == "open" or (v.due and v.due.runs) for v in late)  # on hold, only what runs on
        case Fate.MOVES:
            assert foretold.late == foretold.nobody == ()
    for moved in foretold.dates:
        assert moved.after in {v.due.on if v.due else None for v in new.visits if v.stage == moved.stage}
    if new.hold is None:
        assert old.hold == new.hold


def _copy(alive: Life) -> Life:
    copied = object.__new__(Life)
    copied.__dict__.update(vars(alive))
    copied.events, copied.asked = list(alive.events), list(alive.asked)
    copied.rows = {number: set(rows) for number, rows in alive.rows.items()}
    return copied
