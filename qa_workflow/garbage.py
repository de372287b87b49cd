"""Python's search for circles of values that nobody needs, put off while many values are made that all stay.

It goes through everything that is alive each time some hundred values more have been made. Where a file becomes ten
thousand values, or five hundred items are decided together, half of the time went there, for nothing: those values are
used, and are no circles. What is not needed any more is freed at once all the same; only circles wait.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Put it off until the end of the block. Of two at once, in two threads, the first to end lets it go on."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
