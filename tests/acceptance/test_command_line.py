"""The main job by hand, as a new user would do it: a provider's report on its way up, on both databases."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from qa_workflow.wiring import join
from tests.acceptance.command_line import GHFT, START, STEPS, CommandLine, rehearsal
from tests.databases import PostgresqlDatabases, Prepare, SqliteDatabases

ITEM_KEYS = {
    "id", "reference", "workflow", "version", "stage", "status", "subject", "period", "fields", "due_at", "overdue",
    "revision", "available",
}  # fmt: skip
EVENT_KEYS = {"seq", "at", "actor", "kind", "trigger", "from", "to", "reason"}


@pytest.fixture
def qa(prepared_database: Callable[[Prepare], str], tmp_path: Path) -> CommandLine:
    """A rehearsal on 1 April 2027 at 9, nothing open yet."""
    return CommandLine(prepared_database(rehearsal), tmp_path)


@pytest.fixture
def opened(qa: CommandLine) -> CommandLine:
    """The same, with the item of the pipeline open."""
    qa.open()
    return qa


def test_the_pipeline_by_hand(database_url: str, tmp_path: Path) -> None:
    """From an empty database to a closed item, with nothing but what the issue types."""
    qa = CommandLine(database_url, tmp_path)
    qa("init", "--rehearsal", "--at", START)
    assert (
        "PA/2026-27-Q4/ghft is open"
        in qa("open", "provider_assurance", "--subject", "ghft", "--period", "2026-27 Q4").out
    )
    stages = [qa.json(*qa.step(trigger))["stage"] for trigger in STEPS]
    assert stages == [
        "cqrg_review",
        "quality_lead_feedback",
        "quality_and_governance_committee",
        "governing_body",
        "closed",
    ]
    story = qa.json("show", GHFT)
    assert (story["status"], story["available"], story["due_at"]) == ("closed", [], None)
    assert [event["trigger"] for event in story["history"]] == [None, *STEPS]


def test_an_item_has_the_keys_that_people_script_against(opened: CommandLine) -> None:
    shown = opened.json("show", GHFT)
    assert shown.keys() >= ITEM_KEYS | {"history"}
    assert shown["history"][0].keys() >= EVENT_KEYS
    assert datetime.fromisoformat(shown["due_at"]).utcoffset() is not None
    assert shown["available"][0]["by"] == ["provider_contact"]
    assert shown["available"][0]["missing"]
    assert opened.json("items")[0].keys() >= ITEM_KEYS


def test_a_document_is_kept_by_its_sha256(opened: CommandLine) -> None:
    shown = opened.json(*opened.step("submit"))
    kept = shown["fields"]["report"]
    assert kept["name"] == "q4.pdf"
    assert len(kept["sha256"]) == 64
    assert kept["size"] == len("The report of the quarter.\n")


def test_the_wrong_role_is_told_who_may(opened: CommandLine) -> None:
    report = f"report={opened.file('q4.pdf')}"
    said = opened("advance", GHFT, "submit", "--as", "quality-lead", "--set", report, code=1).err
    assert "quality-lead may not; this is for: provider_contact" in said


def test_another_providers_contact_is_refused(opened: CommandLine) -> None:
    """A role with the scope of one's own organisation reaches no other."""
    report = f"report={opened.file('q4.pdf')}"
    said = opened("advance", GHFT, "submit", "--as", "ghc-contact", "--set", report, code=1).err
    assert "own organisation only" in " ".join(said.split())
    assert opened.json("show", GHFT)["stage"] == "provider_report"


def test_a_missing_document_is_named(opened: CommandLine) -> None:
    said = opened("advance", GHFT, "submit", "--as", "ghft-contact", code=1).err
    assert "'report' is missing" in said
    assert opened.json("show", GHFT)["stage"] == "provider_report"


def test_the_same_person_is_sent_for_a_second_one(opened: CommandLine) -> None:
    """Whoever accepted the report does not write the feedback on it."""
    opened.walk("submit", "accept")
    said = opened("advance", GHFT, "send_feedback", "--as", "quality-lead", "--set", "feedback=Good.", code=1).err
    assert "'accept'" in said
    assert "a second person has to" in said


def test_a_stale_revision_hears_what_happened_meanwhile(opened: CommandLine) -> None:
    seen = str(opened.json("show", GHFT)["revision"])
    opened.walk("submit")
    error = opened(*opened.step("submit"), "--revision", seen, "--json", code=1).error
    assert error["code"] == "stale"
    assert error["seen"] == 1
    assert error["revision"] == 2
    assert "ghft-contact" in error["message"]
    assert "submit" in error["message"]


