"""Corners of the command line: incidents settled, sub-items by hand, proofs in a hurry, backups taken all the same."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from qa_workflow.engine.item import instant
from qa_workflow.store import migrations, open_store
from tests.acceptance.command_line import GHFT, ROOT, CommandLine, rehearsal
from tests.databases import Prepare


@pytest.fixture
def qa(prepared_database: Callable[[Prepare], str], tmp_path: Path) -> CommandLine:
    """A rehearsal on 1 April 2027 at 9, with one item of the pipeline open."""
    qa = CommandLine(prepared_database(rehearsal), tmp_path)
    qa.open()
    return qa


@pytest.fixture
def given_up(qa: CommandLine) -> CommandLine:
    """The same, with a message that nobody's mail server would take."""
    store = open_store(qa.database)
    with store.reading() as look:
        now = look.item(GHFT).item.opened_at
    with store.writing() as unit:
        claimed = unit.claim_letters(("message",), instant(now), instant(now), 100)
        unit.failed([sending.id for sending in claimed], None, "no such mailbox", instant(now))
    store.dispose()
    return qa


def test_what_needs_a_person_is_listed_with_what_can_be_done(given_up: CommandLine) -> None:
    for words in ((), ("list",)):
        told = given_up("incidents", *words).out
        assert "Message not delivered" in told
        assert "a notice for ghft-contact was not delivered: no such mailbox" in told
        assert "retry, or give-up" in told
    (found,) = given_up.json("incidents")
    assert (found["number"], found["item"], found["can_retry"]) == (1, GHFT, True)


def test_an_incident_tried_again_leaves_at_the_next_look(given_up: CommandLine) -> None:
    again = ("incidents", "retry", "1", "--reason", "The mail server is back")
    assert "quality-lead may not settle incidents" in given_up(*again, "--as", "quality-lead", code=1).err
    assert "at the next look" in given_up(*again, "--as", "administrator").out
    assert "settled already" in given_up(*again, "--as", "administrator", code=1).err
    given_up("tick")
    assert all(row["done_at"] for row in given_up("outbox").json)
    assert "Nothing needs a person." in given_up("incidents").out
    assert "tried again by administrator: The mail server is back" in given_up("incidents", "--all").out


def test_giving_an_incident_up_asks_first_and_wants_a_reason(given_up: CommandLine) -> None:
    words = ("incidents", "give-up", "1", "--as", "administrator")
    assert "Missing option '--reason'" in given_up(*words, code=2).err
    assert "--yes" in given_up(*words, "--reason", "Told by telephone", code=2).err
    assert "given up: Told by telephone" in given_up(*words, "--reason", "Told by telephone", "--yes").out
    assert given_up.json("incidents") == []
    assert given_up.json("verify")["ok"] is True
    assert (
        "there is no incident 7"
        in given_up("incidents", "retry", "7", "--reason", "x", "--as", "administrator", code=2).err
    )


SURVEY = """\
workflow: survey
title: Survey of sites
subject: provider
reference: S/{subject}/{number}
fields: {sites: list}
stages:
  asking:
    owner: quality_lead
    sub_items: {workflow: survey_answer, each: sites, into: site, more: quality_lead}
    transitions: {joined: {to: over}, fill: {to: here, by: quality_lead, needs: sites}}
  over: {end: completed}
"""
ANSWER = """\
workflow: survey_answer
title: Answer of a site
subject: provider
reference: SA/{subject}/{number}
fields: {site: text}
stages:
  asked: {owner: quality_lead, transitions: {answer: {to: over}}}
  over: {end: answered}
"""


@pytest.fixture
def survey(qa: CommandLine, tmp_path: Path) -> CommandLine:
    """The same, with a workflow whose stage may grow."""
    folder = tmp_path / "survey"
    folder.mkdir()
    (folder / "governance.yaml").write_bytes((ROOT / "workflows" / "governance.yaml").read_bytes())
    (folder / "survey.yaml").write_text(SURVEY)
    (folder / "survey_answer.yaml").write_text(ANSWER)
    qa("publish", str(folder), "--as", "administrator")
    return qa


def test_a_list_is_given_one_entry_at_a_time(survey: CommandLine) -> None:
    """An entry may hold a comma then; said once, commas divide it."""
    sites = ("--set", "sites=Gloucester, east wing", "--set", "sites=Stroud")
    item = survey.json("open", "survey", "--subject", "ghft", *sites, "--as", "quality-lead")
    assert item["fields"]["sites"] == ["Gloucester, east wing", "Stroud"]
    assert len(survey.json("items", "--workflow", "survey_answer")) == 2


