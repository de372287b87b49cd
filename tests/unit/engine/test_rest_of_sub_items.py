"""What becomes of sub-items still open when the stage that asked for them is left: ignored, cancelled, kept."""

import pytest

from qa_workflow.engine import Leaves
from qa_workflow.engine.commands import Cancel, Correct, PutOnHold, Resume, SubItemEnded
from qa_workflow.engine.policy import ENGINE
from tests.unit.engine.stage_play import Play


def visits(rest: str = "", wait: str = "first 1") -> str:
    """Three sites are visited; what is found at the first decides."""
    return f"""
workflow: site_visits
title: Site visits
fields: {{sites: list}}
stages:
  planning: {{owner: author, transitions: {{begin: {{to: visiting, needs: sites}}}}}}
  visiting:
    owner: author
    lapse: {{when: 20 working days after entry, to: faded}}
    sub_items: {{workflow: visit, each: sites, wait: {wait}{rest and f", rest: {rest}"}}}
    transitions:
      joined: {{to: report}}
      stop: {{to: report, by: reviewer}}
  report: {{owner: author, transitions: {{send: {{to: sent, when: "still_open('visiting') < 3"}}}}}}
  sent: {{end: completed}}
  faded: {{end: lapsed}}
"""


def played(rest: str = "", wait: str = "first 1", parent: tuple[str, int] | None = None) -> Play:
    """Three visits are under way."""
    play = Play(visits(rest, wait), parent=parent)
    play.fire("begin", sites=["North", "South", "East"])
    return play


def cancelling(play: Play) -> list[int]:
    """Of which visits to a stage the sub-items are withdrawn."""
    return [out.payload["visit"] for out in play.sent if out.kind is Leaves.CANCEL_SUB_ITEMS and "visit" in out.payload]


def ends(play: Play, number: int, outcome: str | None = "completed") -> None:
    """The sub-item of that number, asked for by the second visit, comes to its end (or is open again)."""
    play.do(SubItemEnded(2, f"C/{number}", outcome), "engine")


@pytest.mark.parametrize(
    ("wait", "stages"),
    [("all", ["report"]), ("none, more: author", ["report"]), ("all, more: author", ["visiting"])],
)
def test_where_nothing_was_asked_for_nothing_is_waited_for_unless_it_may_still_come(
    wait: str, stages: list[str]
) -> None:
    """An item that waits for sub-items that there will never be would be lost."""
    play = Play(visits(wait=wait).replace(", needs: sites", ""))
    play.fire("begin")
    assert play.stages == stages


@pytest.mark.parametrize("rest", ["", "ignored"])
def test_without_a_word_the_others_go_on_and_nobody_waits(rest: str) -> None:
    """What becomes of them is on record all the same, as long as the item is open."""
    play = played(rest)
    ends(play, 1)
    ends(play, 2, "dropped")
    assert (play.kinds[-1], play.events[-1].data["outcome"], play.stages) == ("sub_item_ended", "dropped", ["report"])
    play.fire("send")
    assert (play.item.status, cancelling(play)) == ("closed", [])
    assert play.item.kept == ()


def test_a_cancelled_rest_is_withdrawn_when_the_join_is_met() -> None:
    """Those of that visit alone, by an errand that leaves with the event."""
    play = played("cancelled")
    ends(play, 1)
    assert play.stages == ["report"]
    assert cancelling(play) == [2]
    play.fire("send")
    assert play.item.status == "closed"


def test_a_cancelled_rest_is_withdrawn_however_the_stage_is_left() -> None:
    """By a person's step as by time; and not where nothing is left open."""
    by_hand, by_time, done = played("cancelled", "all"), played("cancelled", "all"), played("cancelled", "all")
    by_hand.fire("stop", "rob")
    by_time.until("2027-06-01T09:00")
    for number in (1, 2, 3):
        ends(done, number)
    assert [cancelling(by_hand), cancelling(by_time), cancelling(done)] == [[2], [2], []]


def test_an_item_that_keeps_the_rest_closes_when_the_last_has_ended() -> None:
    """It goes on to its end, and waits there; so does the item that it is itself part of."""
    play = played("kept", parent=("f" * 32, 2))
    ends(play, 1)
    play.fire("send")
    assert (play.item.status, play.stages) == ("open", ["sent"])
    ends(play, 2)
    assert play.item.status == "open"
    ends(play, 3)
    assert (play.item.status, play.item.outcome) == ("closed", "completed")
    assert play.kinds[-2:] == ["sub_item_ended", "joined"]
    assert (play.events[-1].source, play.events[-1].target, play.events[-1].actor) == ("sent", "sent", ENGINE.name)
    reports = [(out.seq, out.payload["outcome"]) for out in play.sent if out.kind is Leaves.REPORT_TO_PARENT]
    assert reports == [(play.events[-1].seq, "completed")]
    assert [outcome for _, outcome in play.item.gathered["visiting"]] == ["completed"] * 3


def test_a_kept_rest_that_ends_in_time_holds_nothing_up() -> None:
    play = played("kept")
    for number in (1, 2, 3):
        ends(play, number)
    assert play.stages == ["report"]
    play.fire("send")
    assert play.item.status == "closed"


def test_a_kept_sub_item_that_is_open_again_is_waited_for_again() -> None:
    """It had ended by mistake."""
    play = played("kept")
    ends(play, 1)
    ends(play, 2)
    play.fire("send")
    ends(play, 2, None)
    ends(play, 3)
    assert play.item.status == "open"
    ends(play, 2)
    assert play.item.status == "closed"


def test_conditions_count_what_is_kept() -> None:
    """`still_open` says how many of them there are, though the stage was left."""
    kept, ignored = played("kept", "all"), played("ignored", "all")
    kept.fire("stop", "rob")
    ignored.fire("stop", "rob")
    assert [kept.can("ann")["send"], ignored.can("ann")["send"]] == [False, True]


def test_a_held_item_at_its_end_closes_when_it_is_resumed() -> None:
    """While the clock is stopped nothing moves by itself."""
    play = played("kept")
    ends(play, 1)
    play.fire("send")
    play.do(PutOnHold("flooding", None), "rob")
    ends(play, 2)
    ends(play, 3)
    assert play.item.status == "held"
    play.do(Resume(None), "rob")
    assert play.item.status == "closed"


def test_kept_sub_items_do_not_stop_a_withdrawal() -> None:
    play = played("kept")
    ends(play, 1)
    play.do(Cancel("opened twice"), "cher")
    assert play.item.status == "cancelled"
    ends(play, 2, "cancelled")
    ends(play, 3, "cancelled")
    assert play.item.status == "cancelled"


def test_an_item_put_back_still_keeps_what_it_kept() -> None:
    """And what it asks for anew."""
    play = played("kept")
    ends(play, 1)
    play.do(Correct("too early", stage="visiting"), "cher")
    for reference in ("D/1", "D/2"):
        play.do(SubItemEnded(4, reference, "completed"), "engine")
    ends(play, 2)
    play.fire("send")
    play.do(SubItemEnded(4, "D/3", "completed"), "engine")
    assert play.item.status == "open"
    ends(play, 3)
    assert play.item.status == "closed"
