"""Whether a field that is not disclosed at once can be kept back and ever is disclosed: nothing else tells it."""

from __future__ import annotations

from collections.abc import Iterator

from qa_workflow.calendar import AnchorKind, anchor_of
from qa_workflow.calendar.words import listed
from qa_workflow.definition.build.workflow import Built
from qa_workflow.definition.model import Disclosure, Guard, Transition, Who, Workflow
from qa_workflow.definition.text.source import Path


def check_disclosure(built: Built) -> None:
    """All rules of this module."""
    workflow = built.workflow
    for name, disclosure in workflow.disclosures.items():
        path = ("fields", name, "disclosed_from")
        if workflow.subject is None:
            what = f"items are about nobody, so there is nobody from whom {name!r} could be kept back"
            built.desk.report("no-subject", path, what, "give the workflow a `subject`, or delete `disclosed_from`")
        if disclosure.stage is None and workflow.fields[name].release == "public":
            what = f"{name!r} is told to everybody when the item has ended, so that it cannot be kept from anybody"
            built.desk.report("told-anyway", path, what, "make it `release: private`, or name a stage")
        _comes_to_it(name, disclosure, path, built)
    if workflow.disclosures:
        _own_people(built)
        _dates(built)


def hidden_at(workflow: Workflow, stage: str) -> frozenset[str]:
    """Fields that the subject's people do not see, or perhaps not, while an item is at a stage."""
    main = stage.partition(".")[0]
    return frozenset(name for name, disclosure in workflow.disclosures.items() if main not in disclosure.past)


def _comes_to_it(name: str, disclosure: Disclosure, path: Path, built: Built) -> None:
    """After one at least of the steps that record it, an item still comes to the stage."""
    if disclosure.stage is None or not all(built.desk.knows_ways(stage) for stage in built.workflow.stages):
        return  # of a way whose end is mistyped that alone is said
    shown = disclosure.ahead | disclosure.past
    recording = [
        step
        for step in built.workflow.triggers().values()
        if name in (*step.needs, *step.asks, *(filled for filled, _ in step.sets))
    ]
    leads = (to.partition(".")[0] in shown for step in recording for to in _targets(step, built))
    if recording and not any(leads):
        steps = listed([repr(step.trigger) for step in recording], "or")
        what = f"after {steps}, which records {name!r}, no item comes to {disclosure.stage!r} any more"
        built.desk.report("never-disclosed", path, what, "name a stage that comes later, or write `never`")


def _targets(step: Transition, built: Built) -> Iterator[str]:
    """Where a step leads; within a branch the stage that holds it stays open."""
    if "." in step.stage:
        yield step.stage
    for case in step.cases:
        yield step.stage if case.to not in built.workflow.stages else case.to


def _own_people(built: Built) -> None:
    """Nobody has to fill in, or to know, what is kept from them."""
    governance = built.desk.governance
    own = {role.name for role in governance.roles.values() if role.own} if governance else set()
    openers = built.workflow.rights.get("open") or (governance.rights.get("open", ()) if governance else ())
    if not own.isdisjoint(openers):
        hidden = hidden_at(built.workflow, built.workflow.start)
        for number, name in enumerate(built.workflow.needs):
            if name in hidden:
                what = f"{name!r} is not disclosed at first to the subject's own people, who may open an item"
                mend = "let somebody else open it, or have the field filled in by a step that is not theirs"
                built.desk.report("hidden-from-doer", ("needs", number), f"{what} and have to fill it in", mend)
    for step in built.workflow.triggers().values():
        if not own.isdisjoint(step.by.roles) or step.by.anyone:
            hidden, where = hidden_at(built.workflow, step.stage), built.where_step(step.stage, step.trigger)
            for name in dict.fromkeys(name for name in step.needs if name in hidden):
                what = f"{name!r} is not disclosed there to the subject's own people, who may do {step.trigger!r}"
                mend = "let somebody else do the step, or disclose the field from this stage on"
                built.desk.report("hidden-from-doer", (*where, "needs"), f"{what} and have to fill it in", mend)
            for name in dict.fromkeys(name for name in step.asks if name in hidden and _is_all(step.by, own)):
                what = f"{name!r} is not disclosed there to the subject's own people, and nobody else may do"
                mend = "let somebody else do the step too, or disclose the field from this stage on"
                what = f"{what} {step.trigger!r}, so that it is asked of nobody"
                built.desk.report("hidden-from-doer", (*where, "asks"), what, mend)
            for name, key in _read(step, hidden):
                what = f"whether {step.trigger!r} can be done, and where it leads, would tell the subject's own people"
                mend = "leave the condition to a step of somebody else"
                built.desk.report("hidden-from-doer", (*where, key), f"{what} of {name!r}", mend)


def _is_all(who: Who, own: set[str]) -> bool:
    """Whether there are none but the subject's own people; others of several are asked all the same."""
    return own.issuperset(who.roles) and not (who.anyone or who.did or who.fields)


def _read(step: Transition, hidden: frozenset[str]) -> Iterator[tuple[str, str]]:
    guards: list[tuple[Guard | None, str]] = [(step.when, "when"), *((case.when, "to") for case in step.cases)]
    for guard, key in guards:
        yield from ((name, key) for name in sorted(hidden & guard.reads)) if guard is not None else ()


def _dates(built: Built) -> None:
    """A date that counts from a hidden date tells it: dates are shown, with why they are what they are."""
    for use in built.times.uses:
        anchor = anchor_of(use.rule.rule)
        if use.stage is None or anchor is None or anchor.kind is not AnchorKind.FIELD:
            continue
        if anchor.name in hidden_at(built.workflow, use.stage):
            what = f"the date that counts from {anchor.name!r} tells it to the subject's own people"
            mend = "count from something else, or disclose the field from this stage on"
            built.desk.report("told-anyway", use.path, what, mend)
