"""What people ask for at a stage: a step, a vote, a field filled, a claim."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from msgspec.structs import replace

from qa_workflow.calendar import long_date
from qa_workflow.definition.model import JOINED, SUBJECT, SubItems, Transition, Who, Workflow, either
from qa_workflow.engine.commands import AddSubItem, Claim, Comment, Fire, Record, Release
from qa_workflow.engine.decision import Leaves
from qa_workflow.engine.entering import ask_for_sub_item, copied
from qa_workflow.engine.events import COLLEAGUES_ONLY, TOLD_OF_IT, WHY_LATE, Event, Kind
from qa_workflow.engine.fillers import RECORD, as_filler, is_begun_with, unborn, who_fills
from qa_workflow.engine.fold import apply
from qa_workflow.engine.item import HELD, Item, Visit
from qa_workflow.engine.joins import settle, unwaived
from qa_workflow.engine.moves import Leg, carry_out, rested_on
from qa_workflow.engine.obstacles import barred, makes_it_as, obstacles, turn_taking, who, who_may
from qa_workflow.engine.policy import Actor, Capacity, capacity, right
from qa_workflow.engine.redating import missed, redated
from qa_workflow.engine.refusals import (
    BadValue,
    ItemIsHeld,
    ItemIsOver,
    Name,
    Nonsense,
    NoSuchStep,
    NotAllowed,
    NotNow,
    Obstacle,
    Of,
    WhichOne,
)
from qa_workflow.engine.settled import overwritten
from qa_workflow.engine.turn import Turn
from qa_workflow.engine.values import EMPTY, accept


def fire(turn: Turn, command: Fire) -> None:
    """Make a transition, or cast a vote for it."""
    ensure_open(turn)
    visit, transition = find_step(turn, command.trigger)
    given = accept(turn.workflow, command.fields, turn.setting.governance)
    found = obstacles(turn, visit, transition, given, command.reason)
    found += [*not_theirs(turn, (n for n in given if n not in (*transition.needs, *transition.asks)))]
    found += settled_already(turn, given, transition)
    if command.bulk and not transition.bulk:
        found.append(Obstacle("bulk", "this step is decided item by item, not in bulk"))
    if found:
        raise NotNow(turn.item.reference, transition.trigger, found)
    act_as(turn, makes_it_as(turn, visit, transition))
    if transition.votes > 1 and not _carries(turn, visit, transition, given):
        return
    carry_out(turn, Leg(visit, transition, reason=command.reason), given)
    settle(turn)


def _carries(turn: Turn, visit: Visit, transition: Transition, given: dict[str, Any]) -> bool:
    """Count a vote; whether it is the one that decides."""
    voters = (turn.actor.name, *([turn.acting_for] if turn.acting_for else []))
    votes = (*visit.votes, (transition.trigger, *voters))
    cast = sum(1 for vote in votes if vote[0] == transition.trigger)
    if cast >= transition.votes:
        return True
    stands = rested_on(turn, transition, given)
    data: dict[str, Any] = {"rests_on": stands} if stands else {}
    patch = [(visit, replace(visit, votes=votes))]
    if given:
        data["set"] = given
        patch += missed(turn, redated(turn, filled(turn, given)))
        turn.touched.update(v.number for v in turn.item.visits)
    turn.record(
        Kind.VOTED,
        trigger=transition.trigger,
        source=visit.stage,
        patch=patch,
        votes=[cast, transition.votes],
        **data,
    )
    return False


def record(turn: Turn, command: Record) -> None:
    """Fill or empty fields without moving; for those who own what is open, and those with the right."""
    ensure_open(turn)
    governance = turn.setting.governance
    found = capacity(_owners(turn), turn.actor, turn.item, governance) or require(turn, RECORD, "fill in its fields")
    if not command.fields:
        raise Nonsense(turn.item.reference, "there is nothing to record; give at least one field")
    given = accept(turn.workflow, command.fields, governance)
    if kept := [*not_theirs(turn, given), *settled_already(turn, given)]:
        raise NotNow(turn.item.reference, "record", kept)
    fillers = (as_filler(turn.workflow, turn.item, name, turn.actor, governance) for name in given)
    act_as(turn, next((each for each in fillers if each is not None and each.acting_for), found))
    may_move_dates(turn, given, command.reason, "record")
    before = turn.item.fields
    set_fields(turn, Kind.RECORDED, given, command.reason)
    _tell_whose_step_it_is(turn, {n for n, value in given.items() if value not in EMPTY and value != before.get(n)})
    settle(turn)


def _tell_whose_step_it_is(turn: Turn, names: set[str]) -> None:
    """What was filled in for others moves nothing: who owns a stage is told, where a step of it asks for one of these
    fields and whoever filled it in can make none that does."""
    governance = turn.setting.governance
    for visit in turn.item.leaves():
        stage = turn.stage(visit)
        asking = [s for s in stage.transitions.values() if s.by and not names.isdisjoint((*s.needs, *s.asks))]
        theirs = either((stage.owner, *(step.by for step in asking)))
        if asking and capacity(theirs, turn.actor, turn.item, governance) is None:
            turn.tell("filled_in", stage, stage.owner, due=visit.due_on)


def may_move_dates(turn: Turn, given: dict[str, Any], reason: str | None, word: str) -> None:
    """A date that is known already is moved by a field only with the right, and the reason, that changing it takes.

    Also by a correction: whoever may put right what was recorded gives nobody more time by it.
    """
    for before, after in redated(turn, filled(turn, given)):
        if before.due is None or (after.due is not None and before.due.on == after.due.on):
            continue
        act_as(turn, require(turn, "change_date", "move its due date by changing a field"))
        if not (reason and reason.strip()):
            was = long_date(date.fromisoformat(before.due.on))
            what = (
                f"moves its due date from {was} to {long_date(date.fromisoformat(after.due.on))}" if after.due else ""
            )
            wanted = Obstacle("reason", f"this {what or f'takes away its due date, {was}'}; say why")
            raise NotNow(turn.item.reference, word, [wanted])


def not_theirs(turn: Turn, names: Iterable[str]) -> Iterator[Obstacle]:
    """Fields that whoever asks may not fill in, whatever stands in them."""
    governance, actor = turn.setting.governance, Name(Of.PERSON, turn.actor.name)
    for name in names:
        if as_filler(turn.workflow, turn.item, name, turn.actor, governance) is None:
            whose = who_may(turn, who_fills(turn.workflow, name, governance), turn.actor)
            yield Obstacle("filler", (actor, " may not fill in ", Name(Of.FIELD, name), "; ", *whose))


def not_theirs_to_begin(turn: Turn, names: Iterable[str]) -> Iterator[Obstacle]:
    """Fields that whoever opens an item may not give with it."""
    governance = turn.setting.governance
    yield from not_theirs(
        turn, (n for n in names if not is_begun_with(turn.workflow, turn.item, n, turn.actor, governance))
    )


def settled_already(turn: Turn, given: Mapping[str, Any], step: Transition | None = None) -> list[Obstacle]:
    """Settled fields that somebody would change with a step that does not ask for them, or with none."""
    found: list[Obstacle] = []
    for name, path in overwritten(turn.workflow, turn.item, given, step).items():
        done = turn.item.did[path]
        made, when = Name(Of.STEP, path.rpartition(".")[2]), f" on {turn.words(done.at)}"
        since = (" counts since ", made, " was done by ", Name(Of.PERSON, done.actor), when)
        mend = "; it is put right by a correction, with a reason"
        found.append(Obstacle("settled", (Name(Of.FIELD, name), *since, mend)))
    return found


def _owners(turn: Turn) -> Who:
    """All who own one of the open stages."""
    return either(turn.stage(visit).owner for visit in turn.item.visits)


def set_fields(turn: Turn, kind: Kind, given: dict[str, Any], reason: str | None, **data: Any) -> None:
    """Record new field values, and every due date that moves with them."""
    patch = missed(turn, redated(turn, filled(turn, given)))
    if patch:
        data["patch"] = patch
    before = {name: turn.item.fields.get(name) for name in given}
    turn.touched.update(v.number for v in turn.item.visits)
    turn.record(kind, reason=reason, set=given, before=before, **data)


def filled(turn: Turn, given: dict[str, Any]) -> Item:
    """The item as it would be with these fields."""
    return apply(turn.item, Event(turn.item.revision + 1, turn.at, turn.actor.name, Kind.RECORDED, data={"set": given}))


def comment(turn: Turn, command: Comment) -> None:
    """Say something."""
    if not command.text.strip():
        raise Nonsense(turn.item.reference, "the comment is empty")
    marks: dict[str, Any] = {WHY_LATE: command.why_late}
    if command.colleagues_only:
        marks[COLLEAGUES_ONLY] = True
    if command.tell is not None:
        marks[TOLD_OF_IT] = command.tell
    turn.record(Kind.COMMENTED, reason=command.text.strip(), **marks)
    if command.tell is not None:
        turn.send(Leaves.MESSAGE, {"topic": "commented", "stage": "", "path": "", "person": command.tell})


def claim(turn: Turn, command: Claim) -> None:
    """Take what is offered."""
    ensure_open(turn)
    visit = find_visit(turn, command.stage)
    stage = turn.stage(visit)
    if visit.holder is not None:
        raise Nonsense(turn.item.reference, f"{visit.holder} has taken {stage.title!r} on already")
    found = capacity(stage.owner, turn.actor, turn.item, turn.setting.governance)
    if found is None:
        raise NotAllowed(turn.item.reference, f"take {stage.title!r} on", turn.actor.name, stage.owner.words)
    act_as(turn, found)
    ensure_able(turn, visit, turn.actor, "claim")
    ensure_turn(turn, visit, "claim")
    turn.record(Kind.CLAIMED, source=visit.stage, patch=[(visit, replace(visit, holder=turn.actor.name))])


def release(turn: Turn, command: Release) -> None:
    """Give back what one has taken."""
    ensure_open(turn)
    visit = find_visit(turn, command.stage)
    if visit.holder is None or visit.holder not in {person.name for person in turn.actor.persons()}:
        holder = [visit.holder] if visit.holder else []
        raise NotAllowed(turn.item.reference, f"release {turn.stage(visit).title!r}", turn.actor.name, holder)
    act_as(turn, Capacity(None if visit.holder == turn.actor.name else visit.holder))
    turn.record(Kind.RELEASED, source=visit.stage, patch=[(visit, replace(visit, holder=None))])


def add_sub_item(turn: Turn, command: AddSubItem) -> None:
    """Add one more sub-item to a growing stage."""
    ensure_open(turn)
    growing = [
        (visit, wanted)
        for visit in turn.item.visits
        if (wanted := turn.stage(visit).sub_items) and wanted.more and command.stage in {None, visit.stage}
    ]
    if not growing:
        raise Nonsense(turn.item.reference, "no open stage takes more sub-items")
    visit, wanted = growing[0]
    found = capacity(wanted.more, turn.actor, turn.item, turn.setting.governance)
    if found is None:
        raise NotAllowed(turn.item.reference, "add a sub-item", turn.actor.name, wanted.more.words)
    act_as(turn, found)
    given = _begun_with(turn, command.to_be[wanted.workflow], wanted, command.fields) if command.fields else {}
    if wanted.into == SUBJECT and not given.get(SUBJECT):
        raise BadValue(SUBJECT, "each of these sub-items is about an organisation; say which")
    after = unwaived(turn, replace(visit, expected=visit.expected + 1))
    turn.record(Kind.SUB_ITEM_OPENED, source=visit.stage, patch=[(visit, after)])
    ask_for_sub_item(turn, wanted.workflow, visit.number, {**copied(wanted.copies, turn.item), **given})


def _begun_with(turn: Turn, of: Workflow, wanted: SubItems, fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a sub-item is to begin with; refused where it does not fit, or is not for whoever adds it to give."""
    asked = of.asking_its_subject() if wanted.into == SUBJECT else of
    given = accept(asked, fields, turn.setting.governance)
    names = given.keys() - {wanted.into}
    blank = unborn(of, given.get(SUBJECT, turn.item.subject))
    child = Turn(of, replace(blank, reference=turn.item.reference), turn.actor, turn.now, turn.setting)
    if against := [*not_theirs_to_begin(child, sorted(names))]:
        raise NotNow(turn.item.reference, "add a sub-item", against)
    return given


