"""The record of an item: who sees all may take it, it proves itself with nothing but SHA-256, and it is noted."""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from qa_workflow.service.items.attachments import attach
from qa_workflow.service.ports import streams
from qa_workflow.store.proof.checkpoints import checkpoint, parse
from qa_workflow.store.statements import EVENT, ITEM, RECORD
from tests.web.filling import PDF, text
from tests.web.site import Site

GHFT = "PA/2026-27-Q4/ghft"
OFFICER = "governance-officer"


def texts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as box:
        return {name: box.read(name).decode() for name in box.namelist()}


@pytest.fixture
def kept(site: Site) -> str:
    """An item with a document, that a checkpoint saw, and an event since."""
    document = attach(site.house, "minutes.pdf", PDF)
    site.engine.record(GHFT, {"minutes": document}, actor=OFFICER, reason="the group's own")
    made = checkpoint(site.parts.store, site.engine.now())
    site.engine.comment(GHFT, "Seen by the auditor", actor=OFFICER)
    return made


@pytest.fixture
def taken(site: Site, kept: str) -> dict[str, str]:
    """The texts of the file."""
    assert kept
    answer = site.client(OFFICER).get(f"/record-file/{GHFT}")
    assert answer.headers["content-type"] == "application/zip"
    assert 'filename="record-PA-2026-27-Q4-ghft-2027-07-10.zip"' in answer.headers["content-disposition"]
    return texts(answer.content)


def test_the_chain_is_recomputed_with_nothing_but_sha_256(site: Site, taken: dict[str, str], kept: str) -> None:
    proof, lines = json.loads(taken["proof.json"]), taken["events.jsonl"].splitlines()
    head = hashlib.sha256(f"{proof['database']}\0{proof['item']}".encode()).digest()
    heads = []
    for number, line in enumerate(lines, 1):
        event = json.loads(line)
        head = hashlib.sha256(b"qa-event-v1\0" + head + event["body"].encode()).digest()
        assert (event["seq"], event["hash"]) == (number, head.hex())
        assert json.loads(event["body"])["seq"] == number
        heads.append(head)
    assert head.hex() == proof["head"]
    assert len(lines) == proof["events"] == site.engine.item(GHFT).revision
    held = proof["checkpoint"]
    assert (held["text"], held["events"]) == (kept, len(lines) - 1)
    leaf = b"\0item:" + proof["item"].encode() + b"\0" + held["events"].to_bytes(8, "big") + heads[held["events"] - 1]
    found = hashlib.sha256(leaf).digest()
    for step in held["path"]:
        pair = (bytes.fromhex(step["hash"]), found) if step["side"] == "left" else (found, bytes.fromhex(step["hash"]))
        found = hashlib.sha256(b"\1" + b"".join(pair)).digest()
    assert found.hex() == parse(kept).root


def as_the_page_says(taken: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    """The lines of Python in README.txt, run among the files by a Python that has nothing of ours."""
    for name, content in taken.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8", newline="")
    shown = taken["README.txt"].partition("run in the folder of these files:\n")[2]
    lines = "\n".join(line.removeprefix("    ") for line in shown.splitlines())
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", lines], cwd=folder, capture_output=True, text=True, check=False
    )


def test_the_page_in_the_file_says_how_and_it_works(taken: dict[str, str], tmp_path: Path) -> None:
    ran = as_the_page_says(taken, tmp_path)
    assert ran.stdout.startswith("It proves itself:"), ran.stderr


@pytest.mark.parametrize("what", ["an event", "its checkpoint", "its last hash", "a document"])
def test_a_file_that_was_changed_does_not_prove_itself(taken: dict[str, str], tmp_path: Path, what: str) -> None:
    name, old, new = {
        "an event": ("events.jsonl", "the group's own", "the group's OWN"),
        "its checkpoint": ("proof.json", "root: ", "root: 0"),
        "a document": ("documents/01-minutes.pdf", "Catalog", "Cattalog"),
        "its last hash": ("proof.json", '"head": "', '"head": "0'),
    }[what]
    assert old in taken[name]
    ran = as_the_page_says({**taken, name: taken[name].replace(old, new, 1)}, tmp_path)
    assert ran.returncode != 0


def test_the_page_tells_the_whole_of_it(site: Site, kept: str) -> None:
    said = text(site.client(OFFICER).get(f"/record/{GHFT}"))
    item = site.engine.item(GHFT)
    digest = hashlib.sha256(PDF).hexdigest()
    for wanted in (
        f"Record of {GHFT}",
        "proves itself. Each carries the hash",
        "It is anchored in checkpoint 1 of Saturday 10 July 2027 at 09:00",
        "What came later, 1 event, is held by no checkpoint yet",
        parse(kept).root,
        site.parts.prove_item(GHFT).head.hex(),
        f"qa-workflow verify {GHFT} --checkpoint FILE",
        f"{len(PDF):,} bytes, SHA-256 {digest}",
        f"version {item.version}",
        item.definition,
        "“the group's own”",
        "Seen by the auditor",
    ):
        assert wanted in said, wanted
    for each in site.engine.explain(GHFT):
        assert each.due_on is None or each.stage_title in said


def test_the_file_tells_people_the_same(taken: dict[str, str]) -> None:
    said = taken["record.txt"]
    for wanted in (
        f"Record of {GHFT}",
        "proves itself. Each carries the hash",
        "anchored in checkpoint 1",
        "Seen by the auditor",
    ):
        assert wanted in said
    assert f"SHA-256 {hashlib.sha256(PDF).hexdigest()}" in said


