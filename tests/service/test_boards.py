"""The overdue board: every late step once, in order, within sight, with why it is late; on both databases."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import msgspec
import pytest

from qa_workflow.errors import UsageFault
from qa_workflow.service.boards.overdue import why_late
from qa_workflow.service.front import Engine
from qa_workflow.service.refusals import Unknown
from qa_workflow.service.telling import views
from qa_workflow.service.telling.words import due_words
from qa_workflow.testing import FakeClock
from tests.databases import Prepare
from tests.service.late import BRANCHES, board, house_of, late_work, publish_branches, steps

NORTH, SOUTH, ACCOUNT = "R/2026-27-Q4/north", "R/2026-27-Q4/south", "A/1"
FACTS, WORDS = "review.facts", "review.words"


@pytest.fixture
def office_pattern() -> Prepare:
    return late_work


@pytest.fixture(autouse=True)
def _by_now(clock: FakeClock) -> None:
    clock.set("2027-04-26T11:00")


def test_every_late_step_has_a_line_the_latest_first(office: Engine) -> None:
    """An item in several branches has one for each that is late; the branch that is in time has none."""
    found = board(office)
    assert steps(found) == [(ACCOUNT, FACTS), (ACCOUNT, WORDS), (NORTH, "awaited"), (SOUTH, "awaited")]
    assert str(found.total) == "4"


def test_days_late_are_counted_in_the_days_of_the_rule_and_in_calendar_days(office: Engine) -> None:
    facts, words, north, _ = board(office).lines
    assert (facts.due_on, facts.days, facts.late) == (date(2027, 4, 7), 19, "13 working days overdue")
    assert (words.due_on, words.days, words.late) == (date(2027, 4, 12), 14, "14 calendar days overdue")
    assert (north.days, north.late) == (10, "6 working days overdue")


def test_a_line_says_what_the_date_rests_on_and_who_holds_it(office: Engine) -> None:
    facts, words, north, _ = board(office).lines
    assert (facts.basis, words.basis, words.source, north.basis) == ("local", "statute", "an Act", None)
    assert (facts.holders, words.holders, north.holders) == (("author",), ("reviewer",), ("author",))
    assert (facts.body_title, north.body_title, facts.subject_title) == ("The Board", None, "North Trust")


def test_nothing_is_said_where_nobody_gave_a_reason(office: Engine) -> None:
    assert [line.why for line in board(office).lines] == [None] * 4


def test_the_last_reason_that_somebody_gave_is_shown(office: Engine) -> None:
    office.comment(NORTH, "the figures are promised", actor="ann", why_late=True)
    office.comment(NORTH, "the figures come on Friday", actor="amy", why_late=True)
    why = board(office, subject="north", workflow="report").lines[0].why
    assert why is not None
    assert (why.text, why.by, why.kind, why.on) == (
        "the figures come on Friday", "amy", "commented", date(2027, 4, 26)
    )  # fmt: skip


def test_an_ordinary_comment_is_no_reason_and_takes_none_away(office: Engine) -> None:
    office.comment(NORTH, "the figures are promised", actor="ann", why_late=True)
    office.comment(NORTH, "who writes the minutes?", actor="amy")
    (north,) = board(office, subject="north", workflow="report").lines
    assert north.why is not None
    assert (north.why.text, north.why.by) == ("the figures are promised", "ann")


def test_a_comment_from_before_anybody_was_asked_is_a_reason_as_it_was_then(office: Engine) -> None:
    """Its event says neither that it is one nor that it is none."""
    said = office.comment(NORTH, "the figures are promised", actor="ann")
    *_, event = office.history(NORTH)
    before = msgspec.structs.replace(event, data={})
    assert why_late([before], said.visits[0], "Europe/London") is not None
    assert why_late([event], said.visits[0], "Europe/London") is None


def test_what_was_said_at_an_earlier_stage_is_no_reason(office: Engine, clock: FakeClock) -> None:
    office.comment(NORTH, "the figures are promised", actor="ann", why_late=True)
    clock.advance(hours=1)
    office.advance(NORTH, "skip", actor="ann")
    clock.set("2027-07-01T09:00")
    (late,) = board(office, stage="review", workflow="report").lines
    assert late.why is None


def test_why_something_came_back_is_a_reason(office: Engine, clock: FakeClock) -> None:
    office.advance(NORTH, "skip", actor="ann")
    office.advance(NORTH, "back", actor="rob", reason="a page is missing")
    clock.set("2027-06-01T09:00")
    (late,) = board(office, subject="north", stage="awaited").lines
    assert late.why is not None
    assert late.why.text == "a page is missing"


def test_a_changed_date_does_not_hide_what_is_late(office: Engine, clock: FakeClock) -> None:
    """The first date stays beside it, with how often it was changed, and the line says why."""
    office.change_date(NORTH, date(2027, 4, 28), actor="cher", basis="policy", reason="agreed with the trust")
    office.change_date(NORTH, date(2027, 4, 27), actor="cher", basis="policy", reason="a day sooner")
    assert NORTH not in {line.reference for line in board(office).lines}
    (put_off,) = board(office, changed="put_off").lines
    assert (put_off.reference, put_off.late, put_off.is_late) == (NORTH, "1 working day left", False)
    clock.set("2027-04-29T09:00")
    (late,) = board(office, workflow="report", changed="yes").lines
    assert (late.due_on, late.first_on, late.changes) == (date(2027, 4, 27), date(2027, 4, 16), 2)
    assert late.why is not None
    assert late.why.text == "a day sooner"
    assert steps(board(office, workflow="report", changed="no")) == [(SOUTH, "awaited")]


def test_what_is_on_hold_is_not_late(office: Engine) -> None:
    office.hold(ACCOUNT, actor="rob", reason="waits for a court")
    assert steps(board(office)) == [(NORTH, "awaited"), (SOUTH, "awaited")]


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_go_on_where_the_last_one_ended(office: Engine, limit: int) -> None:
    """Though the two sorts of steps are found in different tables, and two are due at the same instant."""
    whole, seen, after = steps(board(office)), list[tuple[str, str]](), None
    while True:
        found = board(office, limit=limit, after=after)
        seen += steps(found)
        assert len(found.lines) <= limit
        if found.more is None:
            break
        after = found.more
    assert seen == whole


@pytest.mark.parametrize("place", ["", "x", "1.2", "1.2.3.4", "9" * 40 + ".1.1", "1.1.x", "١.١.١"])
def test_an_address_that_names_no_place_begins_at_the_beginning(office: Engine, place: str) -> None:
    assert len(board(office, after=place).lines) == 4


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ({"workflow": "account"}, [FACTS, WORDS]),
        ({"workflow": "report"}, ["awaited", "awaited"]),
        ({"stage": "words"}, [WORDS]),
        ({"stage": WORDS}, [WORDS]),
        ({"stage": "awaited"}, ["awaited", "awaited"]),
        ({"body": "board"}, [FACTS, WORDS]),
        ({"body": "The Board"}, [FACTS, WORDS]),
        ({"body": "panel"}, []),
        ({"owner": "reviewer"}, [WORDS]),
        ({"owner": "rob"}, [WORDS]),
        ({"owner": "ann"}, [FACTS, "awaited", "awaited"]),
        ({"owner": "cher"}, []),
        ({"subject": "south"}, ["awaited"]),
        ({"subject": "South Trust"}, ["awaited"]),
        ({"late_from": "19"}, [FACTS]),
        ({"late_from": "20"}, []),
        ({"late_from": "14"}, [FACTS, WORDS]),
        ({"late_to": "14"}, [WORDS, "awaited", "awaited"]),
        ({"late_to": "13"}, ["awaited", "awaited"]),
        ({"late_from": "14", "late_to": "14"}, [WORDS]),
        ({"late_to": "6"}, []),
        ({"changed": "yes"}, []),
        ({"changed": "no"}, [FACTS, WORDS, "awaited", "awaited"]),
        ({"late_from": "0", "workflow": "account", "owner": "author"}, [FACTS]),
        ({"colour": "red"}, [FACTS, WORDS, "awaited", "awaited"]),
    ],
)
def test_a_filter_shows_what_fits_and_counts_no_other(office: Engine, words: dict[str, str], wanted: list[str]) -> None:
    found = board(office, "ann", words)
    assert [line.stage for line in found.lines] == wanted
    assert found.total.number == len(wanted)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"workflow": "reprot"}, "did you mean 'report'"),
        ({"body": "bord"}, "did you mean 'board'"),
        ({"stage": "awaitd"}, "did you mean 'awaited'"),
        ({"owner": "reviewr"}, "did you mean 'reviewer'"),
        ({"subject": "nroth"}, "did you mean 'north'"),
        ({"changed": "perhaps"}, "is not known"),
        ({"late_from": "ten"}, "not a number of days"),
        ({"late_to": "-1"}, "not a number of days"),
        ({"late_from": "5", "late_to": "4"}, "smaller number first"),
    ],
)
def test_a_filter_that_means_nothing_is_told(office: Engine, words: dict[str, str], said: str) -> None:
    with pytest.raises((Unknown, UsageFault), match=said):
        board(office, "ann", words)


def test_nobody_sees_or_counts_what_is_out_of_sight(office: Engine) -> None:
    """A contact sees their own organisation's; a chair the workflows in which they have a part."""
    nora, saul, cher = (board(office, person) for person in ("nora", "saul", "cher"))
    assert steps(nora) == [(ACCOUNT, FACTS), (ACCOUNT, WORDS), (NORTH, "awaited")]
    assert steps(saul) == [(SOUTH, "awaited")]
    assert steps(cher) == [(NORTH, "awaited"), (SOUTH, "awaited")]
    assert [found.total.number for found in (nora, saul, cher)] == [3, 1, 2]
    assert [name for name, _ in saul.choices.subjects] == ["south"]


