"""The shapes of the machine room: how the house is, what needs a person, whether the history proves itself."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

from qa_workflow.store.doctor import Level
from qa_workflow.web.api.models.base import Instant, Reason, Sent, Told


class Machine(Told):
    """How the house is: what waits, what needs a person, when time was last looked at."""

    database: str
    schema_revision: str
    rehearsal: bool
    now: Instant
    seconds_since_sweep: float | None
    sweep_error: str | None
    items_open: int
    items_overdue: int
    letters_waiting: int
    letters_given_up: int
    incidents_open: int
    sessions: int


class Incident(Told):
    """Something that needs, or needed, a person; settled by trying again or by giving up."""

    number: int
    at: Instant
    kind: str
    what: str
    item: str | None
    can_retry: bool
    can_give_up: bool
    settled_at: Instant | None
    settled_by: str | None
    outcome: Literal["tried again", "given up"] | None
    reason: str | None


class Settle(Sent):
    """Why this is the right thing to do; it is on record."""

    reason: Reason


class Incidents(Told):
    """What needs a person, the oldest first; `more`: there is more than is told."""

    incidents: list[Incident]
    more: bool


class Verified(Told):
    """What checking the whole history found; `ok` where it proves itself."""

    ok: bool
    said: str
    findings: list[str]


class Verify(Sent):
    """The text of a checkpoint that was kept elsewhere, if there is one."""

    checkpoint: Annotated[str, StringConstraints(max_length=100_000)] | None = None


class Checkpoint(Told):
    """A checkpoint, to be kept elsewhere."""

    number: int
    at: Instant
    text: str


class Finding(Told):
    """One thing that was looked at; `mend` is empty where nothing is to be done."""

    level: Level
    what: str
    mend: str


class Findings(Told):
    """What could go wrong, and what is well."""

    findings: list[Finding]
