"""How full meetings are, while a transaction or a look decides about many items one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from typing import Any

from qa_workflow.definition import Governance, Workflow
from qa_workflow.engine import Item, Setting
from qa_workflow.engine.dates import own_meeting
from qa_workflow.engine.item import Sitting
from qa_workflow.service.ports.store import Reader

AGENDAS = "agendas"
"""What a transaction waits for before it counts how full meetings are."""


class Agendas(Mapping[tuple[str, str], int]):
    """How many items stand on each agenda: counted when first asked, then kept up as a transaction decides.

    A transaction that writes counts alone, until it ends: of two that want the last place of a meeting, the second
    sees that the first has taken it.
    """

    def __init__(self, look: Reader, bodies: list[str], alone: Callable[[str], None] | None = None) -> None:
        self._look, self._bodies, self._alone = look, bodies, alone
        self._counted: dict[tuple[str, str], int] | None = None

    def _counts(self) -> dict[tuple[str, str], int]:
        if self._counted is None:
            if self._alone is not None:
                self._alone(AGENDAS)
            self._counted = dict(self._look.taken(self._bodies))
        return self._counted

    def turn(self, left: Set[tuple[str, str]], taken: Set[tuple[str, str]]) -> None:
        """An item has left some agendas and come onto others, though the database does not know it yet."""
        for by, changed in ((-1, left - taken), (1, taken - left)):
            for meeting in changed:
                if meeting[0] in self._bodies:
                    counts = self._counts()
                    counts[meeting] = counts.get(meeting, 0) + by

    def __getitem__(self, key: tuple[str, str]) -> int:
        return self._counts()[key]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._counts())

    def __len__(self) -> int:
        return len(self._counts())

    def get(self, key: Any, default: Any = None) -> Any:
        """The count, without an exception for a meeting that nobody waits for."""
        return self._counts().get(key, default)


def agenda(governance: Governance, workflow: Workflow, item: Item) -> dict[int, Sitting]:
    """By visit, the meeting on whose agenda an item stands."""
    open_visits = () if item.is_over else item.visits
    found = ((v.number, own_meeting(governance, workflow.stages[v.stage], v)) for v in open_visits if v.sittings)
    return {number: sitting for number, sitting in found if sitting is not None}


def _meetings(governance: Governance, workflow: Workflow, item: Item) -> set[tuple[str, str]]:
    """On whose agendas an item stands: body, and the day for which the meeting was planned."""
    return {(sitting.body, sitting.key) for sitting in agenda(governance, workflow, item).values()}


def counted(setting: Setting) -> Setting:
    """Count now, while a look is open; it is kept up from here."""
    if isinstance(setting.taken, Agendas):
        len(setting.taken)
    return setting


def keep_up(setting: Setting, before: tuple[Workflow, Item], after: tuple[Workflow, Item]) -> None:
    """The next decision sees on which agendas this one put its item, and from which it took it."""
    if isinstance(setting.taken, Agendas):
        left, taken = (_meetings(setting.governance, *each) for each in (before, after))
        if left != taken:
            setting.taken.turn(left, taken)
