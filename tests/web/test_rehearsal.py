"""A rehearsal says on every page that it is one; its clock is pushed from a page, forward only, by whom it is for."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from qa_workflow.cli.demonstration import going_on
from qa_workflow.store import create
from qa_workflow.testing import FakeClock
from qa_workflow.web import WebSettings, create_app
from qa_workflow.wiring import join
from tests.web.site import ROOT, Site


def test_every_page_of_a_rehearsal_says_that_nothing_is_real(site: Site) -> None:
    assert "nothing here is real, and its clock says 10 July 2027, 09:00" in site.client("quality-lead").get("/").text


def test_an_administrator_pushes_the_clock_and_reads_what_time_did(site: Site) -> None:
    client = site.client("administrator")
    before = site.house.now()
    answer = client.post("/clock", data={"by": "week", **site.key(client)})
    assert (answer.status_code, answer.headers["location"]) == (303, "/clock")
    assert (site.house.now() - before).days == 7
    page = client.get("/clock").text
    assert "One week later: it is Saturday 17 July 2027 at 09:00" in page
    assert re.search(r"at 09:00\. \d+ reminders?, .*\d+ escalations?", page), page[page.index("One week") :][:300]
    assert "nobody makes a step meanwhile" in page


def test_others_push_it_only_in_a_demonstration(site: Site) -> None:
    client, before = site.client("quality-lead"), site.house.now()
    push = {"by": "week", **site.key(client)}
    assert client.post("/clock", data=push).status_code == 403
    assert site.house.now() == before
    site.app = create_app(site.parts, WebSettings(demonstration=True), site.wall)
    client = site.client("quality-lead")
    assert client.post("/clock", data={**push, **site.key(client)}).status_code == 303
    assert (site.house.now() - before).days == 7


def test_the_demonstrations_clock_goes_on_from_where_somebody_pushed_it(site: Site) -> None:
    """It stood still for as long as it had been pushed by: nothing fell due, and no message was tried again."""
    machine, client = FakeClock(), site.client("administrator")
    look, begun = going_on(site.parts, machine), site.house.now()

    def passed(**by: float) -> timedelta:
        machine.advance(**by)
        look()
        return site.house.now() - begun

    assert passed(minutes=1) == timedelta(minutes=1)
    client.post("/clock", data={"by": "week", **site.key(client)})
    assert passed(seconds=0) == timedelta(weeks=1, minutes=1)
    assert passed(minutes=1) == timedelta(weeks=1, minutes=2)
    machine.set(machine.now() - timedelta(hours=1))
    assert passed(seconds=0) == timedelta(weeks=1, minutes=2), "it never goes back, whatever the machine's does"
    assert passed(minutes=1) == timedelta(weeks=1, minutes=3), "nor waits until the machine's has caught up"


def test_a_real_clock_is_not_pushed_by_anybody(site: Site, tmp_path: Path) -> None:
    create(f"sqlite:///{tmp_path / 'real.db'}").dispose()
    parts = join(f"sqlite:///{tmp_path / 'real.db'}")
    parts.engine.publish([ROOT / "workflows"], actor=None)
    real = Site(create_app(parts, site.settings, site.wall), parts, site.wall, site.settings)
    client = real.client("administrator")
    assert client.get("/clock").status_code == 422
    assert client.post("/clock", data={"by": "week", **real.key(client)}).status_code == 422
    assert "nothing here is real" not in client.get("/").text
    real.close()
