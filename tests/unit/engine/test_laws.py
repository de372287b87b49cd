"""Laws of the engine: whatever random people ask of an item at random times, what must always be true still is."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from qa_workflow.definition.model import Transition
from qa_workflow.engine.commands import Fire
from qa_workflow.engine.item import OPEN
from qa_workflow.engine.json_text import canonical
from qa_workflow.errors import Refusal
from tests.unit.engine.random_life import PEOPLE, Seed, lived
from tests.unit.engine.rich_workflows import WORKFLOWS

HOURS = (0, 0, 1, 5, 26, 80, 200, -30)
"""By how much the clock goes on before each; one that is set back undoes nothing."""
SEEDS = st.lists(
    st.tuples(st.integers(0, 99), st.integers(0, 7), st.integers(0, 999), st.sampled_from(HOURS)),
    max_size=45,
)


LAWS = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("name", list(WORKFLOWS))
@LAWS
@given(seeds=SEEDS)
def test_whatever_is_asked_the_laws_hold(name: str, seeds: list[Seed]) -> None:
    life = lived(name, seeds)
    event(f"{life.item.status} after {min(len(life.events) // 10 * 10, 40)}+ events")


@pytest.mark.parametrize("name", list(WORKFLOWS))
@settings(LAWS, max_examples=15)
@given(seeds=SEEDS)
def test_the_same_commands_give_the_same_bytes(name: str, seeds: list[Seed]) -> None:
    """Nothing comes from chance, from the order of a set, or from the wall clock."""

    def stored() -> list[bytes]:
        return [canonical(e.line()) for e in lived(name, seeds).events]

    assert stored() == stored()


@pytest.mark.parametrize("name", list(WORKFLOWS))
@settings(LAWS, max_examples=30)
@given(seeds=SEEDS, who=st.sampled_from(PEOPLE))
def test_what_is_said_to_be_possible_is_possible_and_nothing_else(name: str, seeds: list[Seed], who: str) -> None:
    """The list of steps that a person sees, and what happens when they try, are one and the same."""
    life = lived(name, seeds)
    actor = life.person(who)
    for step in life.steps(who) if life.item.status == OPEN else ():
        try:
            life.decide(Fire(step.path, {}, "because"), actor)
            done = True
        except Refusal as refusal:
            done = _leads_nowhere(life.workflow.triggers()[step.path], refusal)
        assert done == (not step.missing and not step.forbidden), step.path


def _leads_nowhere(transition: Transition, refusal: Refusal) -> bool:
    """Where a step leads is judged only when it is made: one of its cases cannot be."""
    return len(transition.cases) > 1 and "where it leads" in str(refusal)


@pytest.mark.parametrize("name", list(WORKFLOWS))
def test_long_lives_go_somewhere_and_keep_the_laws(name: str) -> None:
    """A law that is tried only on items that hardly move says little: these are as long as a year, by dice."""
    kinds: set[str] = set()
    for number in range(20):
        dice = Random(number)
        seeds = [(dice.randrange(100), dice.randrange(8), dice.randrange(999), dice.choice(HOURS)) for _ in range(80)]
        kinds |= {str(each.kind) for each in lived(name, seeds).events}
    assert {"moved", "corrected", "held", "resumed", "claimed"} <= kinds
