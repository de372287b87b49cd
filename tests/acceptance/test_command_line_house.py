"""The command line with the house itself: meetings, definitions, proof, backups, what shells and scripts read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.command_line import GHFT, START, CommandLine, rehearsal
from tests.databases import PostgresqlDatabases, SqliteDatabases


def test_meetings_are_listed_and_moved_after_a_look(opened: CommandLine) -> None:
    opened.walk("submit", "accept", "send_feedback")
    committee = "quality_and_governance_committee"
    day = opened.json("show", GHFT)["due_on"]
    assert day in [m["day"] for m in opened.json("meetings", committee)]
    assert day in {b["body"]: b["next"] for b in opened.json("meetings")}[committee], "the bodies, each with its next"
    words = (
        "meeting",
        "move",
        committee,
        day,
        "--to",
        "2027-05-20T14:00",
        "--reason",
        "Election",
        "--as",
        "governance-officer",
    )
    assert opened.json(*words, "--preview")["moved"][0]["after"] == "2027-05-20"
    saturday = tuple(each.replace("2027-05-20T14:00", "2027-05-22") for each in words)
    assert "22 May 2027 is not a working day (Saturday)" in opened(*saturday, code=2).err
    looked = " ".join(opened(*saturday, "--preview").out.split())
    assert "It would be held on Saturday 22 May 2027 at 14:00." in looked, "a day alone keeps the time of day"
    assert "Its papers would be due by" in looked
    assert opened.json("show", GHFT)["due_on"] == day
    assert "--yes" in opened(*words, code=2).err
    opened(*words, "--yes")
    assert opened.json("show", GHFT)["due_on"] == "2027-05-20"
    off = ("meeting", "call-off", committee, day, "--reason", "No quorum", "--as", "governance-officer", "--yes")
    opened(*off)
    assert opened.json("show", GHFT)["due_on"] > "2027-05-20"


def test_bare_rows_are_json_without_being_asked(opened: CommandLine) -> None:
    assert opened("events", GHFT).json[0]["kind"] == "opened"
    assert opened("timers").json[0]["item"] == GHFT
    assert opened("outbox").json[0]["recipient"] == "ghft-contact"
    assert opened.json("incidents") == []


def test_publishing_the_same_again_changes_nothing(opened: CommandLine) -> None:
    again = opened.json("publish", opened.environment["QA_WORKFLOW_WORKFLOWS"], "--as", "administrator")
    assert {p["new"] for p in again} == {False}
    assert (
        "may not publish"
        in opened("publish", opened.environment["QA_WORKFLOW_WORKFLOWS"], "--as", "lay-member", code=1).err
    )


def test_history_proves_itself(opened: CommandLine, tmp_path: Path) -> None:
    opened.walk("submit", "accept")
    kept = tmp_path / "kept.checkpoint"
    opened("checkpoint", "--to", str(kept))
    opened.walk("send_feedback")
    proof = opened.json("verify", "--checkpoint", str(kept))
    assert proof["ok"]
    assert proof["items"] == 1
    assert opened("checkpoint", "--to", str(kept), code=2).err


def test_who_acts_comes_from_the_environment_too(opened: CommandLine) -> None:
    words = [word for word in opened.step("submit") if word not in ("--as", "ghft-contact")]
    refused = opened(*words, code=2).err
    assert "--as" in refused
    assert "ghft-contact (provider_contact)" in refused
    opened(*words, QA_WORKFLOW_AS="ghft-contact")


@pytest.mark.parametrize(
    "words", [["items"], ["show", GHFT], ["explain", GHFT], ["people"], ["meetings", "governing_body"]]
)
def test_answers_fit_80_columns_and_have_no_colour(opened: CommandLine, words: list[str]) -> None:
    said = opened(*words, COLUMNS="80").out
    assert "\x1b" not in said
    assert max(map(len, said.splitlines())) <= 80


def test_in_a_pipe_there_is_no_colour_and_a_line_has_80_columns(
    sqlite_databases: SqliteDatabases, tmp_path: Path
) -> None:
    """Where nothing says how wide it is."""
    qa = CommandLine(sqlite_databases.prepared(rehearsal), tmp_path)
    qa.open()
    said = qa.apart("show", GHFT, COLUMNS="").out
    assert "\x1b" not in said
    assert max(map(len, said.splitlines())) <= 80


def test_a_backup_comes_back_and_a_replacement_asks(opened: CommandLine, tmp_path: Path) -> None:
    opened.walk("submit")
    folder = tmp_path / "backup"
    assert opened.json("backup", str(folder))["missing"] == []
    opened.walk("accept")
    assert "--yes" in opened("restore", str(folder), code=2).err
    assert opened.json("show", GHFT)["stage"] == "quality_lead_feedback"
    assert opened.json("restore", str(folder), "--yes")["proof"]["ok"]
    assert opened.json("show", GHFT)["stage"] == "cqrg_review"
    assert "exists already" in opened("backup", str(folder), code=2).err


def test_a_backup_moves_to_another_database(opened: CommandLine, tmp_path: Path) -> None:
    opened("backup", str(tmp_path / "backup"))
    copy = f"sqlite:///{tmp_path / 'copy.db'}"
    assert opened.json("restore", str(tmp_path / "backup"), "--database", copy)["replaced"] is False
    assert opened.json("show", GHFT, "--database", copy)["revision"] == 1


def test_everything_can_be_written_out(opened: CommandLine, tmp_path: Path) -> None:
    assert opened.json("export")["items"][0]["reference"] == GHFT
    lines = opened("export").out.splitlines()
    assert len(lines) == 2
    opened("export", "--to", str(tmp_path / "all.jsonl"))
    assert (tmp_path / "all.jsonl").read_text(encoding="utf-8").splitlines() == lines


def test_the_doctor_finds_a_fresh_database_well(opened: CommandLine) -> None:
    """The PostgreSQL of the tests is told to forget about power cuts, and is found out."""
    is_sqlite = opened.database.startswith("sqlite")
    found = opened.json("doctor", code=0 if is_sqlite else 4)
    assert found["ok"] is is_sqlite
    problems = [f["what"] for f in found["findings"] if f["level"] == "problem"]
    assert all("power cut" in what for what in problems)


@pytest.mark.parametrize("form", ["text", "mermaid", "svg"])
def test_a_workflow_is_drawn(qa: CommandLine, form: str) -> None:
    drawn = qa("diagram", "provider_assurance", "--format", form).out
    assert "send_feedback" in drawn
    assert qa.json("diagram", "provider_assurance", "--format", form)["diagram"] == drawn.rstrip("\n")


def test_the_schema_is_printed(qa: CommandLine) -> None:
    assert qa("schema").json["title"] == "Workflow"
    assert qa("schema", "governance").json["title"] == "Governance"


def test_the_shell_is_offered_names_of_the_database(opened: CommandLine) -> None:
    def offered(words: str) -> list[str]:
        said = opened(_QA_WORKFLOW_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=str(len(words.split()) - 1))
        return [line.partition(",")[2] for line in said.out.splitlines()]

    for words, name in (
        ("qa-workflow adv", "advance"),
        ("qa-workflow show PA", GHFT),
        (f"qa-workflow advance {GHFT} s", "submit"),
        ("qa-workflow comment x y --as ghft", "ghft-contact"),
        ("qa-workflow open prov", "provider_assurance"),
        ("qa-workflow open provider_assurance --set rep", "report="),
        ("qa-workflow meetings gov", "governing_body"),
        ("qa-workflow items --stage cqrg", "cqrg_review"),
        ("qa-workflow items --owner quality", "quality_lead"),
        ("qa-workflow clock s", "set"),
    ):
        assert name in offered(words), words
    assert offered(f"qa-workflow advance {GHFT} submit --set r") == ["report="]  # and not "rating=", of another step
    assert offered(f"qa-workflow assign {GHFT} ghft-contact --stage p") == ["provider_report"]  # the one that is open


def test_a_shell_hears_nothing_of_a_fault(tmp_path: Path) -> None:
    """Whoever waits for a word must not get a message."""
    qa = CommandLine(f"sqlite:///{tmp_path / 'none.db'}", tmp_path)
    said = qa.apart(_QA_WORKFLOW_COMPLETE="bash_complete", COMP_WORDS="qa-workflow show P", COMP_CWORD="2")
    assert (said.out.strip(), said.err) == ("", "")


def test_a_search_finds_what_the_search_of_the_pages_finds(opened: CommandLine, tmp_path: Path) -> None:
    """Words of a reference, an organisation or a workflow; also what is over, and each other filter with it."""
    opened("open", "provider_assurance", "--subject", "ghc", "--period", "2026-27 Q4", "--as", "quality-lead")

    def found(*words: str) -> list[str]:
        return [each["reference"] for each in opened.json("items", "--search", *words)]

    assert found("gloucestershire hospitals") == [GHFT]
    assert found("provider assurance") == ["PA/2026-27-Q4/ghc", GHFT]
    assert found("provider", "--owner", "ghft-contact") == [GHFT]
    assert found("provider", "--owner", "quality_lead") == []
    assert "No items" in opened("items", "--search", "pancake").out
    opened("cancel", GHFT, "--reason", "Opened by mistake", "--as", "governance-officer", "--yes")
    assert found("ghft") == [GHFT]
    opened("clock", "set", "2027-06-10T09:00")
    late = [each["reference"] for each in opened.json("overdue", "--search", "PA/2026-27-Q4/ghc")]
    assert late == ["PA/2026-27-Q4/ghc"]
    file = tmp_path / "found.csv"
    assert (
        opened.json("export", "items", "--search", "ghft", "--to", str(file), "--as", "governance-officer")["lines"]
        == 1
    )
    refused = opened("export", "overdue", "--search", "ghft", "--to", str(tmp_path / "late.csv"), code=2).err
    assert "--search filters `export items` only" in refused


def test_a_new_database_is_told_of_without_its_password(
    postgresql_databases: PostgresqlDatabases, tmp_path: Path
) -> None:
    """It stands on the screen, and in the history of whatever has made it; a database is named once."""
    shown = []
    for as_json in ((), ("--json",)):
        address = postgresql_databases.fresh().replace("postgres@", "postgres:open-sesame@")
        told = CommandLine(address, tmp_path)("init", "--rehearsal", "--at", START, "--empty", *as_json)
        assert "open-sesame" not in told.out + told.err
        shown.append((told.out + told.err).count("postgres:…@"))
    assert shown == [1, 1]
