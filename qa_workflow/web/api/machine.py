"""The machine room, for who administers: how the house is, what needs a person, whether the history proves itself."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import Path, Query
from starlette.responses import Response

from qa_workflow.service.people.tokens import ADMINISTER
from qa_workflow.service.time import incidents, rehearsing
from qa_workflow.store import machine_room as room
from qa_workflow.store.doctor import examine
from qa_workflow.store.figures import figures
from qa_workflow.store.migrations import HEAD
from qa_workflow.web.api.describing import READING, WRITING, answers
from qa_workflow.web.api.door import ApiDoor, Called
from qa_workflow.web.api.models import machine as models
from qa_workflow.web.api.models.base import Nothing
from qa_workflow.web.pulse import pulse

door = ApiDoor("the machine room", __doc__)
MOST = 500
"""Incidents that one answer has: beyond it, settling some helps more than a longer list."""
Number = Annotated[int, Path(ge=1, le=2**53, description="The number of an incident.", examples=[3])]


@door.get("/machine", right="administer", scope=ADMINISTER, responses=answers(models.Machine, *READING))
def get_machine(ask: Called) -> Response:
    """How the house is."""
    store, beat = ask.parts.store, pulse(ask.request.app)
    told = {
        "database": store.engine.dialect.name,
        "schema_revision": HEAD,
        "rehearsal": rehearsing.is_rehearsal(ask.house),
        "now": ask.now,
        "seconds_since_sweep": beat.seconds_since_last,
        "sweep_error": beat.error,
        **asdict(figures(store, now=ask.now, wall=ask.wall_now)),
    }
    return ask.tell(models.Machine, told)


@door.get("/machine/incidents", right="administer", scope=ADMINISTER, responses=answers(models.Incidents, *READING))
def list_incidents(ask: Called, every: Annotated[bool, Query(description="What is settled too.")] = False) -> Response:
    """What needs a person, the oldest first."""
    found = incidents.listed(ask.house, every=every)
    return ask.tell(models.Incidents, {"incidents": found[:MOST], "more": len(found) > MOST})


@door.post(
    "/machine/incidents/{number}/try-again",
    right="administer",
    scope=ADMINISTER,
    responses=answers(models.Incident, *WRITING, 404, 409),
)
def try_again(ask: Called, number: Number, wish: models.Settle) -> Response:
    """Let what an incident is about be done again, soon."""
    return ask.tell(models.Incident, incidents.try_again(ask.house, number, actor=ask.name, reason=wish.reason))


@door.post(
    "/machine/incidents/{number}/give-up",
    right="administer",
    scope=ADMINISTER,
    responses=answers(models.Incident, *WRITING, 404, 409),
)
def give_up(ask: Called, number: Number, wish: models.Settle) -> Response:
    """Leave it as it is, for good."""
    return ask.tell(models.Incident, incidents.give_up(ask.house, number, actor=ask.name, reason=wish.reason))


@door.post("/machine/verify", right="administer", scope=ADMINISTER, responses=answers(models.Verified, *WRITING))
def verify_history(ask: Called, wish: models.Verify) -> Response:
    """Check all that is stored against the history, and the history against a checkpoint that was kept elsewhere."""
    proof = ask.engine.verify(wish.checkpoint)
    found = [str(each) for each in proof.findings]
    return ask.tell(models.Verified, {"ok": not found, "said": str(proof), "findings": found[:500]})


@door.post("/machine/checkpoint", right="administer", scope=ADMINISTER, responses=answers(models.Checkpoint, *WRITING))
def take_checkpoint(ask: Called, wish: Nothing) -> Response:
    """Make a checkpoint and hand it out, to be kept elsewhere."""
    del wish
    number, text = room.hand_out(ask.parts.store, ask.name, ask.now)
    return ask.tell(models.Checkpoint, {"number": number, "at": ask.now, "text": text})


@door.get("/machine/doctor", right="administer", scope=ADMINISTER, responses=answers(models.Findings, *READING))
def look_for_faults(ask: Called) -> Response:
    """A look for what could go wrong; it reads the whole file of a SQLite database once."""
    return ask.tell(models.Findings, {"findings": list(examine(ask.parts.store.url))})