def ensure_open(turn: Turn) -> None:
    """Refuse what cannot be done to an item that is over or on hold."""
    item = turn.item
    if item.is_over:
        raise ItemIsOver(item.reference, item.status, turn.words(item.ended_at), item.outcome)
    if item.status == HELD and item.hold is not None:
        raise ItemIsHeld(item.reference, turn.words(item.hold.since), item.hold.reason, item.hold.actor)


def ensure_able(turn: Turn, visit: Visit, actor: Actor, word: str) -> None:
    """Refuse to let somebody hold what a second person has to do."""
    found = barred(turn, visit, actor)
    if found is not None:
        raise NotNow(turn.item.reference, word, [found])


def ensure_turn(turn: Turn, visit: Visit, word: str) -> None:
    """Refuse to begin a branch while another of a one-at-a-time stage is under way."""
    found = list(turn_taking(turn, visit))
    if found:
        raise NotNow(turn.item.reference, word, found)


def steps(turn: Turn) -> Iterator[tuple[Visit, Transition]]:
    """Every step that stages now open have, other than what the engine does by itself."""
    for visit in turn.item.visits:
        for trigger, transition in turn.stage(visit).transitions.items():
            if trigger != JOINED:
                yield visit, transition


def find_step(turn: Turn, word: str) -> tuple[Visit, Transition]:
    """The open visit and transition that a trigger, or trigger path, means; of several, the one that is theirs."""
    found = [(v, t) for v, t in steps(turn) if word in (t.trigger, t.path) or t.path.endswith(f".{word}")]
    if len(found) == 1:
        return found[0]
    if found:
        own = [(v, t) for v, t in found if not any(who(turn, v, t, turn.actor))]
        if len(own) == 1:
            return own[0]
        raise WhichOne(turn.item.reference, word, [t.path for _, t in found])
    known = [t.trigger for _, t in steps(turn)]
    elsewhere = next((s.path for s in turn.workflow.stages.values() if word in s.transitions and word != JOINED), None)
    raise NoSuchStep(turn.item.reference, word, [v.stage for v in turn.item.leaves()], known, elsewhere)


