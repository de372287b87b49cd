"""The list and its search, and an item in full; a foreign item and a missing one are the same."""

from __future__ import annotations

import re
from html import unescape

import pytest

from qa_workflow.service.definitions import drafting
from qa_workflow.wiring import Parts
from tests.web.filling import PDF, send, text
from tests.web.site import Site
from tests.web.test_impact import GOVERNANCE, begun

GHFT, GHC = "PA/2026-27-Q4/ghft", "PA/2026-27-Q4/ghc"


def test_the_list_has_what_may_be_seen(site: Site) -> None:
    officer, contact = (text(site.client(who).get("/items")) for who in ("governance-officer", "ghft-contact"))
    assert "10 items, due soonest first" in officer
    assert "3 items, due soonest first" in contact
    assert "ghc" not in contact


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=hospitals", {"PA/2026-27-Q4/ghft", "PA/2027-28-Q1/ghft", "QA/2026-27/ghft"}),
        ("q=2026-27-Q4+ghc", {GHC}),
        ("workflow=quality_account", {"QA/2026-27/ghft", "QA/2026-27/ghc"}),
        ("owner=quality_lead&subject=ghft", {GHFT}),
        ("overdue=yes", {"QA/2026-27/ghft", "QA/2026-27/ghc"}),
        ("status=cancelled", set()),
        ("workflow=provider_assurance&stage=cqrg_review&subject=ghft", {GHFT}),
    ],
)
def test_filters_and_searches(site: Site, query: str, found: set[str]) -> None:
    page = site.client("governance-officer").get(f"/items?{query}")
    assert page.status_code == 200
    shown = {item.reference for item in site.engine.items(limit=100) if f'href="/items/{item.reference}"' in page.text}
    assert shown == found


def test_a_search_that_finds_nothing_says_where_it_looked_and_what_to_try(site: Site) -> None:
    officer = site.client("governance-officer")
    said = text(officer.get("/items?q=zebra"))
    assert "No items match “zebra”." in said
    assert "Items that are closed or cancelled were searched too. Each word must be part of the reference" in said
    assert "Search without filters" not in said
    narrow = officer.get("/items?q=hospitals&status=cancelled")
    assert "No items match “hospitals” with these filters" in text(narrow)
    assert "were searched too" not in text(narrow)
    assert '<a href="/items?q=hospitals">Search without filters</a>' in narrow.text


def test_a_filter_that_means_nothing_any_more_is_left_out(site: Site) -> None:
    """A link that somebody kept still opens a list."""
    page = site.client("governance-officer").get("/items?workflow=gone&q=hospitals")
    assert page.status_code == 200
    assert GHFT in page.text


def test_a_reference_that_is_typed_whole_leads_to_its_item(site: Site) -> None:
    lead, foreign = site.client("quality-lead"), site.client("ghc-contact")
    assert f"Go to {GHFT}" in text(lead.get(f"/items?q={GHFT}"))
    assert "Go to" not in text(foreign.get(f"/items?q={GHFT}"))


def test_what_an_address_asks_for_and_the_list_does_not_know_is_named(site: Site) -> None:
    """The whole list came without a remark; whoever had typed it took it for the answer."""
    officer = site.client("governance-officer")
    for query, named in (("words=sepsis", "words"), ("workflow=gone&q=hospitals", "workflow"), ("<b>=1", "<b>")):
        page = officer.get(f"/items?{query}")
        assert f"as if it were not in the address: {named}." in unescape(text(page))
        assert "<b>" not in page.text
    assert "not in the address" not in text(officer.get("/items?q=hospitals&overdue=yes&status=open"))


def test_only_who_may_make_a_step_of_a_listed_item_can_choose_among_them(site: Site) -> None:
    """Boxes and a button that lead to "nothing can be done" are an offer that nobody can take."""
    listed = {who: site.client(who).get(f"/items?q={GHFT}").text for who in ("ghft-contact", "quality-lead")}
    assert all(f">{GHFT}</a>" in page for page in listed.values())
    assert {who: "Decide on the chosen items" in page for who, page in listed.items()} == {
        "ghft-contact": False,
        "quality-lead": True,
    }
    assert 'name="items"' not in listed["ghft-contact"]


