"""What a draft means for open items is shown before it is published; items are moved; closures are foreseen."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import urlencode

import pytest

from qa_workflow.service.definitions import drafting
from qa_workflow.service.ports.store import ItemQuery
from tests.web.site import ROOT, Site

SHIPPED = (ROOT / "workflows" / "provider_assurance.yaml").read_text(encoding="utf-8")
GOVERNANCE = (ROOT / "workflows" / "governance.yaml").read_text(encoding="utf-8")
RENAMED = SHIPPED.replace("provider_report", "report_of_provider")
COMMITTEE = "quality_and_governance_committee"


def begun(site: Site, text: str, kind: str = "workflow", name: str = "provider_assurance") -> drafting.Draft:
    based_on = sha256((SHIPPED if kind == "workflow" else GOVERNANCE).encode()).hexdigest()
    return drafting.begin(site.house, kind, name, text.encode(), based_on, actor="administrator")


def published(site: Site, text: str) -> None:
    draft = begun(site, text)
    ready = drafting.propose(site.house, draft.id, draft.revision, "", actor="administrator")
    drafting.approve(site.house, draft.id, str(ready.proposed_hash), actor="governance-officer")


def there(site: Site, stage: str) -> int:
    query = ItemQuery(workflow="provider_assurance", stage=stage, open_only=True, limit=500)
    return len(site.engine.items(query))


def plain(text: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)))


def shown(choices: dict[str, str]) -> str:
    """What the page keeps of the choices for which it was made."""
    return urlencode(sorted(choices.items()))


@pytest.fixture
def opened(site: Site) -> Site:
    """At least one report is awaited."""
    if there(site, "provider_report") == 0:
        site.engine.open("provider_assurance", actor="quality-lead", subject="ghft", period="2027-28 Q4")
    return site


def test_a_stage_that_is_gone_is_asked_about(opened: Site) -> None:
    count, draft = there(opened, "provider_report"), begun(opened, RENAMED)
    client = opened.client("administrator")
    page = client.get(f"/drafts/{draft.id}/impact")
    assert page.status_code == 200
    assert f"Needs a choice: {count}" in plain(page.text)
    assert 'name="instead:provider_report"' in page.text
    assert re.search(r'<option value="report_of_provider" selected>', page.text), "what it is likely called is offered"
    asked = client.get(f"/drafts/{draft.id}/impact?instead:provider_report=report_of_provider&dates=keep")
    assert "Needs a choice: 0" in plain(asked.text)
    found = re.search(r"Changes: (\d+)", plain(asked.text))
    assert found is not None
    assert int(found[1]) >= count, "and what could come back to that stage moves too"


def test_of_each_item_it_is_said_when_it_is_due_now_and_would_be(opened: Site) -> None:
    """Also where nothing moves: whoever decides about all of them sees the dates of all."""
    draft = begun(opened, SHIPPED.replace("10 working days after meeting", "12 working days after meeting"))
    page = plain(opened.client("administrator").get(f"/drafts/{draft.id}/impact?dates=elapsed").text)
    assert re.search(r"PA/2026-27-Q4/ghft Due now 10 August 2027 Would be due 12 August 2027 What becomes", page)
    page = plain(opened.client("administrator").get(f"/drafts/{draft.id}/impact?dates=keep").text)
    assert re.search(r"PA/2026-27-Q4/ghft Due now 10 August 2027 Would be due 10 August 2027 What becomes", page)


def test_what_does_not_touch_an_item_is_folded_away(opened: Site) -> None:
    """Of ten items eight stayed as they were, and took most of the page."""
    draft = begun(opened, SHIPPED + "\n# the same in other words\n")
    page = opened.client("administrator").get(f"/drafts/{draft.id}/impact").text
    assert re.search(r'<details[^>]*id="unaffected">', page)


def test_a_way_to_move_items_is_offered_once_there_is_another_version(site: Site) -> None:
    client, address = site.client("administrator"), "/workflows/provider_assurance"
    assert f"{address}/migrate" not in client.get(address).text
    published(site, RENAMED)
    assert f'href="{address}/migrate"' in client.get(address).text


def test_items_are_moved_on_the_page(opened: Site) -> None:
    count = there(opened, "provider_report")
    published(opened, RENAMED)
    client = opened.client("administrator")
    chosen = {"instead:provider_report": "report_of_provider", "dates": "keep"}
    fields = {**opened.key(client), "version": "2", **chosen, "shown": shown(chosen)}
    refused = client.post("/workflows/provider_assurance/migrate", data=fields)
    assert (refused.status_code, there(opened, "report_of_provider")) == (422, 0)
    assert "Enter a reason" in refused.text
    asked = client.post("/workflows/provider_assurance/migrate", data={**fields, "reason": "For 943 476 5919"})
    assert (asked.status_code, "looks like an NHS number" in asked.text) == (422, True)
    done = client.post("/workflows/provider_assurance/migrate", data={**fields, "reason": "A better name"})
    while "Go on" in done.text:
        carried = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', done.text))
        done = client.post("/workflows/provider_assurance/migrate", data={**carried, **opened.key(client)})
    assert "moved to version 2" in plain(done.text)
    assert (there(opened, "provider_report"), there(opened, "report_of_provider")) == (0, count)
    every = opened.engine.all_items(ItemQuery(open_only=True))
    moved = next(item for item in every if item.visits[0].stage == "report_of_provider")
    page = client.get(f"/items/{moved.reference}")
    history = plain(page.text).partition("History")[2]
    assert "Moved to another version of its workflow, from version 1 to version 2" in history
    assert "Opened at Provider's report" in history, "what happened under the old version keeps its title"


@pytest.mark.parametrize("otherwise", [{"dates": "restart"}, {"dates": "keep", "dates:cqrg_review": "elapsed"}])
def test_nothing_is_moved_otherwise_than_it_was_shown(opened: Site, otherwise: dict[str, str]) -> None:
    """A choice made after the preview is not left aside, and not done unseen: it is shown, with all that was typed."""
    published(opened, RENAMED)
    client = opened.client("administrator")
    chosen = {"instead:provider_report": "report_of_provider", "dates": "keep"}
    fields = {**opened.key(client), "version": "2", **chosen, **otherwise, "reason": "A better name"}
    page = client.post("/workflows/provider_assurance/migrate", data={**fields, "shown": shown(chosen)})
    assert (page.status_code, there(opened, "report_of_provider")) == (422, 0)
    assert "look at what it means now" in page.text
    assert "A better name" in page.text
    hidden = re.search(r'name="shown" value="([^"]*)"', page.text)
    assert hidden is not None
    asked = html.unescape(hidden[1])
    again = client.post("/workflows/provider_assurance/migrate", data={**fields, "shown": asked})
    assert "Items were moved" in again.text or "Items are being moved" in again.text


def test_what_is_chosen_is_shown_with_what_was_typed(opened: Site) -> None:
    published(opened, RENAMED)
    client = opened.client("administrator")
    fields = {**opened.key(client), "version": "2", "dates": "restart", "reason": "A better name", "show": "yes"}
    page = client.post("/workflows/provider_assurance/migrate", data={**fields, "leave": "LATE"})
    assert (page.status_code, there(opened, "report_of_provider")) == (200, 0)
    assert "A better name" in page.text
    assert re.search(r'value="LATE" checked', page.text)


def test_another_version_meanwhile_is_looked_at_first(opened: Site) -> None:
    published(opened, RENAMED)
    client = opened.client("administrator")
    fields = {**opened.key(client), "version": "1", "reason": "old", "dates": "keep"}
    assert client.post("/workflows/provider_assurance/migrate", data=fields).status_code == 409


def test_a_choice_that_cannot_be_is_told(opened: Site) -> None:
    draft = begun(opened, RENAMED)
    page = opened.client("administrator").get(f"/drafts/{draft.id}/impact?instead:provider_report=nowhere")
    assert page.status_code == 422
    assert "nowhere" in plain(page.text)


def test_a_draft_with_faults_says_so(opened: Site) -> None:
    draft = begun(opened, SHIPPED.replace("to: closed", "to: nowhere"))
    page = opened.client("administrator").get(f"/drafts/{draft.id}/impact")
    assert page.status_code == 422
    assert "nowhere" in page.text


@pytest.mark.parametrize("path", ["/calendars", "/workflows/provider_assurance/migrate"])
def test_only_who_may_publish_sees_them(site: Site, path: str) -> None:
    assert site.client("quality-lead").get(path).status_code == 403
    assert site.client("governance-officer").get(path).status_code == 200


def closing(day: int = 6, **more: str) -> dict[str, str]:
    return {
        "calendar": "england",
        "table": "closures",
        "on-day": str(day),
        "on-month": "8",
        "on-year": "2027",
        "why": "Offices move",
        **more,
    }


def test_what_is_wrong_with_a_day_stands_at_the_day(site: Site) -> None:
    """It stood at why the day is closed, where nothing was wrong."""
    client = site.client("administrator")
    page = client.post("/calendars", data={**site.key(client), **closing(day=7)}).text  # a Saturday
    assert re.search(r'<a href="#on">\s*England: Saturday 7 August 2027 is not worked already', page)
    empty = client.post("/calendars", data={**site.key(client), "calendar": "england", "table": "closures"}).text
    assert empty.index('href="#on"') < empty.index('href="#why"')


def test_a_closure_is_foreseen_and_written_into_a_draft(site: Site) -> None:
    client = site.client("administrator")
    page = client.post("/calendars", data={**site.key(client), **closing()})
    assert page.status_code == 200
    assert "What the day would move" in page.text
    assert drafting.drafts(site.house) == []
    answer = client.post("/calendars", data={**site.key(client), **closing(), "go": "draft"})
    assert answer.status_code == 303
    (draft,) = drafting.drafts(site.house)
    assert answer.headers["location"] == f"/drafts/{draft.id}/changes"
    text = draft.source.decode()
    assert '2027-08-06: "Offices move"' in text
    assert "# LOCAL: the four words are in use elsewhere" in text, "comments stay"
    client.post("/calendars", data={**site.key(client), **closing(day=9), "go": "draft"})
    (again,) = drafting.drafts(site.house)
    assert again.id == draft.id, "one draft takes them all"
    assert "2027-08-09" in again.source.decode()


def test_a_governance_draft_shows_which_dates_it_moves(site: Site) -> None:
    text = GOVERNANCE.replace("    # closures:\n", '    closures: {2027-07-15: "Offices move"}\n    # closures:\n')
    draft = begun(site, text, "governance", "nhs")
    shown = plain(site.client("administrator").get(f"/drafts/{draft.id}/impact").text)
    assert re.search(r"[1-9]\d* due dates? of \d+ open items would move", shown)
    assert "Offices move" in shown


def test_a_day_that_is_none_is_told(site: Site) -> None:
    client = site.client("administrator")
    page = client.post("/calendars", data={**site.key(client), **closing(day=31), "on-month": "2"})
    assert page.status_code == 422
    assert "must be a real date" in page.text
    assert 'value="Offices move"' in page.text, "what was typed stays"


def test_dates_of_one_stage_are_treated_otherwise_than_the_rest(opened: Site) -> None:
    """Only stages that the new version counts otherwise are asked about; what is said is foreseen, and then done."""
    other = SHIPPED.replace("due: {rule: 10 working days after meeting", "due: {rule: 20 working days after meeting", 1)
    assert other != SHIPPED
    draft = begun(opened, other)
    address = f"/drafts/{draft.id}/impact"
    client = opened.client("administrator")
    page = client.get(address).text
    assert re.findall(r'name="(dates:[^"]+)"', page) == ["dates:cqrg_review"]
    assert "Due dates at Review by the Clinical Quality Review Group" in page
    kept, counted = (client.get(f"{address}?dates=keep&dates:cqrg_review={said}").text for said in ("", "elapsed"))
    assert '<option value="elapsed" selected>' in counted
    assert "Review by the Clinical Quality Review Group: due" not in plain(kept)
    assert "Review by the Clinical Quality Review Group: due" in plain(counted)
    published(opened, other)
    item = next(i for i in opened.engine.all_items(ItemQuery(open_only=True)) if i.visits[0].stage == "cqrg_review")
    before = item.due()
    counting = {"dates": "keep", "dates:cqrg_review": "elapsed"}
    fields = {**opened.key(client), "version": "2", "reason": "Longer"}
    fields |= {**counting, "shown": shown(counting)}
    assert client.post("/workflows/provider_assurance/migrate", data=fields).status_code == 200
    after = opened.engine.item(item.id).due()
    assert before is not None
    assert after is not None
    assert after.on > before.on


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"on-day": "25", "on-month": "12"}, "Saturday 25 December 2027 is not worked already: Christmas Day"),
        ({"on-day": "7"}, "Saturday 7 August 2027 is not worked already: Saturday"),
        ({"table": "openings"}, "Friday 6 August 2027 is a working day already"),
    ],
)
def test_a_day_that_is_so_without_it_is_refused(site: Site, typed: dict[str, str], said: str) -> None:
    client = site.client("administrator")
    page = client.post("/calendars", data={**site.key(client), **closing(), **typed})
    assert page.status_code == 422
    assert said in plain(page.text)


def test_a_day_that_has_passed_is_told_as_that(site: Site) -> None:
    client = site.client("administrator")
    past = client.post("/calendars", data={**site.key(client), **closing(day=2), "on-month": "july"})
    assert "This day has passed." in past.text
    assert "This day has passed." not in client.post("/calendars", data={**site.key(client), **closing()}).text


def test_who_publishes_a_governance_file_reads_how_many_dates_move_with_it(site: Site) -> None:
    text = GOVERNANCE.replace("    # closures:\n", '    closures: {2027-07-15: "Offices move"}\n    # closures:\n')
    draft = begun(site, text, "governance", "nhs")
    ready = drafting.propose(site.house, draft.id, draft.revision, "Offices move", actor="administrator")
    officer = site.client("governance-officer")
    shown = plain(officer.get(f"/drafts/{draft.id}/changes").text)
    assert "Publishing makes this the governance file at once, for items that are open as well." in shown
    assert (foretold := re.search(r"([1-9]\d*) due dates? of (an )?open items? moves? with it", shown))
    assert "keep theirs" not in shown
    done = officer.post(f"/drafts/{draft.id}/approve", data={**site.key(officer), "hash": str(ready.proposed_hash)})
    said = plain(officer.get(done.headers["location"]).text)
    assert re.search(rf"Version 2 was published; {foretold[1]} due dates? moved with it\.", said)
    assert "until they are moved" not in said, "of the governance file there are no open items"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'at: "14:00"\n      on_holiday: previous',
            'at: "15:00"\n      on_holiday: previous',
            ["ICB Board At another time: Wednesday 28 July 2027, at 15:00"],
        ),
        (
            "INTERVAL=2;BYDAY=TH",
            "INTERVAL=2;BYDAY=FR",
            [
                "ICB Board business session Not held any more: Thursday 22 July 2027 New: Friday 23 July 2027 Not",
                "Not held any more: Tuesday 3 August 2027 , to which somebody had moved it New: Friday 6 August 2027",
                "more like these, the last on Friday 7 July 2028.",
                "What has been held stays in the calendar as it was.",
            ],
        ),
        (
            "title: Local Healthwatch",
            "title: Healthwatch",
            ["No meeting of the coming year moves, and none goes or comes."],
        ),
    ],
)
def test_another_series_tells_which_meetings_move_go_and_come(site: Site, old: str, new: str, said: list[str]) -> None:
    """Also where no due date of any item moves with them; what was held is past."""
    at = datetime(2027, 8, 3, 8, 30, tzinfo=UTC)
    session = "governing_body_business_session"
    site.engine.move_meeting(session, "2027-08-05", at, actor="governance-officer", reason="No room")
    draft = begun(site, GOVERNANCE.replace(old, new, 1), "governance", "nhs")
    shown = plain(site.client("administrator").get(f"/drafts/{draft.id}/impact").text)
    assert [line for line in said if line not in shown] == []
    assert "Thursday 8 July 2027" not in shown


def test_what_was_held_stays_in_the_calendar_when_another_series_is_published(site: Site) -> None:
    """Meetings that nobody had held were in it, and those that items had been decided at were not."""
    officer = site.client("governance-officer")

    def calendar() -> list[str]:
        pages = (plain(officer.get(f"/calendar?month=2027-{month}&body={COMMITTEE}").text) for month in ("05", "06"))
        return [said for page in pages for said in re.findall(r"\w+day \d+ \w+ [\w ]+: meets at \d\d:\d\d", page)]

    before = calendar()
    assert before == ["Thursday 13 May Quality and Governance Committee: meets at 14:00"]
    assert GOVERNANCE.count("INTERVAL=2;BYDAY=2TH") == 1
    draft = begun(site, GOVERNANCE.replace("INTERVAL=2;BYDAY=2TH", "BYDAY=1TH"), "governance", "nhs")
    shown = plain(site.client("administrator").get(f"/drafts/{draft.id}/impact").text)
    assert "Quality and Governance Committee New: Thursday 5 August 2027" in shown
    assert "Thursday 1 July 2027" not in shown
    ready = drafting.propose(site.house, draft.id, draft.revision, "", actor="administrator")
    drafting.approve(site.house, draft.id, str(ready.proposed_hash), actor="governance-officer")
    assert calendar() == before
    held = [f"{meeting.at:%Y-%m-%d}" for meeting in site.engine.meetings(COMMITTEE, 3)]
    assert held == ["2027-08-05", "2027-09-02", "2027-10-07"]
