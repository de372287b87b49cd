"""An office with administrators, the gate of those who come in, and somebody who has come in already."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qa_workflow.service.front import Engine
from qa_workflow.service.people import invitations
from qa_workflow.service.people.accounts import In
from qa_workflow.service.people.gate import Gate
from qa_workflow.testing import FakeClock, Postbox
from tests.service.accounts.doing import BASE, CHEAP, PASSWORD, key_of
from tests.service.staffed import staffed


@pytest.fixture
def office(tmp_path: Path, staffed_url: str, clock: FakeClock, postbox: Postbox) -> Iterator[Engine]:
    with staffed(tmp_path, staffed_url, clock, postbox) as engine:
        yield engine


@pytest.fixture
def gate(office: Engine) -> Gate:
    return Gate(office._house, CHEAP)


@pytest.fixture
def wall() -> FakeClock:
    """The machine's clock, months before the office's own."""
    return FakeClock("2026-11-22T10:00")


@pytest.fixture
def account(gate: Gate, wall: FakeClock) -> Callable[[str], In]:
    """Gives somebody an account with the usual password; signed in by it."""

    def give(name: str) -> In:
        invited = invitations.invite(gate, name, actor="abe" if name == "ada" else "ada", base=BASE, now=wall.now())
        return invitations.accept(gate, key_of(invited), PASSWORD, now=wall.now())

    return give
