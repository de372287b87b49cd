"""The command line with an item: its steps, who may make them, what is in the way, what is kept of it."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import datetime
from pathlib import Path

from qa_workflow.wiring import join
from tests.acceptance.command_line import GHFT, START, STEPS, CommandLine

ITEM_KEYS = {
    "id", "reference", "workflow", "version", "stage", "status", "subject", "period", "fields", "due_at", "overdue",
    "revision", "available",
}  # fmt: skip


EVENT_KEYS = {"seq", "at", "actor", "kind", "trigger", "from", "to", "reason"}


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


def test_a_sunday_by_which_agreed_actions_are_due_wants_a_yes(opened: CommandLine) -> None:
    opened.walk("submit")
    more = ("--set", "actions=Train staff", "--set", "actions_due_on=2027-10-03")
    assert "3 October 2027 is not a working day (Sunday)" in opened(*opened.step("accept"), *more, code=2).err
    opened(*opened.step("accept"), *more, "--yes")
    assert [i["due_on"] for i in opened.json("items", "--workflow", "cqrg_action")] == ["2027-10-03"]


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
