"""Words between items: sub-items are opened, parents told of their end, what hangs on a cancelled item is cancelled.

They travel through the outbox, each in a transaction of its own and under a request key of its own, so that they happen
once however often they are tried.
"""

from __future__ import annotations

from datetime import timedelta

from qa_workflow.engine import ENGINE
from qa_workflow.engine.commands import Cancel, SubItemEnded
from qa_workflow.engine.decide import decide
from qa_workflow.errors import Refusal, UsageFault
from qa_workflow.service.changing import ERRANDS, Changed, write
from qa_workflow.service.house import House
from qa_workflow.service.opening import Wish, opened
from qa_workflow.service.ports import Sending, Unit
from qa_workflow.service.refusals import AlreadyOpen

LEASE = timedelta(seconds=60)
BATCH = 100
KINDS = tuple(sorted(str(kind) for kind in ERRANDS))


def run(house: House) -> int:
    """Do every errand that is waiting, and those that they cause; how many were done."""
    done = 0
    while True:
        now = house.now()
        claimed = house.write(lambda unit: unit.claim_letters(KINDS, now, now + LEASE, BATCH))  # noqa: B023
        for sending in claimed:
            done += _try(house, sending)
        if not claimed:
            return done


def follow_up(house: House, changed: Changed) -> Changed:
    """Do at once what a change asks of other items; if the process dies before, the next sweep does it."""
    if changed.has_errands:
        run(house)
    return changed


def _try(house: House, sending: Sending) -> int:
    try:
        house.write(lambda unit: _do(house, unit, sending))
    except (Refusal, UsageFault) as fault:
        reason = str(fault)

        def give_up(unit: Unit) -> None:
            unit.failed([sending.id], None, reason)
            unit.incident("errand", f"{sending.payload['reference']}: {sending.kind.replace('_', ' ')} failed: {reason}", sending.item_id, house.now())

        house.write(give_up)
        return 0
    return 1


def _do(house: House, unit: Unit, sending: Sending) -> None:
    now = house.now()
    if unit.answer(sending.key) is None:
        match sending.kind:
            case "open_sub_item":
                _open(house, unit, sending)
            case "report_to_parent":
                _report(house, unit, sending)
            case "cancel_sub_items":
                _cancel(house, unit, sending)
    unit.confirm([sending.id], now)


def _open(house: House, unit: Unit, sending: Sending) -> None:
    now, said = house.now(), sending.payload
    world = house.world(unit.look())
    parent = unit.take(said["item"]).item
    workflow, definition = world.newest(said["workflow"])
    fields = {name: value for name, value in said["fields"].items() if name in workflow.fields}
    subject = parent.subject if workflow.subject else None
    period = parent.period if workflow.period else None
    wish = Wish(workflow.name, subject, period, ENGINE, fields, f"from {parent.reference}", (parent.id, said["visit"]))
    try:
        opened(unit, world, workflow, definition, wish, house, now, sending.key)
    except AlreadyOpen as fault:
        unit.incident("errand", f"{parent.reference}: a sub-item was not opened: {fault}", sending.item_id, now)


def _report(house: House, unit: Unit, sending: Sending) -> None:
    said = sending.payload
    if said["visit"] == 0:
        return
    taken = unit.take(said["parent"], sending.key)
    if taken.item.is_over:
        return
    world = house.world(unit.look(), taken.epoch)
    command = SubItemEnded(said["visit"], said["reference"], said["outcome"])
    workflow = world.workflow(taken.item.definition)
    now = house.now()
    decision = decide(workflow, taken.item, command, actor=ENGINE, now=now, setting=world.setting(unit.look()))
    write(unit, world, taken, decision, house.today(world, now), sending.key)


def _cancel(house: House, unit: Unit, sending: Sending) -> None:
    world, now = house.world(unit.look()), house.now()
    for row in unit.children(sending.payload["item"]):
        taken = unit.take_row(row)
        workflow = world.workflow(taken.item.definition)
        command = Cancel(sending.payload["reason"])
        decision = decide(workflow, taken.item, command, actor=ENGINE, now=now, setting=world.setting(unit.look()))
        write(unit, world, taken, decision, house.today(world, now))
