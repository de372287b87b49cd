"""Lists as people ask for them, on both databases."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from qa_workflow.engine import EVERYTHING, Actor, Sight
from qa_workflow.service.front import Engine
from qa_workflow.service.lists.browsing import browse
from qa_workflow.service.lists.finding import Filters
from qa_workflow.service.lists.lists import Wanted
from qa_workflow.service.lists.mine import lanes
from qa_workflow.service.lists.onward import BadCursor
from qa_workflow.service.lists.story import story
from qa_workflow.service.ports.lists import Lane
from qa_workflow.service.refusals import Unknown
from qa_workflow.store import SqlStore
from qa_workflow.store.sights import in_sight
from qa_workflow.store.statements import ITEM
from qa_workflow.testing import FakeClock
from tests.databases import Prepare
from tests.service.conftest import made
from tests.service.late import actor, house_of, open_reports
from tests.unit.engine.stage_play import governance

ACTION = """
workflow: action
title: Action
reference: ACT/{number}
fields: {due_on: date}
stages:
  open:
    owner: author
    due: due_on
    transitions:
      start: {to: over, needs: due_on, when: due_on >= today(), says: Change the date first.}
      revise: {to: here, needs: [due_on, reason], when: due_on >= today(), says: Give a date that is not past.}
  over: {end: completed}
"""


@pytest.fixture
def office_pattern() -> Prepare:
    return two_reports


def two_reports(url: str) -> None:
    """One awaited from its authors, one with its reviewers."""
    with made(url) as (office, _):
        open_reports(office)
        office.advance(office.items(subject="south")[0], "skip", actor="ann")


def references(office: Engine, wanted: Wanted) -> list[str]:
    return [item["reference"] for item in office.page(wanted).items]


@pytest.mark.parametrize(
    "sight",
    [
        Sight(),
        EVERYTHING,
        Sight(subjects=frozenset({"north"})),
        Sight(workflows=frozenset({"visits"})),
        Sight(subjects=frozenset({"north"}), workflows=frozenset({"visits"})),
        Sight(subjects=frozenset({"elsewhere"}), workflows=frozenset({"report"})),
    ],
    ids=["nothing", "everything", "about north", "visits", "both", "the other way round"],
)
def test_a_question_to_the_database_finds_just_what_is_in_sight(office: Engine, sight: Sight) -> None:
    """Who answers for an organisation and has a part in a workflow besides, or stands in for such a one, sees both."""
    office.open("visits", actor="ann")
    store = house_of(office).store
    assert isinstance(store, SqlStore)
    with store.looking() as connection:
        found = connection.execute(select(ITEM.c.reference).where(*in_sight(sight))).scalars().all()
    assert sorted(found) == sorted(item.reference for item in office.items() if sight.sees(item))


def test_a_program_that_goes_on_after_an_item_that_is_not_here_is_told_so(office: Engine) -> None:
    """As after a backup was restored: beginning again unasked, it would take for new what it had already."""
    house = house_of(office)
    with pytest.raises(BadCursor, match="begin again without it"):
        browse(house, actor(office, "ann"), Filters(), house.now(), limit=1, after=f"0.0.{'f' * 32}")


def test_a_role_has_what_waits_for_it(office: Engine) -> None:
    assert references(office, Wanted(owner="author")) == ["R/2026-27-Q4/north"]
    assert references(office, Wanted(owner="reviewer")) == ["R/2026-27-Q4/south"]


def test_a_person_has_what_waits_for_their_roles(office: Engine) -> None:
    assert references(office, Wanted(owner="rob")) == ["R/2026-27-Q4/south"]
    assert references(office, Wanted(owner="cher")) == []


def test_an_organisation_may_be_called_by_its_title(office: Engine) -> None:
    assert references(office, Wanted(subject="North Trust")) == ["R/2026-27-Q4/north"]


def test_a_page_says_how_many_there_are_in_all(office: Engine) -> None:
    page = office.page(Wanted(limit=1))
    assert (len(page.items), page.total) == (1, 2)


def test_what_is_late_comes_the_latest_first(office: Engine, clock: FakeClock) -> None:
    clock.set("2027-04-30T09:00")
    assert references(office, Wanted(overdue=True)) == ["R/2026-27-Q4/north", "R/2026-27-Q4/south"]


def test_the_soonest_due_comes_first_and_what_is_over_last(office: Engine) -> None:
    """Also on a page that does not hold all of them."""
    office.change_date("R/2026-27-Q4/south", date(2027, 4, 6), actor="cher", basis="letter", reason="sooner")
    assert references(office, Wanted(every=True)) == ["R/2026-27-Q4/south", "R/2026-27-Q4/north"]
    assert references(office, Wanted(limit=1)) == ["R/2026-27-Q4/south"]
    office.cancel("R/2026-27-Q4/south", actor="cher", reason="opened by mistake")
    assert references(office, Wanted(every=True)) == ["R/2026-27-Q4/north", "R/2026-27-Q4/south"]


def test_closed_items_are_listed_when_asked_for(office: Engine) -> None:
    office.cancel("R/2026-27-Q4/north", actor="cher", reason="opened by mistake")
    assert references(office, Wanted()) == ["R/2026-27-Q4/south"]
    assert len(references(office, Wanted(every=True))) == 2


@pytest.mark.parametrize(
    ("wanted", "near"),
    [
        (Wanted(workflow="reprot"), "report"),
        (Wanted(stage="reveiw"), "review"),
        (Wanted(subject="Nort"), "north"),
        (Wanted(owner="reviewr"), "reviewer"),
    ],
)
def test_a_name_that_means_nothing_is_told_and_not_answered_with_an_empty_list(
    office: Engine, wanted: Wanted, near: str
) -> None:
    with pytest.raises(Unknown, match=f"did you mean '{near}'"):
        office.page(wanted)


def test_a_page_of_mine_goes_on_where_the_one_before_ended(office: Engine) -> None:
    for number in range(7):
        office.open("visits", actor="ann", fields={"sites": [f"site {number}"]})
    seen, after = [], None
    while True:
        page = office.mine("ann", limit=3, after=after)
        seen += [line.reference for line in page.lines]
        if page.more is None:
            break
        after = page.more
    assert len(seen) == len(set(seen)) == int(str(page.total)), "each once, and none left out"
    assert seen[0] == "R/2026-27-Q4/north", "what has a date stands before what has none"


def test_mine_has_what_my_roles_have_and_the_command_lines_list_has(office: Engine, clock: FakeClock) -> None:
    for person in ("ann", "rob", "cher"):
        mine = {line.reference for line in office.mine(person).lines}
        assert mine == set(references(office, Wanted(owner=person)))
    clock.set("2027-04-30T09:00")
    assert str(office.mine("ann").late) == "1"
    assert str(office.mine("rob").late) == "1"


def test_what_is_with_others_says_with_whom(office: Engine) -> None:
    others = {line.reference: line.holders for line in office.with_others("ann")}
    assert others == {"R/2026-27-Q4/south": ("reviewer",)}


def test_time_left_is_counted_in_the_days_of_the_rule(office: Engine, clock: FakeClock) -> None:
    """Ten working days after Friday 2 April 2027."""
    line = office.mine("ann").lines[0]
    assert (line.due_on, line.left) == (date(2027, 4, 16), "10 working days left")
    clock.set("2027-04-20T09:00")
    assert office.mine("ann").lines[0].left == "2 working days overdue"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("north", ["R/2026-27-Q4/north"]),
        ("quarterly", ["R/2026-27-Q4/south", "R/2026-27-Q4/north"]),
        ("Quarterly report about North", []),
        ("q4 south", ["R/2026-27-Q4/south"]),
        ("r/2026", ["R/2026-27-Q4/south", "R/2026-27-Q4/north"]),
        ("100%_", []),
    ],
)
def test_a_search_finds_by_reference_organisation_and_workflow(office: Engine, text: str, found: list[str]) -> None:
    assert [line.reference for line in office.find("ann", Filters(search=text)).lines] == found


@pytest.mark.parametrize("text", ["falls", "audit of FALLS", "visit wards", "v1/ falls"])
def test_a_search_finds_what_a_list_shows_of_an_item(office: Engine, text: str) -> None:
    """In somebody's own words: the first field of its workflow, where that is a text."""
    office.open("visit", fields={"site": "Audit of falls\non two wards"}, actor="ann")
    office.open("visit", fields={"site": "Kitchens: nothing else"}, actor="ann")
    found = office.find("ann", Filters(search=text))
    assert [(line.reference, line.gist) for line in found.lines] == [("V1/1", "Audit of falls on two wards")]
    assert found.total.number == 1


