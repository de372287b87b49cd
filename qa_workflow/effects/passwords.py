"""Argon2id: the port `Passwords` made real. Two at a time: each takes 46 MiB and most of a tenth of a second."""

from __future__ import annotations

import secrets
import unicodedata
from functools import cached_property
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from qa_workflow.errors import Refusal

if TYPE_CHECKING:
    from pwdlib import PasswordHash

MEMORY, TIME, PARALLEL = 46 * 1024, 1, 1
"""KiB, passes and threads: what OWASP asks for, at a cost that lets a whole office sign in at nine o'clock."""
AT_ONCE = 2
PATIENCE = 10
"""Seconds that somebody waits for their turn."""


class TooBusy(Refusal):
    """Too many sign in at once."""

    code = "too_busy"

    def __init__(self) -> None:
        super().__init__("Many people are signing in at this moment. Wait a little, then try again")


class Argon2Passwords:
    """Shared by all requests of a process."""

    def __init__(self, *, memory: int = MEMORY, time: int = TIME, parallel: int = PARALLEL) -> None:
        self._cost = (time, memory, parallel)
        self._turns = BoundedSemaphore(AT_ONCE)

    def hash(self, password: str) -> str:
        """A hash with a salt of its own."""
        self._take_turn()
        try:
            return self._hasher.hash(_bytes(password))
        finally:
            self._turns.release()

    def check(self, password: str, hashed: str | None) -> tuple[bool, str | None]:
        """Whether this is it, and a new hash where the old one was cheaper; without a hash, no, in the same time."""
        from pwdlib.exceptions import UnknownHashError

        nobodys = self._nobodys
        self._take_turn()
        try:
            right, renewed = self._hasher.verify_and_update(_bytes(password), nobodys if hashed is None else hashed)
        except UnknownHashError:
            return False, None
        finally:
            self._turns.release()
        return (right, renewed) if hashed is not None else (False, None)

    @cached_property
    def _hasher(self) -> PasswordHash:
        from pwdlib import PasswordHash
        from pwdlib.hashers.argon2 import Argon2Hasher

        time, memory, parallel = self._cost
        return PasswordHash((Argon2Hasher(time_cost=time, memory_cost=memory, parallelism=parallel),))

    @cached_property
    def _nobodys(self) -> str:
        """What a password is compared with where there is no account, so that time does not tell."""
        return self.hash(secrets.token_urlsafe(32))

    def _take_turn(self) -> None:
        if not self._turns.acquire(timeout=PATIENCE):
            raise TooBusy


def _bytes(password: str) -> bytes:
    """The same password from every keyboard, however it writes accents."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