def test_a_sub_item_is_hung_on_by_hand(survey: CommandLine) -> None:
    item = survey.json("open", "survey", "--subject", "ghft", "--set", "sites=Stroud", "--as", "quality-lead")
    words = ("sub-item", item["reference"], "--set", "site=Tewkesbury", "--as", "quality-lead")
    assert "a sub-item was asked for" in survey(*words).out
    assert [each["fields"]["site"] for each in survey.json("items", "--workflow", "survey_answer")] == [
        "Stroud",
        "Tewkesbury",
    ]
    assert "lay-member may not" in survey(*words[:-1], "lay-member", code=1).err
    assert "no open stage takes more sub-items" in survey("sub-item", GHFT, "--as", "quality-lead", code=1).err


def test_what_is_missing_tells_of_the_reason_and_of_the_claim(survey: CommandLine, tmp_path: Path) -> None:
    """Not a field, but without it the step is refused."""
    file = tmp_path / "survey" / "survey_answer.yaml"
    step = "owner: quality_lead, transitions: {answer: {to: over"
    assert step in ANSWER
    file.write_text(ANSWER.replace(step, f"claim: true, {step}, needs: reason"))
    survey("publish", str(tmp_path / "survey"), "--as", "administrator")
    name = survey.json("open", "survey_answer", "--subject", "ghft", "--as", "quality-lead")["reference"]
    (line,) = (line for line in survey("show", name).out.splitlines() if line.startswith("answer "))
    assert line.endswith("to be claimed first")
    survey("claim", name, "--as", "quality-lead")
    (line,) = (line for line in survey("show", name).out.splitlines() if line.startswith("answer "))
    assert line.endswith("a reason")


def test_a_proof_in_a_hurry_looks_at_the_chains_alone(qa: CommandLine) -> None:
    """A row that was changed is found by the whole proof; a line of a history by both."""
    assert qa.json("verify", "--quick")["ok"] is True
    store = open_store(qa.database)
    with store.writing() as unit:
        unit._connection.exec_driver_sql("UPDATE item SET owner = ' nobody '")
    store.dispose()
    assert qa.json("verify", "--quick")["ok"] is True
    assert qa.json("verify", code=3)["ok"] is False


def test_a_checkpoint_is_named_by_its_day(qa: CommandLine, tmp_path: Path) -> None:
    """As people read it."""
    qa("checkpoint", "--to", str(tmp_path / "kept"))
    told = qa("verify", "--checkpoint", str(tmp_path / "kept")).out
    assert "everything that checkpoint 1 of 1 April 2027, 09:00 saw is still there" in told


def test_one_item_is_verified_and_its_record_taken(qa: CommandLine, tmp_path: Path) -> None:
    kept, record = tmp_path / "kept", tmp_path / "record.zip"
    qa.walk("submit")
    assert "No checkpoint has been made since the item was opened" in qa("verify", GHFT).out
    qa("checkpoint", "--to", str(kept))
    told = qa.json("verify", GHFT, "--checkpoint", str(kept), "--to", str(record), "--as", "governance-officer")
    assert (told["ok"], told["checkpoint"]) == (True, {"number": 1, "events": 2})
    with zipfile.ZipFile(record) as box:
        assert json.loads(box.read("proof.json"))["head"] == told["head"]
        assert "documents/01-q4.pdf.txt" in box.namelist(), "as it would be downloaded: it is plain text"
    without = tmp_path / "without.zip"
    qa("verify", GHFT, "--to", str(without), "--without-documents", "--as", "governance-officer")
    with zipfile.ZipFile(without) as box:
        assert not [name for name in box.namelist() if name.startswith("documents/")]
    refused = qa("verify", GHFT, "--to", str(tmp_path / "another"), "--as", "ghft-contact", code=1)
    assert "may not take the record of an item" in refused.err
    assert not (tmp_path / "another").exists()
    for wrong in (("--to", str(tmp_path / "another")), (GHFT, "--quick")):
        qa("verify", *wrong, code=2)
    assert "did you mean" in qa("verify", GHFT[:-1], code=2).err
    assert qa.json("verify")["ok"] is True


def test_a_backup_that_does_not_prove_itself_is_restored_all_the_same(qa: CommandLine, tmp_path: Path) -> None:
    """Only when that is asked for; the history of what was restored says so, by the rehearsal's own clock."""
    store = open_store(qa.database)
    with store.writing() as unit:
        unit._connection.exec_driver_sql("UPDATE item SET owner = ' nobody '")
    store.dispose()
    folder, other = str(tmp_path / "backup"), f"sqlite:///{tmp_path / 'restored.db'}"
    qa("backup", folder)
    assert "--all-the-same" in qa("restore", folder, "--database", other, code=3).err
    qa("restore", folder, "--database", other, "--all-the-same", "--yes")
    restored = open_store(other)
    with restored.looking() as connection:
        (body,) = connection.exec_driver_sql(
            "SELECT body FROM record WHERE stream = 'house' ORDER BY seq DESC LIMIT 1"
        ).scalars()
    restored.dispose()
    line = json.loads(body)
    assert (line["kind"], line["at"][:16]) == ("restored", "2027-04-01T08:00")
    assert any("item.owner" in found for found in line["data"]["found"])


