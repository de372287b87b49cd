"""What waits in the outbox leaves the house: one message a person however many notices, at least once, under its key.

A batch is named before it is sent, so that the same notices leave again as the same message if the process dies
between sending and writing down that it was sent. The lease is renewed before each message leaves: whoever was too slow
leaves it to the process that has it by now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from qa_workflow.calendar import long_date
from qa_workflow.definition import Governance
from qa_workflow.engine import Leaves
from qa_workflow.fault_points import passing
from qa_workflow.service.house import House
from qa_workflow.service.ports.store import Carrier, Message, Sending
from qa_workflow.service.telling.sendings import why_not_sent

LEASE = timedelta(seconds=60)
BATCH = 200
WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360, 720))
"""How long after each failed try the next one comes; after the eighth it is for a person to decide."""

_LINES = {
    "arrived": "{reference}: {stage} is now with you{until}",
    "rolled_over": "{reference}: {stage} is now with you; it came too late for the meeting before{until}",
    "reminder": "{reference}: {stage} is due{due}",
    "overdue": "{reference}: {stage} is overdue; it was due{due}",
    "escalation": "{reference}: {stage} is late and has been brought to you; it was due{due}",
    "lapsed": "{reference}: {stage} was not done in time and has lapsed",
    "waits_for_you": "{reference}: {stage} could not go on by itself, and waits for you",
    "date_changed": "{reference}: {stage} has another due date{due}",
    "meeting_moved": "{reference}: a meeting was moved; {stage} is due{due}",
    "recounted": "{reference}: calendars or meetings were changed; {stage} is due{due}",
    "assigned": "{reference}: {stage} was given to you",
}


@dataclass(slots=True)
class Delivered:
    """What left: messages, the notices in them, and what could not be delivered (yet, or for good)."""

    messages: int = 0
    notices: int = 0
    failed: int = 0
    given_up: int = 0


def deliver(house: House, carriers: Mapping[str, Carrier]) -> Delivered:
    """Send what is due to be sent, each kind by its carrier, until nothing is left or a carrier fails."""
    total = Delivered()
    kinds = tuple(kind for kind in (str(Leaves.MESSAGE), str(Leaves.WEBHOOK), str(Leaves.DOCUMENT)) if kind in carriers)
    while kinds:
        claimed = house.write(lambda work: work.unit.claim_letters(kinds, work.now, work.now + LEASE, BATCH))
        if not claimed:
            break
        with house.looking() as (_, world):
            governance = world.governance
        for group in _batches(claimed):
            _send(house, carriers[group[0].kind], governance, group, total)
    return total


def _batches(claimed: Sequence[Sending]) -> list[list[Sending]]:
    groups: dict[str, list[Sending]] = {}
    for sending in claimed:
        groups.setdefault(sending.batch or sending.key, []).append(sending)
    return list(groups.values())


def _send(house: House, carrier: Carrier, governance: Governance, group: list[Sending], total: Delivered) -> None:
    ids = [s.id for s in group]
    person = governance.people.get(group[0].recipient or "")
    if person is None or not person.email:
        _give_up(
            house, group, f"{group[0].recipient} has no address; give one in the governance file, then try again", total
        )
        return
    if not house.write(lambda work: work.unit.renew(group, work.now + LEASE)):
        return  # it took too long, and another has these by now
    try:
        carrier.carry(compose(group, person.name, person.email))
    except Exception as fault:  # noqa: BLE001  a carrier may fail in any way; nothing may be lost by it
        _try_later(house, group, why_not_sent(fault), total)
        return
    passing("after_send_before_mark")
    house.write(lambda work: work.unit.confirm(ids, work.now))
    total.messages += 1
    total.notices += len(group)


def compose(group: Sequence[Sending], recipient: str, address: str) -> Message:
    """One message from several notices; references and dates only, no case detail."""
    lines = [line(s) for s in group]
    subject = lines[0] if len(lines) == 1 else f"QA workflow: {len(lines)} things that need you"
    own = group[0].payload.get("subject")
    if len(group) == 1 and own:
        subject = filled(own, group[0].payload)
    text = "\n".join(f"- {each}" for each in lines) if len(lines) > 1 else lines[0]
    items = tuple(dict.fromkeys(str(s.payload["reference"]) for s in group if "reference" in s.payload))
    return Message(group[0].batch or group[0].key, recipient, address, subject, f"{text}\n", items)


def line(sending: Sending) -> str:
    """One notice as a sentence."""
    said = sending.payload
    if said["topic"] == "digest":
        return str(said["text"])
    if said["topic"] == "effect":
        return filled(said.get("text") or said.get("subject") or "{reference}: {stage}", said)
    due = said.get("due")
    on = f" on {long_date(datetime.fromisoformat(due).date())}" if due else ""
    until = f"; it is due{on}" if due else ""
    return _LINES[said["topic"]].format(reference=said["reference"], stage=said["stage"], due=on, until=until)


def filled(template: str, said: Mapping[str, object]) -> str:
    """Names in braces replaced by what they stand for; nothing else of a template means anything."""
    for name in ("reference", "stage", "workflow", "due"):
        template = template.replace("{" + name + "}", str(said.get(name) or ""))
    return template


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
