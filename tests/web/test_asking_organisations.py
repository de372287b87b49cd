"""The form by which one more organisation is asked: it offers them, and the sub-item is about the chosen one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qa_workflow.store import create
from qa_workflow.testing import FakeClock
from qa_workflow.web import WebSettings, create_app
from qa_workflow.wiring import join
from tests.unit.engine.pattern_page import folder
from tests.web.site import BEGUN, Site


@pytest.fixture
def small_site(tmp_path: Path) -> Iterator[Site]:
    """The pages over two examples of docs/language.md."""
    address = f"sqlite:///{tmp_path / 'site.db'}"
    create(address, BEGUN).dispose()
    parts, wall, settings = join(address), FakeClock("2027-04-01T09:00"), WebSettings()
    every = folder(tmp_path / "workflows")
    wanted = [every / f"{name}.yaml" for name in ("governance", "agency_answer", "joint_review")]
    parts.engine.publish(wanted, actor=None)
    found = Site(create_app(parts, settings, wall), parts, wall, settings)
    yield found
    found.close()


def test_one_more_organisation_is_asked_by_the_form(small_site: Site) -> None:
    engine = small_site.engine
    review = engine.open("joint_review", actor="lead", subject="north")
    engine.advance(review, "ask", actor="lead", fields={"agencies": "south", "question": "What do you know?"})
    client = small_site.client("lead")
    form = client.get(f"/add/{review.reference}")
    assert "North Trust" in form.text
    sent = {"revision": "2", **small_site.key(client)}
    assert "Choose: what it is about" in client.post(f"/add/{review.reference}", data=sent).text
    assert client.post(f"/add/{review.reference}", data={**sent, "field.subject": "north"}).status_code == 303
    assert [item.subject for item in engine.items(workflow="agency_answer")] == ["south", "north"]
