"""Lists that people keep under a name: each their own, on both databases."""

from __future__ import annotations

import pytest

from qa_workflow.errors import UsageFault
from qa_workflow.service.boards import saved_views
from qa_workflow.service.boards.saved_views import MOST, NameTaken, TooManyViews
from qa_workflow.service.front import Engine
from qa_workflow.service.refusals import Unknown
from tests.service.late import house_of


def kept(engine: Engine, person: str = "ann", page: str = "overdue") -> list[tuple[str, str]]:
    return [(view.name, view.query) for view in saved_views.of(house_of(engine), person, page)]


def keep(engine: Engine, name: str, query: str = "owner=author", person: str = "ann", page: str = "overdue") -> None:
    saved_views.keep(house_of(engine), person, page, name, query)


def test_a_list_is_kept_by_name_for_one_person_and_page(office: Engine) -> None:
    keep(office, "Mine")
    assert kept(office) == [("Mine", "owner=author")]
    assert kept(office, "rob") == kept(office, page="calendar") == []


def test_a_name_is_kept_once(office: Engine) -> None:
    keep(office, "Mine")
    keep(office, "  Mine ", "late_from=10")
    assert kept(office) == [("Mine", "late_from=10")]


def test_of_an_address_only_the_filters_are_kept(office: Engine) -> None:
    """Not where the page began."""
    keep(office, "Mine", "owner=author&after=1.2.3&late_from=10")
    assert kept(office) == [("Mine", "owner=author&late_from=10")]


@pytest.mark.parametrize(
    ("page", "filters"),
    [
        ("overdue", "workflow, body, stage, owner, subject, late_from, late_to, changed, held"),
        ("items", "q, workflow, stage, subject, owner, status, overdue"),
        ("calendar", "workflow, body, owner, subject, month, view"),
    ],
)
def test_a_filter_that_the_page_does_not_know_is_refused(office: Engine, page: str, filters: str) -> None:
    """Misspelt, it would be passed over, and the list show everything."""
    with pytest.raises(UsageFault, match=f"this list has no filter 'ownr'; its filters are {filters}$"):
        keep(office, "Mine", "subject=north&ownr=author", page=page)
    assert kept(office, page=page) == []
    keep(office, "Mine", "&".join(f"{name}=1" for name in filters.split(", ")), page=page)


def test_a_list_is_renamed_and_forgotten(office: Engine) -> None:
    keep(office, "Mine")
    saved_views.rename(house_of(office), "ann", "overdue", "Mine", "Ours")
    assert kept(office) == [("Ours", "owner=author")]
    saved_views.forget(house_of(office), "ann", "overdue", "Ours")
    assert kept(office) == []


def test_a_name_that_is_taken_is_not_given_twice(office: Engine) -> None:
    keep(office, "Mine")
    keep(office, "Ours")
    with pytest.raises(NameTaken, match="'Ours'"):
        saved_views.rename(house_of(office), "ann", "overdue", "Mine", "Ours")
    assert [name for name, _ in kept(office)] == ["Mine", "Ours"]


def test_nobody_renames_or_forgets_anothers(office: Engine) -> None:
    keep(office, "Mine")
    for attempt in (
        lambda: saved_views.forget(house_of(office), "rob", "overdue", "Mine"),
        lambda: saved_views.rename(house_of(office), "rob", "overdue", "Mine", "Ours"),
    ):
        with pytest.raises(Unknown, match="there is none yet"):
            attempt()
    assert len(kept(office)) == 1


@pytest.mark.parametrize("name", ["", "   ", "\u202e\u200b"])
def test_a_list_needs_a_name_that_can_be_seen(office: Engine, name: str) -> None:
    with pytest.raises(UsageFault, match="needs a name"):
        keep(office, name)


def test_an_unknown_page_keeps_nothing(office: Engine) -> None:
    with pytest.raises(Unknown, match="page"):
        keep(office, "Mine", page="settings")


def test_there_is_an_end_to_it(office: Engine) -> None:
    for number in range(MOST):
        keep(office, f"List {number}")
    with pytest.raises(TooManyViews):
        keep(office, "One more")
    keep(office, "List 0", "late_from=1")
    assert len(kept(office)) == MOST


def test_an_address_without_end_is_refused(office: Engine) -> None:
    with pytest.raises(UsageFault, match="too long"):
        keep(office, "Mine", "owner=" + "x" * 2_000)
