"""A rehearsal says on every page that it is one; its clock is pushed from a page, forward only, by whom it is for."""

from __future__ import annotations

from tests.web.site import Site


def test_every_page_of_a_rehearsal_says_that_nothing_is_real(site: Site) -> None:
    assert "nothing here is real, and its clock says 10 July 2027, 09:00" in site.client("quality-lead").get("/").text


def test_an_administrator_pushes_the_clock_and_reads_what_time_did(site: Site) -> None:
    client = site.client("administrator")
    before = site.house.now()
    answer = client.post("/clock", data={"by": "week", **site.key(client)})
    assert (answer.status_code, answer.headers["location"]) == (303, "/clock")
    assert (site.house.now() - before).days == 7
    assert "One week later: it is Saturday 17 July 2027 at 09:00" in client.get("/clock").text


def test_others_push_it_only_in_a_demonstration(site: Site) -> None:
    client = site.client("quality-lead")
    assert client.post("/clock", data={"by": "week", **site.key(client)}).status_code == 403
