"""The people of a demonstration act by themselves: the same life each time, by the rules that hold for everybody."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from qa_workflow.engine.item import instant
from qa_workflow.service.telling.naming import HOUSE
from qa_workflow.service.time import rehearsing
from qa_workflow.store import create
from qa_workflow.testing.players import AT, deeds, live
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
    told = [told for item in items for told in parts.engine.told(item.reference)]
    by_people = [datetime.fromisoformat(each.at) for each in told if each.who not in HOUSE.values()]
    found["by people"] = len(by_people)
    found["by night or at weekends"] = sum(at.hour != AT.hour or at.weekday() > 4 for at in by_people)
    parts.store.dispose()
    return found


def test_the_same_life_is_lived_each_time(tmp_path: Path) -> None:
    first = _life(tmp_path / "one")
    assert first == _life(tmp_path / "two")
    assert first["overdue"] > 0
    assert first["by people"] > 10
    assert not first["by night or at weekends"]
    assert any("closed" in line for line in first)
    assert any("cqrg_review" in line or "quality_lead_feedback" in line for line in first)


def test_what_a_meeting_decides_is_recorded_once_it_has_met(tmp_path: Path) -> None:
    """A first look at the program is no lesson in how not to keep minutes."""
    address = f"sqlite:///{tmp_path / 'life.db'}"
    create(address, BEGUN).dispose()
    parts = join(address)
    parts.engine.publish([ROOT / "workflows"], actor=None)
    item = parts.engine.open("provider_assurance", subject="ghft", period="2026-27 Q4", actor="quality-lead")
    (tmp_path / "a.txt").write_text("A paper.")
    paper = tmp_path / "a.txt"
    for trigger, actor, fields in (
        ("submit", "ghft-contact", {"report": paper}),
        ("accept", "quality-lead", {"minutes": paper, "rating": "minimal"}),
        ("send_feedback", "second-quality-lead", {"feedback": "Thank you."}),
    ):
        item = parts.engine.advance(item, trigger, actor=actor, fields=fields)
    [sitting] = item.visits[0].sittings
    rehearsing.push(parts.house, instant(sitting.at) - timedelta(minutes=1), parts.engine.tick)
    assert item.reference not in {deed.item.reference for deed in deeds(parts)}
    rehearsing.push(parts.house, instant(sitting.at), parts.engine.tick)
    assert item.reference in {deed.item.reference for deed in deeds(parts)}
    parts.store.dispose()
