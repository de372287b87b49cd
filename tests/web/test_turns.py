"""Pages are made in turns, and nobody waits for theirs for ever."""

from __future__ import annotations

from contextlib import ExitStack
from inspect import iscoroutinefunction

from qa_workflow.web.turns import Turns, in_turn


def turns_had(turns: Turns, people: int) -> list[bool]:
    """Who of several has a turn while all who came before are still at it."""
    with ExitStack() as stack:
        return [stack.enter_context(turns.take()) for _ in range(people)]


def test_so_many_have_a_turn_and_who_has_waited_goes_on_without() -> None:
    assert turns_had(Turns(at_once=2, patience=0), 4) == [True, True, False, False]


def test_a_turn_is_given_back_once_and_by_whoever_had_it() -> None:
    turns = Turns(at_once=1, patience=0)

    assert [turns_had(turns, 3) for _ in range(2)] == [[True, False, False]] * 2


def test_a_turn_is_given_back_by_what_failed() -> None:
    turns = Turns(at_once=1, patience=0)
    try:
        with turns.take():
            raise LookupError
    except LookupError:
        pass

    assert turns_had(turns, 1) == [True]


def test_an_endpoint_is_as_it_was() -> None:
    def page(*, number: int) -> int:
        """Twice."""
        return number * 2

    made = in_turn(page)

    assert (made(number=4), made.__doc__) == (8, "Twice.")


def test_what_takes_no_thread_takes_no_turn() -> None:
    async def answer() -> str:
        return "well"

    assert iscoroutinefunction(in_turn(answer))
