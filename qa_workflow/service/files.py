"""Files of this machine that somebody has named: looked at before they are read."""

from __future__ import annotations

from pathlib import Path
from stat import S_ISDIR, S_ISREG

from qa_workflow.errors import UsageFault


def size_of(path: Path) -> int:
    """How many bytes a file holds.

    Raises:
        UsageFault: it cannot be read, or is no file: a pipe would be waited for, and a device has no end.
    """
    try:
        found = path.stat()
    except OSError as fault:
        raise _unreadable(path, fault) from fault
    if S_ISREG(found.st_mode):
        return found.st_size
    what = "a folder" if S_ISDIR(found.st_mode) else "a pipe or a device"
    raise UsageFault(f"{path} is {what}, not a file; name the file that is meant")


def content_of(path: Path) -> bytes:
    """What a file holds, all of it.

    Raises:
        UsageFault: as `size_of`.
    """
    size_of(path)
    try:
        return path.read_bytes()
    except OSError as fault:
        raise _unreadable(path, fault) from fault


def _unreadable(path: Path, fault: OSError) -> UsageFault:
    reason = fault.strerror or type(fault).__name__
    return UsageFault(f"{path} cannot be read ({reason}); check the name and your rights to it")
