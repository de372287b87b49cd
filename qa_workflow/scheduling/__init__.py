"""What wakes the sweep. The truth about time is in the database; nothing here remembers any of it."""

from qa_workflow.scheduling.pulse import Embedded, Worker

__all__ = ["Embedded", "Worker"]
