"""Several processes at one database: exactly one wins each time; who dies takes nothing along that was confirmed."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa_workflow.engine import EVERYTHING
from qa_workflow.service.ports.store import ItemQuery
from qa_workflow.store.backups.backup import backup
from qa_workflow.store.proof.checkpoints import checkpoint, parse
from qa_workflow.store.proof.verifying import verify
from tests.store.hands import Nursery, Order
from tests.store.office import Office, Opened

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs fork and SIGKILL")

POINTS = (
    "after_lock",
    "before_event",
    "after_event",
    "after_timers",
    "after_state",
    "after_outbox",
    "before_commit",
    "after_commit",
)
"""Every named place on the way of a decision into the database."""


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with Nursery() as found:
        yield found


def fill(office: Office, count: int) -> None:
    with office.store.writing() as unit:
        for number in range(1, count + 1):
            office.opened(unit, number)


def test_of_two_processes_exactly_one_wins_each_time(office: Office, office_url: str, nursery: Nursery) -> None:
    """200 times out of 200; the other sees that it came second."""
    fill(office, 200)
    said = nursery.carry_out(Order(office_url, "race", first=1, last=200, hands=2))
    won = Counter(line.split()[1] for lines in said for line in lines if line.startswith("won"))
    assert won == {f"P/{n}": 1 for n in range(1, 201)}
    assert [len(lines) for lines in said] == [200, 200]
    proof = verify(office.store)
    assert proof.findings == ()
    assert proof.events == 400


@pytest.mark.slow(seconds=10)
def test_several_sweep_at_once_and_one_is_killed(office: Office, office_url: str, nursery: Nursery) -> None:
    """Every timer fires once: none is lost, none fires twice."""
    fill(office, 1000)
    said = nursery.carry_out(Order(office_url, "sweep", fault="before_commit:kill:4", hands=4))
    assert said[0] == ["done 5"] * 3
    assert sum(int(line.split()[1]) for lines in said for line in lines) == 1000
    with office.store.reading() as look:
        kinds = Counter(str(e.kind) for n in (1, 20, 500, 1000) for e in look.events(f"P/{n}", EVERYTHING))
        assert list(look.timers()) == []
    assert kinds == {"opened": 4, "reminded": 4, "overdue": 4, "escalated": 8}
    assert verify(office.store).findings == ()


def kills(office: Office, url: str, nursery: Nursery, orders: list[Order]) -> None:
    """Carry out each order until it dies; nothing confirmed is lost, nothing is half done."""
    number = 1
    for order in orders:
        (said,) = nursery.carry_out(Order(url, "work", first=number, fault=order.fault, within=order.within))
        confirmed: dict[str, int] = {}
        for line in said:
            name, seen = line.split()
            confirmed[name] = int(seen)
        assert confirmed or order.fault, "who dies at any moment was at work"
        with office.store.reading() as look:
            for name, revision in confirmed.items():
                assert look.item(name).item.revision >= revision, (order, name)
            number = look.count(ItemQuery()) + 1
        proof = verify(office.store)
        assert proof.findings == (), order


def orders_for(count: int, seed: int) -> list[Order]:
    """Half of the deaths at each named point in turn, half at any moment."""
    chance = random.Random(seed)
    named = [Order("", "work", fault=f"{POINTS[n % len(POINTS)]}:kill:{1 + n // 4}") for n in range(count // 2)]
    return named + [Order("", "work", within=chance.uniform(0.0001, 0.02)) for _ in range(count - len(named))]


@pytest.mark.parametrize(("point", "saved"), [("before_commit", 2), ("after_commit", 3)])
def test_all_is_saved_by_the_commit_and_nothing_before_it(
    office: Office, office_url: str, nursery: Nursery, point: str, saved: int
) -> None:
    """Who dies at once after the third commit has lost nothing of it, though nobody was told of it any more."""
    (said,) = nursery.carry_out(Order(office_url, "work", fault=f"{point}:kill:3"))
    assert said == ["P/1 1", "P/1 2"]
    with office.store.reading() as look:
        assert look.item("P/1").item.revision == saved
    assert verify(office.store).sound


@pytest.mark.slow(seconds=10)
@pytest.mark.parametrize("part", range(5))
def test_a_killed_process_loses_nothing_that_was_confirmed_in_a_file(
    sqlite_url: str, opened: Opened, nursery: Nursery, part: int
) -> None:
    """200 deaths, on five files, so that checking all of it after each death stays quick."""
    kills(opened(sqlite_url), sqlite_url, nursery, orders_for(40, seed=part))


@pytest.mark.slow(seconds=10)
@pytest.mark.parametrize("part", range(5))
def test_a_killed_process_loses_nothing_that_was_confirmed_on_a_server(
    postgresql_url: str, opened: Opened, nursery: Nursery, part: int
) -> None:
    """200 deaths here too, in five databases of one server."""
    kills(opened(postgresql_url), postgresql_url, nursery, orders_for(40, seed=7 + part))


def test_a_checkpoint_that_was_killed_leaves_no_trace(office: Office, office_url: str, nursery: Nursery) -> None:
    fill(office, 3)
    for point in ("mid_checkpoint", "before_commit"):
        assert nursery.carry_out(Order(office_url, "checkpoint", fault=f"{point}:kill:1")) == [[]]
    assert parse(checkpoint(office.store, office.now)).number == 1
    assert verify(office.store).sound


def test_a_backup_that_was_killed_is_none_and_the_next_one_works(
    office: Office, office_url: str, nursery: Nursery, tmp_path: Path
) -> None:
    fill(office, 3)
    folder = tmp_path / "backup"
    order = Order(office_url, "backup", fault="mid_backup:kill:1", folder=str(folder))
    assert nursery.carry_out(order) == [[]]
    assert not folder.exists()
    assert backup(office.store, folder, office.now).rows["item"] == 3
