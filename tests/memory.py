"""A folder in memory for what tests write: thousands of databases, each of which waits for a disk at every commit.

Nothing is proved less by it. The program asks for the same writes, and a program that is killed loses no more in memory
than on a disk; what a disk keeps when the power fails, no test can see.
"""

import os
import sys

ROOM = 2**30  # bytes; what one process keeps at a time, and a server with some databases, is a fifth of it
PLACE = "/dev/shm"  # noqa: S108  folders with names of their own are made there


def in_memory() -> str | None:
    """A file system in memory, where there is one with room that runs programs."""
    if sys.platform == "win32" or not os.access(PLACE, os.W_OK):
        return None
    found = os.statvfs(PLACE)
    runs = sys.platform == "linux" and not found.f_flag & os.ST_NOEXEC
    return PLACE if runs and found.f_bavail * found.f_frsize > ROOM else None
