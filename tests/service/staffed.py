"""The small commissioner's office with those who look after its people: two administrators and a publisher."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from qa_workflow.service.front import Engine
from qa_workflow.testing import FakeClock, Postbox
from tests.known import let_know
from tests.service.conftest import BEGUN, DEFINITIONS, house, opener, proved

GOVERNANCE = (
    DEFINITIONS["governance.yaml"]
    .replace(
        "  administer: chair\n",
        "  administer: administrator\n  publish: [administrator, publisher]\n  see_all: [author, reviewer]\n",
    )
    .replace("assign: chair", "assign: [chair, administrator]")
    .replace("correct: chair", "correct: [chair, administrator]")
    .replace("roles:\n", "roles:\n  administrator: {title: Administrator}\n  publisher: {title: Publisher}\n", 1)
    .replace(
        "people:\n",
        "people:\n"
        "  ada: {title: An administrator, roles: administrator, organisation: commissioner, email: ada@example.org}\n"
        "  abe: {title: Another administrator, roles: administrator, organisation: commissioner}\n"
        "  pip: {title: A publisher, roles: publisher, organisation: commissioner}\n",
    )
)
TASKS = """
workflow: task
title: Tasks
reference: T/{number}
fields: {helper: person, note: text}
stages:
  offered: {owner: author, claim: true, transitions: {finish: {to: named, asks: helper}}}
  named: {owner: person in helper, transitions: {answer: {to: back, by: person in helper, needs: note}}}
  back: {owner: whoever did offered.finish, transitions: {close: {to: over, by: whoever did offered.finish}}}
  over: {end: completed}
"""
REPORT = DEFINITIONS["report.yaml"].replace("by: [chair, author]", "by: chair")
"""As everywhere else here, but that authors decide nothing."""
EASTER = date(2027, 4, 2)
"""The day on which the office's clock begins."""


def staff_house(url: str) -> None:
    """The tables, with the definitions of these people published."""
    house(url)
    with TemporaryDirectory() as folder, _opened(Path(folder), url, FakeClock(BEGUN), Postbox(), publish=True):
        pass


@contextmanager
def staffed(
    folder: Path, url: str, clock: FakeClock | None = None, postbox: Postbox | None = None, *, whole: bool = True
) -> Iterator[Engine]:
    """An engine on what `staff_house` made; it proves itself afterwards, unless it is not to be `whole`."""
    with _opened(folder, url, clock or FakeClock(BEGUN), postbox or Postbox(), publish=False) as engine:
        let_know(engine._house, staff_house, url)
        yield engine
        if whole:
            proved(engine)


def _opened(folder: Path, url: str, clock: FakeClock, postbox: Postbox, *, publish: bool) -> Engine:
    definitions = folder / "definitions"
    definitions.mkdir()
    texts = {**DEFINITIONS, "governance.yaml": GOVERNANCE, "report.yaml": REPORT, "task.yaml": TASKS}
    for name, text in texts.items():
        (definitions / name).write_text(text)
    return opener(folder, url, clock, postbox, publish=publish)()
