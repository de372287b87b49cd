"""Bad input: a clear sentence, the place, the remedy, the agreed exit code, and nothing half written."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from qa_workflow.service.house import House
from qa_workflow.service.time import rehearsing
from qa_workflow.store import open_store
from qa_workflow.store.database import sqlite_driver
from tests.acceptance.command_line import GHFT, ROOT, CommandLine, rehearsal
from tests.databases import Databases
from tests.store.tampering import as_of_0006

REFUSED, USAGE, STORAGE, INTERRUPTED = 1, 2, 4, 130
OPEN = ("open", "provider_assurance", "--subject", "ghft", "--period", "2026-27 Q4")


@pytest.fixture
def qa(sqlite_databases: Databases, tmp_path: Path) -> CommandLine:
    """A rehearsal on 1 April 2027 with one item open; SQLite, since the faults of this file do not depend on it."""
    found = CommandLine(sqlite_databases.prepared(rehearsal), tmp_path)
    found.open()
    return found


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (("show", "PA/2026-27-Q4/ghtf"), "did you mean 'PA/2026-27-Q4/ghft'?", USAGE),
        (("explain", "nothing"), "item 'nothing' is not known", USAGE),
        (("events", "nothing"), "item 'nothing' is not known", USAGE),
        (("advance", GHFT, "submit", "--as", "nobody"), "person 'nobody' is not known", USAGE),
        (("advance", GHFT, "sumbit", "--as", "ghft-contact"), "did you mean 'submit'?", REFUSED),
        (("advance", GHFT, "assure", "--as", "committee-chair"), "belongs to stage", REFUSED),
        (("open", "provider_asurance"), "did you mean 'provider_assurance'?", USAGE),
        (("open", "provider_assurance", "--subject", "gfht", "--period", "2026-27 Q4"), "did you mean 'ghft'?", USAGE),
        (("open", "provider_assurance", "--subject", "ghft", "--period", "2026-27 Q5"), "Q5", USAGE),
        (("open", "provider_assurance", "--subject", "ghft", "--period", "spring"), "spring", USAGE),
        (("open", "provider_assurance", "--subject", "ghft"), 'say which, as in --period "2026-27 Q4"', REFUSED),
        (OPEN, "exists already", REFUSED),
        (("items", "--workflow", "nothing"), "workflow 'nothing' is not known", USAGE),
        (("items", "--stage", "cqrg_revew"), "did you mean 'cqrg_review'?", USAGE),
        (("items", "--owner", "nobody"), "is not known", USAGE),
        (("items", "--subject", "nobody"), "organisation 'nobody' is not known", USAGE),
        (("items", "--limit", "many"), "'many' is not a valid integer", USAGE),
        (("meetings", "nobody"), "body 'nobody' is not known", USAGE),
        (("people", "--role", "king"), "role 'king' is not known", USAGE),
        (("diagram", "nothing"), "workflow 'nothing' is not known", USAGE),
        (("hold", GHFT, "--reason", "x", "--until", "2027-02-30"), "30 February 2027 does not exist", USAGE),
        (("clock", "set", "2027-03-28T01:30"), "01:30 on 28 March 2027 does not exist", USAGE),
        (("clock", "set", "2027-03-01"), "cannot be set back", REFUSED),
        (("clock", "advance"), "say by how much", USAGE),
        (("clock", "advance", "a", "while"), "3 weeks", USAGE),
        (("advance", GHFT, "submit", "--as", "ghft-contact", "--set", "report=@nowhere.pdf"), "nowhere.pdf", USAGE),
        (
            ("advance", GHFT, "submit", "--as", "ghft-contact", "--set", "report=text"),
            "as in report=@report.pdf",
            USAGE,
        ),
        (("advance", GHFT, "submit", "--as", "ghft-contact", "--set", "reprot=x"), "did you mean 'report'?", USAGE),
        (("record", GHFT, "--set", "actions_due_on=2027-02-30", "--as", "quality-lead"), "2027-02-30", USAGE),
        (("record", GHFT, "--set", "rating=superb", "--as", "quality-lead"), "substantial", USAGE),
        (("record", GHFT, "--as", "quality-lead"), "nothing to record", USAGE),
        (("show", "\udcff"), "is not text in UTF-8", USAGE),
        (("init", "--at", "2027-04-01"), "--rehearsal", USAGE),
        (("items", "--now", "2027-04-01"), "QA_WORKFLOW_TEST=1", USAGE),
        (("hold", GHFT), "Missing option '--reason'", USAGE),
        (("publish", "nowhere.yaml", "--as", "administrator"), "nowhere.yaml", REFUSED),
        (("check", "nowhere.yaml"), "nowhere.yaml", REFUSED),
        (("impact", "/dev/zero"), "/dev/zero is a pipe or a device, not a file", USAGE),
        (("verify", "--checkpoint", "/dev/zero"), "/dev/zero is a pipe or a device, not a file", USAGE),
    ],
    ids=lambda value: " ".join(value).replace("\udcff", "?")[:60] if isinstance(value, tuple) else None,
)
def test_bad_input_is_told_with_its_remedy(qa: CommandLine, words: tuple[str, ...], said: str, code: int) -> None:
    before = qa.json("show", GHFT)
    answer = qa(*words, code=code)
    assert said in answer.err + answer.out
    assert "Traceback" not in answer.err + answer.out
    assert qa.json("show", GHFT) == before


@pytest.mark.parametrize(
    ("words", "code", "exit_code"),
    [
        (("show", "nothing"), "unknown_item", USAGE),
        (("advance", GHFT, "submit", "--as", "ghft-contact"), "not_now", REFUSED),
        (("advance", GHFT), "usage", USAGE),
        (("nonsense",), "usage", USAGE),
        (("cancel", GHFT, "--reason", "x", "--as", "governance-officer"), "not_confirmed", USAGE),
    ],
)
def test_errors_are_json_where_answers_are(qa: CommandLine, words: tuple[str, ...], code: str, exit_code: int) -> None:
    answer = qa(*words, "--json", code=exit_code)
    assert (answer.error["code"], answer.error["exit_code"]) == (code, exit_code)
    assert answer.error["message"]
    assert answer.err == ""


def test_a_reference_in_other_letters_is_known_for_what_was_meant(qa: CommandLine) -> None:
    """Another trust's was offered, for its capital letters."""
    for other in ("ghc", "primary_care", "care_homes"):
        qa("open", "provider_assurance", "--subject", other, "--period", "2026-27 Q4", "--as", "quality-lead")
        qa("open", "provider_assurance", "--subject", other, "--period", "2027-28 Q1", "--as", "quality-lead")
    for typed in ("pa/2026-27-q4/GHFT", "PA/2026-27-Q4/GHFT", "pa/2026-27-q4/ghft"):
        assert f"did you mean '{GHFT}'?" in qa("show", typed, code=USAGE).err


