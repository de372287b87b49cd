"""What others do appears by itself: nothing while nothing is new, else who did what and when; forms are left alone."""

from __future__ import annotations

from tests.web.filling import text
from tests.web.site import Site

GHFT = "PA/2026-27-Q4/ghft"


def test_nothing_new_is_no_answer(site: Site) -> None:
    client, item = site.client("quality-lead"), site.engine.item(GHFT)
    answer = client.get(f"/live/{GHFT}?revision={item.revision}")
    assert (answer.status_code, answer.text) == (204, "")


def test_what_somebody_did_appears_with_the_page_brought_up_to_date(site: Site) -> None:
    client, item = site.client("quality-lead"), site.engine.item(GHFT)
    site.engine.record(GHFT, {"rating": "minimal"}, actor="second-quality-lead", reason="as the group said")
    answer = client.get(f"/live/{GHFT}?revision={item.revision}", headers={"HX-Request": "true"})
    said = text(answer)
    assert "This page was brought up to date" in said
    assert "Second quality lead, 10 July 2027, 09:00: Filled in Level of assurance" in said
    assert f"revision={item.revision + 1}" in answer.text
    assert 'id="now" hx-swap-oob="true"' in answer.text
    assert "<html" not in answer.text
    assert "<textarea" not in answer.text, "what somebody types into the page is never replaced"


def test_a_form_is_told_and_not_touched(site: Site) -> None:
    client, item = site.client("quality-lead"), site.engine.item(GHFT)
    site.engine.record(GHFT, {"rating": "minimal"}, actor="second-quality-lead")
    answer = client.get(f"/live/{GHFT}?revision={item.revision}&form=yes")
    assert "What you typed is kept" in text(answer)
    assert "hx-swap-oob" not in answer.text
    assert "<form" not in answer.text


def test_my_items_come_anew_when_something_in_them_has_changed(site: Site) -> None:
    client = site.client("quality-lead")
    mark = client.get("/").text.partition('data-mark="')[2].partition('"')[0]
    assert client.get(f"/live?mark={mark}").status_code == 204
    site.engine.claim(GHFT, actor="second-quality-lead")
    answer = client.get(f"/live?mark={mark}")
    assert "3 items wait for you" in text(answer)
    assert 'id="mine" hx-swap-oob="true"' in answer.text


def test_a_foreign_item_lives_for_nobody_else(site: Site) -> None:
    foreign = site.client("ghc-contact")
    assert foreign.get(f"/live/{GHFT}?revision=1").status_code == 404


def test_a_page_that_asks_by_itself_does_not_keep_anybody_signed_in(site: Site) -> None:
    """Who has left the desk is signed out after half an hour, though their page is open."""
    client = site.client("quality-lead")
    answers = []
    for _ in range(3):
        site.wall.advance(minutes=11)
        answers.append(client.get(f"/live/{GHFT}?revision=1", headers={"HX-Request": "true"}))
    assert [answer.status_code for answer in answers] == [200, 200, 401]
    assert "no longer signed in" in answers[-1].text
