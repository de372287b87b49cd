"""The machine room, for who administers: how the house is, what needs a person, whether the history proves itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from starlette.responses import JSONResponse, Response

from qa_workflow.service import rehearsing
from qa_workflow.service.tokens import ADMINISTER
from qa_workflow.store.figures import figures
from qa_workflow.store.migrations import HEAD
from qa_workflow.web.api import models
from qa_workflow.web.api.describing import READING, WRITING, answers
from qa_workflow.web.api.door import ApiDoor, Called
from qa_workflow.web.pulse import pulse

door = ApiDoor("the machine room")


@door.get("/machine", right="administer", scope=ADMINISTER, responses=answers(models.Machine, *READING))
def get_machine(ask: Called) -> Response:
    """How the house is."""
    store, beat = ask.parts.store, pulse(ask.request.app)
    told = {
        "database": store.engine.dialect.name,
        "schema_revision": HEAD,
        "rehearsal": rehearsing.is_rehearsal(ask.house),
        "now": ask.now.isoformat(),
        "seconds_since_sweep": beat.seconds_since_last,
        "sweep_error": beat.error,
        **asdict(figures(store, now=ask.now, wall=ask.wall_now)),
    }
    return JSONResponse(told)


@door.get("/machine/incidents", right="administer", scope=ADMINISTER, responses=answers(models.Incidents, *READING))
def list_incidents(ask: Called) -> Response:
    """What needs a person, the oldest first."""
    return JSONResponse(
        {"incidents": [_told(each) for each in ask.engine.incidents() if each["settled_at"] is None][:500]}
    )


@door.post("/machine/verify", right="administer", scope=ADMINISTER, responses=answers(models.Verified, *WRITING))
def verify_history(ask: Called, wish: models.Verify) -> Response:
    """Check all that is stored against the history, and the history against a checkpoint that was kept elsewhere."""
    proof = ask.engine.verify(wish.checkpoint)
    found = [str(each) for each in proof.findings]
    return JSONResponse({"ok": not found, "said": str(proof), "findings": found[:500]})


def _told(incident: Mapping[str, Any]) -> dict[str, Any]:
    return {name: incident[name] for name in ("id", "kind", "what", "item", "at", "settled_at")}