def test_an_item_tells_where_it_is_what_can_be_done_and_what_is_missing(site: Site) -> None:
    page = site.client("quality-lead").get(f"/items/{GHFT}")
    said = text(page)
    assert "Review by the Clinical Quality Review Group , with Quality lead" in said
    assert "You will be asked for: Minutes of the review group, Level of assurance" in said
    assert 'aria-current="step"' in page.text
    assert "10 working days after meeting, counted from Tuesday 27 July 2027" in said
    assert "Lapsed: time moved it on, nobody decided: from Provider's report to Review" in said
    assert f'href="/advance/cqrg_review.accept/{GHFT}"' in page.text


def test_an_item_tells_who_else_can_and_why_not_you(site: Site) -> None:
    said = text(site.client("governance-officer").get(f"/items/{GHFT}"))
    assert "What you can do" not in said, "it would be followed by what somebody else is asked to do"
    assert "What comes next Quality lead: Discuss the report with the provider" in said
    assert "No step here is for you to make" in said
    assert "Record minutes and rating : Quality lead or Committee chair. Still missing:" in said
    assert "Still missing: Minutes of the review group; Level of assurance" in said


def test_after_a_step_the_next_item_is_one_click_away(site: Site) -> None:
    """Five items in a row are five pages, not ten. Who only looks at an item is not sent elsewhere."""
    lead, back = site.client("quality-lead"), f"/advance/cqrg_review.return/{GHFT}"
    done = send(lead, back, {"reason": "Two pages are missing"})
    landed = lead.get(done.headers["location"])
    assert "Next for you: PA/2026-27-Q4/ghc , Provider assurance, due 5 August 2027" in text(landed)
    assert "Next for you" not in text(lead.get(done.headers["location"]))


def test_evidence_comments_and_the_whole_history_are_there(site: Site) -> None:
    document = _attached(site.parts, "minutes.pdf")
    site.engine.record(GHFT, {"minutes": document, "rating": "partial"}, actor="quality-lead")
    site.engine.comment(GHFT, "The chair asks\nfor the figures of May.", actor="committee-chair")
    page = site.client("quality-lead").get(f"/items/{GHFT}")
    said = text(page)
    assert f'href="/documents/{document["sha256"]}/{GHFT}"' in page.text
    assert "Level of assurance Partial" in said
    assert "The chair asks for the figures of May." in said
    assert "Committee chair Commented" in said
    assert "Filled in Minutes of the review group, Level of assurance" in said


def test_what_hangs_on_an_item_and_what_it_hangs_on_are_linked(site: Site) -> None:
    given = {
        "minutes": _attached(site.parts, "minutes.pdf"),
        "rating": "partial",
        "actions": ["Count falls by ward", "Train the new staff"],
        "actions_due_on": "2027-09-01",
    }
    site.engine.advance(GHFT, "accept", actor="quality-lead", fields=given)
    children = [item.reference for item in site.engine.items(workflow="cqrg_action")]
    client = site.client("second-quality-lead")
    above = client.get(f"/items/{GHFT}").text
    assert len(children) == 2
    assert all(f'href="/items/{child}"' in above for child in children)
    assert f'href="/items/{GHFT}"' in client.get(f"/items/{children[0]}").text


def test_a_foreign_item_is_as_one_that_is_not_there(site: Site) -> None:
    """The same answer, word for word, for every page about an item."""
    contact = site.client("ghft-contact")
    for way in ("items", "advance/provider_report.submit", "hold", "fill", "live", "assign", "cancel", "resume", "add"):
        foreign, missing = contact.get(f"/{way}/{GHC}"), contact.get(f"/{way}/PA/2026-27-Q4/nobody")
        assert (foreign.status_code, missing.status_code) == (404, 404), way
        assert _without_nonce(foreign.text) == _without_nonce(missing.text), way


def test_text_that_people_type_is_never_markup(site: Site) -> None:
    site.engine.comment(GHFT, "<script>alert(1)</script>", actor="quality-lead")
    page = site.client("quality-lead").get(f"/items/{GHFT}").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def _attached(parts: Parts, name: str) -> dict[str, object]:
    from qa_workflow.service.items.attachments import attach

    return attach(parts.house, name, PDF)


