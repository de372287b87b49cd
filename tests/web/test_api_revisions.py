"""API: nobody writes over another: each change names the revision that was looked at."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.web.assurances import REVIEW
from tests.web.programs import API, Program, tag
from tests.web.site import Site


def test_an_item_is_told_with_its_revision(site: Site) -> None:
    lead = Program(site, "quality-lead")
    item = lead.item(REVIEW)
    answer = lead.client.get(f"{API}/items/{item['id']}")
    assert answer.headers["etag"] == tag(item)
    assert answer.json() == item


def test_a_change_without_the_revision_is_refused(site: Site) -> None:
    lead = Program(site, "quality-lead")
    item = lead.item(REVIEW)
    for headers in ({}, {"If_Match": "*"}):
        told = lead.post(f"/items/{item['id']}/comment", {"text": "Seen"}, 428, **headers)
        assert told["code"] == "revision_missing"
    assert lead.item(REVIEW)["revision"] == item["revision"]


@pytest.mark.parametrize("header", ["7", 'W/"7"', '"seven"', '"-1"', '"1", "2"', '"99999999999999999999"'])
def test_a_revision_that_is_none_is_refused(site: Site, header: str) -> None:
    lead = Program(site, "quality-lead")
    item = lead.item(REVIEW)
    told = lead.post(f"/items/{item['id']}/comment", {"text": "Seen"}, 400, If_Match=header)
    assert told["code"] == "bad_revision"


def test_who_comes_second_is_told_who_did_what_and_when(site: Site) -> None:
    lead, officer = Program(site, "quality-lead"), Program(site, "governance-officer")
    seen = lead.item(REVIEW)
    now = lead.act(seen, "comment", {"text": "The group has met"})
    told = officer.act(seen, "hold", {"reason": "The provider asked for time"}, 409)
    assert told["code"] == "stale"
    assert (told["seen"], told["revision"]) == (seen["revision"], now["revision"])
    assert told["meanwhile"] == ["quality-lead commented on Saturday 10 July 2027 at 09:00"]
    assert officer.item(REVIEW)["status"] == "open"


def test_of_two_at_once_one_is_done_and_the_other_is_told(site: Site) -> None:
    lead = Program(site, "quality-lead")
    item = lead.item(REVIEW)
    programs = [Program(site, "quality-lead") for _ in range(4)]

    def comment(program: Program) -> int:
        return program.send(f"/items/{item['id']}/comment", {"text": "Me"}, If_Match=tag(item)).status_code

    with ThreadPoolExecutor(len(programs)) as at_once:
        assert sorted(at_once.map(comment, programs)) == [200, 409, 409, 409]
    assert lead.item(REVIEW)["revision"] == item["revision"] + 1


def test_a_revision_that_never_was_is_not_told_as_an_earlier_one(site: Site) -> None:
    lead = Program(site, "quality-lead")
    item = lead.item(REVIEW)
    told = lead.act({**item, "revision": 77}, "comment", {"text": "Hello"}, 409)
    assert (told["code"], "never was at revision 77" in told["detail"]) == ("stale", True)
