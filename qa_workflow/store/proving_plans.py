"""What recurs, and which stages are decided in a meeting: told by the definitions that are published here."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, select

from qa_workflow.definition import Workflow, load_workflow
from qa_workflow.errors import QaWorkflowError
from qa_workflow.service.cycles import OPENS
from qa_workflow.service.repeats import REPEAT
from qa_workflow.service.world import WORKFLOW
from qa_workflow.store.proving import Case
from qa_workflow.store.statements import DEFINITION, ITEM, SCHEDULE


class Definitions:
    """The workflows of this database, each read when it is first asked for; None where it cannot be read any more."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._meets: dict[str, frozenset[str] | None] = {}

    def meets(self, digest: str) -> frozenset[str] | None:
        """Paths of the stages of a version that are decided in a meeting."""
        if digest not in self._meets:
            wanted = select(DEFINITION.c.source).where(DEFINITION.c.hash == digest).limit(1)
            found = _read(self._connection.execute(wanted).scalar())
            stages = found.stages.values() if found is not None else ()
            self._meets[digest] = None if found is None else frozenset(s.path for s in stages if s.meeting is not None)
        return self._meets[digest]


def prove_plans(case: Case) -> None:
    """Every cycle that a definition opens has its next date, and every repeat follows an item that has ended.

    Which date is next is not proved: it follows from definition, calendars and clock, which move on by themselves.
    """
    rows = {row.name: row for row in case.connection.execute(select(SCHEDULE))}
    for name, workflow in _newest(case.connection).items():
        planned = f"{OPENS}:{name}" in rows
        if workflow is not None and planned != (workflow.opening is not None):
            missing = "nothing says when its next cycle opens"
            what = "a cycle is planned, and the workflow opens none" if planned else missing
            case.find(f"workflow {name!r}", None, "schedule.name", what)
    for name, row in rows.items():
        kind, _, key = name.partition(":")
        if kind != REPEAT:
            continue
        wanted = select(ITEM.c.reference, ITEM.c.status, ITEM.c.workflow).where(ITEM.c.key == key)
        item = case.connection.execute(wanted).first()
        if item is None or item.status != "closed" or item.workflow != row.workflow:
            case.find(f"repeat of {key}", None, "schedule.name", "it follows no item of its workflow that has closed")
        elif json.loads(row.payload).get("after") != item.reference:
            case.find(f"item {item.reference}", None, "schedule.payload", "what opens after it names another item")


def _newest(connection: Connection) -> Mapping[str, Workflow | None]:
    rows = connection.execute(select(DEFINITION).where(DEFINITION.c.kind == WORKFLOW).order_by(DEFINITION.c.version))
    return dict(_texts((row.name, bytes(row.source)) for row in rows))


def _texts(sources: Iterator[tuple[str, bytes]]) -> Iterator[tuple[str, Workflow | None]]:
    for name, source in dict(sources).items():
        yield name, _read(source)


def _read(source: bytes | None) -> Workflow | None:
    try:
        return None if source is None else load_workflow(bytes(source))
    except QaWorkflowError:
        return None  # that the text was changed is found where definitions are proved
