"""How one tests one's own workflow: `python -m pytest examples/policy_review`. Nothing waits; tests move the clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from qa_workflow import Engine
from qa_workflow.errors import Refusal
from qa_workflow.testing import FakeClock, Postbox, engine_in

HERE = Path(__file__).parent
DRAFT = HERE / "chaperones.txt"


@pytest.fixture
def clock() -> FakeClock:
    """Thursday 1 April 2027, ten in the morning in London."""
    return FakeClock("2027-04-01T09:00")


@pytest.fixture
def post() -> Postbox:
    return Postbox()


@pytest.fixture
def engine(tmp_path: Path, clock: FakeClock, post: Postbox) -> Iterator[Engine]:
    """On a new database, with the two files of this folder; what would be mailed is in `post`."""
    with engine_in(tmp_path, HERE, clock, carriers={"message": post}) as engine:
        yield engine


@pytest.fixture
def policy(engine: Engine) -> str:
    """The reference of a policy that is being drafted."""
    return engine.open("policy_review", actor="author", fields={"policy": "Chaperones"}).reference


def test_a_draft_is_due_twenty_working_days_after_it_was_asked_for(engine: Engine, policy: str) -> None:
    """Good Friday is over on that day, and the first bank holiday of May is still to come."""
    due = engine.item(policy).due()
    assert due is not None
    assert date.fromisoformat(due.on) == date(2027, 4, 29)


def test_the_author_does_not_agree_to_their_own_draft(engine: Engine, policy: str) -> None:
    """Somebody else reads it."""
    engine.advance(policy, "send", actor="author", fields={"draft": DRAFT})
    with pytest.raises(Refusal):
        engine.advance(policy, "agree", actor="author", fields={"comment": "Very good."})
    agreed = engine.advance(policy, "agree", actor="reviewer", fields={"comment": "Clear, and short enough."})
    assert [visit.stage for visit in agreed.leaves()] == ["partners"]


def test_the_manager_hears_of_a_draft_that_is_late(
    engine: Engine, policy: str, clock: FakeClock, post: Postbox
) -> None:
    """Once, on the first working day after it was due."""
    for _ in range(45):
        clock.advance(days=1)
        engine.tick()
    told = [mail for mail in post.messages if mail.recipient == "manager"]
    assert [policy in mail.text for mail in told] == [True]
    assert [item.reference for item in engine.overdue()] == [policy]


def test_the_next_review_opens_two_years_after_this_one(engine: Engine, policy: str, clock: FakeClock) -> None:
    """By itself, about the same policy."""
    engine.advance(policy, "send", actor="author", fields={"draft": DRAFT})
    engine.advance(policy, "agree", actor="reviewer", fields={"comment": "Clear, and short enough."})
    engine.advance(policy, "approve", actor="manager")
    assert engine.items(open_only=True) == []
    clock.set("2029-04-02T09:00")
    engine.tick()
    (review,) = engine.items(open_only=True)
    assert (review.reference, review.fields["policy"]) == ("POL/2", "Chaperones")
