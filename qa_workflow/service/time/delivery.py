"""What waits in the outbox leaves the house: one message a person however many notices, at least once, under its key.

A batch is named before it is sent, so that the same notices leave again as the same message if the process dies
between sending and writing down that it was sent. The lease is renewed before each message leaves: whoever was too slow
leaves it to the process that has it by now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from qa_workflow.engine import NOTHING, Leaves
from qa_workflow.fault_points import passing
from qa_workflow.service.house import House
from qa_workflow.service.ports.store import Carrier, Message, Sending, Undeliverable
from qa_workflow.service.refusals import UNDECIDED
from qa_workflow.service.sendings import why_not_sent
from qa_workflow.service.telling import notices

LEASE = timedelta(seconds=60)
BATCH = 200
WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360, 720))
"""How long after each failed try the next one comes; after the eighth it is for a person to decide."""


@dataclass(slots=True)
class Delivered:
    """What left: messages, the notices in them, and what could not be delivered (yet, or for good)."""

    messages: int = 0
    notices: int = 0
    failed: int = 0
    given_up: int = 0


def deliver(house: House, carriers: Mapping[str, Carrier]) -> Delivered:
    """Send what is due to be sent, each kind by its carrier, until nothing is left that was not tried in this look."""
    total, tried = Delivered(), set[int]()
    kinds = tuple(kind for kind in (str(Leaves.MESSAGE), str(Leaves.WEBHOOK), str(Leaves.DOCUMENT)) if kind in carriers)
    while kinds:
        claimed = house.write(lambda work: work.unit.claim_letters(kinds, work.now, work.now + LEASE, BATCH))
        if tried.issuperset(s.id for s in claimed):  # what comes again at once, the next look may have
            break
        tried.update(s.id for s in claimed)
        for group in _batches(claimed):
            _send(house, carriers[group[0].kind], group, total)
    return total


def _batches(claimed: Sequence[Sending]) -> list[list[Sending]]:
    groups: dict[str, list[Sending]] = {}
    for sending in claimed:
        groups.setdefault(sending.batch or sending.key, []).append(sending)
    return list(groups.values())


def _send(house: House, carrier: Carrier, group: list[Sending], total: Delivered) -> None:
    ids = [s.id for s in group]
    try:
        message = _written(house, group)
    except UNDECIDED as fault:
        _try_later(house, group, f"it cannot be written: {fault}", total)
        return
    if message is None:
        who = group[0].recipient
        mend = f"give one under People, or by `qa-workflow person change {who} --email ADDRESS`, then try again"
        _give_up(house, group, f"{who} has no address; {mend}", total)
        return
    if not house.write(lambda work: work.unit.renew(group, work.now + LEASE)):
        return  # it took too long, and another has these by now
    try:
        carrier.carry(message)
    except Undeliverable as refused:
        _give_up(house, group, str(refused), total)
        return
    except Exception as fault:  # noqa: BLE001  a carrier may fail in any way; nothing may be lost by it
        _try_later(house, group, why_not_sent(fault), total)
        return
    passing("after_send_before_mark")
    house.write(lambda work: work.unit.confirm(ids, work.now))
    total.messages += 1
    total.notices += len(group)


def _written(house: House, group: Sequence[Sending]) -> Message | None:
    """The mail as things are now; None where its reader has no address."""
    with house.looking() as (look, world):
        reader = world.governance.people.get(group[0].recipient or "")
        if reader is None or not reader.email:
            return None
        items = look.boards.items([s.item_id for s in group if s.item_id is not None], NOTHING)
        return notices.Desk(world, items, house.now(), house.address).mail(group, reader)


def _try_later(house: House, group: list[Sending], error: str, total: Delivered) -> None:
    attempts = max(s.attempts for s in group)
    if attempts > len(WAITS):
        _give_up(house, group, error, total)
        return
    again = WAITS[attempts - 1]
    house.write(lambda work: work.unit.failed([s.id for s in group], work.now + again, error, work.now))
    total.failed += len(group)


def _give_up(house: House, group: list[Sending], error: str, total: Delivered) -> None:
    house.write(lambda work: work.unit.failed([s.id for s in group], None, error, work.now))
    total.given_up += len(group)
