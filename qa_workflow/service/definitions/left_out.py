"""What a governance file may not leave out: bodies that have met or are waited for, organisations that items are about.

An old item is read under the names of its day, and what was held stays held; so what has ended is given its last day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from qa_workflow.calendar import long_date
from qa_workflow.calendar.faults import FIRST_YEAR
from qa_workflow.calendar.words import counted, listed
from qa_workflow.definition import Body, Governance
from qa_workflow.errors import Refusal
from qa_workflow.service.boards.misses import END_OF_TIME
from qa_workflow.service.house import Work
from qa_workflow.service.ports.store import ItemQuery


class StillNeeded(Refusal):
    """The past, or open items, would speak of something that nobody could look up any more."""

    code = "still_needed"

    def __init__(self, needed: list[str]) -> None:
        self.needed = tuple(needed)
        super().__init__(
            f"nothing was published: it leaves out what is still needed. {' '.join(needed)} Leave it in the file; "
            "give it the last day on which it is there as `to:`, and whatever takes over from it as `successor:`"
        )


def require_whole(work: Work, new: Governance) -> None:
    """Refuse a governance file that leaves out what was published and is still needed; raises `StillNeeded`."""
    if needed := [*_bodies(work, new), *_organisations(work, new)]:
        raise StillNeeded(needed)


def _bodies(work: Work, new: Governance) -> Iterator[str]:
    gone = [body for body in work.world.governance.bodies.values() if body.name not in new.bodies]
    waiting = work.look.boards.waiting({body.name: END_OF_TIME for body in gone}) if gone else {}
    for body in gone:
        last, open_items = _last_met(work, body), len({each.row for each in waiting.get(body.name, ())})
        said = [
            *([f"met last on {long_date(last)}"] if last is not None else []),
            *([f"is waited for by {counted(open_items, 'open item', 'open items')}"] if open_items else []),
        ]
        if said:
            yield f"{body.title} ({body.name}) {listed(said)}."


def _last_met(work: Work, body: Body) -> date | None:
    planned = body.series.planned(date(FIRST_YEAR, 1, 1), work.day) if body.series is not None else ()
    held = (work.setting.held_at(each) for each in planned)
    return max((work.world.day(at) for at in held if at is not None and at <= work.now), default=None)


def _organisations(work: Work, new: Governance) -> Iterator[str]:
    for name, organisation in work.world.governance.organisations.items():
        if name not in new.organisations and work.look.items(ItemQuery(subject=name, limit=1)):
            yield f"There are items about {organisation.title} ({name})."
