"""The people of a demonstration act by themselves: the same life each time, by the rules that hold for everybody."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from qa_workflow.store import create
from qa_workflow.testing.players import live
from qa_workflow.wiring import join

ROOT = Path(__file__).parent.parent.parent
BEGUN = datetime(2027, 4, 1, 8, 0, tzinfo=UTC)


def _life(folder: Path) -> Counter[str]:
    folder.mkdir()
    address = f"sqlite:///{folder / 'life.db'}"
    create(address, BEGUN).dispose()
    parts = join(address)
    parts.engine.publish([ROOT / "workflows"], actor=None)
    live(parts, BEGUN + timedelta(days=75), folder / "papers")
    assert not parts.engine.verify().findings
    items = parts.engine.items(limit=500)
    found = Counter(f"{item.reference} {item.status} {[v.stage for v in item.leaves()]}" for item in items)
    found["overdue"] = len(parts.engine.overdue())
    parts.store.dispose()
    return found


def test_the_same_life_is_lived_each_time(tmp_path: Path) -> None:
    first = _life(tmp_path / "one")
    assert first == _life(tmp_path / "two")
    assert first["overdue"] > 0
    assert any("closed" in line for line in first)
    assert any("cqrg_review" in line or "quality_lead_feedback" in line for line in first)