@pytest.mark.parametrize("text", ["cafe", "CAFÉ", "trust's", "Trust’s", '"cafe', "café:", "slips-and-trips", "oeuvre"])
def test_a_search_finds_what_is_typed_plainly(office: Engine, text: str) -> None:
    """Without accents, and with the marks that a keyboard has, as quoted from a letter or not."""
    office.open("visit", fields={"site": "The Trust’s Café: slips–and–trips, an œuvre"}, actor="ann")
    assert [line.reference for line in office.find("ann", Filters(search=text)).lines] == ["V1/1"]


@pytest.mark.parametrize(("last", "number"), [("wards", 1), ("nowhere", 0)])
def test_a_search_is_for_every_word_that_was_typed(office: Engine, last: str, number: int) -> None:
    """However many they are: a word passed over in silence would find what was not asked for."""
    office.open("visit", actor="ann", fields={"site": "falls on the two old wards"})
    assert len(office.find("ann", Filters(search=f"falls on the two old f w {last}")).lines) == number


def test_a_search_finds_the_words_that_stand_now(office: Engine) -> None:
    item = office.open("visit", fields={"site": "Falls"}, actor="ann")
    office.record(item, {"site": "Slips"}, actor="cher", reason="Mistyped")
    assert office.find("ann", Filters(search="falls")).lines == []
    assert [line.reference for line in office.find("ann", Filters(search="slips")).lines] == ["V1/1"]


