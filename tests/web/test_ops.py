"""For who keeps the machine running: alive, ready, numbers, and a log that tells on nobody."""

from __future__ import annotations

import json
import logging
import time
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from qa_workflow.store.faults import BUSY_SECONDS
from qa_workflow.web import WebSettings
from qa_workflow.web.pulse import watch
from qa_workflow.web.request_log import JsonLines
from tests.web.holding import held
from tests.web.programs import Program
from tests.web.site import Site, site_at

HERE = ("127.0.0.1", 50000)


def ready(site: Site) -> tuple[int, dict[str, Any]]:
    answer = site.client().get("/readyz")
    return answer.status_code, {check["name"]: check for check in answer.json()["checks"]}


def test_alive_is_answered_without_the_database(site: Site) -> None:
    with held(site):
        began = time.monotonic()
        answer = site.client().get("/healthz")
    assert (answer.status_code, answer.text) == (200, "alive\n")
    assert time.monotonic() - began < BUSY_SECONDS / 2


def test_ready_when_the_database_answers_and_nothing_is_late(site: Site) -> None:
    status, checks = ready(site)
    assert (status, set(checks)) == (200, {"database", "tables", "clock"})
    assert "another process" in checks["clock"]["said"]


def test_not_ready_while_another_process_holds_the_database(site: Site) -> None:
    """Said within seconds, long before a page would give up waiting."""
    with held(site):
        began = time.monotonic()
        status, checks = ready(site)
    assert status == 503
    assert not checks["database"]["ok"]
    assert time.monotonic() - began < BUSY_SECONDS


def test_not_ready_when_the_tables_are_of_another_version(site: Site) -> None:
    with site.parts.store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    status, checks = ready(site)
    assert status == 503
    assert "qa-workflow init --upgrade" in checks["tables"]["said"]


@pytest.mark.parametrize(
    ("health", "ok", "said"),
    [
        ({"seconds_since_last": 1.0, "error": None}, True, "looked 1 seconds ago"),
        ({"seconds_since_last": None, "error": None}, True, "first time"),
        ({"seconds_since_last": 61.0, "error": None}, False, "should look every second"),
        ({"seconds_since_last": 1.0, "error": "the disk is full"}, False, "the log says why"),
    ],
)
def test_ready_depends_on_the_clock(site: Site, health: dict[str, Any], ok: bool, said: str) -> None:
    watch(site.app, lambda: health)
    status, checks = ready(site)
    assert (status, checks["clock"]["ok"]) == (200 if ok else 503, ok)
    assert said in checks["clock"]["said"]


def test_not_ready_where_nobody_watches_the_clock(site: Site) -> None:
    """No clock in this process, and timers that nobody has fired."""
    from datetime import timedelta

    from qa_workflow.service.time import rehearsing

    rehearsing.set_clock(site.house, site.house.now() + timedelta(days=100))
    status, checks = ready(site)
    assert status == 503
    assert "nobody watches the clock" in checks["clock"]["said"]


def test_nothing_of_the_machine_is_told_to_the_outside(site: Site) -> None:
    """Readiness names no file, no server and no person."""
    told = json.dumps(site.client().get("/readyz").json())
    assert "site.db" not in told
    assert "sqlite" not in told


def scrape(site: Site, address: tuple[str, int] = HERE, host: str = "127.0.0.1:8000", **headers: str) -> Any:
    client = TestClient(site.app, base_url=f"http://{host}", client=address)
    return client.get("/metrics", headers={name.replace("_", "-"): value for name, value in headers.items()})


def test_numbers_for_this_machine_alone(site: Site) -> None:
    """What a proxy passes on comes from this machine, too, and is not for everybody who asks the proxy."""
    assert scrape(site).status_code == 200
    assert scrape(site, ("::1", 1), "[::1]:8000").status_code == 200
    assert scrape(site, ("203.0.113.9", 1)).status_code == 404
    assert scrape(site, X_Forwarded_For="203.0.113.9").status_code == 404
    assert scrape(site, Forwarded="for=203.0.113.9").status_code == 404
    assert scrape(site, host="quality.example.org").status_code == 404


def test_numbers_for_who_has_the_token(lived_database: Path) -> None:
    token = "a-long-token-of-the-scraper"  # noqa: S105
    with site_at(lived_database, settings=WebSettings(metrics_token=token)) as site:
        assert scrape(site).status_code == 404
        assert scrape(site, Authorization="Bearer another").status_code == 404
        assert scrape(site, ("203.0.113.9", 1), Authorization=f"Bearer {token}").status_code == 200


