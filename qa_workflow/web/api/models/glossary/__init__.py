"""What the names in answers mean: once for all shapes, since a name means one thing.

A shape that means something else by a name has an entry of its own, `Shape.name`, which holds for the shapes that are
made of it, too; or it says so beside the name.
"""

from __future__ import annotations

from collections.abc import Sequence

from qa_workflow.web.api.models.base import Sent, Told
from qa_workflow.web.api.models.glossary.boards import BOARDS
from qa_workflow.web.api.models.glossary.house import HOUSE
from qa_workflow.web.api.models.glossary.items import ITEMS

MEANINGS = {**ITEMS, **BOARDS, **HOUSE}


def meaning(line: Sequence[str], name: str) -> str | None:
    """What a name means in a shape, given by its line (see `lines`); None where nobody has said."""
    own = (MEANINGS.get(f"{shape}.{name}") for shape in line)
    return next((said for said in own if said is not None), MEANINGS.get(name))


def lines() -> dict[str, tuple[str, ...]]:
    """By a shape's name, that name and those of the shapes that it is made of, the nearest first."""
    return _below(Sent) | _below(Told)


def _below(shape: type[Sent] | type[Told]) -> dict[str, tuple[str, ...]]:
    found = {shape.__name__: tuple(each.__name__ for each in shape.__mro__)}
    for below in shape.__subclasses__():
        found |= _below(below)
    return found
