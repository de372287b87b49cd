"""What recurs, against the history of plans; and what proofs of items ask of the definitions."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TypeVar

from sqlalchemy import Connection, select

from qa_workflow.clock import to_micros
from qa_workflow.definition import Governance, Workflow, load_governance, load_workflow
from qa_workflow.engine.item import instant
from qa_workflow.errors import QaWorkflowError
from qa_workflow.service.time.daily import DIGEST, FIGURES
from qa_workflow.service.world import GOVERNANCE
from qa_workflow.store.proof.proving import Case
from qa_workflow.store.statements import DEFINITION, SCHEDULE

D = TypeVar("D")


class Definitions:
    """The workflows of this database, each read when it is first asked for; None where it cannot be read any more."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._read: dict[str, Workflow | None] = {}

    @cached_property
    def governance(self) -> Governance | None:
        """The one in force."""
        wanted = (
            select(DEFINITION.c.source).where(DEFINITION.c.kind == GOVERNANCE).order_by(DEFINITION.c.version.desc())
        )
        return _read(self._connection.execute(wanted.limit(1)).scalar(), load_governance)

    def workflow(self, digest: str) -> Workflow | None:
        """A version of a workflow."""
        if digest not in self._read:
            wanted = select(DEFINITION.c.source).where(DEFINITION.c.hash == digest).limit(1)
            self._read[digest] = _read(self._connection.execute(wanted).scalar(), load_workflow)
        return self._read[digest]


def _read(source: bytes | None, load: Callable[[bytes], D]) -> D | None:
    if source is None:
        return None
    try:
        return load(bytes(source))
    except QaWorkflowError:
        return None  # that the text was changed is found where definitions are proved


def prove_plans(case: Case) -> None:
    """Each row must be what history last said under that name; but for the house's own days, which are on no record."""
    planned = {name: line for name, line in case.planned.items() if line.kind == "planned"}
    for row in case.connection.execute(select(SCHEDULE).order_by(SCHEDULE.c.name)):
        line = planned.pop(row.name, None)
        place = f"plan {row.name!r}"
        if line is None:
            if row.name not in (FIGURES, DIGEST) or row.workflow:
                case.find(place, None, "schedule.name", "it is there, and no history has planned it")
            continue
        with case.damaged("history 'plans'", line.seq):
            wanted = {**line.data, "next_at": to_micros(instant(line.data["next_at"]))}
            for column in ("workflow", "payload", "next_at"):
                if getattr(row, column) != wanted[column]:
                    what = f"line {line.seq} of history 'plans' says {line.data[column]}"
                    case.find(place, None, f"schedule.{column}", what)
    for name, line in planned.items():
        what = f"it was planned (line {line.seq} of history 'plans'), and it is not there"
        case.find(f"plan {name!r}", None, "schedule.name", what)
