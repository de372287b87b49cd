"""When things are due for one item: rules of the definition, anchored in its history, its fields and real meetings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime
from functools import lru_cache

from msgspec.structs import replace

from qa_workflow.calendar import (
    Anchor,
    AnchorKind,
    DueDate,
    Offset,
    OutsideYears,
    Period,
    TimeRule,
    anchor_of,
    end_of_day,
    extend,
    local_date,
    parse_period,
    start_of_day,
    work_out,
)
from qa_workflow.definition.governance import Body, Governance
from qa_workflow.definition.model import BodyRef, Stage, Workflow
from qa_workflow.engine.item import Due, Item, Sitting, Visit, instant, stamp
from qa_workflow.engine.setting import Meeting, Setting

ON_THE_DAY = TimeRule(Anchor(AnchorKind.MEETING))
"""A stage that waits for a meeting and says no more is due on the meeting's day."""


class Dates:
    """Works out instants for one item as it is now. A rule whose anchor is not known yet gives None."""

    def __init__(self, workflow: Workflow, item: Item, setting: Setting, now: datetime) -> None:
        self._workflow, self._item, self._setting, self._now = workflow, item, setting, now
        self._picked: list[Sitting] = []
        self._met: list[tuple[Body, Meeting, datetime, bool]] = []
        self.missed: tuple[str, ...] = ()
        """Planned days of the meetings that the stage last looked at came too late for, or that were full."""
        self._passed: dict[tuple[str, str], list[str]] = {}

    def due(self, stage: Stage, visit: Visit) -> Visit:
        """The visit with its due date, and the meetings that it counts from, worked out afresh."""
        rule = stage.due or (ON_THE_DAY if stage.meeting else None)
        if stage.meeting is not None:
            visit = self._seated(stage.meeting, visit)
        if rule is None or (visit.due is not None and visit.due.fixed):
            return visit
        self._met = []
        found = self.time(rule, visit if visit.since is None else replace(visit, at=visit.since))
        visit = self._with_picks(visit)
        if found is None:
            return replace(visit, due=None)
        on, at, runs = found.on.isoformat(), stamp(found.at), not rule.pauses
        if visit.due is not None and visit.due.at == at:
            return visit if visit.due.runs == runs else replace(visit, due=replace(visit.due, runs=runs))
        first = visit.due or Due(on, at, "", on, at)
        why = " ".join([self._titled(self._setting.almanac.why(found), rule), *dict.fromkeys(self._notes())])
        return replace(visit, due=Due(on, at, why, first.first_on, first.first_at, runs=runs))

    def _titled(self, why: str, rule: TimeRule) -> str:
        """An explanation with the body's title in place of its name in the file."""
        anchor = anchor_of(rule.rule)
        if anchor is None or not anchor.body:
            return why
        ref = BodyRef(anchor.body, anchor.for_subject)
        body = self._body(ref)
        return why.replace(f" of {ref}", f" of {body.title}", 1) if body is not None else why

    def time(self, rule: TimeRule, visit: Visit) -> DueDate | None:
        """When a rule says, for this visit; holds since what it counts from are added where they pause the rule."""
        return self._worked_out(rule, visit, whole_day=isinstance(rule.rule, Anchor))

    def start(self, rule: TimeRule, visit: Visit) -> datetime | None:
        """The first instant at which a rule lets something be done: of a day its beginning, not its end."""
        found = self._worked_out(rule, visit, whole_day=False)
        if found is None:
            return None
        is_instant = isinstance(rule.rule, Anchor) and found.origin.at is not None and found.on == found.origin.on
        return found.at if is_instant or is_elapsed(rule) else start_of_day(found.on, found.zone)

    def _worked_out(self, rule: TimeRule, visit: Visit, *, whole_day: bool) -> DueDate | None:
        calendar = self._setting.calendar(self._workflow, rule.calendar)

        def resolve(anchor: Anchor) -> date | datetime | None:
            return self._anchor(anchor, visit, whole_day)

        if not (self._item.pauses and rule.pauses):
            return self._setting.almanac.work_out(rule, resolve, calendar)
        found = work_out(rule, resolve, calendar)
        if not isinstance(found, DueDate):
            return None
        began = found.origin.at or start_of_day(found.origin.on, calendar.zone)
        for since, until in ((instant(since), instant(until)) for since, until in self._item.pauses):
            if until > began:
                with suppress(OutsideYears):  # an item that could not be resumed would stay on hold for ever
                    found = extend(found, max(since, began), until, rule.held_in, calendar)
        return found

    @property
    def _zone(self) -> str:
        return self._setting.calendar(self._workflow).zone

    def period(self) -> Period | None:
        """The period that the item is about."""
        if self._workflow.period is None or self._item.period is None:
            return None
        return parse_period(self._workflow.period, self._item.period)

    def _anchor(self, anchor: Anchor, visit: Visit, whole_day: bool) -> date | datetime | None:
        """What an anchor stands for. What is due "by the meeting" is due by the end of its day (`whole_day`)."""
        item = self._item
        match anchor.kind:
            case AnchorKind.ENTRY:
                return instant(visit.at)
            case AnchorKind.OPENING:
                return instant(item.opened_at)
            case AnchorKind.DUE:
                return _day_if_whole(visit.due.at, self._zone) if visit.due else None
            case AnchorKind.PERIOD_START | AnchorKind.PERIOD_END:
                period = self.period()
                return (
                    None if period is None else period.start if anchor.kind is AnchorKind.PERIOD_START else period.end
                )
            case AnchorKind.FIELD:
                value = item.fields.get(anchor.name)
                return date.fromisoformat(value) if value else None
            case AnchorKind.DONE:
                return _latest(anchor.name, {path: did.at for path, did in item.did.items()})
            case AnchorKind.ENTERED:
                return _latest(anchor.name, item.entered)
            case AnchorKind.LEFT:
                return _latest(anchor.name, item.left)
            case AnchorKind.MEETING:
                meeting = self._sitting(anchor, visit)
                at = meeting.at if meeting else None
                return local_date(at, self._zone) if at and whole_day else at
            case AnchorKind.PAPERS:
                meeting = self._sitting(anchor, visit)
                return _day_if_whole(stamp(meeting.papers), self._zone) if meeting else None

    def _body(self, ref: BodyRef) -> Body | None:
        return self._setting.governance.body(ref, self._item.subject, local_date(self._now, self._zone))

    def _known(self, ref: BodyRef, body: Body | None, visit: Visit) -> Sitting | None:
        """The meeting that a visit has of the body meant; once it was held it stays, whoever has its work today."""
        governance, now = self._setting.governance, stamp(self._now)
        line, known = governance.line_of(body) if body is not None else (), (*visit.sittings, *self._picked)
        met = (s for s in known if s.at <= now and governance.answers(ref, s.body))
        return next((s for s in known if s.body in line), None) or next(met, None)

    def _sitting(self, anchor: Anchor, visit: Visit) -> Meeting | None:
        """The meeting that an anchor means: the visit's own, or the body's next one as of the visit's beginning."""
        if anchor.body:
            ref = BodyRef(anchor.body, anchor.for_subject)
            body = self._body(ref)
            sitting = self._known(ref, body, visit)
            if sitting is None and body is not None and (sitting := self._pick(body, visit)) is not None:
                self._picked.append(sitting)
        else:
            sitting = own_meeting(self._setting.governance, self._workflow.stages[visit.stage], visit)
        if sitting is None:
            return None
        body = self._setting.governance.bodies[sitting.body]
        meeting = Meeting(body.name, sitting.key, instant(sitting.at), self._setting.papers(body, instant(sitting.at)))
        self._met.append((body, meeting, instant(visit.at), anchor.kind is AnchorKind.PAPERS))
        return meeting

    def _notes(self) -> Iterator[str]:
        """Which meetings the last date was counted from, and which were passed over for them."""
        for body, meeting, ready, papers in self._met:
            passed = self._passed.get((body.name, meeting.key))
            yield from self._setting.told_late(body, meeting, ready) if passed is None else passed
            yield self._setting.told(body, meeting, papers=papers)

    def seat(self, ref: BodyRef, visit: Visit) -> Sitting | None:
        """The meeting that a stage would wait for if it had none yet."""
        body = self._body(ref)
        return self._pick(body, visit) if body is not None else None

    def _pick(self, body: Body, visit: Visit) -> Sitting | None:
        """The next meeting of a body that still takes papers; of its successor, where the body has come to its end.

        What has been waiting was in time for papers when it began to wait, also where its first meeting is called off.
        """
        ready = instant(visit.at)
        for name in self._setting.governance.line_of(body):
            found = self._setting.governance.bodies[name]
            meeting, passed = self._setting.next_meeting(found, max(ready, self._now), ready)
            if meeting is not None:
                self._passed[name, meeting.key] = [self._setting.told_passed(found, each, ready) for each in passed]
                self.missed = tuple(each.key for each in passed)
                return Sitting(name, meeting.key, stamp(meeting.at))
        return None

    def _seated(self, ref: BodyRef, visit: Visit) -> Visit:
        body = self._body(ref)
        if body is None or self._known(ref, body, visit) is not None:
            return visit
        picked = self._pick(body, visit)
        return replace(visit, sittings=(picked, *visit.sittings)) if picked else visit

    def _with_picks(self, visit: Visit) -> Visit:
        new = [s for s in self._picked if visit.sitting(s.body) is None]
        self._picked = []
        return replace(visit, sittings=(*visit.sittings, *new)) if new else visit


def own_meeting(governance: Governance, stage: Stage, visit: Visit) -> Sitting | None:
    """The meeting in which a visit is decided, of those that it counts with; None of a stage that none decides."""
    ref = stage.meeting
    return next((s for s in visit.sittings if governance.answers(ref, s.body)), None) if ref is not None else None


def is_elapsed(rule: TimeRule) -> bool:
    """Whether a rule names an instant and not a day: hours and minutes, or a time of day."""
    return rule.at is not None or (isinstance(rule.rule, Offset) and rule.rule.unit.is_elapsed)


def _latest(name: str, happened: Mapping[str, str]) -> datetime | None:
    """When it happened last, to whatever the name fits."""
    found = [at for path, at in happened.items() if path == name or path.endswith(f".{name}")]
    return instant(max(found)) if found else None


@lru_cache(maxsize=4096)  # most things are due at the end of one of a few days
def _day_if_whole(stamped: str, zone: str) -> date | datetime:
    """The local day of an instant that is a day's last, so that explanations need not say 23:59:59."""
    at = instant(stamped)
    day = local_date(at, zone)
    return day if at == end_of_day(day, zone) else at