def test_the_documents_go_with_it_under_names_that_any_system_takes(site: Site) -> None:
    """Those too that were replaced since; a name leads nowhere, and two of one name are two files."""
    for content, name in ((PDF, "../a:b?.pdf"), (PDF + b"%", "../a:b?.pdf"), (b"Plain text", "c.pdf")):
        site.engine.record(GHFT, {"minutes": attach(site.house, name, content)}, actor=OFFICER, reason="anew")
    answer = site.client(OFFICER).get(f"/record-file/{GHFT}")
    assert answer.headers["content-length"] == str(len(answer.content))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as box:
        listed = json.loads(box.read("proof.json"))["documents"]
        assert [each["file"] for each in listed if each["name"] != "q4.pdf"][-3:] == sorted(
            name for name in box.namelist() if name.endswith(("a_b_.pdf", "c.pdf.txt"))
        )
        assert len(listed) >= 3
        for each in listed:
            assert hashlib.sha256(box.read(each["file"])).hexdigest() == each["sha256"]
            assert re.fullmatch(r"documents/\d\d-[\w .-]+", each["file"])


def test_the_documents_can_be_left_out_and_the_record_says_so(site: Site, kept: str) -> None:
    assert kept
    client, item = site.client(OFFICER), site.engine.item(GHFT)
    assert "documents=no" in client.get(f"/record/{GHFT}").text
    for path in (f"/record-file/{GHFT}?documents=no", f"/api/v1/items/{item.id}/record?documents=false"):
        told = texts(client.get(path).content)
        assert sorted(told) == ["README.txt", "events.jsonl", "proof.json", "record.txt"]
        assert f"SHA-256 {hashlib.sha256(PDF).hexdigest()}; left out when it was taken" in told["record.txt"]
        assert "left out" in told["README.txt"]


def test_a_document_that_is_lost_is_said_to_be_and_the_rest_goes_with_the_record(site: Site, kept: str) -> None:
    assert kept
    site.parts.documents.path(hashlib.sha256(PDF).hexdigest()).unlink()  # type: ignore[attr-defined]
    told = texts(site.client(OFFICER).get(f"/record-file/{GHFT}").content)
    assert "not in this file, for it is not kept as it was attached" in told["record.txt"]
    assert "does not prove itself" in told["record.txt"]


def test_what_does_not_prove_itself_is_said_first_and_aloud(site: Site) -> None:
    with site.parts.store.connected() as connection:
        connection.exec_driver_sql("DROP TRIGGER event_no_update")
        row = select(ITEM.c.id).where(ITEM.c.reference == GHFT).scalar_subquery()
        connection.execute(update(EVENT).where(EVENT.c.item_id == row, EVENT.c.seq == 1).values(hash=b"?"))
    said = text(site.client(OFFICER).get(f"/record/{GHFT}"))
    assert "This history does not prove itself" in said
    assert f"item {GHFT}, event 1: its hash was changed" in said


@pytest.mark.parametrize("person", ["quality-lead", "lay-member", "administrator", "committee-chair"])
def test_whoever_sees_everything_is_offered_it(site: Site, person: str) -> None:
    client = site.client(person)
    assert f'href="/record/{GHFT}"' in client.get(f"/items/{GHFT}").text
    assert client.get(f"/record/{GHFT}").status_code == 200


def test_a_providers_own_people_are_not(site: Site) -> None:
    """Their item, of which they see a part: nothing of its bytes leaves by this door."""
    client = site.client("ghft-contact")
    page = client.get(f"/items/{GHFT}")
    assert page.status_code == 200
    assert "/record/" not in page.text
    item = site.engine.item(GHFT).id
    for path in (
        f"/record/{GHFT}",
        f"/record-file/{GHFT}",
        f"/api/v1/items/{item}/proof",
        f"/api/v1/items/{item}/record",
    ):
        assert client.get(path).status_code == 403, path


def test_that_it_was_taken_is_on_record(site: Site) -> None:
    client = site.client(OFFICER)
    client.get(f"/record/{GHFT}")
    assert noted(site) == []
    client.get(f"/record-file/{GHFT}")
    client.get(f"/api/v1/items/{site.engine.item(GHFT).id}/record")
    assert noted(site) == [(OFFICER, GHFT), (OFFICER, GHFT)]
    assert not site.engine.verify().findings


def noted(site: Site) -> list[tuple[str, str]]:
    """Who took the record of what."""
    with site.parts.store.looking() as connection:
        bodies = connection.execute(
            RECORD.select().where(RECORD.c.stream == streams.ACCESS).order_by(RECORD.c.seq)
        ).all()
    told = [json.loads(row.body)["data"] for row in bodies]
    return [(each["person"], each["reference"]) for each in told if each.get("record")]


def test_a_program_is_told_the_same_as_the_page(site: Site, kept: str) -> None:
    client, item = site.client(OFFICER), site.engine.item(GHFT)
    told = client.get(f"/api/v1/items/{item.id}/proof").json()
    assert told["ok"]
    assert (told["events"], told["head"]) == (item.revision, site.parts.prove_item(GHFT).head.hex())
    assert (told["checkpoint"]["events"], told["checkpoint"]["text"]) == (item.revision - 1, kept)
    given = client.get(f"/api/v1/items/{item.id}/record")
    assert json.loads(texts(given.content)["proof.json"])["head"] == told["head"]


def test_every_item_has_a_record(site: Site) -> None:
    """Whatever it went through: stages that are over, versions, sub-items, holds."""
    client: TestClient = site.client(OFFICER)
    for item in site.engine.items(limit=200):
        said = text(client.get(f"/record/{item.reference}"))
        assert "proves itself. Each carries the hash" in said, item.reference
