"""A house after years of use: items of the shipped workflows that people really moved, copied to a hundred thousand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from qa_workflow.errors import QaWorkflowError
from qa_workflow.service.boards import figures
from qa_workflow.service.ports.store import ItemQuery
from qa_workflow.store import create
from qa_workflow.testing.players import live
from qa_workflow.wiring import Parts, join
from tests.bench.course import ROOT
from tests.bench.floor import Raw
from tests.bench.seeding import Pattern, copies

BEGUN = datetime(2027, 4, 1, 8, tzinfo=UTC)
LIVED = timedelta(days=300)
EVENTS = 10
"""Events an item has at least; comments fill up what life did not bring."""


def populate(folder: Path, items: int) -> str:
    """A rehearsal in a folder with that many items and ten times as many events; gives its address."""
    url = f"sqlite:///{folder / 'populated.db'}"
    create(url, BEGUN, synchronous="OFF").dispose()
    parts = join(url)
    parts.engine.publish([ROOT / "workflows"], actor=None)
    live(parts, BEGUN + LIVED, folder / "papers")
    keys = _talked_about(parts)
    parts.store.dispose()
    raw = Raw(url, "OFF")
    raw.rows("PRAGMA cache_size = -400000")
    first = 1 + int(raw.rows("SELECT max(id) FROM item")[0][0])
    raw.begin()
    size, more = divmod(items - len(keys), len(keys))
    row = first
    for number, key in enumerate(keys):
        count = size + (number < more)
        copies(raw, Pattern(raw, key), range(row, row + count))
        row += count
    raw.commit()
    raw.rows("ANALYZE")
    raw.close()
    _count(url)
    return url


def _count(url: str) -> None:
    """The figures of boards, as they are worked out every night."""
    parts = join(url)
    made = figures.worked_out(parts.house, parts.house.now())
    parts.house.write(lambda work: figures.keep(work, made))
    parts.store.dispose()


def _talked_about(parts: Parts) -> list[str]:
    """Every item, with as many events as a long-lived one has."""
    engine = parts.engine
    for item in engine.all_items(ItemQuery()):
        try:
            for number in range(EVENTS - item.revision):
                engine.comment(item, f"Discussed on the telephone, note {number + 1}.", actor="quality-lead")
        except QaWorkflowError:
            continue  # what is closed is not talked about any more
    return [item.id for item in engine.all_items(ItemQuery())]