def find_visit(turn: Turn, stage: str | None) -> Visit:
    """The open visit of a stage; the only one when none is named."""
    visits = list(turn.item.leaves())
    if stage is not None:
        visits = [v for v in turn.item.visits if v.stage == stage or v.stage.endswith(f".{stage}")]
    if len(visits) == 1:
        return visits[0]
    if visits:
        raise WhichOne(turn.item.reference, stage or "this", [v.stage for v in visits])
    raise Nonsense(turn.item.reference, f"it is not at stage {stage!r}")


def require(turn: Turn, name: str, what: str) -> Capacity:
    """The capacity in which the actor has a right; a refusal that says who has it otherwise."""
    allowed = right(name, turn.workflow, turn.setting.governance)
    found = capacity(allowed, turn.actor, turn.item, turn.setting.governance)
    if found is None:
        raise NotAllowed(turn.item.reference, what, turn.actor.name, allowed.words)
    return found


def require_reason(turn: Turn, reason: str) -> None:
    """Refuse what is done with authority and without saying why."""
    if not reason.strip():
        raise Nonsense(turn.item.reference, "a reason is needed; say why, in a sentence")


def act_as(turn: Turn, found: Capacity | None) -> None:
    """From here on the events say for whom the actor stood in."""
    turn.acting_for = found.acting_for if found else None
