"""The overdue board as a page: filters that are links, and the files that leave."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from html.parser import HTMLParser
from io import BytesIO, StringIO

import pytest
from httpx2 import Response
from openpyxl import load_workbook

from qa_workflow.calendar import long_date
from qa_workflow.service.boards.exporting import AN_HOUR
from tests.web.site import Site

OFFICER, CONTACT = "governance-officer", "ghc-contact"


class References(HTMLParser):
    """The items that a page links to, in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        href = dict(attrs).get("href") or ""
        if tag == "a" and href.startswith("/items/") and not href.endswith("#comment"):
            self.found.append(href.removeprefix("/items/"))


def items(answer: Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return References(answer.text).found


def test_the_board_has_what_is_late_over_all_bodies(site: Site) -> None:
    answer = site.client(OFFICER).get("/overdue")
    late = {item.reference for item in site.engine.overdue()}
    assert set(items(answer)) == late
    assert len(late) >= 2
    assert "calendar days overdue" in answer.text
    assert "longest overdue first" in answer.text


def test_where_no_reason_is_given_one_is_a_link_away(site: Site) -> None:
    """The link leads to the item's comments; who has said why is asked no more. How many have none is said once."""
    client = site.client(OFFICER)
    late, *others = items(client.get("/overdue"))
    assert "; none with a reason." in client.get("/overdue").text
    link = f'href="/items/{late}?why=late&amp;back=/overdue#comment">Say why'
    assert link in client.get("/overdue").text
    assert 'id="comment"' in client.get(f"/items/{late}").text
    site.engine.comment(late, "the report is on its way", actor=OFFICER, why_late=True)
    answer = client.get("/overdue").text
    assert "the report is on its way" in answer
    assert link not in answer
    assert f"; {len(others)} without a reason." in answer


def test_a_reason_that_was_removed_is_none_and_the_one_before_it_is_shown(site: Site) -> None:
    """What stood in its place said when and by whom it was removed, and counted as why the item is late. While its
    removal is only asked for, nobody can read it either; declined, it is the reason again.
    """
    client = site.client(OFFICER)
    late = items(client.get("/overdue"))[0]
    first, last = (
        str(site.engine.comment(late, said, actor=OFFICER, why_late=True).revision)
        for said in ("the ward is short of staff", "Mrs A fell")
    )
    for event, board in ((last, "the ward is short of staff"), (first, f'href="/items/{late}?why=late')):
        asked = site.engine.ask_removal(late, event, actor=OFFICER, reason="It names somebody")
        page = client.get("/overdue").text
        assert (board in page, "kept back since" in page) == (True, False)
        site.engine.decline_removal(asked.sha256, actor="administrator", reason="A ward is called so", key=asked.key)
        assert board not in client.get("/overdue").text
        asked = site.engine.ask_removal(late, event, actor=OFFICER, reason="It names somebody")
        site.engine.confirm_removal(asked.sha256, actor="administrator", key=asked.key)
        page = client.get("/overdue").text
        assert (board in page, "removed on" in page) == (True, False)


def test_a_contact_sees_their_own_organisations(site: Site) -> None:
    found = items(site.client(CONTACT).get("/overdue"))
    assert found
    assert {reference.rpartition("/")[2] for reference in found} == {"ghc"}


def test_filters_are_links(site: Site) -> None:
    client = site.client(OFFICER)
    whole, one = items(client.get("/overdue")), items(client.get("/overdue?subject=ghft"))
    assert one == [reference for reference in whole if reference.endswith("/ghft")]
    assert "Nothing that fits these filters is late" in client.get("/overdue?late_from=3000").text


@pytest.mark.parametrize("query", ["workflow=nonsense", "late_from=many", "body=nobody", "late_from=5&late_to=1"])
def test_a_filter_that_means_nothing_is_told_and_not_answered_with_everything(site: Site, query: str) -> None:
    answer = site.client(OFFICER).get(f"/overdue?{query}")
    assert answer.status_code == 422
    assert "This list cannot be shown" in answer.text
    assert References(answer.text).found == []


def test_what_somebody_typed_as_a_reason_is_text(site: Site) -> None:
    reference = site.engine.overdue()[0].reference
    site.engine.comment(reference, "<script>alert(1)</script> not sent", actor="quality-lead", why_late=True)
    answer = site.client(OFFICER).get("/overdue")
    assert "<script>alert(1)" not in answer.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; not sent" in answer.text


def test_the_board_leaves_as_a_file_for_excel(site: Site) -> None:
    client = site.client(OFFICER)
    answer = client.post("/export/overdue.xlsx", data={**site.key(client), "query": "subject=ghft"})
    assert answer.headers["content-disposition"] == 'attachment; filename="overdue-2027-07-10.xlsx"'
    page = load_workbook(BytesIO(answer.content))["Overdue"]
    exported = [str(row[0].value) for row in page.iter_rows(min_row=2)]
    assert exported == items(client.get("/overdue?subject=ghft"))


@pytest.mark.parametrize("what", ["overdue", "items"])
def test_a_contacts_file_has_no_more_than_their_page(site: Site, what: str) -> None:
    client = site.client(CONTACT)
    answer = client.post(f"/export/{what}.csv", data=site.key(client))
    rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert rows
    assert {row["Item"].rpartition("/")[2] for row in rows} == {"ghc"}


def test_a_list_of_items_leaves_as_it_is_shown(site: Site) -> None:
    """With what was searched for, in the words of its address."""
    client = site.client(OFFICER)
    page = client.get("/items?q=hospitals")
    assert 'name="query" value="q=hospitals"' in page.text
    answer = client.post("/export/items.csv", data={**site.key(client), "query": "q=hospitals"})
    rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert [row["Item"] for row in rows] == items(page)


def test_there_is_an_end_to_taking_lists_out(site: Site) -> None:
    """By the machine's clock, which goes on although a rehearsal's stands still."""
    client = site.client(OFFICER)
    answers = [client.post("/export/overdue.csv", data=site.key(client)) for _ in range(AN_HOUR + 1)]
    assert [answer.status_code for answer in answers] == [200] * AN_HOUR + [429]
    assert "10 lists within the hour" in answers[-1].text
    site.wall.advance(hours=1, seconds=1)
    again = site.client(OFFICER)  # the other session has ended meanwhile
    assert again.post("/export/overdue.csv", data=site.key(again)).status_code == 200


def test_pages_of_a_long_board_go_on(site: Site) -> None:
    """More lines than one page shows: each once."""
    for number in range(60):
        site.engine.open(
            "cqrg_action", subject="ghft", actor="quality-lead",
            fields={"action": f"Action {number}", "due_on": "2027-07-12"},
        )  # fmt: skip
    site.push(timedelta(days=20))
    client, seen, address = site.client(OFFICER), list[str](), "/overdue?workflow=cqrg_action"
    while address:
        answer = client.get(address)
        seen += items(answer)
        _, _, rest = answer.text.partition('nhsuk-pagination__link--next" href="')
        address = rest.partition('"')[0].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 60


def test_a_role_and_a_person_of_one_title_are_told_apart_in_a_filter(site: Site) -> None:
    site.engine.claim("PA/2026-27-Q4/ghc", actor="quality-lead")
    page = site.client("governance-officer").get("/overdue").text
    assert '<option value="quality_lead">Quality lead (role)</option>' in page
    assert '<option value="quality-lead">Quality lead (person)</option>' in page
    assert '<option value="provider_contact">Provider contact</option>' in page


def test_a_first_date_is_on_the_items_page_however_small_the_screen(site: Site) -> None:
    """Lists leave it to this page, which leaves it to none."""
    late = items(site.client(OFFICER).get("/overdue"))[0]
    due = site.engine.item(late).due()
    assert due is not None
    site.engine.change_date(late, date(2027, 9, 1), actor=OFFICER, basis="a letter", reason="agreed")
    page = site.client(OFFICER).get(f"/items/{late}").text
    assert f"first {long_date(date.fromisoformat(due.first_on))}" in page
    row = page[page.index(">Due</dt>") :].partition("</dd>")[0]
    assert "qa-rest" not in row
