"""Why a step cannot be made now: every reason, in words, so that people can be told before they try."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from qa_workflow.calendar import TimeRule, instant_words, long_date
from qa_workflow.calendar.words import counted
from qa_workflow.definition import GuardFault
from qa_workflow.definition.model import Field, Guard, Transition, Who
from qa_workflow.engine.dates import Dates
from qa_workflow.engine.filled_by_step import unknown_days
from qa_workflow.engine.item import Visit
from qa_workflow.engine.policy import Actor, Capacity, capacity, did_it, holds, is_excluded
from qa_workflow.engine.refusals import Aside, Name, Obstacle, Of, Said, listed, meant
from qa_workflow.engine.turn import Turn
from qa_workflow.engine.values import EMPTY


def obstacles(
    turn: Turn, visit: Visit, transition: Transition, given: Mapping[str, Any], reason: str | None
) -> list[Obstacle]:
    """All that stands between whoever asks and a step; empty when it can be made."""
    return [*who(turn, visit, transition, turn.actor), *what(turn, visit, transition, given, reason)]


def who(turn: Turn, visit: Visit, transition: Transition, actor: Actor) -> Iterator[Obstacle]:
    """Reasons that lie in the person."""
    item, governance, stage = turn.item, turn.setting.governance, turn.stage(visit)
    allowed = transition.by or (stage.owner if f"at.{transition.trigger}" in visit.waived else transition.by)
    if not allowed:
        yield Obstacle("clock", "only the clock does this")
    elif capacity(allowed, actor, item, governance) is None:
        yield Obstacle("role", (Name(Of.PERSON, actor.name), " may not; ", *who_may(turn, allowed, actor)))
    path = did_it(transition.not_by, actor, item)
    if path is not None:
        step = Name(Of.STEP, path.rpartition(".")[2])
        said = (Name(Of.PERSON, actor.name), " may not, having done ", step, "; a second person has to")
        yield Obstacle("same_person", said)
    elif is_excluded(transition.not_by, actor, item, governance):
        yield Obstacle(
            "excluded", (Name(Of.PERSON, actor.name), " may not; this is not for: ", *meant(transition.not_by))
        )
    if transition.votes > 1:
        yield from _voted(visit, actor, capacity(allowed, actor, item, governance))
    elif not _is_claimed_work(turn, visit, transition, actor):
        pass
    elif not holds(visit, actor):
        yield Obstacle(
            "held_by",
            (
                Name(Of.PERSON, visit.holder or ""),
                " has taken this on; they can release it, or it can be assigned",
            ),
        )
    elif visit.holder is None:
        yield Obstacle("claim", "nobody has taken this on yet; claim it first")


def makes_it_as(turn: Turn, visit: Visit, transition: Transition) -> Capacity | None:
    """In which capacity a step that nothing stands against is made: what another has taken on is done for them."""
    actor, stage = turn.actor, turn.stage(visit)
    if visit.holder not in (None, actor.name) and _is_claimed_work(turn, visit, transition, actor):
        return Capacity(visit.holder)
    return capacity(transition.by or stage.owner, actor, turn.item, turn.setting.governance)


def _is_claimed_work(turn: Turn, visit: Visit, transition: Transition, actor: Actor) -> bool:
    """Whether a step is the work that one of the owners takes on; what others may do there, and a vote, is not."""
    stage = turn.stage(visit)
    if transition.votes > 1 or (visit.holder is None and not stage.claim):
        return False
    return transition.by == stage.owner or capacity(stage.owner, actor, turn.item, turn.setting.governance) is not None


def barred(turn: Turn, visit: Visit, actor: Actor) -> Obstacle | None:
    """Why somebody may make none of the steps of a stage that are for their role: a second person has to."""
    found: Obstacle | None = None
    for step in turn.stage(visit).transitions.values():
        if step.by and capacity(step.by, actor, turn.item, turn.setting.governance) is not None:
            found = next((o for o in who(turn, visit, step, actor) if o.code in BARRED), None)
            if found is None:
                return None
    return found


UNMET = "its condition does not hold"
"""Of a step whose condition its author gave no words of their own."""
BARRED = frozenset({"same_person", "excluded"})
"""Obstacles that no claim, release or assignment takes away."""


def _voted(visit: Visit, actor: Actor, found: Capacity | None) -> Iterator[Obstacle]:
    """One vote a person, whether cast by them or for them."""
    names = [actor.name, *([found.acting_for] if found and found.acting_for else [])]
    for name in names:
        if any(name in vote[1:] for vote in visit.votes):
            yield Obstacle("voted", (Name(Of.PERSON, name), " has voted already"))


def who_may(turn: Turn, allowed: Who, actor: Actor) -> Said:
    """Whom a step is for; who holds the role, but for another organisation, is told which one this is about."""
    roles, organisations = turn.setting.governance.roles, turn.setting.governance.organisations
    mine = [roles[name].title for name in allowed.roles if any(name in person.roles for person in actor.persons())]
    subject = organisations.get(turn.item.subject or "")
    if mine and subject is not None:
        return (f"a {mine[0].lower()} acts for their own organisation only, and this is about {subject.title}",)
    return ("this is for: ", *meant(allowed))


def what(
    turn: Turn, visit: Visit, transition: Transition, given: Mapping[str, Any], reason: str | None
) -> Iterator[Obstacle]:
    """Reasons that lie in the item: what is missing, too early, too late, or not so."""
    yield from _missing(turn, visit, transition, given, reason)
    done = turn.item.did.get(transition.path)
    if transition.at_most is not None and done is not None and done.times >= transition.at_most:
        yield Obstacle("at_most", f"it was done {counted(done.times, 'time')} already, and that is the most")
    if transition.not_before is not None or transition.not_after is not None:
        yield from _times(turn, visit, transition)
    if all(_with(turn, transition, given).get(name) not in EMPTY for name in transition.needs):
        yield from (Obstacle("guard", each) for each in unknown_days(turn, visit, transition, given))
    yield from turn_taking(turn, visit)
    if transition.only_while and not any(turn.facts().is_open(path) for path in transition.only_while):
        stages = listed(Name(Of.STAGE, path) for path in transition.only_while)
        yield Obstacle("milestone", ("it can be done only while one of these is open: ", *stages))
    if transition.when is not None and transition.when.reads.isdisjoint(turn.item.withheld):
        yield from _guard(turn, transition, transition.when, given)


def missing_to_open(turn: Turn) -> list[Obstacle]:
    """Fields that a person must fill to open an item, and has not."""
    fields = (turn.workflow.fields[name] for name in turn.workflow.needs if name not in turn.item.fields)
    return [_lacks(field) for field in fields]


def _lacks(field: Field) -> Obstacle:
    about = Aside(f" ({field.label}, {field.type.value.replace('_', ' ')})")
    return Obstacle("missing", (Name(Of.LABEL, field.name), " is missing", about))


def _with(turn: Turn, transition: Transition, given: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in the fields as the step is made: what it empties has to be given with it, each time anew."""
    return {**turn.item.fields, **dict.fromkeys(transition.clears), **given}


