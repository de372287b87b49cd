"""Word that is for nobody on the day is an incident, whatever it tells: else nobody learns of the item.

What waits for whoever has to act is said once for a stage, and settles by itself when somebody can see it or the item
has gone on. What was only to be told to others stays until somebody has told them.
"""

from __future__ import annotations

from qa_workflow.definition.model import Who
from qa_workflow.engine import ENGINE, Item, Leaves
from qa_workflow.service.house import House, Work
from qa_workflow.service.ports.store import Saving, Settled

KIND, HEARD = "unheard", "heard"
_SAID = {"reminder": "a reminder", "overdue": "a notice that it is late", "escalation": "an escalation"}
_WHY = "was not delivered: "


def follow(work: Work, saving: Saving, row: int) -> None:
    """After a decision is written: what somebody should have been told, and nobody is there to be told."""
    item = saving.decision.item
    stages = work.workflow(item).stages
    for out in saving.decision.outgoing:
        if out.kind is not Leaves.MESSAGE or "person" in out.payload or out.to.anyone:
            continue
        if work.world.staff(work.day).meant(out.to, item):
            continue
        path, place = out.payload["path"], f"about {item.reference} at {out.payload['stage']!r}"
        if path in stages and out.to == stages[path].owner:
            what = f"word {place} {_WHY}{_nobody(out.to)}; give it to somebody, who then finds it on their pages"
            work.unit.incident(KIND, what, row, work.now, path)
        else:
            what = f"{_SAID.get(str(out.payload['topic']), 'word')} {place} {_WHY}{_nobody(out.to)}"
            work.unit.incident(KIND, f"{what}; give it to somebody, and tell them of it", row, work.now)


def settle(house: House) -> None:
    """Settle what is heard by now; looked at once for what is published, for the people there are, and for the day."""
    with house.looking() as (_, world):
        mark = (world.epoch, world.day(house.now()))
    if house.watch.heard != mark:
        house.write(_settle)
        house.watch.heard = mark


def _settle(work: Work) -> None:
    for number in work.unit.unsettled(KIND):
        found = work.unit.take_incident(number)
        if found is None or found["letter"] is None or found["item_id"] is None:
            continue
        why = _why_settled(work, work.unit.take_row(found["item_id"]).item, found["letter"])
        if why:
            work.unit.settle(number, Settled(ENGINE.name, work.now, HEARD, why))


def _why_settled(work: Work, item: Item, path: str) -> str:
    if item.is_over or all(visit.stage != path for visit in item.visits):
        return "the item has gone on"
    is_heard = work.world.staff(work.day).meant(work.workflow(item).stages[path].owner, item)
    return "somebody has it on their pages now" if is_heard else ""


def _nobody(who: Who) -> str:
    if not who.roles:
        return "the item names nobody whom to tell"
    roles = " or ".join(repr(role) for role in who.roles)
    return f"nobody holds the role {roles} for it on this day"
