"""Lists that leave the house as files: bounded by what somebody may see, and on record before they leave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from qa_workflow.calendar import instant_words, local_date, long_date
from qa_workflow.calendar.words import counted
from qa_workflow.engine import Actor
from qa_workflow.errors import Refusal
from qa_workflow.service.boards.filters import NO, PUT_OFF, YES, BoardFilters, filters_from, late_steps
from qa_workflow.service.boards.overdue import LateStep, late_on_hold, lines_on_hold, pages
from qa_workflow.service.boards.sheets import Cell, Column, Format, Sheet, Sheets
from qa_workflow.service.house import House, Work
from qa_workflow.service.lists import finding
from qa_workflow.service.lists.finding import Filters
from qa_workflow.service.lists.lines import Line
from qa_workflow.service.ports import streams
from qa_workflow.service.ports.access import AccessLook
from qa_workflow.service.refusals import Unknown
from qa_workflow.service.telling.titles import titles
from qa_workflow.service.telling.workflows import rule_words
from qa_workflow.service.world import World

OVERDUE, ITEMS = "overdue", "items"
WHAT = (OVERDUE, ITEMS)
AN_HOUR = 10
"""Exports that one person may make within an hour."""
MOST = 50_000
"""Lines of one file."""
_SIZE = 500
_HOUR = timedelta(hours=1)

_PRINTED = 8
"""Columns that are printed, on A4: which item, where it stands, with whom, by when. The others are for the screen,
wide enough that they make no row higher."""
_OVERDUE = (
    Column("Item", 20), Column("What", 26), Column("About", 20), Column("Stage", 16), Column("With", 16),
    Column("Due", 12), Column("Late", 14), Column("Reason late", 26),
    Column("Said by", 20), Column("Said on", 12), Column("Workflow", 30), Column("Period", 14), Column("Body", 40),
    Column("First due", 12), Column("Times changed", 16), Column("Calendar days late", 20),
    Column("At this stage since", 21), Column("Rule", 60), Column("Basis", 18), Column("Source", 40),
)  # fmt: skip
_ITEMS = (
    Column("Item", 20), Column("What", 28), Column("About", 22), Column("Stage", 20), Column("With", 18),
    Column("Due", 12), Column("Time left", 16), Column("Status", 10),
    Column("Workflow", 30), Column("Period", 14), Column("First due", 12), Column("Overdue", 11),
    Column("Ended", 12), Column("Outcome", 30), Column("Part of", 24),
)  # fmt: skip


class TooManyExports(Refusal):
    """One person has taken many lists out of the house within the hour."""

    code = "too_many_exports"

    def __init__(self, wait: timedelta) -> None:
        self.wait = wait
        minutes = max(1, round(wait / timedelta(minutes=1)))
        super().__init__(
            f"you have exported {AN_HOUR} lists within the hour, which is the most; nothing was exported. "
            f"Try again in {counted(minutes, 'minute')}, or filter the list on its page"
        )


class TooLong(Refusal):
    """More lines than anybody reads."""

    code = "export_too_long"

    def __init__(self) -> None:
        super().__init__(f"this list has more than {MOST:,} lines; filter it, and export the parts")


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants exported. `words` are the filters as in the address of the list's page.

    `throttled_at` is the machine's time, by which exports an hour are counted; None where nobody counts them.
    """

    what: str
    form: Format
    words: Mapping[str, str]
    throttled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that may leave now: it is on record."""

    name: str
    media_type: str
    content: bytes
    lines: int


def export(house: House, actor: Actor, asked: Asked, sheets: Sheets) -> Exported:
    """A list as a file.

    Raises:
        Unknown: a list or a filter that is not known here.
        TooManyExports: ten within the hour.
        TooLong: more than 50,000 lines.
    """
    if asked.what not in WHAT:
        raise Unknown("list", asked.what[:60], WHAT)
    now = house.now()
    if asked.throttled_at is not None:
        with house.store.reading() as look:
            _check(look.access, actor, asked.throttled_at)
    sheet = (_overdue if asked.what == OVERDUE else _items)(house, actor, asked.words, now)
    house.write(lambda work: _record(work, actor, asked, len(sheet.rows)), aside=True)
    with house.looking() as (_, world):
        day = local_date(now, world.governance.calendar.zone)
    name = f"{asked.what}-{day.isoformat()}.{asked.form}"
    return Exported(name, asked.form.media_type, sheets.write(sheet, asked.form), len(sheet.rows))


def _record(work: Work, actor: Actor, asked: Asked, lines: int) -> None:
    """Who took what, when, and how many lines; counted again under the lock, so that two at once do not slip by."""
    if asked.throttled_at is not None:
        access = work.unit.access
        access.alone(_counted(actor))
        _check(access, actor, asked.throttled_at)
        access.add_attempt(_counted(actor), asked.throttled_at)
    facts = {"by": actor.name, "what": asked.what, "format": str(asked.form), "filters": _chosen(asked), "lines": lines}
    work.unit.record(streams.ACCESS, work.now, "exported", facts)


def _chosen(asked: Asked) -> dict[str, str]:
    known = {f.name for f in fields(BoardFilters if asked.what == OVERDUE else Filters)}
    return {name: value[:200] for name, value in asked.words.items() if name in known and value}


def _check(access: AccessLook, actor: Actor, now: datetime) -> None:
    made = access.attempts(_counted(actor), now - _HOUR)
    if len(made) >= AN_HOUR:
        raise TooManyExports(made[AN_HOUR - 1] + _HOUR - now)


def _counted(actor: Actor) -> str:
    return f"export:{actor.name}"


_DAYS = {"late_from": "{} late or more", "late_to": "{} late or less"}
_SAID = {
    ("changed", YES): "the date was changed since it was first given",
    ("changed", NO): "the date is still the first",
    ("changed", PUT_OFF): "in time only because the date was changed",
    ("held", YES): "late when put on hold",
}
_NAMES = {"subject": "about", "owner": "with", "search": "with the words"}


@dataclass(frozen=True, slots=True)
class _Told:
    """What a file says of itself: whose sight it has, of when, and its filters."""

    world: World
    actor: Actor
    now: datetime
    chosen: Mapping[str, str]


def _overdue(house: House, actor: Actor, words: Mapping[str, str], now: datetime) -> Sheet:
    filters = filters_from(words)
    with house.looking() as (look, world):
        today = local_date(now, world.governance.calendar.zone)
        query = late_steps(world, filters, world.sight(actor), now, today)
        held = lines_on_hold(world, late_on_hold(look, world, filters, query)[0]) if filters.held else []

    @cache
    def rule(definition: str, stage: str) -> str | None:
        workflow = world.workflow(definition)
        due = workflow.stages[stage].due
        return rule_words(workflow, world.governance, today, due) if due else None

    rows: list[Sequence[Cell]] = []
    for page in [held] if filters.held else pages(house, query, now):
        rows += [_late_row(world, line, rule(line.definition, line.stage) or line.rule) for line in page]
        if len(rows) > MOST:
            raise TooLong
    return _sheet("Overdue", _OVERDUE, rows, _Told(world, actor, now, filters.chosen()))


def _late_row(world: World, line: LateStep, rule: str | None) -> Sequence[Cell]:
    why = line.why
    return (
        line.reference, line.gist or line.title, line.subject_title, line.stage_title, _with(world, line.holders),
        line.due_on, line.late, why.text if why else "no reason given",
        ", ".join(titles(world.governance, [why.by])) if why else None, why.on if why else None,
        line.title, line.period, line.body_title, line.first_on, line.changes, line.days,
        line.since, rule, line.basis, line.source,
    )  # fmt: skip


def _items(house: House, actor: Actor, words: Mapping[str, str], now: datetime) -> Sheet:
    known = {f.name for f in fields(Filters)} - {"overdue"}
    chosen = {name: value for name, value in words.items() if name in known and value}
    filters = Filters(**chosen, overdue=bool(words.get("overdue")))
    with house.looking() as (_, world):
        rows = [_item_row(world, line) for line in _every(house, actor, filters, now)]
    return _sheet("Items", _ITEMS, rows, _Told(world, actor, now, chosen))


def _every(house: House, actor: Actor, filters: Filters, now: datetime) -> Iterator[Line]:
    after: str | None = None
    for _ in range(MOST // _SIZE):
        page = finding.find(house, actor, filters, now, limit=_SIZE, after=after)
        yield from page.lines
        if page.more is None:
            return
        after = page.more
    raise TooLong


def _item_row(world: World, line: Line) -> Sequence[Cell]:
    return (
        line.reference, line.gist or line.title, line.subject_title, ", ".join(line.stages), _with(world, line.holders),
        line.due_on, line.left, line.status,
        line.title, line.period, line.first_on, "yes" if line.is_overdue else "no",
        line.ended_on, line.outcome, line.parent,
    )  # fmt: skip


def _with(world: World, holders: Sequence[str]) -> str:
    """Who has to act, by title; a role and the person in it are often called the same."""
    return ", ".join(dict.fromkeys(titles(world.governance, holders)))


def _in_words(world: World, name: str, value: str) -> str:
    """A filter as somebody reads it who was not there when it was chosen."""
    if name in _DAYS:
        return _DAYS[name].format(counted(int(value), "calendar day"))
    if (name, value) in _SAID:
        return _SAID[name, value]
    governance = world.governance
    known: Mapping[str, Mapping[str, Any]] = {
        "workflow": world.workflows,
        "body": governance.bodies,
        "subject": governance.organisations,
        "owner": {**governance.roles, **governance.people},
    }
    found = known.get(name, {}).get(value)
    return f"{_NAMES.get(name, name)}: {value if found is None else found.title}"


def _sheet(title: str, columns: Sequence[Column], rows: Sequence[Sequence[Cell]], told: _Told) -> Sheet:
    """The table, with what the file says of itself: on a page of its own, and below each sheet of paper."""
    governance, now = told.world.governance, told.now
    zone = governance.calendar.zone
    about = (
        ("What this is", f"A list of {governance.title}"),
        ("As it was", instant_words(now, zone)),
        ("Exported by", ", ".join(titles(governance, [told.actor.name])) or "the command line"),
        ("Filters", "; ".join(_in_words(told.world, name, value) for name, value in told.chosen.items()) or "none"),
        ("Lines", f"{len(rows):,}"),
        (
            "On paper",
            f"From {columns[0].title} to {columns[_PRINTED - 1].title}; the columns after that are for the screen.",
        ),
        ("Mind", f"It was right on {long_date(local_date(now, zone))} and does not change by itself; the page does."),
    )
    return Sheet(
        title, columns, rows, now, about, printed=_PRINTED, foot=f"{title}, as it was on {instant_words(now, zone)}"
    )