def test_a_database_is_brought_up_to_this_programs_tables(qa: CommandLine) -> None:
    """One that is there already stays as it is."""
    assert migrations.HEAD in qa("init", "--upgrade").out
    assert qa.json("verify")["ok"] is True


def test_an_empty_database_says_what_to_do(database_url: str, tmp_path: Path) -> None:
    """And not that something called governance is missing."""
    qa = CommandLine(database_url, tmp_path)
    qa("init", "--empty")
    said = qa("items", code=1).err
    assert "nothing is published in this database yet" in said
    assert "qa-workflow publish workflows/" in said
    assert "governance" not in said


def test_a_story_is_told_in_the_words_of_the_workflow(qa: CommandLine) -> None:
    """Titles, not names of the file; what was dropped says so."""
    qa(*qa.step("submit"))
    told = qa("show", GHFT).out
    assert "Send the report: from Provider's report to Review by the Clinical Quality Review Group" in told
    assert "Contact, Gloucestershire Hospitals" in told
    explained = " ".join(qa("explain", GHFT).out.split())
    assert "as agreed locally" in explained
    assert "for subject" not in explained.partition("Rule:")[0]
    assert explained.count("version holidays-") == 1


def test_a_reminder_that_came_too_late_is_told_as_dropped(qa: CommandLine) -> None:
    """The clock was set to long after the due date, with no look between."""
    qa("clock", "set", "2027-07-01T09:00")
    qa("tick")
    told = qa("show", GHFT, "--all").out
    assert "dropped: its date had passed before it could be sent" in told
    assert "Reminder of" not in told


def test_a_signed_checkpoint_is_known_by_its_key(qa: CommandLine, tmp_path: Path) -> None:
    """Changed, unsigned, or signed by another, it is refused; the public half is enough to tell."""
    mine, public, other = (tmp_path / name for name in ("mine.key", "mine.pub", "other.key"))
    for file in (mine, other):
        made = Ed25519PrivateKey.generate()
        file.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        if file == mine:
            public.write_bytes(made.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    kept, plain, forged = (str(tmp_path / name) for name in ("kept", "plain", "forged"))
    qa("checkpoint", "--to", plain)
    qa("checkpoint", "--to", kept, QA_WORKFLOW_CHECKPOINT_KEY=str(mine))
    for key in (mine, public):
        assert qa.json("verify", "--checkpoint", kept, "--key", str(key))["ok"] is True
    assert qa.json("verify", "--checkpoint", kept)["ok"] is True, "who has no key is not asked for one"
    Path(forged).write_text(Path(kept).read_text().replace("number: 2", "number: 1"))
    assert "the text was changed" in qa("verify", "--checkpoint", forged, "--key", str(public), code=3).err
    assert "another key signed it" in qa("verify", "--checkpoint", kept, "--key", str(other), code=3).err
    Path(forged).write_text(Path(kept).read_text().partition("signature: ")[0] + "signature: not one\n")
    assert "another key signed it" in qa("verify", "--checkpoint", forged, "--key", str(public), code=3).err
    assert "is not signed" in qa("verify", "--checkpoint", plain, "--key", str(public), code=3).err
    assert "cannot sign" in qa("checkpoint", "--key", str(public), code=2).err
    assert "holds no Ed25519 key" in qa("checkpoint", "--key", kept, code=2).err


def test_a_wrong_event_reads_as_corrected_in_the_story_and_in_the_export(qa: CommandLine, tmp_path: Path) -> None:
    qa("record", GHFT, "--set", "rating=partial", "--as", "governance-officer")
    put_right = ("--set", "rating=reasonable", "--reason", "Read again", "--as", "governance-officer")
    assert qa("correct", GHFT, *put_right).code == 0
    told = " ".join(qa("show", GHFT).out.split())
    assert "Corrected (Level of assurance) on 1 April 2027 by Governance officer, see event 3" in told
    assert "Level of assurance: Reasonable Level of assurance was: Partial" in told
    history = qa("show", GHFT, "--json").json["history"]
    assert [(line["corrects"], line["corrected_by"]) for line in history] == [([], []), ([], [3]), ([2], [])]
    qa("export", "--to", str(tmp_path / "all.jsonl"))
    lines = [json.loads(line) for line in (tmp_path / "all.jsonl").read_text("utf-8").splitlines()]
    assert next(line for line in lines if line.get("reference") == GHFT)["corrected"] == {"2": [3]}
