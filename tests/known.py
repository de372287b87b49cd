"""What is published in a database that many tests have a copy of, read once and not by each of them.

A house that was handed it is as a program that has been up for a while. What is published afterwards has another epoch,
and is read anew; and so is everything where a test opens its database itself, as another process would.
"""

from collections.abc import Hashable

from qa_workflow.service.house import House
from qa_workflow.service.world import World

_KNOWN: dict[Hashable, World] = {}


def let_know(house: House, pattern: Hashable, url: str) -> None:
    """Hand a house on a fresh copy what is published there: `pattern` names what it is a copy of, `url` says where."""
    name = pattern, url.partition(":")[0]  # each kind of database has a pattern of its own
    if name not in _KNOWN:
        with house.looking() as (_, world):
            _KNOWN[name] = world
    house.worlds._current = _KNOWN[name]
