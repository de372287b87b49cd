"""A file that a command writes: a new one, and whole, or not there at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from qa_workflow.errors import UsageFault


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """Open it for writing; whatever goes wrong within the block, no part of it stays, and a full disk names the file.

    Raises:
        UsageFault: something is there already.
    """
    try:
        file = path.open("xb")
    except FileExistsError as fault:
        raise UsageFault(f"{path} is there already; name another file") from fault
    is_whole = False
    try:
        with file:
            yield file
        is_whole = True
    except OSError as fault:
        fault.filename = fault.filename or str(path)
        raise
    finally:
        if not is_whole:
            path.unlink(missing_ok=True)
