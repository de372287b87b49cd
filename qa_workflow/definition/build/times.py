"""Times in a file: each rule read by the calendar's grammar, and what it depends on (fields, steps, bodies) found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import time

from qa_workflow.calendar import (
    Anchor,
    AnchorKind,
    Basis,
    CalendarFault,
    FixedDay,
    Offset,
    Roll,
    RuleFault,
    TimeRule,
    WhileHeld,
    anchor_of,
    parse,
    parse_at,
)
from qa_workflow.calendar import Rule as Counting
from qa_workflow.calendar.anchors import HAPPENINGS
from qa_workflow.definition.build.desk import Desk
from qa_workflow.definition.build.outline import OutlineNames
from qa_workflow.definition.faults import called, mend_name
from qa_workflow.definition.model import Field, FieldType
from qa_workflow.definition.shape.workflow import DueShape
from qa_workflow.definition.text.source import Path

_MOVING = frozenset(
    {
        AnchorKind.ENTRY,
        AnchorKind.DUE,
        AnchorKind.MEETING,
        AnchorKind.PAPERS,
        *HAPPENINGS,
    }
)
"""What comes anew each time round a loop; the others stay where they were."""
_HAPPENED = frozenset({AnchorKind.ENTRY, *HAPPENINGS})
"""What has come already when a stage is entered; the very moment of it is past."""
_USES = frozenset({"due", "remind", "escalate", "lapse", "at", "not_before", "not_after", "valid", "opens", "repeat"})


@dataclass(frozen=True, slots=True)
class Use:
    """One rule of the file, where its text is written, and the stage in which it stands."""

    rule: TimeRule
    path: Path
    stage: str | None

    @property
    def key(self) -> str:
        """What the rule is for: `due`, `remind`, `at`, …"""
        if self.path[-2:-1] == ("sets",):  # the last part is a field's name
            return "sets"
        return next((str(part) for part in reversed(self.path) if part in _USES), "")


class Times:
    """Reads the rules of one file. A text that was read once is not read again."""

    def __init__(self, desk: Desk, names: OutlineNames | None = None) -> None:
        self.desk = desk
        self.names = names
        self.stage: str | None = None
        """The stage whose rules are being read; None while it is something of the whole item."""
        self.uses: list[Use] = []
        self._read: dict[str, Counting | RuleFault] = {}

    def rule(self, text: str, path: Path) -> TimeRule | None:
        """A rule in short."""
        counting = self._counting(text, path)
        return self._used(TimeRule(counting), path) if counting is not None else None

    def due(self, shape: DueShape | None, path: Path) -> TimeRule | None:
        """A rule in its long form; None if there is none, or if it cannot be read."""
        if shape is None:
            return None
        counting = self._counting(shape.rule, (*path, "rule"))
        at = self._time_of_day(shape.at, (*path, "at"))
        self.desk.calendar(shape.calendar, (*path, "calendar"))
        if counting is None:
            return None
        roll, rule = Roll(shape.roll) if shape.roll else None, None
        while rule is None:
            try:
                rule = TimeRule(
                    counting,
                    roll=roll,
                    at=at,
                    basis=Basis(shape.basis) if shape.basis else None,
                    source=shape.source,
                    calendar=shape.calendar,
                    while_held=WhileHeld(shape.while_held) if shape.while_held else None,
                )
            except RuleFault as bad:  # what does not go together is left out one by one, so that all of it is said
                self.desk.report("time-rule", (*path, bad.key), bad.what, bad.mend, bad.start)
                if bad.key not in ("at", "roll"):
                    return None
                roll, at = (None, at) if bad.key == "roll" else (roll, None)
        return self._used(rule, (*path, "rule"))

    def _used(self, rule: TimeRule, path: Path) -> TimeRule:
        self.uses.append(Use(rule, path, self.stage))
        return rule

    def opening_day(self, shape: DueShape, path: Path) -> TimeRule | None:
        """After the key `on` a day of the year needs no "on" of its own."""
        if shape.rule[:1].isdigit():
            try:
                counting = parse(f"on {shape.rule}")
            except CalendarFault:
                return self.due(shape, path)
            self._read[shape.rule] = counting
        return self.due(shape, path)

    def with_validity(self, field: Field, shape: DueShape, path: Path) -> Field:
        """A field that counts as evidence for so long."""
        return replace(field, valid=self.due(shape, path))

    def _counting(self, text: str, path: Path) -> Counting | None:
        if text not in self._read:
            try:
                self._read[text] = parse(text)
            except RuleFault as bad:
                self._read[text] = bad
            except CalendarFault as bad:
                self._read[text] = RuleFault(text, 0, len(text), bad.what, bad.mend or "change the rule")
        read = self._read[text]
        if isinstance(read, RuleFault):
            meant = self._called(read.text[read.start : read.end])
            self.desk.report("time-rule", path, read.what, f"write '{meant}'" if meant else read.mend, read.start)
            return None
        anchor = anchor_of(read)
        if anchor is None:
            return read
        resolved = self._resolved(anchor, path)
        if resolved is anchor:
            return read
        return None if resolved is None else _with_anchor(read, resolved)

    def _called(self, said: str) -> str | None:
        """The anchor of which somebody wrote what people read: a field's label, a body's title."""
        bodies = self.desk.governance.bodies.items() if self.desk.governance else ()
        known = {name: [field.label] for name, field in self.desk.fields.items() if field.type is FieldType.DATE}
        return called(said, {**known, **{f"meeting of {name}": [b.title, *b.aliases] for name, b in bodies}})

    def _resolved(self, anchor: Anchor, path: Path) -> Anchor | None:
        """The anchor with full paths; None if what it names does not exist."""
        match anchor.kind:
            case AnchorKind.FIELD if self.names is None:
                return anchor
            case AnchorKind.FIELD:
                return anchor if self._date_field(anchor, path) else None
            case AnchorKind.DONE:
                return self._named(anchor, "step", "unknown-trigger", path)
            case AnchorKind.ENTERED | AnchorKind.LEFT:
                return self._named(anchor, "stage", "unknown-stage", path)
            case AnchorKind.MEETING | AnchorKind.PAPERS if anchor.body is not None:
                written = f"{anchor.body} for subject" if anchor.for_subject else anchor.body
                offset = anchor.end - len(written)
                return anchor if self.desk.body(written, path, self.desk.scope.has_subject, offset) else None
            case _:
                return anchor

    def _date_field(self, anchor: Anchor, path: Path) -> bool:
        field = self.desk.fields.get(anchor.name)
        if field is None:
            known = [name for name, other in self.desk.fields.items() if other.type is FieldType.DATE]
            words = [kind.value for kind in AnchorKind if not kind.has_name]
            mend = mend_name(anchor.name, [*known, *words], "declare it under `fields` with type `date`")
            if self.names is not None and self.names.triggers.find(anchor.name):
                mend = f"write `{anchor.name} was done`"
            elif self.names is not None and self.names.stages.find(anchor.name):
                mend = f"write `{anchor.name} was entered`, or `{anchor.name} was left`"
            self.desk.report("unknown-field", path, f"field {anchor.name!r} is not declared", mend, anchor.start)
            return False
        if field.type is not FieldType.DATE:
            what = f"days are counted from {anchor.name!r}, which is {field.type.value} and not a date"
            self.desk.report("anchor-not-date", path, what, "name a field of type `date`", anchor.start)
        return True

    def _named(self, anchor: Anchor, what: str, rule: str, path: Path) -> Anchor | None:
        """A step or a stage by its full path; a name that fits several stays as it is and means any of them."""
        if self.names is None:
            return anchor
        names = self.names.triggers if what == "step" else self.names.stages
        found = names.find(anchor.name)
        if not found:
            self.desk.unknown(rule, path, (what, anchor.name), names.known, f"name a {what}", offset=anchor.start)
            return None
        return replace(anchor, name=found[0]) if len(found) == 1 else anchor

    def _time_of_day(self, text: str | None, path: Path) -> time | None:
        if text is None:
            return None
        try:
            return parse_at(text)
        except RuleFault as bad:
            self.desk.report("time-of-day", path, bad.what, bad.mend, bad.start)
            return None


def _with_anchor(counting: Counting, anchor: Anchor) -> Counting:
    match counting:
        case Offset():
            return replace(counting, anchor=anchor)
        case FixedDay():
            return counting if counting.in_period else replace(counting, after=anchor)
        case _:
            return anchor


def takes_time(rule: TimeRule) -> bool:
    """Whether a step at that time always comes later than the entry, however often the stage is entered."""
    anchor = anchor_of(rule.rule)
    if anchor is None or anchor.kind not in _MOVING:
        return False
    return anchor.kind not in _HAPPENED if isinstance(rule.rule, Anchor) else not is_before(rule)


def is_at_once(rule: TimeRule) -> bool:
    """Whether no time need pass until then in an item that has just been opened."""
    anchor = anchor_of(rule.rule)
    later = isinstance(rule.rule, Offset) and not is_before(rule)
    is_later = later and anchor is not None and anchor.kind is AnchorKind.OPENING
    return not is_later and not takes_time(rule)


def is_before(rule: TimeRule) -> bool:
    """Whether the date lies before what it counts from."""
    return isinstance(rule.rule, Offset) and rule.rule.direction.is_backward


def body_rule(shape: DueShape | None, path: Path, desk: Desk) -> TimeRule | None:
    """A body's own rule for papers or minutes: it counts from that body's meeting and from nothing else."""
    if shape is None:
        return None
    rule = Times(desk).due(shape, path)
    anchor = anchor_of(rule.rule) if rule is not None else None
    if rule is not None and (anchor is None or anchor.kind is not AnchorKind.MEETING or anchor.body is not None):
        mend = "write it as `5 clear working days before meeting`"
        desk.report(
            "anchor-not-here",
            (*path, "rule"),
            "a body's own rule counts from its meeting",
            mend,
            anchor.start if anchor else 0,
        )
    return rule
