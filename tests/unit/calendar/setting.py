"""What the tests of the calendar share: London instants, asking when something is due, random rules and days."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from qa_workflow.calendar import (
    RESERVED,
    Anchor,
    AnchorKind,
    Calendar,
    DayKind,
    Direction,
    DueDate,
    FixedDay,
    Occurrence,
    Offset,
    Rule,
    Series,
    Unknown,
    time_rule,
    work_out,
)

ENGLAND = Calendar()
LONDON = ZoneInfo("Europe/London")
COUNTED_BY_DAY = (DayKind.WORKING, DayKind.CLEAR_WORKING, DayKind.FOI_WORKING)


def london(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """What the London clock shows, as an instant in UTC."""
    return datetime(year, month, day, hour, minute, tzinfo=LONDON).astimezone(UTC)


def work(
    rule: str,
    anchors: dict[str, date],
    *,
    calendar: Calendar = ENGLAND,
    roll: str | None = None,
    at: str | None = None,
    basis: str | None = None,
    source: str | None = None,
) -> DueDate | Unknown:
    """What a rule comes to, with its anchors given by the words of the grammar."""
    long_form = time_rule(rule, roll=roll, at=at, basis=basis, source=source)
    return work_out(long_form, lambda anchor: anchors.get(str(anchor)), calendar)


def due(
    rule: str, anchors: dict[str, date], *, calendar: Calendar = ENGLAND, roll: str | None = None, at: str | None = None
) -> DueDate:
    """As `work`, where the date is known."""
    found = work(rule, anchors, calendar=calendar, roll=roll, at=at)
    assert isinstance(found, DueDate)
    return found


def is_foi_working(day: date, calendar: Calendar = ENGLAND) -> bool:
    """Whether a day counts for freedom of information: no weekend, no bank holiday in any part of the kingdom."""
    return calendar.why_not(day, DayKind.FOI_WORKING) is None


def occurrences(series: Series, after: date, until: date) -> list[Occurrence]:
    """The meetings that are held later than `after` and not later than `until`, in their order."""
    return [meeting for meeting in series.planned(after, until) if meeting.is_held]


days = st.dates(date(2000, 1, 1), date(2090, 12, 31))
near_days = st.dates(date(2026, 1, 1), date(2028, 12, 31))
working_days = days.map(ENGLAND.working_on_or_after)
instants = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - bounds

names = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True)
fields = names.filter(lambda name: name not in RESERVED)
paths = st.lists(names, min_size=1, max_size=3).map(".".join)
plain_kinds = st.sampled_from([kind for kind in AnchorKind if not kind.has_name])
anchors = st.one_of(
    st.builds(Anchor, plain_kinds),
    st.builds(Anchor, st.just(AnchorKind.FIELD), fields),
    st.builds(Anchor, st.sampled_from([AnchorKind.DONE, AnchorKind.ENTERED, AnchorKind.LEFT]), paths),
    st.builds(Anchor, st.sampled_from([AnchorKind.MEETING, AnchorKind.PAPERS]), st.just(""), names, st.booleans()),
)
amounts = st.integers(1, 10_000)
offsets = st.one_of(
    st.builds(
        Offset,
        amounts,
        st.sampled_from([kind for kind in DayKind if not kind.is_elapsed and kind is not DayKind.CLEAR_WORKING]),
        st.sampled_from(Direction),
        anchors,
    ),
    st.builds(Offset, amounts, st.sampled_from(DayKind), st.sampled_from([Direction.BEFORE, Direction.AFTER]), anchors),
)
year_days = days.filter(lambda day: (day.month, day.day) != (2, 29)).map(lambda day: (day.day, day.month))
fixed_days = st.one_of(
    st.builds(lambda day, inside: FixedDay(day[0], day[1], in_period=inside), year_days, st.booleans()),
    st.builds(lambda day, after: FixedDay(day[0], day[1], after=after), year_days, anchors),
)
ENTRY = Anchor(AnchorKind.ENTRY)
rules: st.SearchStrategy[Rule] = st.one_of(offsets, fixed_days, anchors)
