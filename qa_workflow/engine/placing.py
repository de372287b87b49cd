"""Which stage of another version each open visit goes on in, which visits end, and what nobody has said yet."""

from __future__ import annotations

from dataclasses import dataclass, field

from msgspec.structs import replace

from qa_workflow.definition.model import DONE, Branch, Stage, Workflow
from qa_workflow.engine.item import Item, Visit
from qa_workflow.engine.refusals import Obstacle
from qa_workflow.engine.routes import Route, branch_of


@dataclass(slots=True)
class Places:
    """Where open visits go: by number the stage, or in `leave`; `fresh` are branches (of a visit) that open besides."""

    stages: dict[int, str] = field(default_factory=dict)
    leave: list[int] = field(default_factory=list)
    branches: dict[int, tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=dict)
    """By visit of a parallel stage, the branches that were started and those that are finished."""
    fresh: list[tuple[int, Branch]] = field(default_factory=list)
    obstacles: list[Obstacle] = field(default_factory=list)

    def settled(self, visit: Visit, after: Visit) -> Visit:
        """The visit with the branches that it has from now on."""
        if visit.number not in self.branches:
            return after
        started, finished = self.branches[visit.number]
        return replace(after, started=started, finished=finished)


def places(old: Workflow, new: Workflow, item: Item, route: Route) -> Places:
    """Where every open visit goes."""
    return _Placing(old, new, item, route).found


class _Placing:
    def __init__(self, old: Workflow, new: Workflow, item: Item, route: Route) -> None:
        self._old, self._new, self._item, self._route = old, new, item, route
        self.found = Places()
        self._over: list[tuple[int, str]] = []
        for visit in sorted(item.visits, key=lambda v: (v.stage.count("."), v.number)):
            self._place(visit)
        self._give_way()
        for visit in item.visits:
            if visit.number in self.found.stages:
                self._branches(visit)

    def _above(self, visit: Visit) -> Visit | None:
        """The open visit next above this one."""
        above = (v for v in self._item.visits if visit.stage.startswith(f"{v.stage}."))
        return max(above, key=lambda v: (len(v.stage), v.number), default=None)

    def _parent(self, visit: Visit) -> Visit | None:
        """The open visit that waits for the branch in which this one is; none for what was left loose.

        No stage is open beside a branch that an earlier visit of it left loose: such a branch gives way to it.
        """
        flow, above = self._old.stages[visit.stage].flow, self._above(visit)
        return above if above is not None and flow.rpartition(".")[0] == above.stage else None

    def _place(self, visit: Visit) -> None:
        above, parent, place = self._above(visit), self._parent(visit), self._route.stage(visit.stage)
        if above is not None and above.number in self.found.leave:
            self.found.leave.append(visit.number)
            return
        if parent is None:
            self._place_alone(visit, place)
            return
        home = self.found.stages.get(parent.number)
        if home is None:
            return
        parallel = self._new.stages[home].parallel
        if parallel is None:
            self.found.leave.append(visit.number)
        elif place is None:
            self._unsaid(visit)
        elif place == DONE:
            self.found.leave.append(visit.number)
            self._over.append((parent.number, branch_of(visit.stage, parent.stage) or ""))
        elif self._new.stages[place].flow not in {branch.path for branch in parallel.branches.values()}:
            self._object(visit, f"its branch cannot become {place!r}, which is no branch of {home!r}")
        elif branch_of(place, home) in self._others(visit, parent, home):
            self._object(visit, f"{place!r} is in the place of another branch; end this one with 'done'")
        else:
            self.found.stages[visit.number] = place

    def _place_alone(self, visit: Visit, place: str | None) -> None:
        """The visit of the main line, or a branch that was left loose."""
        in_branch = bool(self._old.stages[visit.stage].flow)
        if place is None:
            self._unsaid(visit)
        elif place == DONE and in_branch:
            self.found.leave.append(visit.number)
        elif place == DONE:
            self._object(visit, "only a branch can be over; name a stage of the main line")
        elif bool(self._new.stages[place].flow) != in_branch:
            kind = "a branch" if in_branch else "the main line"
            self._object(visit, f"it is in {kind}, and {place!r} is not")
        elif self._new.stages[place].end is not None and self._old.stages[visit.stage].end is None:
            self._object(visit, f"{place!r} ends an item, which a new version never does by itself; name another stage")
        elif in_branch and self._is_taken(place):
            self._object(visit, f"another branch becomes {place!r} already; end one of them with 'done'")
        else:
            self.found.stages[visit.number] = place

    def _is_taken(self, place: str) -> bool:
        """Whether another visit is in the line of work of a place already."""
        flow = self._new.stages[place].flow
        return any(self._new.stages[other].flow == flow for other in self.found.stages.values())

    def _give_way(self) -> None:
        """A branch left loose gives way where the stage that it was of is open again, with branches of its own."""
        for visit in sorted(self._item.visits, key=lambda v: v.stage.count(".")):
            place, above = self.found.stages.get(visit.number), self._above(visit)
            if place is None:
                continue
            homes = (v for v in self._item.visits if not visit.stage.startswith(f"{v.stage}."))
            is_open_again = any(place.startswith(f"{self.found.stages.get(v.number)}.") for v in homes)
            if is_open_again or (above is not None and above.number in self.found.leave):
                del self.found.stages[visit.number]
                self.found.leave.append(visit.number)

    def _others(self, visit: Visit, parent: Visit, home: str) -> set[str | None]:
        """What the other branches of a stage become: those that were started, and those that are open."""
        own = branch_of(visit.stage, parent.stage)
        started = {self._route.branch(parent.stage, name, home) for name in parent.started if name != own}
        beside = (v for v in self._item.visits if v is not visit and self._parent(v) is parent)
        there = {branch_of(self.found.stages[v.number], home) for v in beside if v.number in self.found.stages}
        return started | there

    def _branches(self, visit: Visit) -> None:
        """Branches by their new names; those that the version adds open besides."""
        before, home = self._old.stages[visit.stage].parallel, self.found.stages[visit.number]
        parallel = self._new.stages[home].parallel
        if parallel is None:
            if before is not None:
                self.found.branches[visit.number] = ((), ())
            return
        names = {name: self._route.branch(visit.stage, name, home) for name in before.branches} if before else {}
        for other in self._item.visits:
            if self._parent(other) is visit and other.number in self.found.stages:
                names[branch_of(other.stage, visit.stage) or ""] = branch_of(self.found.stages[other.number], home)
        over = [name for number, name in self._over if number == visit.number]
        started = [new for name in visit.started if (new := names.get(name)) is not None]
        finished = [new for name in (*visit.finished, *over) if (new := names.get(name)) is not None]
        if visit.loose is None:
            fresh = [branch for branch in parallel.branches.values() if branch.name not in names.values()]
            self.found.fresh += [(visit.number, branch) for branch in fresh]
        self.found.branches[visit.number] = (tuple(dict.fromkeys(started)), tuple(dict.fromkeys(finished)))

    def _unsaid(self, visit: Visit) -> None:
        stage: Stage = self._old.stages[visit.stage]
        there = self._new.stages.get(visit.stage)
        gone = f"{stage.title} ({visit.stage}) is gone" if there is None else f"{visit.stage} has no place"
        self._object(visit, f"its stage {gone}; say which stage takes its place")

    def _object(self, visit: Visit, text: str) -> None:
        self.found.obstacles.append(Obstacle("stage", text if visit.stage in text else f"{visit.stage}: {text}"))
