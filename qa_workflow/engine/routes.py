"""Where the stages, branches and steps of one version are found in another: by name, or as somebody has said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from qa_workflow.definition.model import DONE, Workflow
from qa_workflow.engine.item import Item
from qa_workflow.engine.refusals import Nonsense


class Route:
    """Paths of `old` in `new`. What `instead` says goes before what has kept its name; it may also speak of paths that
    `old` never had, as it is said once for items of several versions."""

    def __init__(self, old: Workflow, new: Workflow, instead: Mapping[str, str]) -> None:
        self._old, self._new, self._instead = old, new, instead
        known = {*new.stages, *new.flows, *new.triggers(), DONE} if instead else set()
        for path, place in instead.items():
            if place not in known:
                stages = ", ".join(s.path for s in new.stages.values() if s.end is None)
                raise Nonsense(
                    new.name,
                    f"{place!r} cannot take the place of {path!r}: this version has no such path; it has {stages}",
                )

    def stage(self, path: str) -> str | None:
        """The stage that takes a stage's place; DONE for a branch that is over; None where nobody has said."""
        said = self._said(path)
        if said is not None:
            return said if said == DONE or said in self._new.stages else None
        return path if path in self._new.stages else None

    def step(self, path: str) -> str | None:
        """The step that takes a step's place; None where there is none."""
        found = self.step_name(path)
        return found if found in self._new.triggers() else None

    def step_name(self, path: str) -> str:
        """What a step that was made is called from now on, whether or not it can still be made."""
        if path in self._instead:
            return self._instead[path]
        stage, _, trigger = path.rpartition(".")
        if stage in self._new.stages and stage not in self._instead:
            return path
        place = self.stage(stage)
        return path if place is None or place == DONE else f"{place}.{trigger}"

    def branch(self, parallel: str, name: str, place: str) -> str | None:
        """The branch of the stage `place` that takes the place of a branch of the stage `parallel`."""
        found = self._new.stages[place].parallel
        if found is None:
            return None
        flow = f"{parallel}.{name}"
        said = self._said(flow)
        if said is not None:
            return branch_of(said, place)
        if name in found.branches:
            return name
        stages = self._old.flows[flow].stages if flow in self._old.flows else ()
        places = (branch_of(target, place) for path in stages if (target := self.stage(path)) is not None)
        return next((branch for branch in places if branch in found.branches), None)

    def renamed(self, item: Item) -> tuple[dict[str, str], dict[str, str]]:
        """What the item's past calls by names that are gone: stages and steps, each with its new name."""
        stages = {path: place for path in _been(item) if (place := self._renamed_stage(path)) is not None}
        steps: dict[str, str] = {}
        for path in item.did:
            is_gone = path.rpartition(".")[0] not in self._new.stages or path in self._instead
            name = self.step_name(path)
            if is_gone and name not in (path, DONE):
                steps[path] = name
        return stages, steps

    def _renamed_stage(self, path: str) -> str | None:
        if path in self._new.stages:
            return None
        place = self.stage(path)
        return None if place is None or place == DONE else place

    def _said(self, path: str) -> str | None:
        """What was said of a path, or of the nearest one above it."""
        above, below = path, ""
        while above:
            if above in self._instead:
                place = self._instead[above]
                return place if place == DONE or not below else f"{place}{below}"
            above, _, last = above.rpartition(".")
            below = f".{last}{below}"
        return None


def branch_of(path: str, parallel: str) -> str | None:
    """The branch of a parallel stage in which a path lies."""
    return path.removeprefix(f"{parallel}.").partition(".")[0] if path.startswith(f"{parallel}.") else None


def _been(item: Item) -> Iterator[str]:
    yield from dict.fromkeys(
        [*item.entered, *item.left, *item.visited, *item.gathered, *(visit.stage for visit in item.visits)]
    )
