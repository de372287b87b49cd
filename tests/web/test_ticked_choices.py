"""A list of choices: offered to be ticked, read back as ticked, told by its titles, one sub-item for each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qa_workflow.engine.refusals import BadValue
from tests.web.examples import examples_site
from tests.web.filling import text
from tests.web.site import Site


@pytest.fixture
def small_site(tmp_path: Path) -> Iterator[Site]:
    """The pages over the audit of docs/language.md, and one that has been opened."""
    with examples_site(tmp_path, "standard_action", "standards_audit") as found:
        found.engine.open("standards_audit", actor="lead", subject="north")
        yield found


def test_what_is_ticked_becomes_a_sub_item_each(small_site: Site) -> None:
    client = small_site.client("contact")
    (item,) = small_site.engine.items(workflow="standards_audit")
    step = f"/advance/auditing.fall_short/{item.reference}"
    page = client.get(step).text
    assert page.count('type="checkbox"') == 3
    assert "Safer recruitment" in page
    sent = {"revision": str(item.revision), **small_site.key(client)}
    none = client.post(step, data=sent)
    assert (none.status_code, "Choose: not met" in text(none)) == (422, True)
    odd = client.post(step, data={**sent, "field.not_met": ["training", "cleaning"]})
    assert (odd.status_code, "is not one of its values" in text(odd)) == (422, True)
    done = client.post(step, data={**sent, "field.not_met": ["training", "safer_recruitment"]})
    assert done.status_code == 303, text(done)
    opened = small_site.engine.items(workflow="standard_action")
    assert [each.fields["standard"] for each in opened] == ["training", "safer_recruitment"]
    assert "Not met: Training Safer recruitment" in " ".join(text(client.get(f"/items/{item.reference}")).split())


@pytest.mark.parametrize("typed", ["[training, supervision]", "training; Supervision", "training,supervision"])
def test_a_list_is_typed_on_one_line(small_site: Site, typed: str) -> None:
    """With the brackets of a definition, or with what people part names by."""
    (item,) = small_site.engine.items(workflow="standards_audit")
    moved = small_site.engine.advance(item, "fall_short", actor="contact", fields={"not_met": typed})
    assert moved.fields["not_met"] == ["training", "supervision"]
    with pytest.raises(BadValue, match="'cleaning' is not one of its values"):
        small_site.engine.record(item.id, {"not_met": "cleaning"}, actor="lead")
