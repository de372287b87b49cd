"""`decide`: what a command does to an item. Pure: no clock, no database, no chance; the same in, the same out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from qa_workflow.definition.model import Workflow
from qa_workflow.engine import authority, clockwork, migrating, recounting, steps
from qa_workflow.engine.commands import (
    AddSubItem,
    Assign,
    Cancel,
    ChangeDate,
    Claim,
    Command,
    Comment,
    Correct,
    Fire,
    MeetingMoved,
    Migrate,
    Open,
    PutOnHold,
    Record,
    Recount,
    Release,
    Resume,
    SubItemEnded,
    Tick,
)
from qa_workflow.engine.decision import Decision
from qa_workflow.engine.entering import begin, entered
from qa_workflow.engine.events import Kind
from qa_workflow.engine.item import Item, stamp
from qa_workflow.engine.joins import settle, sub_item_ended
from qa_workflow.engine.obstacles import missing_to_open
from qa_workflow.engine.policy import CLOCK, Actor
from qa_workflow.engine.refusals import Nonsense, NotNow
from qa_workflow.engine.said import as_read, unreadable
from qa_workflow.engine.setting import Setting
from qa_workflow.engine.steps import act_as, not_theirs_to_begin, require
from qa_workflow.engine.turn import Turn
from qa_workflow.engine.values import accept

C = TypeVar("C", bound=Command)
_SAID = {"reason": "the reason", "text": "the comment", "basis": "what it is based on"}
"""Where a command has what somebody typed, and what that is called."""


def decide(
    workflow: Workflow, item: Item, command: Command, *, actor: Actor, now: datetime, setting: Setting
) -> Decision:
    """The events that a command causes, and the item after them.

    Args:
        workflow: the definition version that the item pins.
        item: the item as its history has made it.
        now: aware instant, read once by the caller.

    Raises:
        Refusal: the rules do not allow it; says who may, what is missing, or what happened meanwhile.
        UsageFault: a field or value that does not exist or fit.
    """
    command = _as_read(item.reference, command, actor)
    turn = Turn(workflow, item, actor, now, setting)
    _DO[type(command)](turn, command)
    return turn.decision()


def _as_read(reference: str, command: C, actor: Actor) -> C:
    """The command with what somebody says as it is kept; the house says again what may be older than this rule."""
    if actor.is_house:
        return command
    texts: dict[str, Any] = {name: said for name in _SAID if isinstance(said := getattr(command, name, None), str)}
    for name, said in texts.items():
        texts[name] = as_read(said)
        if (found := unreadable(texts[name])) is not None:
            raise Nonsense(reference, f"{_SAID[name]} cannot be taken: {found}")
    return replace(command, **texts) if texts else command


def open_item(workflow: Workflow, command: Open, *, actor: Actor, now: datetime, setting: Setting) -> Decision:
    """Begin an item at the workflow's first stage.

    Raises:
        NotAllowed: the actor has no right to open it.
        Nonsense: the reason holds characters that cannot be seen.
    """
    command = _as_read(command.reference, command, actor)
    fields = {name: f.default for name, f in workflow.fields.items() if f.default is not None}
    fields |= {k: v for k, v in accept(workflow, command.fields, setting.governance).items() if v is not None}
    blank = _blank(workflow, command, fields, now)
    turn = Turn(workflow, blank, actor, now, setting)
    if not actor.is_house:
        act_as(turn, require(turn, "open", "open it"))
        if against := [*missing_to_open(turn), *not_theirs_to_begin(turn, command.fields)]:
            raise NotNow(command.reference, "open", against)
    born = {
        name: getattr(blank, name)
        for name in ("id", "reference", "workflow", "version", "definition", "subject", "period")
    }
    if command.parent:
        born["parent"] = list(command.parent)
    visits = begin(turn, blank, workflow.start, 1)
    turn.record(Kind.OPENED, target=workflow.start, reason=command.reason, item=born, set=fields, enter=visits)
    entered(turn, visits)
    settle(turn)
    return turn.decision()


def is_wanted(workflow: Workflow, command: Open, *, now: datetime, setting: Setting) -> bool:
    """Whether the clock opens this item: the condition under `opens` holds for its subject.

    Raises:
        GuardFault: it cannot be judged.
    """
    if workflow.opening is None or workflow.opening.when is None:
        return True
    return workflow.opening.when.holds(Turn(workflow, _blank(workflow, command, {}, now), CLOCK, now, setting).facts())


def _blank(workflow: Workflow, command: Open, fields: Mapping[str, Any], now: datetime) -> Item:
    """An item before its first event."""
    return Item(
        id=command.id,
        reference=command.reference,
        workflow=workflow.name,
        version=command.version,
        definition=workflow.hash,
        subject=command.subject,
        period=command.period,
        opened_at=stamp(now),
        fields=fields,
        parent=command.parent,
    )


def _tick(turn: Turn, command: Tick) -> None:
    clockwork.tick(turn, moves=command.moves)


_DO: Mapping[type, Callable[[Turn, Any], None]] = {
    Fire: steps.fire,
    Record: steps.record,
    Comment: steps.comment,
    Claim: steps.claim,
    Release: steps.release,
    AddSubItem: steps.add_sub_item,
    Assign: authority.assign,
    PutOnHold: authority.put_on_hold,
    Resume: authority.resume,
    Cancel: authority.cancel,
    Correct: authority.correct,
    ChangeDate: authority.change_date,
    MeetingMoved: authority.meeting_moved,
    Recount: recounting.recount,
    Migrate: migrating.migrate,
    SubItemEnded: sub_item_ended,
    Tick: _tick,
}
