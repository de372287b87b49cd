"""`qa-workflow run`: real processes that serve pages and run the clock, told to stop by real signals."""

from __future__ import annotations

import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPResponse
from pathlib import Path
from typing import Any, cast

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from qa_workflow.service.people import tokens
from qa_workflow.service.time import rehearsing
from qa_workflow.store import SqlStore, create
from qa_workflow.store.backups.backup import backup
from qa_workflow.store.backups.restoring import restore
from qa_workflow.store.faults import InUse
from qa_workflow.web.serving import Server
from qa_workflow.wiring import join
from tests.acceptance.command_line import GHFT, ROOT, CommandLine
from tests.acceptance.running_program import Running, connected, held, listens, place, running
from tests.databases import PostgresqlDatabases, Prepare, SqliteDatabases

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals to end a program by")
Look = Callable[[TestClient], object]
AtStart = Callable[..., str]
REFUSED, USAGE, STORAGE = 1, 2, 4


def rehearsal(database: str) -> None:
    """A rehearsal with the shipped workflows and one item; prepared once, then copied."""
    create(database, datetime(2027, 4, 1, 8, tzinfo=UTC)).dispose()
    parts = join(database)
    parts.engine.publish([ROOT / "workflows"], actor=None)
    parts.engine.open("provider_assurance", actor="quality-lead", subject="ghft", period="2026-27 Q4")
    parts.store.dispose()


@pytest.fixture
def qa(sqlite_databases: SqliteDatabases, tmp_path: Path) -> CommandLine:
    return CommandLine(sqlite_databases.prepared(rehearsal), tmp_path)


@pytest.fixture
def any_qa(prepared_database: Callable[[Prepare], str], tmp_path: Path) -> CommandLine:
    """The same on each kind of database."""
    return CommandLine(prepared_database(rehearsal), tmp_path)


