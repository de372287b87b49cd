"""Named places where a test may kill the process, to see that nothing is lost. Inert unless a test arms them.

`QA_WORKFLOW_TEST=1` and `QA_WORKFLOW_FAULT=POINT:kill:N` together make the process die, as by kill -9, when it passes
POINT for the Nth time.
"""

from __future__ import annotations

import os
import signal

POINTS = (
    "after_lock",
    "before_event",
    "after_event",
    "after_state",
    "after_timers",
    "after_outbox",
    "before_commit",
    "after_commit",
    "after_send_before_mark",
    "mid_migration",
    "mid_backup",
    "mid_checkpoint",
)


class _Armed:
    point: str | None = None
    left: int = 0


def arm(setting: str) -> None:
    """Arm one point, from the text of `QA_WORKFLOW_FAULT`; raises ValueError for what it cannot read."""
    point, how, count = (*setting.split(":"), "", "")[:3]
    if point not in POINTS or how != "kill" or not count.isdecimal():
        raise ValueError(f"fault {setting!r} is not known; use POINT:kill:N with a POINT of: {', '.join(POINTS)}")
    _Armed.point, _Armed.left = point, int(count)


def is_armed() -> bool:
    """Whether this process has a fault point armed; a production server refuses to start then."""
    return _Armed.point is not None


def passing(point: str) -> None:
    """The program passes a named point."""
    if point == _Armed.point:
        _Armed.left -= 1
        if _Armed.left == 0:
            os.kill(os.getpid(), signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