def test_a_closed_item_says_since_when(qa: CommandLine) -> None:
    qa.walk("submit", "accept", "send_feedback", "assure", "receive")
    said = qa("advance", GHFT, "receive", "--as", "committee-chair", code=REFUSED).err
    assert "was closed on" in said
    assert "1 April 2027" in said


def test_a_file_without_rights_is_told(qa: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "secret.pdf"
    path.write_text("x", encoding="utf-8")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    said = qa("advance", GHFT, "submit", "--as", "ghft-contact", "--set", f"report=@{path}", code=USAGE).err
    assert "secret.pdf cannot be read" in said


def test_a_definition_without_rights_is_told_by_its_rule(
    qa: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a folder; the reader of options had a sentence of its own for it, without a remedy."""
    path = tmp_path / "secret.yaml"
    path.write_text("workflow: secret\n", encoding="utf-8")
    path.chmod(0)
    real = os.access
    monkeypatch.setattr(os, "access", lambda at, mode: str(at) != str(path) and real(at, mode))
    (fault, *_) = qa.json("check", str(path), code=REFUSED)["faults"]
    assert fault["file"] == str(path)


def test_an_empty_file_is_no_report(qa: CommandLine) -> None:
    words = ("advance", GHFT, "submit", "--as", "ghft-contact", "--set", f"report={qa.file('empty.pdf', '')}")
    assert "is empty" in qa(*words, code=USAGE).err


@pytest.mark.parametrize("content", [b"\xff\xfew\x00o\x00", b"workflow: \xe9t\xe9\n", b"", b"a: [", b"\x00\x01"])
def test_a_file_in_another_encoding_is_told_with_its_place(qa: CommandLine, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_bytes(content)
    answer = qa("check", str(path), code=REFUSED)
    assert f"{path}:" in answer.out
    assert qa("publish", str(path), "--as", "administrator", code=REFUSED).err


def test_check_is_silent_when_all_is_well(qa: CommandLine) -> None:
    assert qa("check", str(ROOT / "workflows")).out == ""
    assert qa("check").out == ""
    assert qa.json("check") == {"ok": True, "faults": []}


def test_nothing_is_made_when_the_definitions_are_faulty(tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "bad.yaml").write_text("workflow: 7\n", encoding="utf-8")
    qa = CommandLine(f"sqlite:///{tmp_path / 'new.db'}", tmp_path, QA_WORKFLOW_WORKFLOWS=str(tmp_path / "flows"))
    qa("init", code=REFUSED)
    assert not (tmp_path / "new.db").exists()


def test_a_database_that_is_not_there_says_how_to_make_one(tmp_path: Path) -> None:
    qa = CommandLine(f"sqlite:///{tmp_path / 'none.db'}", tmp_path)
    said = qa("items", code=STORAGE).err
    assert "qa-workflow init" in said
    assert "or name the one there is, with --database" in said, "another folder was meant, and not a second house"
    assert not (tmp_path / "none.db").exists()


def test_what_is_there_is_not_made_anew(
    qa: CommandLine, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor are definitions put beside it, into the folder in which it was typed."""
    folder = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.chdir(folder)
    assert "already" in qa("init", "--rehearsal", code=STORAGE).err
    assert list(folder.iterdir()) == []
    assert qa.json("show", GHFT)["status"] == "open"


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "letter.db"
    path.write_text("Dear Sir or Madam, " * 50, encoding="utf-8")
    qa = CommandLine(f"sqlite:///{path}", tmp_path)
    assert "letter.db" in qa("items", code=STORAGE).err
    assert path.read_text(encoding="utf-8").startswith("Dear Sir")


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE recipe (name TEXT)")
    other.close()
    qa = CommandLine(f"sqlite:///{path}", tmp_path)
    assert "another program" in qa("items", code=STORAGE).err
    assert "another program" in qa("init", code=STORAGE).err


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAIL", "smtp://user:hidden@mail.example.org:many"),
        ("MAIL", "smtp://user:hidden@[mail"),
        ("MAIL", "mail.example.org"),
        ("DATABASE", "postgresql://user:hidden@db.example.org:many/qa"),
        ("DATABASE", "://user:hidden@db.example.org/qa"),
        ("DATABASE", "mysql://user:hidden@db.example.org/qa"),
        ("URL", "https://[quality"),
        ("IDENTITY_ISSUER", "https://[login"),
    ],
)
def test_a_setting_that_cannot_be_read_is_told_without_its_password(
    qa: CommandLine, name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Services write what they say into the machine's journal, which many people read."""
    for setting, given in {"IDENTITY_CLIENT": "qa", "IDENTITY_SECRET": "hidden", name: value}.items():
        if not setting.startswith("IDENTITY") or name.startswith("IDENTITY"):
            monkeypatch.setenv(f"QA_WORKFLOW_{setting}", given)
    words = ("items", "--database", value) if name == "DATABASE" else ("items",)
    said = qa(*words, code=USAGE).err
    assert "write it" in said or "use sqlite:///file.db" in said
    assert "hidden" not in said


def test_a_newer_database_asks_for_the_newer_program(qa: CommandLine) -> None:
    path = Path(qa.database.removeprefix("sqlite:///"))
    with sqlite3.connect(path) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    said = qa("items", code=STORAGE).err
    assert "newer than this program" in said
    assert "9999" in said


def test_an_older_database_is_backed_up_by_the_version_it_is_of(qa: CommandLine) -> None:
    """This program refuses to read it, so it cannot be what the backup is made with."""
    path = Path(qa.database.removeprefix("sqlite:///"))
    with sqlite3.connect(path) as database:
        database.execute("UPDATE alembic_version SET version_num = '0001'")
    database.close()
    refused = [qa(*words, code=STORAGE).err for words in (("items",), ("backup", "anywhere"))]
    assert ["(this one cannot), or copy the database" in said for said in refused] == [True, True]


def test_a_locked_database_names_who_holds_it(qa: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa_workflow.store.database.BUSY_SECONDS", 0)
    holder = sqlite_driver().module.connect(qa.database.removeprefix("sqlite:///"), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        assert "is locked" in qa(*qa.step("submit"), code=STORAGE).err
        assert qa.json("show", GHFT)["stage"] == "provider_report"
    finally:
        holder.close()
    qa.walk("submit")


@pytest.mark.skipif(
    sys.platform == "win32" or not hasattr(os, "geteuid") or os.geteuid() == 0,
    reason="the rights of this user hold nothing back",
)
def test_a_read_only_database_is_told(qa: CommandLine, tmp_path: Path) -> None:
    path = Path(qa.database.removeprefix("sqlite:///"))
    path.chmod(0o444)
    tmp_path.chmod(0o555)
    try:
        assert "read-only" in qa(*qa.step("submit"), code=STORAGE).err
        if sqlite_driver().wal_is_sound:
            assert "a copy elsewhere can be read" in qa("items", code=STORAGE).err
    finally:
        tmp_path.chmod(0o755)


@pytest.mark.parametrize("address", ["mysql://here/there", "postgresql://localhost:1/none", "://"])
def test_an_address_that_leads_nowhere_is_told(tmp_path: Path, address: str) -> None:
    answer = CommandLine(address, tmp_path)("items", code=STORAGE if address.startswith("postgresql") else USAGE)
    assert answer.err.count("\n") == 1


def test_stopped_by_hand_a_long_way_says_how_far_it_came(qa: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    def push(house: House, *_: object) -> None:
        rehearsing.set_clock(house, datetime(2027, 5, 4, 8, tzinfo=UTC))
        raise KeyboardInterrupt

    monkeypatch.setattr(rehearsing, "push", push)
    stopped = qa("clock", "advance", "12", "years", code=INTERRUPTED).err
    assert "clock says Tuesday 4 May 2027 at 09:00. All that lies before it has happened." in stopped
    assert "Stopped: what was finished before is kept, and nothing is half done" in stopped
    assert qa("clock", "advance", "12", "years", "--json", code=INTERRUPTED).error["code"] == "interrupted"


def test_the_clock_of_a_real_database_is_left_alone(sqlite_databases: Databases, tmp_path: Path) -> None:
    qa = CommandLine(sqlite_databases.fresh(), tmp_path)
    qa("init", "--empty")
    assert "real database" in qa("clock", "set", "2027-05-01", code=REFUSED).err
    assert "real database" in qa("clock", "advance", "1 day", code=REFUSED).err
    assert qa.json("clock", "show")["rehearsal"] is False
    assert "nothing is published in this database yet" in qa("items", code=REFUSED).err


def test_a_test_may_say_what_time_it_is(qa: CommandLine) -> None:
    late = qa.json("items", "--now", "2027-07-01T09:00", QA_WORKFLOW_TEST="1")
    assert late[0]["overdue"] is True
    assert "--now" in qa("clock", "set", "2027-05-01", "--now", "2027-07-01", code=USAGE, QA_WORKFLOW_TEST="1").err


def test_fault_points_are_for_tests(qa: CommandLine) -> None:
    assert "only for tests" in qa("items", code=USAGE, QA_WORKFLOW_FAULT="after_lock:kill:1").err
    assert "not known" in qa("items", code=USAGE, QA_WORKFLOW_FAULT="nowhere:kill:1", QA_WORKFLOW_TEST="1").err


def test_an_unforeseen_fault_is_one_sentence_and_a_log(
    qa: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the sky fell")

    monkeypatch.setattr("qa_workflow.service.front.Engine.item", broken)
    answer = qa("show", GHFT, code=REFUSED)
    assert answer.err.count("\n") == 1
    assert "reference" in answer.err
    (log,) = (tmp_path / "state" / "qa-workflow").glob("*.log")
    assert "the sky fell" in log.read_text(encoding="utf-8")


def test_a_reader_that_goes_away_is_no_fault(qa: CommandLine) -> None:
    process = qa.process("schema")
    assert process.stdout is not None
    process.stdout.close()
    assert process.wait(timeout=60) == 0
    assert process.stderr is not None
    assert process.stderr.read() == ""
    process.stderr.close()


def test_killed_at_a_fault_point_nothing_is_half_done(qa: CommandLine, database_killer: Callable[[str], int]) -> None:
    for point in ("after_lock:kill:1", "after_event:kill:1", "before_commit:kill:2"):
        assert database_killer(point) < 0
        assert qa.json("show", GHFT)["revision"] == 1
    assert database_killer("after_commit:kill:2") < 0
    assert qa.json("show", GHFT)["stage"] == "cqrg_review"
    assert qa.json("verify")["ok"]


def test_an_upgrade_that_is_killed_on_its_way_has_changed_nothing(qa: CommandLine) -> None:
    store = open_store(qa.database)
    with store.connected() as connection:
        as_of_0006(connection)
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0006'")
    store.dispose()
    fault = {"QA_WORKFLOW_TEST": "1", "QA_WORKFLOW_FAULT": "mid_migration:kill:3"}
    qa.apart("init", "--upgrade", code=-signal.SIGKILL, **fault)
    assert "it has revision 0006" in qa("items", code=STORAGE).err
    qa("init", "--upgrade")
    assert qa.json("verify")["ok"]


@pytest.fixture
def database_killer(qa: CommandLine) -> Callable[[str], int]:
    """Submits the report in a process that dies at a named point; gives how it ended.

    Keeping the document is a transaction of its own, so that the step's commit is the second.
    """

    def submit(point: str) -> int:
        fault = {"QA_WORKFLOW_TEST": "1", "QA_WORKFLOW_FAULT": point}
        started = qa.process(*qa.step("submit"), **fault)
        started.communicate(timeout=60)
        return started.returncode

    return submit