@pytest.fixture(autouse=True)
def _nothing_runs_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is refused is tried in this process, whose log stays as it is; what is not refused would run for ever."""

    def run(*_: object) -> None:
        raise AssertionError("it was not refused, and serves")

    monkeypatch.setattr("qa_workflow.web.serving.Server.run", run)
    monkeypatch.setattr("qa_workflow.web.request_log.write_json_lines", lambda: None)


@pytest.fixture
def at_start(monkeypatch: pytest.MonkeyPatch) -> AtStart:
    """`at_start(qa, …)`: what `run` says once it serves, in this process; `look` looks at its pages before it ends."""

    def begin(qa: CommandLine, *words: str, look: Look = lambda _: None, **environment: str) -> str:
        def serve(server: Server, _: socket.socket, started: Callable[[], None]) -> None:
            started()
            with TestClient(cast(FastAPI, server._server.config.app), follow_redirects=False) as pages:
                look(pages)

        monkeypatch.setattr(Server, "run", serve)
        told = qa("run", "--port", "0", *words, code=0, answer=None, **environment)
        return told.out + told.err

    return begin


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT], ids=["system", "ctrl-c"])
def test_it_serves_and_ends_when_it_is_told_to(any_qa: CommandLine, how: signal.Signals) -> None:
    with running(any_qa) as found:
        assert httpx2.get(f"{found.address}healthz").text == "alive\n"
        ready = httpx2.get(f"{found.address}readyz")
        assert (ready.status_code, ready.json()["ready"]) == (200, True)
        assert httpx2.get(found.address).headers["location"].startswith("/sign-in")
        assert found.end(how) == 0
        assert found.said.splitlines()[-1] == "Stopped."
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(found.address)


def test_what_falls_due_happens_while_it_runs_and_no_backup_takes_it_away(any_qa: CommandLine, tmp_path: Path) -> None:
    with running(any_qa) as found:
        with closing(join(any_qa.database).engine) as engine:
            house = engine._house
            made_at = house.now()
            assert isinstance(house.store, SqlStore)
            made = backup(house.store, tmp_path / "backup", made_at)
            rehearsing.set_clock(house, house.now() + timedelta(days=60))
            found.until_it_says("overdue")
            assert "overdue" in [event.kind for event in engine.history(GHFT)]
        with pytest.raises(InUse):
            restore(made.folder, any_qa.database, made_at, replace=True)
    restore(made.folder, any_qa.database, made_at, replace=True)


def test_a_request_under_way_is_finished_at_the_end(qa: CommandLine) -> None:
    """Its change waits for another process; told to stop meanwhile, the program waits for it, and it is answered."""
    key, item = _key_and_item(qa)
    with stopped_meanwhile(qa, key, item) as (found, asking, release):
        release()
        with HTTPResponse(asking) as answer:
            answer.begin()
            assert (answer.status, json.load(answer)["revision"]) == (200, item["revision"] + 1)
        assert found.process.wait(30) == 0


def test_told_to_stop_a_second_time_it_waits_for_nobody(qa: CommandLine) -> None:
    """Whoever asked is told that it failed at once; what was begun ends by itself, and the program with it."""
    key, item = _key_and_item(qa)
    with stopped_meanwhile(qa, key, item) as (found, asking, release):
        found.process.send_signal(signal.SIGTERM)
        assert asking.recv(2000).startswith(b"HTTP/1.1 500 ")
        assert found.process.poll() is None
        release()
        assert found.process.wait(30) == 0


@contextmanager
def stopped_meanwhile(
    qa: CommandLine, key: str, item: dict[str, Any]
) -> Iterator[tuple[Running, socket.socket, Callable[[], None]]]:
    """A program that was told to stop and waits for a request, and that for another process, until it is released.

    That it waits is told by its log: uvicorn lets a tenth of a second pass before, in which even a program that waits
    for nobody would answer one that is released at once.
    """
    with (
        running(qa, "--log", "json") as found,
        held(qa) as release,
        connected(found) as idle,
        connected(found) as asking,
    ):
        body = json.dumps({"text": "Under way"}).encode()
        asking.sendall(_comment(found, key, item, len(body)))
        assert asking.recv(1000).startswith(b"HTTP/1.1 100 ")  # the application has it, and wants the rest
        asking.sendall(body)
        found.process.send_signal(signal.SIGTERM)
        assert idle.recv(1) == b"", "who has asked nothing is sent away"
        assert not listens(found.address)
        found.until_it_says("Waiting for connections to close")
        assert found.process.poll() is None
        yield found, asking, release


def test_a_busy_port_is_told_in_a_sentence(qa: CommandLine) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        told = qa("run", "--port", str(port), code=REFUSED)
    assert f"another program already listens on port {port}" in told.err
    assert "--port" in told.err


@pytest.mark.parametrize("host", ["203.0.113.1", "no such host", "x" * 300])
def test_a_host_that_is_not_here_is_told_in_a_sentence(qa: CommandLine, host: str) -> None:
    told = qa("run", "--port", "0", "--host", host, code=USAGE)
    assert "is not an address of this machine" in told.err


def test_programs_are_told_the_address_as_json(qa: CommandLine) -> None:
    process = qa.process("run", "--port", "0", "--json")
    with process:
        assert process.stdout is not None
        text = ""
        while not text.endswith("}\n"):
            text += process.stdout.readline()
        address = json.loads(text)["address"]
        assert httpx2.get(f"{address}healthz").status_code == 200
        process.terminate()
        assert process.wait(60) == 0


@pytest.fixture
def nowhere(tmp_path: Path) -> CommandLine:
    """No database is there yet."""
    return CommandLine(f"sqlite:///{tmp_path / 'none.db'}", tmp_path)


def test_without_a_database_it_says_how_one_is_made(nowhere: CommandLine) -> None:
    """A service, which nobody sits at: it is not asked, and makes nothing by itself."""
    assert "make one with `qa-workflow init`" in nowhere("run", code=STORAGE).err
    assert not (nowhere.folder / "none.db").exists()


def test_somebody_at_a_terminal_is_asked_whether_to_make_a_database(
    nowhere: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa_workflow.cli.asking.can_ask", lambda _: True)
    told = nowhere("run", answer="n\n", code=REFUSED).err
    assert "run --demonstration). Make one for real work, with the definitions in" in told
    assert not (nowhere.folder / "none.db").exists()
    served: list[object] = []
    monkeypatch.setattr("qa_workflow.web.serving.Server.run", lambda *_: served.append(True))
    assert "Made, with the definitions in" in nowhere("run", "--port", "0", answer="y\n").err
    assert served
    assert nowhere.json("clock", "show")["rehearsal"] is False
    assert "Make one" not in nowhere("run", "--port", "0").err, "it is there now"


@pytest.mark.parametrize(("words", "offered"), [((), False), (("--demonstration",), True)])
def test_one_click_is_for_the_demonstration_alone(
    qa: CommandLine, at_start: AtStart, words: tuple[str, ...], offered: bool
) -> None:
    def look(pages: TestClient) -> None:
        assert ("/sign-in/as" in pages.get("/sign-in").text) is offered
        clicked = pages.post("/sign-in/as", data={"person": "administrator"})
        assert (clicked.status_code < 400, bool(clicked.cookies)) == (offered, offered)

    assert "Pages" in at_start(qa, *words, look=look)


def test_the_demonstration_never_opens_a_real_database(real: CommandLine) -> None:
    told = real("run", "--port", "0", "--demonstration", code=USAGE)
    assert "this is a real database" in told.err


def test_a_password_in_the_databases_address_is_not_shown(
    postgresql_databases: PostgresqlDatabases, tmp_path: Path, at_start: AtStart
) -> None:
    """It stands on the screen, and in the log of whatever has started the program."""
    database = postgresql_databases.prepared(rehearsal).replace("postgres@", "postgres:open-sesame@")
    said = at_start(CommandLine(database, tmp_path))
    assert "open-sesame" not in said
    assert "postgres:…@" in said


# For real work


@pytest.fixture
def real(tmp_path: Path) -> CommandLine:
    """A real database whose governance file has its own people."""
    folder = tmp_path / "workflows"
    shutil.copytree(ROOT / "workflows", folder)
    path = folder / "governance.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("@example.org", "@icb.nhs.uk"), encoding="utf-8")
    found = CommandLine(f"sqlite:///{tmp_path / 'real.db'}", tmp_path)
    found.environment |= {
        "QA_WORKFLOW_WORKFLOWS": str(folder),
        "QA_WORKFLOW_URL": "https://quality.icb.nhs.uk",
        "QA_WORKFLOW_MAIL": "smtp://mail.icb.nhs.uk",
    }
    found("init")
    return found


def test_it_starts_for_real_work(real: CommandLine) -> None:
    with running(real, "--production") as found:
        answer = httpx2.get(f"{found.address}api/v1/items?text=somebody", headers={"X-Request-ID": "request-0001"})
        assert answer.status_code == 401
        assert answer.headers["strict-transport-security"]
        assert "server" not in answer.headers
        found.end()
        lines = [json.loads(line) for line in found.said.splitlines()]
    (line,) = [line for line in lines if line.get("request_id") == "request-0001"]
    assert (line["route"], line["status"], line["roles"]) == ("/api/v1/items", 401, [])
    assert "somebody" not in found.said
    assert "Warning" not in found.said


def test_without_mail_it_starts_and_warns(real: CommandLine) -> None:
    del real.environment["QA_WORKFLOW_MAIL"]
    with running(real, "--production") as found:
        assert "No mail server is set" in found.said
        found.end()


@pytest.mark.parametrize(
    ("words", "environment", "said"),
    [
        ((), {"QA_WORKFLOW_TEST": "1"}, "QA_WORKFLOW_TEST is for tests"),
        (("--now", "2027-04-01"), {"QA_WORKFLOW_TEST": "1"}, "QA_WORKFLOW_TEST and --now are for tests"),
        (("--demonstration",), {}, "sign in as anybody"),
        ((), {"QA_WORKFLOW_URL": ""}, "No public address is set"),
        ((), {"QA_WORKFLOW_URL": "http://quality.icb.nhs.uk"}, "begins with http://"),
        (("--host", "0.0.0.0"), {}, "answers the whole network without encryption"),  # noqa: S104
        ((), {"QA_WORKFLOW_METRICS_TOKEN": "changeme"}, "QA_WORKFLOW_METRICS_TOKEN is a weak secret"),
        ((), {"QA_WORKFLOW_METRICS_TOKEN": "a" * 40}, "QA_WORKFLOW_METRICS_TOKEN is a weak secret"),
        (
            (),
            {
                "QA_WORKFLOW_IDENTITY_ISSUER": "https://login.icb.nhs.uk",
                "QA_WORKFLOW_IDENTITY_CLIENT": "qa",
                "QA_WORKFLOW_IDENTITY_SECRET": "password",
            },
            "QA_WORKFLOW_IDENTITY_SECRET is a weak secret",
        ),
    ],
)
def test_production_refuses_what_is_for_tests_or_open_to_others(
    real: CommandLine, words: tuple[str, ...], environment: dict[str, str], said: str
) -> None:
    told = real("run", "--production", "--port", "0", *words, code=USAGE, **environment)
    assert "for one reason" in told.err
    assert said in " ".join(told.err.split())


def test_production_refuses_a_fault_point(real: CommandLine) -> None:
    """Tried in a process of its own: one that is armed stays armed."""
    armed = {"QA_WORKFLOW_TEST": "1", "QA_WORKFLOW_FAULT": "after_lock:kill:99"}
    told = real.apart("run", "--production", "--port", "0", code=USAGE, **armed)
    assert "QA_WORKFLOW_TEST and QA_WORKFLOW_FAULT are for tests" in " ".join(told.err.split())


def test_production_refuses_a_rehearsal_and_the_demonstrations_people(qa: CommandLine) -> None:
    told = qa("run", "--production", "--port", "0", code=USAGE, QA_WORKFLOW_URL="https://quality.icb.nhs.uk").err
    assert "for 2 reasons" in told
    assert "The database is a rehearsal" in told
    assert "People of the demonstration" in told


def test_production_tells_everything_at_once_and_how_to_mend_it(qa: CommandLine) -> None:
    told = qa.json("run", "--production", "--host", "0.0.0.0", code=USAGE, QA_WORKFLOW_TEST="1")  # noqa: S104
    objections = told["error"]["objections"]
    assert [set(each) for each in objections] == [{"what", "why", "mend"}] * 5
    assert all(each["what"] and each["why"] and each["mend"] for each in objections)


def test_production_tells_of_a_database_that_is_not_there_beside_the_rest(real: CommandLine, tmp_path: Path) -> None:
    none = {"QA_WORKFLOW_DATABASE": f"sqlite:///{tmp_path / 'none.db'}"}
    assert "qa-workflow init" in real("run", "--production", code=STORAGE, **none).err
    told = real("run", "--production", code=USAGE, QA_WORKFLOW_URL="", **none).err
    assert "for 2 reasons" in told
    assert "cannot be used. There is no qa-workflow database" in told


def test_production_wants_two_who_may_publish(real: CommandLine) -> None:
    path = Path(real.environment["QA_WORKFLOW_WORKFLOWS"]) / "governance.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("publish: [administrator, governance_officer]", "publish: [administrator]"), "utf-8")
    with closing(join(real.database).engine) as engine:
        engine.publish([path], actor=None)
    told = real("run", "--production", "--port", "0", code=USAGE)
    assert "Two people are needed to publish, and only administrator may" in " ".join(told.err.split())


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"QA_WORKFLOW_URL": "quality.icb.nhs.uk"}, "QA_WORKFLOW_URL cannot be read"),
        ({"QA_WORKFLOW_URL": "https://quality.icb.nhs.uk/quality"}, "QA_WORKFLOW_URL cannot be read"),
        ({"QA_WORKFLOW_URL": "https://[x"}, "QA_WORKFLOW_URL cannot be read"),
        ({"QA_WORKFLOW_IDENTITY_ISSUER": "https://login.icb.nhs.uk"}, "needs QA_WORKFLOW_IDENTITY_CLIENT"),
    ],
)
def test_a_setting_that_cannot_be_read_is_told(real: CommandLine, environment: dict[str, str], said: str) -> None:
    assert said in " ".join(real("run", "--port", "0", code=USAGE, **environment).err.split())


def _key_and_item(qa: CommandLine) -> tuple[str, dict[str, Any]]:
    from qa_workflow.clock import SystemClock

    parts = join(qa.database)
    try:
        now = SystemClock().now()
        key, _ = tokens.give(parts.house, "quality-lead", label="test", scopes=["act"], days=1, cookie=None, now=now)
        assert tokens.find(parts.house, key, now=now)  # its first use is written down now, and not while all waits
        return key, parts.engine.view(parts.engine.item(GHFT))
    finally:
        parts.store.dispose()


def _comment(found: Running, key: str, item: dict[str, Any], length: int) -> bytes:
    """The head of a request, whose sender asks whether it is wanted before sending the rest."""
    lines = (
        f"POST /api/v1/items/{item['id']}/comment HTTP/1.1",
        f"Host: {place(found.address)[0]}",
        f"Authorization: Bearer {key}",
        f'If-Match: "{item["revision"]}"',
        "Content-Type: application/json",
        f"Content-Length: {length}",
        "Expect: 100-continue",
    )
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode()


def test_from_an_empty_folder_somebody_comes_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What `init` says at its end is true when it is typed: files to change, and a link for the first person."""
    monkeypatch.chdir(tmp_path)
    found = CommandLine("sqlite:///qa_workflow.db", tmp_path)
    del found.environment["QA_WORKFLOW_WORKFLOWS"]
    said = found("init").out
    assert (tmp_path / "workflows" / "governance.yaml").is_file()
    check, invite = "qa-workflow check workflows", "qa-workflow person invite administrator --as administrator"
    assert check in said
    assert invite in said
    found(*check.split()[1:])
    assert "http://127.0.0.1:8000/invitation/" in found(*invite.split()[1:]).out
    assert "http://127.0.0.1:8071/invitation/" in found(*invite.split()[1:], "--at", "http://127.0.0.1:8071").out
    example = re.search(
        r"\n(    import qa_workflow\n(?:    .*\n|\n)+)", (ROOT / "README.md").read_text(encoding="utf-8")
    )
    assert example is not None
    subprocess.run([sys.executable, "-c", textwrap.dedent(example[1])], check=True, env={"PYTHONPATH": str(ROOT)})


def test_files_that_are_there_are_not_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "workflows").mkdir()
    found = CommandLine("sqlite:///qa_workflow.db", tmp_path)
    found("init", "--workflows", str(ROOT / "workflows"))
    assert list((tmp_path / "workflows").iterdir()) == []


def test_who_runs_it_is_told_how_the_first_person_comes_in(real: CommandLine, at_start: AtStart) -> None:
    invite = "qa-workflow person invite administrator --as administrator"
    assert f"{invite}\n" in at_start(real), "the address is a setting"
    assert re.search(rf"{invite} --at http://127\.0\.0\.1:\d+\n", at_start(real, QA_WORKFLOW_URL=""))