def _missing(
    turn: Turn, visit: Visit, transition: Transition, given: Mapping[str, Any], reason: str | None
) -> Iterator[Obstacle]:
    if transition.needs_reason and not (reason and reason.strip()):
        yield Obstacle("reason", "a reason is needed")
    if not transition.needs:
        return
    fields = _with(turn, transition, given)
    for name in transition.needs:
        if name in turn.item.withheld:  # whether it is there is not told either
            continue
        field = turn.workflow.fields[name]
        if fields.get(name) in EMPTY:
            yield _lacks(field)
        elif field.valid is not None:
            ahead = Dates(turn.workflow, replace(turn.item, fields=fields), turn.setting, turn.now).time(
                field.valid, visit
            )
            until = ahead.at if ahead else None
            if until is not None and until < turn.now:
                ended = f" counted until {long_date(until.date())}; a newer one is needed"
                yield Obstacle("expired", (Name(Of.LABEL, name), Aside(f" ({field.label})"), ended))


def _times(turn: Turn, visit: Visit, transition: Transition) -> Iterator[Obstacle]:
    zone = turn.setting.calendar(turn.workflow).zone
    if transition.not_before is not None:
        start = turn.dates().start(transition.not_before, visit)
        if start is None:
            yield Obstacle("too_early", f"it is not known yet from when it can be done ({transition.not_before.rule})")
        elif turn.now < start:
            yield Obstacle(
                "too_early", f"it can be done from {instant_words(start, zone)} on ({transition.not_before.rule})"
            )
    if transition.not_after is not None:
        end = _when(turn, transition.not_after, visit)
        if end is not None and turn.now > end:
            yield Obstacle(
                "too_late", f"it could be done until {instant_words(end, zone)} ({transition.not_after.rule})"
            )


def _when(turn: Turn, rule: TimeRule, visit: Visit) -> datetime | None:
    found = turn.dates().time(rule, visit)
    return found.at if found else None


def turn_taking(turn: Turn, visit: Visit) -> Iterator[Obstacle]:
    """Branches of a one-at-a-time stage: while one has been begun and not finished, the others wait."""
    workflow = turn.workflow
    branch = workflow.stages[visit.stage].flow
    while branch:
        above, _, name = branch.rpartition(".")
        parallel = workflow.stages[above].parallel
        if parallel is not None and parallel.one_at_a_time:
            for other in parallel.branches.values():
                if other.name != name and _is_begun(turn, above, other.name):
                    yield Obstacle("turn", f"{other.title!r} was begun and is finished first; this comes after it")
        branch = workflow.stages[above].flow


def _is_begun(turn: Turn, parallel: str, branch: str) -> bool:
    path = f"{parallel}.{branch}"
    here = [v for v in turn.item.visits if v.stage == path or v.stage.startswith(f"{path}.")]
    return any(v.onward or v.holder is not None or v.votes or v.finished or v.children for v in here)


def _guard(turn: Turn, step: Transition, guard: Guard, given: Mapping[str, Any]) -> Iterator[Obstacle]:
    """That its condition does not hold; what cannot be judged for want of a field that is missing is said by that."""
    facts = turn.facts(given)
    try:
        if guard.holds(facts) is not True:
            yield Obstacle("guard", step.says or UNMET, detail=guard.text)
    except GuardFault as fault:
        if all(name in facts.fields for name in step.needs if name in guard.reads):
            yield Obstacle("guard", f"its condition cannot be judged: {fault}")
