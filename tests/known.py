"""What is published in databases that many tests have a copy of, read once and not by each of them.

A house that was handed it is as a program that has been up for a while. What is published afterwards has another epoch,
and is read anew; and so is everything where a test opens its database itself, as another process would.
"""

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from functools import lru_cache

import pytest

from qa_workflow.definition import load_governance
from qa_workflow.service import world
from qa_workflow.service.house import House
from qa_workflow.service.world import World

_KNOWN: dict[Hashable, World] = {}


def let_know(house: House, pattern: Hashable, url: str) -> None:
    """Hand a house on a fresh copy what is published there: `pattern` names what it is a copy of, `url` says where."""
    name = pattern, url.partition(":")[0]  # each kind of database has a pattern of its own
    if name not in _KNOWN:
        with house.looking() as (_, published):
            _KNOWN[name] = published
    house.worlds._current = _KNOWN[name]


@contextmanager
def governance_read_once() -> Iterator[None]:
    """Meanwhile a house that reads a governance file gets what the same bytes were read as before.

    Each command opens a house, and a quarter of what it takes went there.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(world, "load_governance", lru_cache(maxsize=8)(load_governance))
        yield
