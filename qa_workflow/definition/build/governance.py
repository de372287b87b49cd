"""From the shape of a governance file to its frozen value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time

from qa_workflow.calendar import Calendar, CalendarFault, MeetingFault, OnHoliday, Series, UnknownZone
from qa_workflow.calendar.days import TABLES
from qa_workflow.calendar.words import WEEKDAYS
from qa_workflow.definition.build.desk import Desk
from qa_workflow.definition.build.phrases import ANYONE, between_phrase, day_of
from qa_workflow.definition.build.times import body_rule
from qa_workflow.definition.build.top import build_rights
from qa_workflow.definition.governance import (
    Body,
    Cover,
    Governance,
    Name,
    Organisation,
    Person,
    Role,
    Scale,
    overlapping,
)
from qa_workflow.definition.model import Option
from qa_workflow.definition.shape.governance import (
    BodyShape,
    CalendarShape,
    GovernanceShape,
    MeetsShape,
    NameShape,
    OrganisationShape,
    PersonShape,
    ScaleShape,
)
from qa_workflow.definition.text.source import Path, Source

_MOST_SERIES = 10
"""Series that cannot be, after which no further one is worked out: that one never meets takes long to find."""
_WEEKDAYS = [day.lower() for day in WEEKDAYS]


def build_governance(source: Source, shape: GovernanceShape, digest: str) -> Governance:
    """Build as much as can be built; faults go to the source's."""
    desk = Desk(source, None)
    desk.roles = tuple(shape.roles)
    if ANYONE in shape.roles:
        desk.reserved(("roles", ANYONE), f"{ANYONE!r} already means everybody")
    calendars = {
        name: calendar for name, c in shape.calendars.items() if (calendar := _calendar(name, c, desk)) is not None
    }
    usual = next(iter(calendars.values()), None) or Calendar()
    return Governance(
        name=shape.governance,
        title=shape.title,
        calendars=calendars,
        roles={
            name: Role(name, r.title, r.about or "", r.scope == "own organisation") for name, r in shape.roles.items()
        },
        organisations={name: _organisation(name, o, desk) for name, o in shape.organisations.items()},
        bodies={name: _body(name, b, usual, desk) for name, b in shape.bodies.items()},
        organisation=shape.organisation,
        scales={name: _scale(name, s, desk) for name, s in (shape.scales or {}).items()},
        people={name: _person(name, p, desk) for name, p in (shape.people or {}).items()},
        rights=build_rights(shape.rights, desk),
        hash=digest,
    )


def _day(text: str | None, path: Path, desk: Desk, at_key: bool = False) -> date | None:
    if text is None:
        return None
    day = day_of(text)
    if day is None:
        desk.report("impossible-date", path, f"there is no day {text}", "check day and month", at_key=at_key)
    return day


def _table(days: Mapping[str, str] | None, path: Path, desk: Desk) -> dict[date, str]:
    found = {_day(text, (*path, text), desk, at_key=True): why for text, why in (days or {}).items()}
    return {day: why for day, why in found.items() if day is not None}


def _calendar(name: str, shape: CalendarShape, desk: Desk) -> Calendar | None:
    path: Path = ("calendars", name)
    tables = {key: _table(getattr(shape, key), (*path, key), desk) for key in TABLES}
    weekend = shape.weekend if shape.weekend is not None else ["saturday", "sunday"]
    try:
        return Calendar(
            id=name,
            zone=shape.time_zone or "Europe/London",
            weekend=frozenset(_WEEKDAYS.index(day) for day in weekend),
            region=shape.region or "ENG",
            **tables,
        )
    except CalendarFault as bad:
        if isinstance(bad, UnknownZone):
            desk.report("time-zone", (*path, "time_zone"), bad.what, bad.mend)
        else:
            desk.report("calendar-form", path, bad.what, bad.mend or "change the tables of the calendar", at_key=True)
        return None


def _span(start: str | None, until: str | None, path: Path, desk: Desk) -> tuple[date | None, date | None]:
    first, last = _day(start, (*path, "from"), desk), _day(until, (*path, "to"), desk)
    if first is not None and last is not None and last < first:
        desk.report(
            "dates-reversed",
            (*path, "to"),
            f"{last} comes before {first}",
            "exchange `from` and `to`",
            first=(*path, "from"),
        )
    return first, last


def _names(shapes: Sequence[NameShape] | None, path: Path, desk: Desk) -> tuple[Name, ...]:
    names = tuple(
        Name(s.title, *_span(s.start, s.until, (*path, "names", i), desk)) for i, s in enumerate(shapes or ())
    )
    for one, other in overlapping([(name.start, name.until) for name in names]):
        what = f"on some day both {names[one].title!r} and {names[other].title!r} are its name"
        first, second = (*path, "names", one), (*path, "names", other)
        desk.report("names-overlap", second, what, "let one end the day before the other begins", first=first)
    return names


