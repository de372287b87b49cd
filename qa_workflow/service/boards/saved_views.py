"""Lists with their filters that people keep under a name, to come back to: per person and page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from urllib.parse import parse_qsl

from qa_workflow.errors import Refusal, UsageFault
from qa_workflow.service.boards.filters import BoardFilters, filters_from
from qa_workflow.service.house import House, Work
from qa_workflow.service.labels import shown
from qa_workflow.service.ports.boards import SavedView
from qa_workflow.service.refusals import Unknown

OVERDUE, ITEMS, CALENDAR = "overdue", "items", "calendar"
PAGES = (OVERDUE, ITEMS, CALENDAR)
FILTERS: Mapping[str, tuple[str, ...]] = {
    OVERDUE: tuple(each.name for each in fields(BoardFilters)),
    ITEMS: ("q", "workflow", "stage", "subject", "owner", "status", "overdue"),
    CALENDAR: ("workflow", "body", "owner", "subject", "month", "view"),
}
"""By page, the words of its address that choose what it shows."""
LONGEST_NAME = 60
LONGEST_QUERY = 1_000
MOST = 30
"""Lists that one person keeps for one page."""


class UnknownList(Unknown):
    """They keep no list of this name, or there is no page of this name to keep lists of."""

    code = "unknown_list"


class TooManyViews(Refusal):
    """One person keeps more lists than they would find again."""

    code = "too_many_views"

    def __init__(self) -> None:
        super().__init__(f"you keep {MOST} lists of this page already; forget one, then keep the new one")


class NameTaken(Refusal):
    """The person keeps another list under this name."""

    code = "view_name_taken"

    def __init__(self, name: str) -> None:
        super().__init__(f"you keep another list called {name!r}; choose another name, or forget that one first")


@dataclass(frozen=True, slots=True)
class View:
    """A list that was kept: its name, and the words of the address that show it."""

    name: str
    query: str


def of(house: House, person: str, page: str) -> list[View]:
    """What a person keeps for a page, by name."""
    with house.store.reading() as look:
        return [View(view.name, view.query) for view in look.boards.saved_views(person, _page(page))]


def keep(house: House, person: str, page: str, name: str, query: str) -> View:
    """Keep a list under a name, in place of the one that had this name.

    Args:
        query: the words of its address, as `workflow=…&late_from=10`.

    Raises:
        UsageFault: no name, an address that is too long, or a word in it that is no filter of the page: misspelt, it
            would show everything.
        TooManyViews: they keep thirty already.
    """
    view = SavedView(person, _page(page), named(name), _words(page, query), house.now())

    def work(work: Work) -> View:
        kept = {found.name for found in work.unit.boards.saved_views(person, page)}
        if view.name not in kept and len(kept) >= MOST:
            raise TooManyViews
        work.unit.boards.put_view(view)
        return View(view.name, view.query)

    return house.write(work)


def rename(house: House, person: str, page: str, name: str, new: str) -> View:
    """Give a list another name.

    Raises:
        UnknownList: they keep none of this name.
        NameTaken: they keep another one under the new name.
        UsageFault: no name.
    """
    wanted = named(new)

    def work(work: Work) -> View:
        kept = {view.name: view for view in work.unit.boards.saved_views(person, _page(page))}
        if name not in kept:
            raise UnknownList("list", name[:LONGEST_NAME], tuple(kept))
        if wanted in kept and wanted != name:
            raise NameTaken(wanted)
        work.unit.boards.drop_view(person, page, name)
        work.unit.boards.put_view(SavedView(person, page, wanted, kept[name].query, work.now))
        return View(wanted, kept[name].query)

    return house.write(work)


def forget(house: House, person: str, page: str, name: str) -> None:
    """Keep a list no longer; raises `UnknownList` where there is none of this name."""

    def work(work: Work) -> None:
        if not work.unit.boards.drop_view(person, _page(page), name):
            kept = [view.name for view in work.unit.boards.saved_views(person, page)]
            raise UnknownList("list", name[:LONGEST_NAME], kept)

    house.write(work)


def named(name: str) -> str:
    """A name as it is kept; raises `UsageFault` where there is none."""
    found = shown(" ".join(name.split()))[:LONGEST_NAME].strip()
    if not found:
        raise UsageFault("a list needs a name by which you know it again, such as Late at the Board")
    return found


def _page(page: str) -> str:
    if page not in PAGES:
        raise UnknownList("page", page[:LONGEST_NAME], PAGES)
    return page


def _words(page: str, query: str) -> str:
    """Of the overdue board, its filters and nothing else; where a page began is not kept."""
    if len(query) > LONGEST_QUERY:
        raise UsageFault("this list has too long an address to be kept; filter by less")
    query = query.lstrip("?")
    words, known = {name: value for name, value in parse_qsl(query) if name != "after"}, FILTERS[page]
    if strange := next((name for name in words if name not in known), None):
        raise UsageFault(f"this list has no filter {strange[:LONGEST_NAME]!r}; its filters are {', '.join(known)}")
    if page == OVERDUE:
        return filters_from(words).query
    return "&".join(part for part in query.split("&") if part and not part.startswith("after="))
