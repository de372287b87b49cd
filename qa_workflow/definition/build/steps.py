"""Transitions: where they lead, who may, what is needed, and what else they do."""

from __future__ import annotations

from collections.abc import Sequence

from qa_workflow.calendar.anchors import ANCHOR_WORDS
from qa_workflow.definition.build.desk import Desk
from qa_workflow.definition.build.effects import build_effects
from qa_workflow.definition.build.outline import Outline, Sketch
from qa_workflow.definition.build.phrases import times_phrase
from qa_workflow.definition.build.targets import Targets
from qa_workflow.definition.build.times import Times
from qa_workflow.definition.model import DONE, HERE, JOINED, FieldType, Late, Opens, Transition, Who
from qa_workflow.definition.names import title_of
from qa_workflow.definition.shape.workflow import OpensShape, TransitionShape
from qa_workflow.definition.text.source import Path

REASON = "reason"
"""Among what a step needs: the words of the person who makes it."""
RESERVED_TRIGGERS = frozenset({HERE, DONE, "else", "lapse"})


class StepBuilder:
    """Builds the steps of one file; what does not fit is reported and left out."""

    def __init__(self, desk: Desk, times: Times, found: Outline) -> None:
        self.desk = desk
        self.times = times
        self.found = found

    def step(self, trigger: str, shape: TransitionShape, sketch: Sketch, owner: Who) -> Transition:
        """One transition out of a stage; `owner` may make it if nobody else is named."""
        desk, times = self.desk, self.times
        path = (*sketch.where, "transitions", trigger)
        if trigger in RESERVED_TRIGGERS:
            desk.reserved(path, f"{trigger!r} cannot be the name of a step")
        needs = self._needs(shape.needs, (*path, "needs"))
        by = desk.who(shape.by, (*path, "by"))
        if shape.by is None and shape.at is None and trigger != JOINED:
            by = owner
        return Transition(
            trigger=trigger,
            stage=sketch.path,
            cases=Targets(sketch, desk, self.found).cases(shape.to, path),
            title=shape.title or title_of(trigger),
            by=by,
            not_by=desk.who(shape.not_by, (*path, "not_by")),
            needs=tuple(name for name in needs if name != REASON),
            needs_reason=REASON in needs,
            asks=self._asks(shape.asks, needs, (*path, "asks")),
            when=desk.guard(shape.when, (*path, "when")),
            says=shape.says or "",
            at_most=self._at_most(shape.at_most, (*path, "at_most")),
            votes=shape.votes or 1,
            at=times.due(shape.at, (*path, "at")),
            late=shape.late or Late.HOLD,
            not_before=times.due(shape.not_before, (*path, "not_before")),
            not_after=times.due(shape.not_after, (*path, "not_after")),
            only_while=self._only_while(shape.only_while, (*path, "only_while")),
            cancels=self._cancels(shape.cancels, (*path, "cancels")),
            sets=self._sets(shape, (*path, "sets")),
            clears=tuple(n for i, n in enumerate(shape.clears or ()) if desk.field(n, (*path, "clears", i))),
            opens=tuple(self._opens(o, (*path, "opens", i)) for i, o in enumerate(shape.opens or ())),
            effects=build_effects(shape.effects, (*path, "effects"), desk),
            bulk=shape.bulk is not False,
        )

    def _needs(self, names: Sequence[str] | None, path: Path) -> list[str]:
        return [
            name
            for i, name in enumerate(names or ())
            if name == REASON or self.desk.field(name, (*path, i), beside=(REASON,))
        ]

    def _asks(self, names: Sequence[str] | None, needs: Sequence[str], path: Path) -> tuple[str, ...]:
        known = [name for i, name in enumerate(names or ()) if self.desk.field(name, (*path, i))]
        return tuple(name for name in dict.fromkeys(known) if name not in needs)

    def _at_most(self, text: str | None, path: Path) -> int | None:
        if text is None:
            return None
        count = times_phrase(text)
        if count is None:
            mend = f"write `{text} times`" if text.isdecimal() else "write `once`, `twice` or `3 times`"
            self.desk.report("times-phrase", path, f"{text!r} does not say how often", mend)
        return count

    def _only_while(self, names: Sequence[str] | None, path: Path) -> tuple[str, ...]:
        stages: list[str] = []
        for number, name in enumerate(names or ()):
            places = self.desk.places.find(name)
            if not places:
                known, mend = self.desk.places.known, "name a stage or a branch"
                self.desk.unknown("unknown-stage", (*path, number), ("stage", name), known, mend)
            stages.extend(stage for place in places for stage in self.found.stages_within(place))
        return tuple(dict.fromkeys(stages))

    def _cancels(self, names: Sequence[str] | None, path: Path) -> tuple[str, ...]:
        branches: list[str] = []
        for number, name in enumerate(names or ()):
            places = self.desk.branches.find(name)
            if not places:
                known = self.desk.branches.known
                self.desk.unknown("unknown-branch", (*path, number), ("branch", name), known, "name a branch")
            branches.extend(places)
        return tuple(dict.fromkeys(branches))

    def _sets(self, shape: TransitionShape, path: Path) -> tuple[tuple[str, object], ...]:
        """What a step fills in: fixed values, and for dates also rules."""
        found: list[tuple[str, object]] = []
        for name, value in (shape.sets or {}).items():
            field = self.desk.field(name, (*path, name), at_key=True)
            mend = self.desk.value_fits(field, value) if field is not None else None
            if field is not None and mend and field.type is FieldType.DATE:
                if isinstance(value, str) and (" " in value or value in ANCHOR_WORDS or value in self.desk.fields):
                    found.append((name, self.times.rule(value, (*path, name))))
                    continue
                mend += ", or a time as `1 month after opening`"
            if field is not None and mend:
                what = f"{value!r} does not fit {name!r}, a field of type {field.type.value}"
                self.desk.report("value-type", (*path, name), what, mend)
            found.append((name, value))
        return tuple(found)

    def _opens(self, shape: OpensShape, path: Path) -> Opens:
        self.desk.entries(shape.each, shape.into, path)
        return Opens(shape.workflow, shape.each, shape.into, self.desk.copies(shape.copies, (*path, "copies")))