def test_a_step_that_is_done_is_gone(office: Engine) -> None:
    office.advance(ACCOUNT, "check", actor="ann")
    assert steps(board(office, workflow="account")) == [(ACCOUNT, WORDS)]


def test_what_was_late_when_it_was_put_on_hold_is_told_with_who_did_it_and_why(
    office: Engine, clock: FakeClock
) -> None:
    """Putting something on hold does not make it vanish; what was in time then is not among it."""
    office.hold(ACCOUNT, actor="rob", reason="waits for a court")
    clock.advance(days=30)
    assert str(board(office, workflow="account").on_hold) == "2"
    facts, words = board(office, held="yes").lines
    assert (facts.reference, facts.stage, words.stage) == (ACCOUNT, FACTS, WORDS)
    assert (facts.days, facts.late) == (19, "13 working days overdue when it was put on hold")
    assert facts.why is not None
    assert (facts.why.by, facts.why.on, facts.why.text) == ("rob", date(2027, 4, 26), "waits for a court")
    office.resume(ACCOUNT, actor="rob")
    assert str(board(office).on_hold) == "0"


def test_what_a_hold_does_not_stop_is_on_the_board_and_its_page_says_so(office: Engine, clock: FakeClock) -> None:
    """A date given with authority is moved by no hold: it is missed on its day, whoever has put the item aside."""
    reference = office.open("report", subject="north", period="2026-27 Q3", actor="ann").reference
    office.change_date(reference, date(2027, 6, 1), actor="cher", basis="a letter", reason="the law says so")
    office.hold(reference, actor="rob", reason="waits for a court")
    shown = views.item(house_of(office), office.item(reference))
    assert (shown["due_on"], shown["first_due_on"] is not None, shown["overdue"]) == ("2027-06-01", True, False)
    assert due_words(shown).endswith("left; its clock runs during the hold)")
    (explained,) = office.explain(reference)
    assert "The hold since 26 April 2027 does not stop this clock." in explained.why
    clock.set("2027-06-04T09:00")
    office.tick()
    (line,) = [line for line in board(office, workflow="report").lines if line.reference == reference]
    assert (line.days, line.why and line.why.text) == (3, "waits for a court")
    assert reference not in {line.reference for line in board(office, held="yes").lines}
    assert "overdue" in {str(event.kind) for event in office.history(reference)}
    assert reference in {item.reference for item in office.overdue()}


