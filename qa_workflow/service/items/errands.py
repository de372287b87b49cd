"""Words between items: sub-items are opened, parents told of their end, those of a cancelled item are cancelled.

They travel through the outbox, each in a transaction of its own and under a request key of its own, so that they happen
once however often they are tried.
"""

from __future__ import annotations

from datetime import timedelta

from qa_workflow.definition.model import SUBJECT, Rest
from qa_workflow.engine import ENGINE, Item, Leaves
from qa_workflow.engine.commands import Cancel, SubItemEnded
from qa_workflow.engine.item import CANCELLED
from qa_workflow.service.house import House, Work, afterwards
from qa_workflow.service.items.changing import ERRANDS, Changed, saving, write
from qa_workflow.service.items.opening import opened
from qa_workflow.service.items.requests import Request
from qa_workflow.service.items.to_open import wish_for
from qa_workflow.service.ports.store import Sending
from qa_workflow.service.refusals import UNDECIDED, AlreadyOpen, OneAlready

LEASE = timedelta(seconds=60)
BATCH = 100
KINDS = tuple(sorted(str(kind) for kind in ERRANDS))


def run(house: House) -> int:
    """Do every errand that is waiting, and those that they cause; how many were done."""
    done = 0
    while claimed := house.write(lambda work: work.unit.claim_letters(KINDS, work.now, work.now + LEASE, BATCH)):
        done += sum(_try(house, sending) for sending in claimed)
    return done


def follow_up(house: House, changed: Changed) -> Changed:
    """Do at once what a change asks of other items; if the process dies before, the next sweep does it."""
    if changed.has_errands:
        afterwards(house, run)
    return changed


def _try(house: House, sending: Sending) -> int:
    """One errand; one that is refused is not tried again, but told to a person."""
    try:
        house.write(lambda work: _do(work, sending))
    except UNDECIDED as fault:
        what = f"{_undone(sending)}: {fault}"
        house.write(lambda work: work.unit.failed([sending.id], None, what, work.now))
        return 0
    return 1


def _undone(sending: Sending) -> str:
    """What stands still by it, as half a sentence; the refusal follows."""
    said = sending.payload
    match Leaves(sending.kind):
        case Leaves.OPEN_SUB_ITEM if said["visit"]:
            return f"{said['reference']} waits for a sub-item that was not opened"
        case Leaves.OPEN_SUB_ITEM:
            return f"{said['reference']} asked for a sub-item that was not opened"
        case Leaves.REPORT_TO_PARENT:
            return f"{said['reference']} could not tell how it ended to the item that it is part of"
        case _:
            return f"{said['reference']} could not withdraw its sub-items"


def _do(work: Work, sending: Sending) -> None:
    if work.unit.answer(sending.key) is None:
        match Leaves(sending.kind):
            case Leaves.OPEN_SUB_ITEM:
                _open(work, sending)
            case Leaves.REPORT_TO_PARENT:
                _report(work, sending)
            case _:
                _cancel(work, sending)
    work.unit.confirm([sending.id], work.now)


def _open(work: Work, sending: Sending) -> None:
    said = sending.payload
    parent = work.unit.take(said["item"]).item
    if parent.status == CANCELLED or _is_let_go(work, parent, said["visit"], said["workflow"]):
        return  # withdrawn before it came to this
    wish = wish_for(work, parent, said)
    try:
        opened(work, wish, Request(sending.key))
    except AlreadyOpen as fault:
        if fault.cycle is None or wish.subject is None:
            raise
        about = work.world.governance.organisations[wish.subject].title
        raise OneAlready(f"{work.world.newest(wish.workflow)[0].title!r} about {about}", wish.period or "") from None


def _is_let_go(work: Work, parent: Item, visit: int, workflow: str) -> bool:
    """Whether the stage that asked for a sub-item was left meanwhile, and withdraws what was still open."""
    if visit == 0 or parent.awaiting(visit) is not None:
        return False
    asking = (stage.sub_items for stage in work.workflow(parent).stages.values())
    return all(s.rest is Rest.CANCELLED for s in asking if s is not None and s.workflow == workflow)


def _report(work: Work, sending: Sending) -> None:
    said = sending.payload
    if said["visit"] == 0:
        return
    taken = work.unit.take(said["parent"], sending.key)
    if not taken.item.is_over:
        command = SubItemEnded(said["visit"], said["reference"], said["outcome"], said.get(SUBJECT))
        write(work, [saving(work, taken, work.decide(taken, command, ENGINE), Request(sending.key))])


def _cancel(work: Work, sending: Sending) -> None:
    """Withdraw the sub-items of an item, or only those that one of its visits had asked for."""
    said, visit = sending.payload, sending.payload.get("visit")
    for row in work.unit.children(said["item"]):
        taken = work.unit.take_row(row)
        if visit is not None and (taken.item.parent is None or taken.item.parent[1] != visit):
            continue
        is_others = taken.item.subject != said.get(SUBJECT, taken.item.subject)
        reason = said["to_others"] if is_others else said["reason"]
        write(work, [saving(work, taken, work.decide(taken, Cancel(reason), ENGINE))])
