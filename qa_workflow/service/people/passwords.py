"""Passwords: long, not among those that everybody tries first, and never known here but as a hash."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Protocol

from qa_workflow.errors import UsageFault

SHORTEST, LONGEST = 12, 200
_LEFT = 6
"""Characters that must be left when everything that is easily guessed is taken away."""
_DIFFERENT = 5

_WORDS = """
password passwort passw0rd pass word letmein welcome admin administrator login logon master monkey dragon sunshine
princess football baseball liverpool chelsea arsenal everton manchester rangers celtic superman batman iloveyou
trustno changeme secret default test guest user hello whatever freedom shadow michael jordan charlie george
summer autumn winter spring january february march april june july august september october november december
monday tuesday wednesday thursday friday saturday sunday london england britain gloucester gloucestershire
hospital doctor nurse patient health care trust clinical quality governance committee commissioner provider
nhs icb ccg cqrg workflow assurance account review report qa qaworkflow nothing please computer internet
correcthorsebatterystaple correct horse battery staple abc qwerty qwertz azerty asdf zxcv love money family
"""
COMMON = frozenset(_WORDS.split())
"""Words that guessers try first, among them those of this very house; each may be part of a password, not all of it."""
_RUNS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_SPELT = str.maketrans("013457@$!€", "oieastasie")
_REPEATED = re.compile(r"(.)\1{2,}")


class Passwords(Protocol):
    """Hashes passwords slowly, so that a stolen hash is of little use; a few at a time, so that nobody floods it."""

    def hash(self, password: str) -> str:
        """A hash with a salt of its own; raises `TooBusy`."""

    def check(self, password: str, hashed: str | None) -> tuple[bool, str | None]:
        """Whether this is it, and a new hash where the old one was made more cheaply than is done now.

        Without a hash it is never right, and takes as long as it takes with one. Raises `TooBusy`.
        """


class WeakPassword(UsageFault):
    """A password that would be guessed."""

    code = "weak_password"

    def __init__(self, why: str) -> None:
        super().__init__(f"{why}. Three words that do not belong together make a good one; it never has to be changed")


def require_strong(password: str, context: Iterable[str] = ()) -> None:
    """Refuse a password that is short, or is made of what guessers try first.

    Args:
        context: more words of that kind: the person's own name, organisation, address.

    Raises:
        WeakPassword: says why.
    """
    if len(password) < SHORTEST:
        raise WeakPassword(f"a password has at least {SHORTEST} characters, and this one has {len(password)}")
    if len(password) > LONGEST:
        raise WeakPassword(f"a password has at most {LONGEST} characters, and this one has {len(password)}")
    if len(set(password.lower())) < _DIFFERENT:
        raise WeakPassword("this password is the same few characters again and again")
    plain = re.sub(r"(19|20)\d\d", " ", password.lower())
    if any(_rest(text, context) < _LEFT for text in (plain, plain.translate(_SPELT))):
        raise WeakPassword(
            "this password is made of what guessers try first: common words, names from here, dates, keys in a row"
        )


def _rest(text: str, context: Iterable[str]) -> int:
    """How much is left of a password without words and runs that are easily guessed."""
    own = {part for word in context for part in re.findall(r"[a-z]{3,}", word.lower())}
    text = re.sub(r"[\W_]+", " ", text)
    for word in sorted(COMMON | own, key=lambda word: (-len(word), word)):
        text = text.replace(word, " ")
    for run in (*_RUNS, *(run[::-1] for run in _RUNS)):
        for length in range(len(run), 2, -1):
            for start in range(len(run) - length + 1):
                text = text.replace(run[start : start + length], " ")
    return len(_REPEATED.sub(r"\1", text.replace(" ", "")))
