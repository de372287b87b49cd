"""What goes wrong, as people meet it: told in plain words what happened and what was saved; typed words stay."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from qa_workflow.service.people import sessions
from qa_workflow.store import sql_store
from qa_workflow.store.faults import Locked
from tests.browser.conftest import AsPerson
from tests.browser.harness import Live, Watch
from tests.web.filling import PDF
from tests.web.test_documents import macros

GHFT = "PA/2026-27-Q4/ghft"
ACCEPT = f"/advance/cqrg_review.accept/{GHFT}"
WORDS = "As the group said,\nwith “quotes” & an <angle>."
Axe = Callable[[Page], None]


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def page(request: pytest.FixtureRequest, as_person: AsPerson) -> Page:
    """A quality lead's, with and without JavaScript."""
    return as_person("quality-lead", javascript=request.param)


def comments(live_site: Live, text: str) -> int:
    """How often it was said."""
    return [event.reason for event in live_site.site.engine.history(GHFT)].count(text)


def test_what_is_sent_twice_is_said_once(page: Page, live_site: Live) -> None:
    """A double click on a slow line: both arrive, though browsers mostly take the second back."""

    def twice(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.continue_()

    page.route("**/comment/**", twice)
    page.goto(f"/items/{GHFT}")
    page.get_by_label("Comment").fill("Said once.")
    page.get_by_label("Everybody who may see this item").check()
    page.get_by_role("button", name="Add the comment").dblclick()
    expect(page.get_by_text("Your comment was added.")).to_be_visible()
    assert comments(live_site, "Said once.") == 1


def test_sixty_megabytes_lead_back_to_the_form(as_person: AsPerson, tmp_path: Path) -> None:
    """What was typed beside the file is there again."""
    page = as_person("quality-lead")
    large = tmp_path / "large.pdf"
    large.write_bytes(PDF + b" " * (60 * 2**20))
    page.goto(ACCEPT)
    page.get_by_text("Give a reason").click()
    page.get_by_label("Reason (optional)").fill(WORDS)
    page.locator("input[type=file]").first.set_input_files(large)
    page.get_by_role("button", name="Record minutes and rating").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("That is too large")
    expect(page.get_by_text("nothing of it was saved")).to_be_visible()
    page.get_by_role("link", name="Go back to the form").click()
    expect(page.get_by_label("Reason (optional)")).to_be_visible()
    expect(page.get_by_label("Reason (optional)")).to_have_value(WORDS)


def test_a_document_with_macros_is_refused_beside_its_box(page: Page) -> None:
    page.goto(ACCEPT)
    page.get_by_text("Give a reason").click()
    page.get_by_label("Reason (optional)").fill(WORDS)
    hostile = {"name": "..\\..\\report.docx", "mimeType": "application/pdf", "buffer": macros()}
    page.locator("input[type=file]").first.set_input_files(hostile)  # type: ignore[arg-type]
    page.get_by_role("button", name="Record minutes and rating").click()
    expect(page.get_by_role("alert")).to_contain_text("report.docx holds macros; save it without them")
    expect(page.get_by_label("Reason (optional)")).to_have_value(WORDS)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_database_that_is_away_gives_the_form_back(
    browser: Browser, axe: Axe, live_site: Live, monkeypatch: pytest.MonkeyPatch, javascript: bool
) -> None:
    """Nothing was saved, everything is there, and one button sends it again; nothing else goes wrong in the console."""
    site, watch = live_site.site, Watch()

    def locked(*_: object) -> None:
        raise Locked(str(site.parts.store.engine.url))

    context = browser.new_context(base_url=live_site.url, java_script_enabled=javascript)
    watch.over(context)
    cookie, _ = sessions.begin(site.house, "quality-lead", level="full", now=site.wall.now())
    context.add_cookies([{"name": site.settings.cookie, "value": cookie, "url": live_site.url}])
    page = context.new_page()
    page.goto(f"/items/{GHFT}")
    page.get_by_label("Comment").fill(WORDS)
    with monkeypatch.context() as away:
        away.setattr(sql_store.SqlStore, "writing", locked)
        with page.expect_navigation() as moved:
            page.get_by_label("Everybody who may see this item").check()
            page.get_by_role("button", name="Add the comment").click()
        assert moved.value.status == 503
        expect(page.get_by_text("Nothing of this was saved.")).to_be_visible()
        expect(page.get_by_text("with “quotes” & an <angle>.")).to_be_visible()
        if javascript:
            axe(page)
    page.get_by_role("button", name="Send it again as it was").click()
    expect(page.get_by_text("Your comment was added.")).to_be_visible()
    assert comments(live_site, WORDS) == 1
    context.close()
    assert watch.faults == [f"503: POST {live_site.url}/comment/{GHFT}"]