def test_what_was_in_time_when_it_was_put_on_hold_is_not_told_as_late(office: Engine, clock: FakeClock) -> None:
    reference = office.open("report", subject="north", period="2026-27 Q3", actor="ann").reference
    office.hold(reference, actor="rob", reason="waits for a court")
    clock.advance(days=90)
    assert steps(board(office, held="yes")) == []


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ({"workflow": "account"}, 2),
        ({"workflow": "report"}, 0),
        ({"body": "board"}, 2),
        ({"body": "panel"}, 0),
        ({"late_from": "15"}, 1),
        ({"subject": "south"}, 0),
    ],
)
def test_what_is_on_hold_is_filtered_as_the_board_is(office: Engine, words: dict[str, str], number: int) -> None:
    office.hold(ACCOUNT, actor="rob", reason="waits for a court")
    assert len(board(office, "ann", {**words, "held": "yes"}).lines) == number


RUNS = "due: {rule: 10 calendar days after entry, while_held: runs, basis: statute, source: an Act}"


def test_a_late_branch_that_the_hold_stops_is_told_though_another_runs_on(
    office: Engine, clock: FakeClock, tmp_path: Path
) -> None:
    """The item has a date that counts, so that it is on the board; what stands still is told all the same, once."""
    publish_branches(office, tmp_path, re.sub("due: {rule: 10 .*", RUNS, BRANCHES))
    reference = office.open("account", subject="north", actor="ann").reference
    clock.advance(days=20)
    office.hold(reference, actor="rob", reason="waits for a court")
    assert (reference, WORDS) in steps(board(office))
    assert [step for step in steps(board(office, held="yes")) if step[0] == reference] == [(reference, FACTS)]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ({"stage": FACTS}, [FACTS]),
        ({"stage": "words"}, [WORDS]),
        ({"stage": "review"}, [FACTS, WORDS]),
        ({"owner": "reviewer"}, [WORDS]),
        ({"owner": "ann"}, [FACTS]),
    ],
)
def test_of_an_item_on_hold_in_several_branches_those_that_fit_are_told(
    office: Engine, words: dict[str, str], wanted: list[str]
) -> None:
    """As on the board itself: a filter chooses among the steps, and not among the items."""
    assert [line.stage for line in board(office, "ann", {**words, "workflow": "account"}).lines] == wanted
    office.hold(ACCOUNT, actor="rob", reason="waits for a court")
    assert [line.stage for line in board(office, "ann", {**words, "held": "yes"}).lines] == wanted