def test_a_return_needs_a_reason(opened: CommandLine) -> None:
    opened.walk("submit")
    assert "a reason is needed" in opened("advance", GHFT, "return", "--as", "quality-lead", code=1).err
    opened("advance", GHFT, "return", "--as", "quality-lead", "--reason", "Table 3 is missing")
    story = opened("show", GHFT).out
    assert "Table 3 is missing" in story
    assert "Send back to the provider: from Review by the Clinical Quality Review Group" in " ".join(story.split())


def test_several_obstacles_are_all_told(opened: CommandLine) -> None:
    said = opened("advance", GHFT, "submit", "--as", "quality-lead", code=1).err
    assert said.count("\n  - ") == 2


def test_how_far_off_a_date_is_is_told_in_the_days_of_its_rule(opened: CommandLine) -> None:
    """The same words as on the pages: this stage counts in working days."""
    left = opened.json("show", GHFT)["time_left"]
    assert left == "31 working days left"
    for words in (("show", GHFT), ("items",)):
        assert left in opened(*words).out


def test_what_is_late_shows_after_the_clock_was_pushed(opened: CommandLine) -> None:
    assert opened("overdue").out == "Nothing is late.\n"
    pushed = opened.json("clock", "advance", "7", "weeks")
    late = opened.json("overdue")
    assert pushed["happened"]["overdue"] >= len(late)
    assert [i["overdue"] for i in late if i["reference"] == GHFT] == [True]
    assert "calendar days overdue" in opened("overdue").out
    assert [e["kind"] for e in opened.json("show", GHFT)["history"]].count("overdue") == 1


def test_what_falls_due_on_the_way_happens_at_its_own_time(opened: CommandLine) -> None:
    """Reminders before the due date are sent, though the clock is pushed past it in one go."""
    opened("clock", "advance", "--to", "2027-06-15T09:00")
    history = opened.json("show", GHFT)["history"]
    happened = [(e["kind"], e["at"][:10]) for e in history[1:]]
    kinds = [kind for kind, _ in happened]
    assert kinds[:3] == ["reminded", "reminded", "overdue"]
    assert [day for _, day in happened] == sorted(day for _, day in happened)
    assert happened[2] == ("overdue", "2027-05-18")
    assert "escalated" in kinds[3:]


def test_pushed_without_a_tick_it_waits_for_one(opened: CommandLine) -> None:
    opened("clock", "advance", "7 weeks", "--no-tick")
    assert len(opened.json("show", GHFT)["history"]) == 1
    assert opened.json("tick")["overdue"] >= 1
    assert "overdue" in [e["kind"] for e in opened.json("show", GHFT)["history"]]
    assert opened("tick").out == "Nothing was due.\n"


def test_a_tick_by_cron_sees_to_the_night_too(opened: CommandLine) -> None:
    """Where nobody keeps `run` running, figures are worked out and digests leave all the same."""
    opened("tick")
    opened("clock", "advance", "--to", "2027-04-26T08:00")
    assert "ghft-contact" in [letter["recipient"] for letter in opened.json("outbox") if "digest:" in letter["key"]]


def test_the_clock_opens_a_cycle_for_each_provider(qa: CommandLine) -> None:
    """On the first day after the quarter, at its own time, for every provider that exists."""
    qa("clock", "advance", "--to", "2027-07-02T09:00")
    everything = qa.json("items", "--workflow", "provider_assurance")
    opened = [i for i in everything if i["period"] == "2027-28 Q1"]
    assert {"ghft", "ghc", "care_homes"} <= {i["subject"] for i in opened}
    assert {i["opened_at"][:10] for i in opened} == {"2027-07-01"}


def test_a_step_recorded_before_its_meeting_is_made_and_told_so(opened: CommandLine) -> None:
    """It is no refusal: what was agreed may be written down early. Nobody is left to believe that the group has met."""
    said = "is recorded before it has met"
    first, second = STEPS[:2]
    assert said not in opened(*opened.step(first)).out
    assert said in " ".join(opened(*opened.step(second)).out.split())


def test_a_date_explains_itself(opened: CommandLine) -> None:
    said = opened.json("explain", GHFT)
    assert said["due_on"] == "2027-05-17"
    assert "5 clear working days before meeting" in said["why"]
    assert "17 May 2027" in opened("explain", GHFT).out


def test_a_hold_stops_the_clock_and_is_told(opened: CommandLine) -> None:
    held = opened.json("hold", GHFT, "--reason", "Awaiting the regulator", "--as", "quality-lead")
    assert held["status"] == "held"
    assert held["hold"]["reason"] == "Awaiting the regulator"
    assert "on hold since" in opened(*opened.step("submit"), code=1).err
    assert opened.json("resume", GHFT, "--as", "quality-lead")["status"] == "open"
    words = ("hold", GHFT, "--reason", "Awaiting the regulator", "--as", "quality-lead", "--until", "2027-05-04")
    assert "It is on hold until 4 May 2027, 00:00." in opened(*words).out


