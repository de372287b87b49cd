"""Python's search for circles of values that nobody needs, kept from going through what stays.

It goes through values each time some hundred more have been made, and now and then through everything that is alive.
Where a file becomes ten thousand values, or five hundred items are decided together, half of the time went there, for
nothing: those values are used, and are no circles. And in a server everybody waits meanwhile. What is not needed any
more is freed at once all the same; only circles wait.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Put it off until the end of the block. Of two at once, in two threads, the first to end lets it go on.

    It then goes through all that the block has made and that is still there: put it round a whole use, so that what was
    needed on the way is gone by then.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def pass_over_what_is_loaded() -> None:
    """From now on it leaves out all that is there by now: of a process that goes on as it has begun.

    Two hundred thousand values of loaded code were gone through every some hundred pages, a tenth of a second each
    time, in which no page was answered.
    """
    gc.freeze()
