"""A stage that has all that it waited for and cannot go on by itself says why, and leads to what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa_workflow.service.house import Work
from tests.web.filling import send, text
from tests.web.site import ROOT, Site

UNCLEAR = """
workflow: unclear
title: Where it leads depends on a field
fields: {verdict: {type: text, label: The verdict}, remark: {type: text}}
stages:
  review:
    title: Review
    owner: [quality_lead, committee_chair]
    parallel: {branches: {a: {owner: quality_lead, transitions: {look: {title: Look at it}}}}}
    transitions:
      joined: {to: [{when: verdict == 'no', to: again}, {else: after}]}
      end: {to: after, by: committee_chair, asks: remark}
  again: {title: Once more, owner: quality_lead, transitions: {resubmit: {to: review}}}
  after: {end: completed}
"""


@pytest.fixture
def stuck(site: Site, tmp_path: Path) -> str:
    """An item whose branches are all done, and of which nobody knows where it leads."""
    (tmp_path / "governance.yaml").write_bytes((ROOT / "workflows" / "governance.yaml").read_bytes())
    file = tmp_path / "unclear.yaml"
    file.write_text(UNCLEAR, encoding="utf-8")
    site.engine.publish([file], actor=None)
    item = site.engine.open("unclear", actor="quality-lead")
    return site.engine.advance(item, "look", actor="quality-lead").reference


def test_a_stage_that_is_stuck_says_by_its_label_what_is_missing_and_where_to_fill_it_in(
    site: Site, stuck: str
) -> None:
    lead = site.client("quality-lead")
    page = lead.get(f"/items/{stuck}")
    said = (
        "Review has all that it waited for, and could not go on by itself: "
        "the field “The verdict” is not filled in. Fill it in"
    )
    assert said in text(page)
    told = "is done, but it cannot go on by itself; it waits for a person “the field “The verdict” is not filled in”"
    assert told in text(page)
    assert f'href="/fill/{stuck}#field-verdict"' in page.text
    named = f"1 item could not go on by itself, late or not: {stuck} waits for somebody at 'Review': "
    assert named in text(lead.get("/overdue"))
    form = lead.get(f"/fill/{stuck}")
    assert 'id="field-verdict"' in form.text
    send(lead, f"/fill/{stuck}", {"field.verdict": "no"}, page=form)
    assert "could not go on" not in text(lead.get(f"/items/{stuck}"))
    assert site.engine.item(stuck).visits[0].stage == "again"


def test_who_may_not_fill_it_in_is_shown_no_way_to(site: Site, stuck: str) -> None:
    page = site.client("lay-member").get(f"/items/{stuck}")
    assert "“The verdict” is not filled in. Once it is filled in, it goes on." in text(page)
    assert "/fill/" not in page.text


def test_whose_form_has_other_fields_alone_is_not_sent_there_for_this_one(site: Site, stuck: str) -> None:
    chair = site.client("committee-chair")
    said = text(chair.get(f"/items/{stuck}"))
    assert "“The verdict” is not filled in. Once it is filled in, it goes on." in said
    assert "Fill in fields" in said
    assert 'id="field-verdict"' not in chair.get(f"/fill/{stuck}").text


def test_a_sub_item_that_was_not_opened_is_named_on_the_page_of_the_item_that_waits_for_it(
    site: Site, stuck: str
) -> None:
    def refused(work: Work) -> None:
        row = work.unit.take(site.engine.item(stuck).id).row
        work.unit.incident("errand", f"{stuck} waits for a sub-item that was not opened: it is full", row, work.now)

    site.house.write(refused)
    said = "It waits for a sub-item that was not opened: it is full. When nothing stands in the way any more, "
    assert said + "whoever looks after the machine room" in text(site.client("quality-lead").get(f"/items/{stuck}"))
    assert said + "have it tried again" in text(site.client("administrator").get(f"/items/{stuck}"))
