"""Commands that run in the process of the tests, one after the other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.known import governance_read_once


@pytest.fixture(scope="session", autouse=True)
def _governance_read_once() -> Iterator[None]:
    """Each command is as one that is typed, but for this; those in processes of their own read it themselves."""
    with governance_read_once():
        yield
