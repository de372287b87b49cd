"""The form by which one more organisation is asked: it offers them, and the sub-item is about the chosen one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.examples import examples_site
from tests.web.site import Site


@pytest.fixture
def small_site(tmp_path: Path) -> Iterator[Site]:
    """The pages over two examples of docs/language.md."""
    with examples_site(tmp_path, "agency_answer", "joint_review") as found:
        yield found


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
