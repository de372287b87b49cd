"""The filters of the overdue board: words of an address, checked; and the address of the same filters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from qa_workflow.calendar import start_of_day
from qa_workflow.engine import Sight
from qa_workflow.errors import UsageFault
from qa_workflow.service.boards.names import holdings_of, parts_of
from qa_workflow.service.knowing import body_named
from qa_workflow.service.lists.lists import known_names
from qa_workflow.service.ports.boards import StepQuery
from qa_workflow.service.refusals import Unknown
from qa_workflow.service.world import World

YES, NO, PUT_OFF = "yes", "no", "put_off"
MOST_DAYS = 36_525
"""A hundred years late."""


@dataclass(frozen=True, slots=True)
class BoardFilters:
    """What is asked for, as typed or chosen; empty is any.

    `late_from` and `late_to` are calendar days late, both included; `changed` is "yes" (the date is no longer the first
    one), "no", or "put_off": not late any more, because the date was changed after or before the first one had passed.
    `held` is "yes": late when it was put on hold, and on hold still.
    """

    workflow: str = ""
    body: str = ""
    stage: str = ""
    owner: str = ""
    subject: str = ""
    late_from: str = ""
    late_to: str = ""
    changed: str = ""
    held: str = ""

    @property
    def query(self) -> str:
        """As the words of an address; nothing for what is not filtered by."""
        return urlencode(self.chosen())

    def chosen(self) -> dict[str, str]:
        """What is filtered by."""
        return {f.name: value for f in fields(self) if (value := getattr(self, f.name))}

    def has_days(self, late: int) -> bool:
        """Whether so many calendar days late are asked for; raises `UsageFault`."""
        at_least, at_most = _days("late_from", self.late_from), _days("late_to", self.late_to)
        return (at_least is None or late >= at_least) and (at_most is None or late <= at_most)

    def but(self, **other: str) -> BoardFilters:
        """The same with other values: a link to a neighbouring board."""
        return replace(self, **other)


def filters_from(words: Mapping[str, str]) -> BoardFilters:
    """The filters of an address; words that are no filter are passed over."""
    return BoardFilters(**{f.name: words.get(f.name, "").strip()[:200] for f in fields(BoardFilters)})


def late_steps(world: World, filters: BoardFilters, sight: Sight, now: datetime, today: date) -> StepQuery:
    """What is late by now, as the database is asked for it.

    Raises:
        Unknown: a workflow, body, stage, organisation, role or person that is not known here.
        UsageFault: days late that are no number.
    """
    if filters.changed not in ("", YES, NO, PUT_OFF):
        raise Unknown("answer", filters.changed, (YES, NO, PUT_OFF))
    if filters.held not in ("", YES):
        raise Unknown("answer", filters.held, (YES,))
    zone = world.governance.calendar.zone
    at_least, at_most = _days("late_from", filters.late_from), _days("late_to", filters.late_to)
    if at_least is not None and at_most is not None and at_least > at_most:
        raise UsageFault(f"from {at_least} to {at_most} days late is nothing; give the smaller number first")
    found = steps_wanted(world, filters, sight, today)
    if filters.changed == PUT_OFF:
        return replace(found, since=now, first_before=now, changed=True)
    return replace(
        found,
        since=None if at_most is None else start_of_day(today - timedelta(days=at_most), zone),
        before=now if at_least is None else min(now, start_of_day(today - timedelta(days=at_least - 1), zone)),
        changed={YES: True, NO: False}.get(filters.changed),
    )


def steps_wanted(world: World, filters: BoardFilters, sight: Sight, today: date) -> StepQuery:
    """Dated steps by workflow, body, stage, organisation and who has to act, late or not.

    Raises:
        Unknown: one of these that is not known here.
    """
    workflow, stage, subject = known_names(world, filters, sight)
    return StepQuery(
        workflow=workflow,
        stage=stage,
        subject=subject,
        parts=parts_of(world, body_named(world, filters.body, sight), today) if filters.body else None,
        holdings=holdings_of(world, filters.owner, today, sight) if filters.owner else None,
        sight=sight,
    )


def _days(name: str, text: str) -> int | None:
    """A number of calendar days; raises `UsageFault`."""
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 7 and int(text) <= MOST_DAYS):
        what = "at least" if name == "late_from" else "at most"
        raise UsageFault(f"{text!r} is not a number of days; for {what} so many days late, give one such as 10")
    return int(text)
