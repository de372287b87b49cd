"""Whatever happens to items, the lists say of each what a slow look through all of them says; on both databases."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from qa_workflow.engine import Item
from qa_workflow.engine.item import HELD, instant
from qa_workflow.errors import Refusal, UsageFault
from qa_workflow.service.front import Engine
from qa_workflow.service.items import stuck
from qa_workflow.service.lists.lists import Wanted
from qa_workflow.testing import FakeClock
from tests import chance
from tests.service.late import BRANCHES, board, house_of, publish_branches

LATE = tuple[str, str]
RUNS = re.sub("due: {rule: 10 .*", "due: {rule: 10 calendar days after entry, while_held: runs}", BRANCHES)
TIMED = """
workflow: remarks
title: Remarks
reference: N/{number}
fields: {verdict: text}
stages:
  waiting:
    owner: author
    due: 6 working days after entry
    transitions:
      close: {to: over, at: 3 working days after entry, when: verdict == 'fine'}
      drop: {to: over, by: chair}
  over: {end: completed}
"""
STAGES = ("review", "review.facts", "words", "waiting", "awaited")
STEPS = (("check", "ann"), ("read", "rob"), ("skip", "ann"), ("accept", "ruth"), ("back", "rob"), ("drop", "cher"))


@pytest.fixture
def items(office: Engine, tmp_path: Path) -> list[str]:
    """Two accounts in branches of which one runs on when held, a report, and a remark that time cannot judge."""
    (tmp_path / "definitions" / "remarks.yaml").write_text(TIMED)
    publish_branches(office, tmp_path, RUNS)
    opened = [office.open("account", subject=subject, actor="ann") for subject in ("north", "south")]
    opened.append(office.open("report", subject="north", period="2026-27 Q4", actor="ann"))
    opened.append(office.open("remarks", actor="ann"))
    return [item.reference for item in opened]


def happens(office: Engine, clock: FakeClock, item: str, dice: Random) -> None:
    """Something that somebody may do, or may not."""
    trigger, person = dice.choice(STEPS)
    day = clock.now().date() + timedelta(days=dice.randrange(1, 20))
    stage = dice.choice([visit.stage for visit in office.item(item).visits] or [""])
    back = dice.choice(("review", "awaited", "waiting"))
    ways = (
        lambda: office.advance(item, trigger, actor=person, reason="so"),
        lambda: office.hold(item, actor="rob", reason="waits"),
        lambda: office.resume(item, actor="rob"),
        lambda: office.change_date(item, day, stage=stage, actor="cher", basis="a letter", reason="so", sure=True),
        lambda: office.correct(item, actor="cher", reason="too soon", stage=back),
        lambda: office.record(item, {"verdict": dice.choice(("fine", ""))}, actor="cher"),
        lambda: office.cancel(item, actor="cher", reason="twice") if dice.random() < 0.1 else None,
    )
    try:
        dice.choice(ways)()
    except (Refusal, UsageFault):
        return


def late(item: Item, now: str) -> set[LATE]:
    """The steps whose date has passed and whose clock runs."""
    dated = [(visit, visit.due) for visit in item.visits if visit.due is not None and not item.is_over]
    runs = [(visit, due) for visit, due in dated if item.status != HELD or due.runs]
    return {(item.reference, visit.stage) for visit, due in runs if due.at < now}


def late_when_held(item: Item) -> set[LATE]:
    """The steps whose date had passed when a hold stopped their clock."""
    if item.hold is None:
        return set()
    dated = [(visit, visit.due) for visit in item.visits if visit.due is not None and not visit.due.runs]
    return {(item.reference, visit.stage) for visit, due in dated if due.at < item.hold.since}


def is_at(stage: str, wanted: str) -> bool:
    return f".{wanted}." in f".{stage}."


@pytest.mark.parametrize("life", range(4))
def test_whatever_happens_the_lists_say_what_a_look_through_all_items_says(
    office: Engine, clock: FakeClock, items: list[str], life: int
) -> None:
    """Branches, holds that stop one clock and not another, changed dates, put back, moved by time: none is missed."""
    dice = Random(f"{chance.seed()}/{life}")
    for _ in range(12):
        for _ in range(3):
            happens(office, clock, dice.choice(items), dice)
        clock.advance(hours=dice.choice((1, 30, 80, 200)))
        if dice.random() < 0.7:
            office.tick()
        now = clock.now().isoformat(timespec="microseconds").replace("+00:00", "Z")
        every = [office.item(name) for name in items]
        running = {step for item in every for step in late(item, now)}
        stopped = {step for item in every for step in late_when_held(item)}
        found = board(office)
        assert {(line.reference, line.stage) for line in found.lines} == running
        assert (len(found.lines), found.total.number, found.on_hold.number) == (
            len(running),
            len(running),
            len(stopped),
        )
        assert {(line.reference, line.stage) for line in board(office, held="yes").lines} == stopped
        assert {item.reference for item in office.overdue()} == {name for name, _ in running}
        assert {i["reference"] for i in office.page(Wanted(overdue=True)).items} == {name for name, _ in running}
        waits = {item.reference for item in every if stuck.waiting(item)}
        assert {each.reference for each in found.stuck} == waits
        assert {each.item for each in office.needing_a_person() if each.kind == stuck.KIND} == waits
        for stage in STAGES:
            some = {line.stage for line in board(office, stage=stage).lines}
            assert some == {at for _, at in running if is_at(at, stage)}
        assert instant(now) == house_of(office).now()
