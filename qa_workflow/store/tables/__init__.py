"""The tables. Instants are whole microseconds since 1970 in UTC (`clock.to_micros`): exact and sortable everywhere."""

from qa_workflow.store.tables.access import AccountRow, AttemptRow, PersonRow, SessionRow, TokenRow
from qa_workflow.store.tables.base import metadata
from qa_workflow.store.tables.boards import FigureRow, SearchableRow, StepRow
from qa_workflow.store.tables.desk import DraftRow, SavedViewRow
from qa_workflow.store.tables.items import (
    DefinitionRow,
    DocumentRow,
    EventRow,
    HouseRow,
    IncidentRow,
    ItemRow,
    MeetingRow,
    OutboxRow,
    RecordRow,
    RemovalRow,
    RequestRow,
    ScheduleRow,
    TimerRow,
    WaitingRow,
)

__all__ = [
    "AccountRow",
    "AttemptRow",
    "DefinitionRow",
    "DocumentRow",
    "DraftRow",
    "EventRow",
    "FigureRow",
    "HouseRow",
    "IncidentRow",
    "ItemRow",
    "MeetingRow",
    "OutboxRow",
    "PersonRow",
    "RecordRow",
    "RemovalRow",
    "RequestRow",
    "SavedViewRow",
    "ScheduleRow",
    "SearchableRow",
    "SessionRow",
    "StepRow",
    "TimerRow",
    "TokenRow",
    "WaitingRow",
    "metadata",
]
