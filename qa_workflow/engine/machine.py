"""The one file that speaks to `transitions`: where a trigger leads from a stage.

One flat machine per flow of a definition version, built once and shared; items are never bound to it. It is handed
our own function objects only (never a string from a definition, which the library would import and call), it has no
automatic transitions, and it is not queued, so that threads may share it. What it moves is a throw-away slot: the truth
is the row that the store commits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from transitions import EventData, Machine

from qa_workflow.definition.model import DONE, HERE, Flow, Guard, Transition, Workflow


class _Slot:
    """What the machine moves: a stage, and nothing that lasts. `moved`: it was put somewhere, if only where it was."""

    __slots__ = ("_state", "moved")

    def __init__(self, state: str) -> None:
        self._state = state
        self.moved = False

    @property
    def state(self) -> str:
        return self._state

    @state.setter
    def state(self, state: str) -> None:
        self._state, self.moved = state, True


class _Holds:
    """A guard as the library wants its conditions: a callable of the event."""

    __slots__ = ("guard",)

    def __init__(self, guard: Guard) -> None:
        self.guard = guard

    def __call__(self, event: EventData) -> bool:
        return self.guard.holds(event.kwargs["facts"]()) is True


class Machines:
    """The machines of one workflow, by flow."""

    def __init__(self, workflow: Workflow) -> None:
        self._machines = {flow.path: _build(workflow, flow) for flow in workflow.flows.values()}
        self._always: dict[str, str | None] = {}

    def leads_to(self, transition: Transition, flow: str, facts: Callable[[], Any]) -> str | None:
        """Path of the stage that a transition leads to, DONE, or HERE; None when no case of it holds.

        Args:
            facts: gives what conditions may know; asked only if there are any. Without, the answer is always the same.

        Raises:
            GuardFault: a case reads what is not there; an error is never an answer.
        """
        if transition.path in self._always:
            return self._always[transition.path]
        target = self._fired(transition, flow, facts)
        if all(case.when is None for case in transition.cases):
            self._always[transition.path] = target
        return target

    def _fired(self, transition: Transition, flow: str, facts: Callable[[], Any]) -> str | None:
        slot = _Slot(transition.stage)
        if not self._machines[flow].events[transition.trigger].trigger(slot, facts=facts):
            return None
        return slot.state if slot.moved else HERE


def _build(workflow: Workflow, flow: Flow) -> Machine:
    steps: list[dict[str, Any]] = []
    for path in flow.stages:
        for transition in workflow.stages[path].transitions.values():
            for case in transition.cases:
                step: dict[str, Any] = {
                    "trigger": transition.trigger,
                    "source": path,
                    "dest": None if case.to == HERE else case.to,
                }
                if case.when is not None:
                    step["conditions"] = [_Holds(case.when)]
                steps.append(step)
    return Machine(
        model=None,
        states=[*flow.stages, DONE],
        transitions=steps,
        initial=flow.start,
        auto_transitions=False,
        send_event=True,
        queued=False,
    )


_BUILT: dict[str, Machines] = {}


def machines(workflow: Workflow) -> Machines:
    """The machines of a workflow, built once for each definition text and shared by all threads."""
    found = _BUILT.get(workflow.hash)
    if found is None:
        found = _BUILT[workflow.hash] = Machines(workflow)
    return found