def test_nobody_counts_what_is_on_hold_and_out_of_their_sight(office: Engine) -> None:
    office.hold(ACCOUNT, actor="rob", reason="waits for a court")
    assert [board(office, person).on_hold.number for person in ("nora", "saul")] == [2, 0]


def test_why_somebody_was_given_it_is_no_reason_for_being_late(office: Engine) -> None:
    office.assign(NORTH, "amy", actor="cher", reason="ann is away")
    late = next(line for line in board(office).lines if line.reference == NORTH)
    assert late.why is None


def test_a_step_belongs_to_the_body_whose_papers_its_date_counts_from(office: Engine, clock: FakeClock) -> None:
    """As its date explains, and as what will miss the meeting says, whatever body its workflow serves otherwise."""
    office.advance(NORTH, "skip", actor="ann")
    clock.set("2027-07-01T09:00")
    (late,) = board(office, body="board", stage="review", workflow="report").lines
    assert (late.reference, late.stage, late.body_title) == (NORTH, "review", "The Board")


def test_a_branch_without_a_date_is_not_explained_beside_one_that_has_one(office: Engine, tmp_path: Path) -> None:
    text = BRANCHES.replace("          due: {rule: 10 calendar days after entry, basis: statute, source: an Act}\n", "")
    publish_branches(office, tmp_path, text)
    item = office.open("account", actor="ann", subject="north")
    assert [each.stage_title for each in office.explain(item.reference)] == ["Review", "Facts"]