def test_a_date_is_changed_with_authority_and_both_are_kept(opened: CommandLine) -> None:
    words = ("change-date", GHFT, "2027-06-30", "--basis", "Letter of 2 May", "--reason", "Data late")
    assert opened(*words, "--as", "ghft-contact", code=1).err
    changed = opened.json(*words, "--as", "governance-officer")
    assert (changed["due_on"], changed["first_due_on"]) == ("2027-06-30", "2027-05-17")
    said = opened("explain", GHFT).out
    assert "Letter of 2 May" in said
    assert "first 17 May 2027" in said


def test_a_date_that_may_be_a_slip_is_asked_back_with_what_follows(opened: CommandLine) -> None:
    """Where nobody is there to ask, it says why, what would follow, and what to add; nothing was done."""
    words = ("--basis", "Letter of 2 May", "--reason", "Data late", "--as", "governance-officer")
    saturday = ("change-date", GHFT, "2027-07-03", *words)
    refused = " ".join(opened(*saturday, code=2).err.split())
    assert "3 July 2027 is not a working day (Saturday). Provider's report would be due on 3 July 2027" in refused
    assert (
        "Do you mean 3 July 2027? There is nobody here to ask; give --yes if it is meant. Nothing was done" in refused
    )
    assert opened(*saturday, "--json", code=2).error["code"] == "not_confirmed"
    assert opened.json("show", GHFT)["due_on"] == "2027-05-17"
    assert opened.json(*saturday, "--yes")["due_on"] == "2027-07-03"


def test_a_due_date_that_a_step_is_given_is_asked_back_in_the_same_words(opened: CommandLine) -> None:
    """And so is one that an item is opened with, filled in, or put right: all are slips of the same pen."""
    lead, sunday = ("--as", "quality-lead"), ("--set", "due_on=2027-05-30")
    asked = "30 May 2027 is not a working day (Sunday). Agreed, not started would be due on 30 May 2027: "
    begin = ("open", "cqrg_action", "--subject", "ghft", *lead)
    refused = " ".join(opened(*begin, *sunday, code=2).err.split())
    assert asked in refused
    assert (
        "Do you mean 30 May 2027? There is nobody here to ask; give --yes if it is meant. Nothing was done" in refused
    )
    opened(*begin)
    for words in (
        ("record", "ACT/ghft/1", *sunday, *lead),
        ("advance", "ACT/ghft/1", "revise", *sunday, "--reason", "The audit is late", *lead),
        ("correct", "ACT/ghft/1", *sunday, "--reason", "The audit is late", "--as", "governance-officer"),
    ):
        assert asked in " ".join(opened(*words, code=2).err.split())
    assert opened.json("show", "ACT/ghft/1")["due_on"] is None
    assert opened.json(*words, "--yes")["due_on"] == "2027-05-30"


