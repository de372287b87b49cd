"""A small commissioner's office on each database: two workflows, a clock that the test moves, a box for messages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from qa_workflow.service.front import Engine
from qa_workflow.service.ports.store import Carrier
from qa_workflow.store import create
from qa_workflow.testing import FakeClock, Postbox
from qa_workflow.wiring import connect
from tests.databases import Databases, Prepare
from tests.known import let_know
from tests.unit.engine.stage_play import GOVERNANCE

ADDRESS = "https://quality.example.org"
"""Where people find the pages."""
WITH_ADDRESSES = re.sub(
    r"(?m)^  (\w+): {(?=.*roles: (author|reviewer),)", r"  \1: {email: \1@example.org, ", GOVERNANCE.decode()
)
DEFINITIONS = {
    "governance.yaml": WITH_ADDRESSES.replace("  meet: chair\n", "  meet: chair\n  remove: [author, reviewer]\n"),
    "report.yaml": """
workflow: report
title: Quarterly report
subject: provider
period: quarter
reference: R/{period}/{subject}
opens: {each: provider, every: quarter, on: 1 calendar day after period end}
fields: {figures: document, note: text}
stages:
  awaited:
    owner: author
    due: 10 working days after entry
    remind: [2 working days before due]
    escalate: [{when: 1 working day after due, to: reviewer}, {when: 5 working days after due, to: reviewer}]
    transitions: {send: {to: review, needs: figures}, skip: {to: review}}
  review:
    owner: reviewer
    due: papers of board
    transitions: {accept: {to: at_board, not_by: whoever did send}, back: {to: awaited, needs: reason}}
  at_board:
    owner: chair
    meeting: board
    transitions: {note: {to: over, by: [chair, author]}}
    lapse: {when: 3 months after entry, to: over}
  over: {end: completed}
""",
    "visits.yaml": """
workflow: visits
title: Site visits
reference: V/{number}
fields: {sites: list}
stages:
  planned: {owner: author, transitions: {go: {to: visiting, needs: sites}}}
  visiting:
    owner: author
    sub_items: {workflow: visit, each: sites, into: site, more: author}
    transitions: {joined: {to: over}}
  over: {end: completed}
repeat: 1 year after over was entered
""",
    "visit.yaml": """
workflow: visit
title: One visit
reference: V1/{number}
fields: {site: text}
stages:
  visiting: {owner: author, due: 10 working days after entry, transitions: {finish: {to: over}}}
  over: {end: visited}
""",
}


BEGUN = "2027-04-02T09:00"
"""Friday 2 April 2027, ten in the morning in London; the day after a quarter's reports were asked for."""


@pytest.fixture
def clock() -> FakeClock:
    """Stands where the office's does."""
    return FakeClock(BEGUN)


@pytest.fixture
def postbox() -> Postbox:
    """Where messages arrive."""
    return Postbox()


def house(url: str) -> None:
    """The tables, and nothing in them."""
    create(url).dispose()


def published(url: str) -> None:
    """A house with the small commissioner's definitions, published by an engine as it opens."""
    with made(url):
        pass


@contextmanager
def made(url: str) -> Iterator[tuple[Engine, Path]]:
    """An office in a house without anything, to do more in before it is copied; and the folder of its definitions."""
    house(url)
    with TemporaryDirectory() as folder, opener(Path(folder), url, FakeClock(BEGUN), Postbox())() as engine:
        yield engine, Path(folder)


@pytest.fixture
def database_url(databases: Databases) -> str:
    """URL of a database that is made, and copied for each test: how one is made is for the tests of the store."""
    return databases.prepared(house)


@pytest.fixture
def office_pattern() -> Prepare:
    """What makes the office's database, once a session; a module that wants more in it has its own."""
    return published


@pytest.fixture
def office_url(databases: Databases, office_pattern: Prepare) -> str:
    """URL of the office's database."""
    return databases.prepared(office_pattern)


@pytest.fixture
def staffed_url(databases: Databases) -> str:
    """URL of the database of an office with administrators."""
    from tests.service.staffed import staff_house

    return databases.prepared(staff_house)


@pytest.fixture
def office(
    tmp_path: Path, office_pattern: Prepare, office_url: str, clock: FakeClock, postbox: Postbox
) -> Iterator[Engine]:
    """An engine with the small commissioner's definitions, on each database in turn."""
    with opener(tmp_path, office_url, clock, postbox, publish=False)() as engine:
        let_know(engine._house, office_pattern, office_url)
        yield engine
        proved(engine)


def proved(engine: Engine) -> None:
    """After every test: what is stored proves itself (RELIABILITY §4, I1 to I5), all of it read from the database."""
    found = engine.verify()
    assert not found.findings, "\n".join(str(each) for each in found.findings)


def opener(folder: Path, url: str, clock: FakeClock, postbox: Carrier, *, publish: bool = True) -> Callable[[], Engine]:
    """Opens the same office again, as another process would."""
    definitions = folder / "definitions"
    if not definitions.exists():
        definitions.mkdir()
        for name, text in DEFINITIONS.items():
            (definitions / name).write_text(text)
    carriers, documents = {"message": postbox}, folder / "documents"
    workflows = definitions if publish else None
    return lambda: connect(url, workflows, clock, documents=documents, carriers=carriers, address=ADDRESS)
