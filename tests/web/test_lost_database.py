"""The database is lost in the middle of a page or a call: people are told what happened, what was saved, what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event

from qa_workflow.service.people import accounts
from qa_workflow.store import create, sql_store, unit
from qa_workflow.store.faults import Locked
from qa_workflow.testing import FakeClock
from qa_workflow.web import WebSettings, create_app
from qa_workflow.wiring import join
from tests.databases import PostgresqlDatabases, Prepare
from tests.web.holding import held
from tests.web.programs import API, Program, tag
from tests.web.site import ROOT, Site

GHFT = "PA/2026-27-Q4/ghft"


def opened(database: str) -> None:
    """A rehearsal with one item; prepared once, then copied."""
    create(database, datetime(2027, 4, 1, 8, tzinfo=UTC)).dispose()
    parts = join(database)
    parts.engine.publish([ROOT / "workflows"], actor=None)
    parts.engine.open("provider_assurance", actor="quality-lead", subject="ghft", period="2026-27 Q4")
    parts.store.dispose()


def site_on(database: str) -> Site:
    parts, wall, settings = join(database), FakeClock("2027-04-01T09:00"), WebSettings()
    return Site(create_app(parts, settings, wall), parts, wall, settings)


@pytest.fixture
def postgresql_site(postgresql_databases: PostgresqlDatabases, tmp_path: Path) -> Iterator[Site]:
    """The pages over a PostgreSQL whose server cuts connections."""
    del tmp_path
    site = site_on(postgresql_databases.prepared(opened))
    yield site
    site.close()


@pytest.fixture
def any_site(prepared_database: Callable[[Prepare], str]) -> Iterator[Site]:
    """The same on each kind of database."""
    site = site_on(prepared_database(opened))
    yield site
    site.close()


class Cutting:
    """The server ends a connection just before a statement that has this word in it, so many times."""

    def __init__(self, site: Site, word: str, times: int) -> None:
        self.site, self.word, self.left = site, word, times
        self._plain = site.parts.store.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)

    def __call__(self, _: object, cursor: psycopg.Cursor[object], statement: str, *_more: object) -> None:
        if self.left and self.word in statement:
            self.left -= 1
            self.cut(cursor.connection)

    def cut(self, connection: psycopg.Connection[object]) -> None:
        with psycopg.connect(self._plain, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", (connection.info.backend_pid,))


@contextmanager
def cut_before(site: Site, word: str, times: int = 1000) -> Iterator[Cutting]:
    """Connections are cut before such statements, as often as they are tried."""
    cutting = Cutting(site, word, times)
    event.listen(site.parts.store.engine, "before_cursor_execute", cutting)
    try:
        yield cutting
    finally:
        event.remove(site.parts.store.engine, "before_cursor_execute", cutting)


def revision(site: Site) -> int:
    return site.engine.item(GHFT).revision


def test_a_page_whose_connection_was_cut_tells_so_and_the_next_one_is_there(postgresql_site: Site) -> None:
    site = postgresql_site
    client = site.client("quality-lead")
    with cut_before(site, "FROM item"):
        answer = client.get("/items")
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert "The connection to the database was lost." in answer.text
    assert "try again" in answer.text
    assert client.get("/items").status_code == 200


def test_a_call_whose_connection_was_cut_tells_so_as_a_problem(postgresql_site: Site) -> None:
    lead = Program(postgresql_site, "quality-lead")
    lead.get("/me")
    with cut_before(postgresql_site, "FROM item"):
        told = lead.get("/items", 503)
    assert told["code"] == "connection_lost"
    assert "Nothing of this was saved." in told["detail"]
    lead.get("/items")


def test_a_change_whose_connection_was_cut_once_is_done_nevertheless(
    postgresql_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing had been committed, so the same transaction is tried again, and the person notices nothing."""
    site = postgresql_site
    lead = Program(site, "quality-lead")
    item = lead.item(GHFT)
    left = [1]
    _cut_writing(site, monkeypatch, left)
    assert lead.act(item, "comment", {"text": "Still here"})["revision"] == item["revision"] + 1
    assert left == [0]
    assert revision(site) == item["revision"] + 1