def test_at_a_terminal_a_date_is_given_by_saying_yes(opened: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa_workflow.cli.asking.can_ask", lambda session: not session.as_json)
    words = ("open", "cqrg_action", "--subject", "ghft", "--set", "due_on=2027-05-30", "--as", "quality-lead")
    assert "nothing was done" in opened(*words, code=1, answer="n\n").err
    assert "Do you mean 30 May 2027? [y/N]" in opened(*words, code=0, answer="y\n").err
    assert opened.json("show", "ACT/ghft/1")["due_on"] == "2027-05-30", "it was opened once"


def test_a_cancelled_item_asks_first(opened: CommandLine) -> None:
    words = ("cancel", GHFT, "--reason", "Opened by mistake", "--as", "governance-officer")
    refused = opened(*words, code=2).err
    assert "--yes" in refused
    assert opened.json("show", GHFT)["status"] == "open"
    assert opened.json(*words, "--yes")["status"] == "cancelled"
    assert opened("items").out == "No items.\n"
    assert opened.json("items", "--all")[0]["status"] == "cancelled"


def test_a_correction_adds_to_the_history(opened: CommandLine) -> None:
    opened.walk("submit", "accept")
    words = (
        "correct",
        GHFT,
        "--set",
        "rating=partial",
        "--reason",
        "Mistyped",
        "--corrects",
        "3",
        "--as",
        "governance-officer",
    )
    assert opened.json(*words)["fields"]["rating"] == "partial"
    assert opened.json("show", GHFT)["history"][-1]["kind"] == "corrected"


def test_work_is_assigned_and_released(opened: CommandLine) -> None:
    opened.walk("submit")
    assign = ("assign", GHFT, "second-quality-lead", "--reason", "Leave", "--as", "quality-lead")
    assert opened.json(*assign)["owner"] == ["second-quality-lead"]
    assert opened.json("items", "--owner", "second-quality-lead")[0]["reference"] == GHFT
    assert opened.json("release", GHFT, "--as", "second-quality-lead")["owner"] == ["quality_lead"]
    assert opened.json("claim", GHFT, "--as", "quality-lead")["owner"] == ["quality-lead"]


def test_a_person_sees_what_their_roles_have_to_do(opened: CommandLine) -> None:
    assert [i["reference"] for i in opened.json("items", "--owner", "ghft-contact")] == [GHFT]
    assert opened.json("items", "--owner", "lay-member") == []
    assert opened.json("items", "--owner", "ghc-contact") == []  # a provider's contact answers for one provider
    assert len(opened.json("items", "--owner", "provider_contact")) == 1


def test_what_looks_like_a_patient_is_said_with_the_option_that_confirms_it(opened: CommandLine) -> None:
    """Typed, or in a file: the option stands in the refusal as it has to be typed."""
    falls = opened.file("falls.csv", "ward,who\nA,9434765919\n")
    words = ("advance", GHFT, "submit", "--as", "ghft-contact", "--set", f"report={falls}")
    refused = opened(*words, code=1).err
    assert "looks like a patient's data (report: NHS number)" in refused
    option = re.search(r"sending it again with (--no-patient [0-9a-f]{32})", refused)
    assert option
    opened("comment", GHFT, "See 943 476 5919", "--as", "quality-lead", *option[1].split(), code=1)
    opened(*words, *option[1].split())
    assert opened.json("show", GHFT)["stage"] == "cqrg_review"


def test_a_comment_for_colleagues_only_says_so_and_its_organisation_does_not_see_it(opened: CommandLine) -> None:
    told = opened("comment", GHFT, "Their second late report.", "--as", "quality-lead", "--colleagues-only").out
    assert "for colleagues only" in told
    refused = opened("comment", GHFT, "Just us.", "--as", "ghft-contact", "--colleagues-only", code=1).err
    assert "writes to everybody who may see it" in refused
    assert "; " in opened("comment", GHFT, "It comes on Monday.", "--as", "quality-lead").out
    with closing(join(opened.database).engine) as engine:
        contact = engine.view(engine.item(GHFT), history=True, actor="ghft-contact")["history"]
        assert [e["reason"] for e in contact if e["kind"] == "commented"] == ["It comes on Monday."]


def test_fields_are_recorded_and_comments_kept(opened: CommandLine) -> None:
    opened("record", GHFT, "--set", "committee_note=@@home", "--as", "quality-lead")
    opened("comment", GHFT, "Rang them; it comes on Monday.", "--as", "quality-lead")
    story = opened.json("show", GHFT)
    assert story["fields"]["committee_note"] == "@home"
    assert story["history"][-1]["kind"] == "commented"


def test_a_list_field_takes_its_entries_one_by_one(opened: CommandLine) -> None:
    """And each agreed action becomes an item of its own."""
    opened.walk("submit")
    more = ("--set", "actions=Audit, then report", "--set", "actions=Train staff", "--set", "actions_due_on=2027-09-30")
    assert opened.json(*opened.step("accept"), *more)["fields"]["actions"] == ["Audit, then report", "Train staff"]
    actions = opened.json("items", "--workflow", "cqrg_action")
    assert sorted(i["fields"]["action"] for i in actions) == ["Audit, then report", "Train staff"]
    assert {i["due_on"] for i in actions} == {"2027-09-30"}


def test_many_items_are_decided_at_once_and_each_is_told(qa: CommandLine) -> None:
    for provider in ("ghft", "ghc"):
        qa("open", "provider_assurance", "--subject", provider, "--period", "2026-27 Q4")
    qa.walk("submit", "accept", "send_feedback")
    words = ("bulk-advance", "assure", GHFT, "PA/2026-27-Q4/ghc", "--as", "committee-chair")
    assert "Nothing was changed." in qa(*words, "--preview", code=1).out
    assert qa.json("show", GHFT)["stage"] == "quality_and_governance_committee"
    outcomes = qa.json(*words, code=1)
    assert [o["done"] for o in outcomes] == [True, False]
    assert outcomes[0]["stage"] == ["governing_body"]
    assert "provider_report" in outcomes[1]["refused"]["message"]


def test_a_request_key_makes_a_repeat_harmless(opened: CommandLine) -> None:
    first = opened.json(*opened.step("submit"), "--request", "form-17")
    again = opened.json(*opened.step("submit"), "--request", "form-17")
    assert first["revision"] == again["revision"] == 2


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
