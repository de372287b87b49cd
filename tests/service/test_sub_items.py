"""Sub-items of others, on both databases: each counts once, and nothing of a withdrawn one begins afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from qa_workflow.engine import ENGINE, Item, Sight
from qa_workflow.engine.commands import Cancel, Fire
from qa_workflow.service.front import Engine
from qa_workflow.service.items import errands, filling
from qa_workflow.service.items.changing import change
from qa_workflow.service.telling import views
from qa_workflow.service.telling.history import Teller
from qa_workflow.testing import FakeClock


@pytest.fixture
def visits(office: Engine) -> list[Item]:
    """A programme, and its two visits under way."""
    programme = office.open("visits", actor="ann")
    programme = office.advance(programme, "go", actor="ann", fields={"sites": "Gloucester, Stroud"})
    return [programme, *sorted(office.items(workflow="visit"), key=lambda item: item.reference)]


def test_one_more_is_asked_for_what_tells_it_from_the_others(office: Engine) -> None:
    """The field that a list above is spread into must be filled, though the sub-item's own workflow needs nothing."""
    with office._house.looking() as (_, world):
        (above, _), (visit, _) = world.newest("visits"), world.newest("visit")
        wanted = above.stages["visiting"].sub_items
        assert wanted is not None
        ann = filling.Filler(world.actor("ann", office.now().date()), world.governance)
        sheet = filling.adding(visit, wanted, None, ann)
    assert ([field.name for field in sheet.needed], sheet.offered) == (["site"], ())


def test_an_opening_says_of_which_item_it_is_part_to_whoever_sees_that(office: Engine, visits: list[Item]) -> None:
    """A reference is not told where the item is not; the page of one who sees it links to it, too."""
    programme, first, _ = visits
    (opened, *_) = office.told(first.id)
    assert opened.what.startswith(f"Opened as part of {programme.reference} at ")
    with office._house.looking() as (look, world):
        other = Sight(workflows=frozenset({"visit"}))
        (unseen, *_) = Teller.of(look, world, first, other).history(look.events(first.id, other))
    assert unseen.what.startswith("Opened as part of another item at ")
    assert programme.reference not in str(views.item(office._house, first, history=other)["history"])


def test_a_sub_item_that_was_opened_by_an_earlier_release_names_no_parent_either(
    office: Engine, visits: list[Item]
) -> None:
    """Its opening had a reason then, “from” and the reference."""
    programme, first, _ = visits
    with office._house.looking() as (look, world):
        other = Sight(workflows=frozenset({"visit"}))
        opened, *_ = look.events(first.id, other)
        before = replace(opened, reason=f"from {programme.reference}")
        (told,) = Teller.of(look, world, first, other).history([before])
    assert programme.reference not in str(views.event(before, told))


def stages(office: Engine, item: Item) -> list[str]:
    return [visit.stage for visit in office.item(item.id).leaves()]


def test_a_visit_that_was_reopened_is_waited_for_again(office: Engine, visits: list[Item]) -> None:
    """It ended by mistake and ended again: the programme does not go on before the other one has ended too."""
    programme, first, second = visits
    office.advance(first, "finish", actor="ann")
    office.correct(first.id, actor="cher", reason="it was the other one", stage="visiting")
    assert [event.kind for event in office.history(programme.id)][-2:] == ["sub_item_ended", "sub_item_reopened"]
    office.advance(second, "finish", actor="ann")
    assert stages(office, programme) == ["visiting"]
    office.advance(first.id, "finish", actor="ann")
    assert office.item(programme.id).status == "closed"


def test_a_visit_that_ends_twice_counts_once(office: Engine, visits: list[Item]) -> None:
    programme, first, _ = visits
    for _ in range(2):
        office.advance(first.id, "finish", actor="ann")
        office.correct(first.id, actor="cher", reason="not yet", stage="visiting")
    office.advance(first.id, "finish", actor="ann")
    assert stages(office, programme) == ["visiting"]


def test_a_held_programme_goes_on_when_it_is_resumed(office: Engine, visits: list[Item]) -> None:
    programme, first, second = visits
    office.hold(programme.id, actor="rob", reason="flooding")
    for visit in (first, second):
        office.advance(visit, "finish", actor="ann")
    assert (office.item(programme.id).status, stages(office, programme)) == ("held", ["visiting"])
    office.resume(programme.id, actor="rob")
    assert office.item(programme.id).status == "closed"


def test_a_visit_added_later_is_waited_for(office: Engine, visits: list[Item]) -> None:
    programme, first, second = visits
    office.advance(first, "finish", actor="ann")
    office.add_sub_item(programme.id, actor="ann", fields={"site": "Tewkesbury"})
    office.advance(second, "finish", actor="ann")
    assert stages(office, programme) == ["visiting"]


def test_what_a_stage_asked_for_is_opened_at_the_next_look_where_the_process_died(office: Engine) -> None:
    programme = office.open("visits", actor="ann")
    change(office._house, programme.id, Fire("go", {"sites": "Gloucester, Stroud"}), actor="ann")
    assert office.items(workflow="visit") == []
    office.tick()
    assert len(office.items(workflow="visit")) == 2


def test_what_a_withdrawn_programme_had_asked_for_is_not_opened_any_more(office: Engine, clock: FakeClock) -> None:
    """The process died between the two, and the sweep does what was left: to open, and to cancel."""
    house = office._house
    programme = office.open("visits", actor="ann")
    change(house, programme.id, Fire("go", {"sites": "Gloucester, Stroud"}), actor="ann")
    change(house, programme.id, Cancel("opened twice"), actor=ENGINE)
    errands.run(house)
    assert office.items(workflow="visit") == []
    clock.advance(hours=1)
    office.tick()
    assert office.items(workflow="visit") == []


def test_a_repeat_waits_for_an_item_that_was_reopened(office: Engine, visits: list[Item], clock: FakeClock) -> None:
    """The next round is planned when this one ends, not when it ended by mistake."""
    programme, first, second = visits
    for visit in (first, second):
        office.advance(visit, "finish", actor="ann")
    office.correct(programme.id, actor="cher", reason="closed too soon", stage="planned")
    clock.set(office.now() + timedelta(days=500))
    office.tick()
    assert len(office.items(workflow="visits")) == 1


def test_correcting_what_is_over_does_not_plan_it_again(office: Engine, visits: list[Item], clock: FakeClock) -> None:
    programme, first, second = visits
    for visit in (first, second):
        office.advance(visit, "finish", actor="ann")
    clock.set(office.now() + timedelta(days=400))
    office.tick()
    assert len(office.items(workflow="visits")) == 2
    office.correct(programme.id, actor="cher", reason="it was Strood", fields={"sites": "Strood"})
    office.tick()
    assert len(office.items(workflow="visits")) == 2