def test_a_word_that_names_an_organisation_is_still_part_of_a_reference(office: Engine) -> None:
    """And of what an item is about."""
    office.open("visit", fields={"site": "On the way north"}, actor="ann")
    found = {line.reference for line in office.find("ann", Filters(search="north")).lines}
    assert found == {"V1/1", "R/2026-27-Q4/north"}


def test_a_search_finds_nothing_foreign_by_what_it_is_about(office: Engine) -> None:
    office.open("visit", fields={"site": "Audit of falls"}, actor="ann")
    assert office.find("saul", Filters(search="falls")).lines == []


def test_a_search_finds_what_is_over_and_a_list_does_not(office: Engine) -> None:
    office.cancel("R/2026-27-Q4/north", actor="cher", reason="opened by mistake")
    assert [line.reference for line in office.find("ann", Filters()).lines] == ["R/2026-27-Q4/south"]
    assert [line.status for line in office.find("ann", Filters(search="north")).lines] == ["cancelled"]


def test_a_foreign_item_is_neither_listed_nor_counted_nor_found_by_its_reference(office: Engine) -> None:
    """A contact sees their own organisation's items; the same answer as if there were no other."""
    nora = office.find("nora", Filters(search="R/2026-27-Q4/south"))
    assert (nora.lines, str(nora.total), nora.exact) == ([], "0", None)
    assert [line.subject_title for line in office.find("nora", Filters()).lines] == ["North Trust"]
    assert [name for name, _ in office.find("nora", Filters()).choices.subjects] == ["north"]


def test_what_i_have_because_i_stand_in_for_somebody_says_for_whom(office: Engine, clock: FakeClock) -> None:
    """Rob has taken it on, so it is his alone, and Ruth's while she covers him."""
    office.claim("R/2026-27-Q4/south", actor="rob")
    assert office.mine("ruth").lines == []
    clock.set("2027-04-05T09:00")
    line = office.mine("ruth").lines[0]
    assert (line.reference, line.covered) == ("R/2026-27-Q4/south", "rob")
    assert office.mine("rob").lines[0].covered is None
    assert office.mine("rhys").lines == []


def test_who_sees_everything_has_only_their_own_organisations_part_as_a_contact() -> None:
    """Somebody with two roles: what they may see is wide, what is theirs to answer for is not."""
    both = Actor("nora", ("contact", "author"), "north")
    assert lanes([" contact ", " author ", " rob "], both, governance()) == [
        Lane(" contact ", "north"),
        Lane(" author "),
    ]
    covering = Actor("una", ("contact",), "united", (Actor("rob", ("reviewer",), "commissioner"),))
    found = lanes([" contact ", " reviewer ", " rob "], covering, governance())
    assert found == [Lane(" contact ", "north"), Lane(" contact ", "united"), Lane(" reviewer "), Lane(" rob ")]


def test_a_step_that_would_be_refused_comes_last_and_is_marked(
    office: Engine, clock: FakeClock, tmp_path: Path
) -> None:
    """A condition on what the step itself asks for anew, with a reason, refuses nobody before they have typed it."""
    (tmp_path / "definitions" / "action.yaml").write_text(ACTION)
    office.publish([tmp_path / "definitions"], actor=None)
    item = office.open("action", fields={"due_on": date(2027, 4, 9)}, actor="ann")

    def steps() -> list[tuple[str, bool]]:
        line = next(line for line in office.mine("ann").lines if line.reference == item.reference)
        return [(step.title, step.is_stopped) for step in line.steps]

    assert steps() == [("Start", False), ("Revise", False)]
    clock.set("2027-04-19T09:00")
    assert steps() == [("Revise", False), ("Start", True)]
    now = clock.now()
    told = story(house_of(office), actor(office, "ann"), EVERYTHING, item.reference, now)
    assert [(step.title, bool(step.missing)) for step in told.mine] == [("Revise", False), ("Start", True)]


BOUNDED = """
workflow: bounded
title: Bounded
stages:
  writing:
    owner: author
    due: 30 working days after entry
    transitions:
      publish: {to: written, not_before: 3 working days after entry}
      extend: {to: here, at_most: 1 time}
      write: {to: written}
  written: {end: completed}
"""


def test_a_step_that_is_too_early_or_done_often_enough_is_marked_too(
    office: Engine, clock: FakeClock, tmp_path: Path
) -> None:
    """That a meeting did not reach it stood among what is next, weeks before that meeting."""
    (tmp_path / "definitions" / "bounded.yaml").write_text(BOUNDED)
    office.publish([tmp_path / "definitions"], actor=None)
    item = office.open("bounded", actor="ann")

    def stopped() -> set[str]:
        line = next(line for line in office.mine("ann").lines if line.reference == item.reference)
        return {step.title for step in line.steps if step.is_stopped}

    assert stopped() == {"Publish"}
    office.advance(item.id, "extend", actor="ann")
    assert stopped() == {"Publish", "Extend"}
    clock.set("2027-04-19T09:00")
    assert stopped() == {"Extend"}