def _without_nonce(page: str) -> str:
    import re

    return re.sub(r'nonce="[^"]*"|content="[\w-]{20,}"|name="form_key" value="[^"]*"', "", page)


def test_who_accepted_is_not_offered_to_take_on_what_a_second_person_has_to_do(site: Site) -> None:
    """They would keep it from the one who can."""
    given = {"minutes": _attached(site.parts, "minutes.pdf"), "rating": "partial"}
    site.engine.advance(GHFT, "accept", actor="quality-lead", fields=given)
    first, second = (site.client(who).get(f"/items/{GHFT}").text for who in ("quality-lead", "second-quality-lead"))
    assert f"/claim/{GHFT}" not in first
    assert "Take this on" not in first
    assert f"/claim/{GHFT}" in second
    assert "Take this on: Quality lead's feedback" in unescape(second)


def test_another_date_for_an_action_is_agreed_with_a_reason_and_is_not_past(site: Site) -> None:
    """The page names the step as people do, says what it will ask for, and gives the file's own words when refused."""
    given = {"action": "Count falls by ward", "lead": "ghft-contact", "due_on": "2027-09-01"}
    action = site.engine.open("cqrg_action", actor="quality-lead", subject="ghft", fields=given).reference
    client = site.client("quality-lead")
    assert "Agree a new date. You will be asked for: a reason." in text(client.get(f"/items/{action}"))
    path = f"/advance/open.revise/{action}"
    typed = {"field.due_on.day": "1", "field.due_on.month": "7", "field.due_on.year": "2027", "reason": "New staff"}
    assert "Give a date it is due on that is not in the past" in text(send(client, path, typed))
    assert send(client, path, {**typed, "field.due_on.month": "10"}).status_code == 303
    assert site.engine.item(action).fields["due_on"] == "2027-10-01"
    assert f"/advance/open.revise/{action}" not in site.client("ghft-contact").get(f"/items/{action}").text


def test_what_a_step_has_settled_is_not_asked_for_again(site: Site) -> None:
    given = {"minutes": _attached(site.parts, "minutes.pdf"), "rating": "partial"}
    site.engine.advance(GHFT, "accept", actor="quality-lead", fields=given)
    page = site.client("second-quality-lead").get(f"/fill/{GHFT}").text
    assert "field-feedback" in page
    assert "field-rating" not in page


def where(page: str) -> str:
    """The part of an item's page that shows where the item is in its workflow."""
    return page.partition("<h2>Where it is</h2>")[2].partition("<h2>")[0]


def test_where_an_item_is_is_shown_of_each_item(site: Site) -> None:
    """The drawing is kept for the next visit, and items at other stages of one workflow have others."""
    officer = site.client("governance-officer")
    items = site.engine.items(workflow="provider_assurance", limit=100)
    with site.house.looking() as (_, world):
        stages = {item.reference: world.workflow(item.definition).stages[item.visits[0].stage].title for item in items}
    assert len(set(stages.values())) > 1
    for _ in range(2):
        for name, title in stages.items():
            shown = unescape(where(officer.get(f"/items/{name}").text))
            assert re.findall(r"<strong>(.*) \(the item is here\)", shown) == [title]
            assert re.findall(r'aria-label="([^"]*)" aria-current="step"', shown) == [title]


def test_where_an_item_is_is_told_by_the_titles_of_today(site: Site) -> None:
    """The drawing is kept as long as what is published, and no longer."""
    officer = site.client("governance-officer")
    assert "by Quality lead" in where(officer.get(f"/items/{GHFT}").text)
    governance = GOVERNANCE.replace("title: Quality lead\n", "title: Lead for quality\n")
    draft = begun(site, governance, "governance", "nhs")
    ready = drafting.propose(site.house, draft.id, draft.revision, "", actor="administrator")
    drafting.approve(site.house, draft.id, str(ready.proposed_hash), actor="governance-officer")
    shown = where(officer.get(f"/items/{GHFT}").text)
    assert "by Lead for quality" in shown
    assert "by Quality lead" not in shown
