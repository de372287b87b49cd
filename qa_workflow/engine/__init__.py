"""What may happen to an item and what did: pure functions over frozen values; `machine` speaks to `transitions`."""

from qa_workflow.engine.available import Step, available
from qa_workflow.engine.decide import decide, is_wanted, open_item
from qa_workflow.engine.decision import Decision, Leaves, Outgoing, Timer
from qa_workflow.engine.events import Event, Kind
from qa_workflow.engine.fold import apply, replay
from qa_workflow.engine.item import Item, Visit
from qa_workflow.engine.policy import CLOCK, ENGINE, Actor
from qa_workflow.engine.setting import Meeting, Setting
from qa_workflow.engine.sight import EVERYTHING, NOTHING, Sight, sight_of

__all__ = [
    "CLOCK",
    "ENGINE",
    "EVERYTHING",
    "NOTHING",
    "Actor",
    "Decision",
    "Event",
    "Item",
    "Kind",
    "Leaves",
    "Meeting",
    "Outgoing",
    "Setting",
    "Sight",
    "Step",
    "Timer",
    "Visit",
    "apply",
    "available",
    "decide",
    "is_wanted",
    "open_item",
    "replay",
    "sight_of",
]