def test_the_numbers_are_those_of_the_house(site: Site) -> None:
    administrator = Program(site, "administrator")
    told = administrator.get("/machine")
    site.wall.advance(seconds=6)
    numbers = _numbers(scrape(site).text)
    for name in ("items_open", "items_overdue", "letters_waiting", "incidents_open", "sessions"):
        assert numbers[f"qa_workflow_{name}"] == told[name]
    assert numbers["qa_workflow_database_up"] == 1
    assert numbers["qa_workflow_sweep_here"] == 0
    watch(site.app, lambda: {"seconds_since_last": 2.5, "error": None})
    numbers = _numbers(scrape(site).text)
    assert numbers["qa_workflow_last_sweep_age_seconds"] == 2.5


def test_requests_are_counted_by_route_and_not_by_address(site: Site) -> None:
    lead = Program(site, "quality-lead")
    for reference in ("PA/2026-27-Q4/ghft", "PA/2026-27-Q4/ghc"):
        lead.item(reference)
    site.client().get("/nothing/of/this/name")
    found = scrape(site).text
    assert (
        'qa_workflow_requests_total{method="GET",route="/api/v1/items/by-reference/{reference:path}",status="200"} 2.0'
        in found
    )
    assert 'route="(no such address)",status="404"} 1.0' in found
    assert "ghft" not in found


def test_the_database_is_asked_once_in_a_few_seconds(site: Site) -> None:
    from sqlalchemy import event

    asked: list[str] = []
    event.listen(site.parts.store.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
    scrape(site)
    first = len(asked)
    scrape(site)
    assert len(asked) == first > 0
    site.wall.advance(seconds=6)
    scrape(site)
    assert len(asked) == 2 * first


def test_the_database_away_is_a_number_too(site: Site) -> None:
    with site.parts.store.engine.begin() as connection:
        connection.execute(text("ALTER TABLE outbox RENAME TO outbox_gone"))
    numbers = _numbers(scrape(site).text)
    assert numbers["qa_workflow_database_up"] == 0
    assert "qa_workflow_items_open" not in numbers


def test_a_line_of_the_log_tells_the_route_and_the_role_and_nobody(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "qa_workflow.request")
    lead = Program(site, "quality-lead")
    answer = lead.client.get("/api/v1/items", params={"search": "somebody's name"})
    (record,) = [r for r in caplog.records if r.name == "qa_workflow.request"]
    line = JsonLines().format(record)
    told = json.loads(line)
    assert (told["route"], told["method"], told["status"]) == ("/api/v1/items", "GET", 200)
    assert told["roles"] == ["quality_lead"]
    assert told["request_id"] == answer.headers["x-request-id"]
    assert told["ms"] >= 0
    for private in ("quality-lead", "somebody", "name", lead.key, "testclient"):
        assert private not in line.replace('"name"', "")


def test_a_requests_id_comes_from_the_proxy_if_it_is_one(site: Site) -> None:
    client = site.client()
    assert (
        client.get("/healthz", headers={"X-Request-ID": "0123-4567-89ab"}).headers["x-request-id"] == "0123-4567-89ab"
    )
    for forged in ("short", "with\ttab-and-more", "x" * 65, '"},{"level":"error'):
        answer = client.get("/healthz", headers={"X-Request-ID": forged})
        assert answer.headers["x-request-id"] != forged
        assert len(answer.headers["x-request-id"]) == 16


def test_of_a_fault_the_log_has_its_places_and_not_its_words(site: Site) -> None:
    """What a fault says may hold what somebody typed; where it happened never does."""
    try:
        raise ValueError("the patient's name")
    except ValueError as fault:
        record = logging.LogRecord(
            "x", logging.ERROR, __file__, 1, "fault %s", ("ab12",), (type(fault), fault, fault.__traceback__)
        )
    line = JsonLines().format(record)
    assert "patient" not in line
    told = json.loads(line)
    assert told["fault"]["kind"] == "ValueError"
    assert told["fault"]["places"][0].endswith("test_of_a_fault_the_log_has_its_places_and_not_its_words")
    assert told["said"] == "fault ab12"
    assert "\n" not in line
    del site


def _numbers(told: str) -> dict[str, float]:
    lines = (line.rpartition(" ") for line in told.splitlines() if not line.startswith("#") and "{" not in line)
    return {name: float(value) for name, _, value in lines}