def _organisation(name: str, shape: OrganisationShape, desk: Desk) -> Organisation:
    path: Path = ("organisations", name)
    start, until = _span(shape.start, shape.until, path, desk)
    return Organisation(
        name=name,
        title=shape.title,
        kind=shape.kind,
        start=start,
        until=until,
        names=_names(shape.names, path, desk),
        successor=shape.successor,
        aliases=tuple(shape.aliases or ()),
    )


def _body(name: str, shape: BodyShape, calendar: Calendar, desk: Desk) -> Body:
    path: Path = ("bodies", name)
    start, until = _span(shape.start, shape.until, path, desk)
    for key, role in (("chair", shape.chair), ("secretary", shape.secretary)):
        if role is not None:
            desk.role(role, (*path, key))
    return Body(
        name=name,
        title=shape.title,
        kind=shape.kind,
        about=shape.about or "",
        reports_to=shape.reports_to,
        also_reports_to=tuple(shape.also_reports_to or ()),
        organisation=shape.organisation,
        reviews=tuple(shape.reviews or ()),
        chair=shape.chair,
        secretary=shape.secretary,
        papers=body_rule(shape.papers, (*path, "papers"), desk),
        minutes=body_rule(shape.minutes, (*path, "minutes"), desk),
        series=_series(name, shape.meets, calendar, (start, until), desk) if shape.meets is not None else None,
        capacity=shape.capacity,
        quorum=shape.quorum or "",
        session=shape.session or "private",
        start=start,
        until=until,
        names=_names(shape.names, path, desk),
        successor=shape.successor,
        aliases=tuple(shape.aliases or ()),
    )


_KEYS = {"until": "to", "excluding": "except"}
"""What the calendar calls a value, and the key under which a file gives it."""


def _series(
    body: str, shape: MeetsShape, calendar: Calendar, life: tuple[date | None, date | None], desk: Desk
) -> Series | None:
    path: Path = ("bodies", body, "meets")
    before = len(desk.source.faults)
    start, until = _span(shape.start, shape.until, path, desk)
    excluding = [_day(text, (*path, "except", i), desk) for i, text in enumerate(shape.excluding or ())]
    extra = _table(shape.extra, (*path, "extra"), desk)
    moved = {
        _day(planned, (*path, "moved", planned), desk, at_key=True): _day(held, (*path, "moved", planned), desk)
        for planned, held in (shape.moved or {}).items()
    }
    if start is None or len(desk.source.faults) > before:
        return None
    if sum(fault.rule == "series-rule" for fault in desk.source.faults) >= _MOST_SERIES:
        return None
    try:
        return Series(
            body=body,
            rule=shape.rule,
            at=time.fromisoformat(shape.at),
            start=start,
            until=until,
            excluding=frozenset(day for day in excluding if day),
            extra=extra,
            moved={planned: held for planned, held in moved.items() if planned and held},
            on_holiday=OnHoliday(shape.on_holiday or "keep"),
            calendar=calendar,
            life=life,
        )
    except MeetingFault as bad:
        desk.report("series-rule", (*path, _KEYS.get(bad.key, bad.key)), bad.what, bad.mend)
    except CalendarFault as bad:
        desk.report("series-rule", path, bad.what, bad.mend or "check the days of the series", at_key=True)
    return None


def _scale(name: str, shape: ScaleShape, desk: Desk) -> Scale:
    desk.listed_twice(("scales", name, "levels"), (level.value for level in shape.levels))
    return Scale(name, shape.title, tuple(Option(level.value, level.title, level.meaning) for level in shape.levels))


def _person(name: str, shape: PersonShape, desk: Desk) -> Person:
    path: Path = ("people", name)
    start, until = _span(shape.start, shape.until, path, desk)
    covers: list[Cover] = []
    for person, text in (shape.covers or {}).items():
        days = between_phrase(text)
        if days is None:
            what = f"{text!r} does not say from when to when"
            desk.report(
                "covers-phrase",
                (*path, "covers", person),
                what,
                "write two days that exist, as 2027-08-02 to 2027-08-13",
            )
        elif days[1] < days[0]:
            desk.report(
                "dates-reversed",
                (*path, "covers", person),
                f"{days[1]} comes before {days[0]}",
                "exchange the two days",
            )
        else:
            covers.append(Cover(person, *days))
    return Person(
        name=name,
        title=shape.title,
        roles=desk.role_list(shape.roles, (*path, "roles")),
        organisation=shape.organisation,
        email=shape.email,
        start=start,
        until=until,
        covers=tuple(covers),
    )