def test_a_change_whose_connection_is_always_cut_saves_nothing_and_says_so(
    postgresql_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = postgresql_site
    lead = Program(site, "quality-lead")
    item = lead.item(GHFT)
    _cut_writing(site, monkeypatch, [1000])
    told = lead.act(item, "comment", {"text": "Lost"}, 503)
    assert told["code"] == "connection_lost"
    assert "Nothing of this was saved." in told["detail"]
    monkeypatch.undo()
    assert revision(site) == item["revision"]


def test_a_commit_that_is_cut_is_told_as_uncertain_and_its_repetition_settles_it(
    postgresql_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = postgresql_site
    lead = Program(site, "quality-lead")
    item = lead.item(GHFT)
    cutting, written = Cutting(site, "", 0), [None]
    write, commit = unit.SqlUnit._write, psycopg.Connection.commit

    def note_write(self: unit.SqlUnit, *arguments: object, **named: object) -> None:
        write(self, *arguments, **named)  # type: ignore[arg-type]
        written[0] = self._connection.connection.driver_connection

    def cut_commit(connection: psycopg.Connection[object]) -> None:
        if connection is written[0]:
            cutting.cut(connection)
        commit(connection)

    monkeypatch.setattr(unit.SqlUnit, "_write", note_write)
    monkeypatch.setattr(psycopg.Connection, "commit", cut_commit)
    told = lead.act(item, "comment", {"text": "Was it?"}, 503, Idempotency_Key="uncertain-1")
    assert told["code"] == "uncertain"
    assert "cannot be said yet whether it was saved" in told["detail"]
    monkeypatch.undo()
    lead.act(item, "comment", {"text": "Was it?"}, Idempotency_Key="uncertain-1")
    lead.act(item, "comment", {"text": "Was it?"}, Idempotency_Key="uncertain-1")
    assert revision(site) == item["revision"] + 1


@pytest.mark.parametrize("by", ["a program", "a page"])
def test_where_the_connection_is_cut_after_the_commit_nobody_is_told_that_nothing_was_saved(
    postgresql_site: Site, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    """What was asked is saved, and the answer has to be read. Who is told otherwise does it again."""
    site = postgresql_site
    lead, client = Program(site, "quality-lead"), site.client("administrator")
    item = lead.item(GHFT)
    client.get("/people")
    with cut_before(site, "", times=0) as cutting:
        monkeypatch.setattr(sql_store, "passing", lambda at: setattr(cutting, "left", at == "after_commit"))
        if by == "a program":
            told = lead.act(item, "comment", {"text": "Heard?"}, 503)
            assert told["code"] == "not_told"
            said = told["detail"]
        else:
            said = client.post("/people/quality-lead/invite", data=site.key(client)).text
    assert "What you asked had been saved by then, or some of it." in said
    assert "Nothing of this was saved" not in said
    assert revision(site) == item["revision"] + (by == "a program")
    assert accounts.standing(site.parts.gate, "quality-lead", site.wall.now()).status == (
        None if by == "a program" else "invited"
    )


def _cut_writing(site: Site, monkeypatch: pytest.MonkeyPatch, left: list[int]) -> None:
    """Cut the connection of a transaction when its item is locked and decided about, and nothing is written yet."""
    cutting = Cutting(site, "", 0)
    write = unit.SqlUnit._write

    def cut_write(self: unit.SqlUnit, *arguments: object, **named: object) -> None:
        if left[0]:
            left[0] -= 1
            cutting.cut(self._connection.connection.driver_connection)  # type: ignore[arg-type]
        write(self, *arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(unit.SqlUnit, "_write", cut_write)


# What was typed


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> Callable[[Site], None]:
    """From now on every writing transaction finds the database locked."""

    def begin(site: Site) -> None:
        def locked(*_: object) -> None:
            raise Locked(str(site.parts.store.engine.url))

        monkeypatch.setattr(sql_store.SqlStore, "writing", locked)

    return begin


def test_a_form_comes_back_with_what_was_typed_and_can_be_sent_again(
    any_site: Site, away: Callable[[Site], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = any_site.client("quality-lead")
    before = revision(any_site)
    typed = {"text": "A long <thought> & more", "audience": "everybody"}
    sent = {"revision": str(before), "request": "0" * 32, **typed, **any_site.key(client)}
    away(any_site)
    answer = client.post(f"/comment/{GHFT}", data=sent)
    assert answer.status_code == 503
    assert "A long &lt;thought&gt; &amp; more" in answer.text
    assert "Nothing of this was saved." in answer.text
    again = re.search(r'<form action="([^"]+)" method="post">(.*?)</form>', answer.text, re.DOTALL)
    assert again
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', again[2]))
    assert fields["text"] == "A long &lt;thought&gt; &amp; more"
    monkeypatch.undo()
    done = client.post(again[1], data={**fields, "text": sent["text"]})
    assert done.status_code == 303
    assert revision(any_site) == before + 1


def test_a_password_never_comes_back(any_site: Site, away: Callable[[Site], None]) -> None:
    client = any_site.client(None)
    away(any_site)
    answer = client.post("/sign-in", data={"name": "quality-lead", "password": "open sesame"})
    assert answer.status_code == 503
    assert "open sesame" not in answer.text


def test_the_page_names_no_file_and_no_server(any_site: Site, away: Callable[[Site], None]) -> None:
    client = any_site.client("quality-lead")
    away(any_site)
    answer = client.post(f"/comment/{GHFT}", data={"text": "x", **any_site.key(client)})
    address = any_site.parts.store.engine.url
    for private in (str(address), address.database or "", "process"):
        assert private not in answer.text


def test_while_another_program_holds_the_whole_file_a_page_and_a_call_say_so(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite, locked exclusively: not even who is signed in can be looked up."""
    monkeypatch.setattr("qa_workflow.store.database.BUSY_SECONDS", 1)
    lead, client = Program(site, "quality-lead"), site.client("quality-lead")
    item = lead.item("PA/2026-27-Q4/ghc")
    with held(site):
        page = client.get("/items?subject=ghc")
        call = lead.send(f"/items/{item['id']}/comment", {"text": "x"}, If_Match=tag(item))
        public = site.client(None).get(f"{API}/openapi.json")
    assert page.status_code == 503
    assert "did not answer in time" in page.text
    assert 'href="/items?subject=ghc"' in page.text
    assert lead.read(call, 503)["code"] == "locked"
    assert public.status_code == 200
    assert client.get("/items?subject=ghc").status_code == 200
    assert lead.item("PA/2026-27-Q4/ghc") == item
