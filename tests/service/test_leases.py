"""Letters are leased before they leave, and the lease is renewed: whoever was too slow does not send them again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from qa_workflow.service.front import Engine
from qa_workflow.service.items import errands
from qa_workflow.service.ports.store import Message, Sending
from qa_workflow.service.time.delivery import deliver
from qa_workflow.store.upkeep import Upkeep
from qa_workflow.testing import FakeClock, Postbox
from tests.service.conftest import opener


class Slow(Postbox):
    """Does something else before its first message has left."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        super().__init__()
        self._meanwhile: Callable[[], object] | None = meanwhile

    def carry(self, message: Message) -> None:
        meanwhile, self._meanwhile = self._meanwhile, None
        if meanwhile is not None:
            meanwhile()
        super().carry(message)


@pytest.fixture
def office(office: Engine) -> Engine:
    """Two authors are to be told of a report."""
    office.open("report", subject="north", period="2026-27 Q4", actor="ann")
    return office


def test_what_has_passed_to_another_is_not_sent_again(
    office: Engine, clock: FakeClock, tmp_path: Path, office_url: str
) -> None:
    """A mail server kept this process for two minutes, so that another has sent everything meanwhile."""
    other = Postbox()

    def meanwhile() -> None:
        clock.advance(minutes=2)
        with opener(tmp_path, office_url, clock, other)() as elsewhere:
            deliver(elsewhere._house, {"message": other})

    slow = Slow(meanwhile)
    told = deliver(office._house, {"message": slow})
    assert Counter(m.recipient for m in other.messages) == {"ann": 1, "amy": 1}
    assert len(slow.messages) == 1, "only the one that was on its way when the lease ran out"
    assert told.messages == 1
    assert all(row["done_at"] for row in office.outbox())


def test_a_failure_told_too_late_does_not_undo_what_another_has_sent(
    office: Engine, clock: FakeClock, tmp_path: Path, office_url: str
) -> None:
    """It would leave a second time otherwise."""
    other = Postbox()

    def meanwhile() -> None:
        clock.advance(minutes=2)
        with opener(tmp_path, office_url, clock, other)() as elsewhere:
            deliver(elsewhere._house, {"message": other})
        raise TimeoutError("no answer")

    deliver(office._house, {"message": Slow(meanwhile)})
    clock.advance(hours=1)
    again = Postbox()
    deliver(office._house, {"message": again})
    assert again.messages == []
    assert office.needing_a_person() == []


def test_a_lease_is_renewed_so_that_many_slow_messages_are_sent_once(
    office: Engine, clock: FakeClock, tmp_path: Path, office_url: str
) -> None:
    """Each takes forty seconds; the second one's lease would have run out while it was on its way."""
    other = Postbox()

    class EachSlow(Postbox):
        def carry(self, message: Message) -> None:
            clock.advance(seconds=40)
            with opener(tmp_path, office_url, clock, other)() as elsewhere:
                deliver(elsewhere._house, {"message": other})
            super().carry(message)

    slow = EachSlow()
    deliver(office._house, {"message": slow})
    assert sorted(m.recipient for m in [*slow.messages, *other.messages]) == ["amy", "ann"]


@pytest.mark.parametrize("asked", ["a sub-item", "word to the item above", "a withdrawal"])
def test_what_another_has_done_meanwhile_between_items_is_not_done_again(
    office: Engine, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    """This process took it on and was held up for two minutes, after which another did all there was to do."""
    house = office._house
    visits = office.open("visits", actor="ann").id
    if asked != "a sub-item":
        office.advance(visits, "go", actor="ann", fields={"sites": "Stroud"})
    with monkeypatch.context() as held_up:
        held_up.setattr(errands, "run", lambda _: 0)
        if asked == "a sub-item":
            office.advance(visits, "go", actor="ann", fields={"sites": "Stroud"})
        elif asked == "a withdrawal":
            office.cancel(visits, actor="cher", reason="not this year")
        else:
            office.advance(office.items(workflow="visit")[0], "finish", actor="ann")
    lease = timedelta(seconds=60)
    (late,) = house.write(lambda work: work.unit.claim_letters(errands.KINDS, work.now, work.now + lease, 10))
    clock.advance(minutes=2)
    office.tick()
    done = [(item.id, item.revision) for item in office.items()]
    errands._try(house, late)
    assert [(item.id, item.revision) for item in office.items()] == done
    assert len(office.items(workflow="visit")) == 1
    assert office.needing_a_person() == []
    assert all(row["done_at"] for row in office.outbox() if row["kind"] in errands.KINDS), "none is taken on again"


def test_a_lease_that_does_not_hold_leaves_what_it_was_for_to_the_next_look(
    office: Engine, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever keeps a lease from being written, one look tries each letter once and comes to its end."""
    tries: list[int] = []
    claim = Upkeep.claim_letters

    def unleased(unit: Upkeep, kinds: Sequence[str], now: datetime, _: datetime, limit: int) -> list[Sending]:
        tries.append(len(tries))
        assert len(tries) < 5, "it goes round and round"
        return claim(unit, kinds, now, now, limit)

    monkeypatch.setattr(Upkeep, "claim_letters", unleased)
    monkeypatch.setattr(Upkeep, "renew", lambda *_: False)
    assert deliver(office._house, {"message": postbox}).messages == 0
    assert len(tries) == 2
    monkeypatch.undo()
    assert deliver(office._house, {"message": postbox}).messages == 2
