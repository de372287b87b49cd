"""The record of an item as one file that whoever is handed it can check without the database, and without this program.

A ZIP of four texts: what people read, the bytes that were hashed, what they are chained to, and how to check them; and
the documents.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import IO

from qa_workflow.engine.texts import read_beside
from qa_workflow.errors import IntegrityFault
from qa_workflow.service.items.attachments import given_as
from qa_workflow.service.lists.record import ItemRecord
from qa_workflow.service.ports.proof import ItemProof
from qa_workflow.service.ports.store import Documents
from qa_workflow.service.telling.words import day_words, instant_short

MEDIA_TYPE = "application/zip"

READ_ME = """\
The record of {reference}, taken on {at} by {by}.

record.txt     the record for people
events.jsonl   the history itself: one event a line, with the exact text that was stored ("body"), its hash, and what
               people typed ("texts")
proof.json     what the history is chained to, its last hash, the checkpoint that holds it, and the documents
documents/     {documents}
README.txt     this page

How to check it, with nothing but SHA-256
-----------------------------------------
1. The first event is chained to the SHA-256 of: the identity of the database, a zero byte, the identity of the item
   ("database" and "item" in proof.json).
2. The hash of each event is the SHA-256 of: the text qa-event-v1, a zero byte, the 32 bytes of the hash before it, and
   the bytes of its "body" in UTF-8. It must be the "hash" of its line, and the last one the "head" of proof.json.
   Where it is, no event was changed, left out or put in between. What people typed does not stand in the "body", but
   {{"text-sha256": H}} does: H is the SHA-256 of the text qa-text-v1, a zero byte, a salt and the text, and "texts" has
   salt and text under H. One without a salt was removed as naming a patient; "removed" in proof.json says by whom.
3. The checkpoint, where there is one, saw the first "events" of them. Its leaf is the SHA-256 of: a zero byte, the text
   item: and the identity of the item, a zero byte, that number in eight bytes, the highest first, and the hash of the
   event with that number. Join it with each entry of "path" in turn: the SHA-256 of a byte 1, the left hash, the right
   hash. The last must be the "root" in the checkpoint's text.
4. Ask for the copy of that checkpoint which was kept outside the database, and compare: same number, same root. Only
   this shows that nobody wrote the whole history anew. Where the database is at hand, this does all of it:
   {command}
5. A document is the one of the record if its SHA-256 (sha256sum FILE) is the one that proof.json gives, and that stands
   in the history, in the event with which it was attached.

Steps 1 to 3 and 5 in Python, run in the folder of these files:

    import hashlib, json, re
    sha256 = lambda data: hashlib.sha256(data).digest()
    proof = json.load(open("proof.json", encoding="utf-8"))
    hashes = [sha256((proof["database"] + "\\0" + proof["item"]).encode())]
    for line in open("events.jsonl", encoding="utf-8"):
        event = json.loads(line)
        hashes.append(sha256(b"qa-event-v1\\0" + hashes[-1] + event["body"].encode()))
        assert hashes[-1].hex() == event["hash"], event["seq"]
        for typed in re.findall('"text-sha256":"([0-9a-f]+)"', event["body"]):
            salt, text = event["texts"][typed]
            if salt is None:
                assert proof["removed"], typed
            else:
                assert sha256(b"qa-text-v1\\0" + bytes.fromhex(salt) + text.encode()).hex() == typed, typed
    assert hashes[-1].hex() == proof["head"]
    if proof["checkpoint"]:
        seen = proof["checkpoint"]["events"]
        stream = "item:" + proof["item"]
        found = sha256(b"\\0" + stream.encode() + b"\\0" + seen.to_bytes(8, "big") + hashes[seen])
        for step in proof["checkpoint"]["path"]:
            beside = bytes.fromhex(step["hash"])
            found = sha256(b"\\1" + (beside + found if step["side"] == "left" else found + beside))
        assert "root: " + found.hex() in proof["checkpoint"]["text"].splitlines()
    history = open("events.jsonl", encoding="utf-8").read()
    for each in proof["documents"]:
        assert each["sha256"] in history, each["name"]
        assert not each["file"] or sha256(open(each["file"], "rb").read()).hex() == each["sha256"], each["file"]
    print("It proves itself:", len(hashes) - 1, "events")
"""


_ALL = (
    "every document that is, or ever was, part of the item; nothing is kept back from whoever may take its record,\n"
    '               but what was removed as naming a patient, or is to be: "removed" in proof.json says so'
)
_NONE = "left out when it was taken"
_LOST = "not in this file, for it is not kept as it was attached"
_NAMES = str.maketrans(dict.fromkeys('<>:"|?*', "_"))
"""Not every system takes these in the name of a file."""


def write(record: ItemRecord, to: IO[bytes], documents: Documents | None) -> None:
    """The whole of it, one document after the other.

    Args:
        documents: where their bytes are, each proved to be the one by its SHA-256; None to leave them out.
    """
    taken = datetime.fromisoformat(record.at).timetuple()[:6]
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as box:
        files: dict[str, str] = {}
        for number, each in enumerate(record.documents if documents is not None else (), 1):
            if each.removed:
                continue
            with suppress(IntegrityFault):  # what is lost, the proof has found
                content = documents.get(each.sha256) if documents is not None else b""
                files[each.sha256] = f"documents/{number:02}-{given_as(each.name, content).name.translate(_NAMES)}"
                box.writestr(zipfile.ZipInfo(files[each.sha256], taken), content, zipfile.ZIP_DEFLATED)
        for name, text in _texts(record, files, has_documents=documents is not None).items():
            box.writestr(zipfile.ZipInfo(name, taken), text.encode(), zipfile.ZIP_DEFLATED)


def _texts(record: ItemRecord, files: Mapping[str, str], *, has_documents: bool) -> dict[str, str]:
    proof = record.proof
    return {
        "README.txt": READ_ME.format(
            reference=proof.reference,
            at=instant_short(record.at),
            by=record.by,
            command=f"qa-workflow verify {proof.reference} --checkpoint FILE",
            documents=_ALL if has_documents else _NONE,
        ),
        "record.txt": "\n".join(in_text(record, files, _LOST if has_documents else _NONE)) + "\n",
        "events.jsonl": "".join(f"{line}\n" for line in _events(proof)),
        "proof.json": json.dumps(_proof(record, files), ensure_ascii=False, indent=2) + "\n",
    }


def file_name(record: ItemRecord) -> str:
    """A name that any system takes."""
    reference = "".join(c if c.isalnum() or c in "-_" else "-" for c in record.proof.reference)
    return f"record-{reference}-{record.at[:10]}.zip"


def _events(proof: ItemProof) -> Iterator[str]:
    for line in proof.lines:
        told = {"seq": line.seq, "hash": line.hash.hex(), "body": line.body.decode(), "texts": read_beside(line.texts)}
        yield json.dumps(told, ensure_ascii=False)


def _proof(record: ItemRecord, files: Mapping[str, str]) -> dict[str, object]:
    proof, anchor = record.proof, record.proof.anchor
    return {
        "database": proof.house,
        "item": proof.item,
        "reference": proof.reference,
        "events": len(proof.lines),
        "head": proof.head.hex(),
        "findings": list(proof.findings),
        "removed": list(proof.removed),
        "checkpoint": anchor
        and {
            "number": anchor.number,
            "events": anchor.events,
            "text": anchor.text,
            "path": [{"side": side, "hash": beside.hex()} for side, beside in anchor.path],
        },
        "documents": [
            {
                "name": each.name,
                "sha256": each.sha256,
                "file": files.get(each.sha256),
                "removed": each.removed or None,
            }
            for each in record.documents
        ],
    }


def in_text(record: ItemRecord, files: Mapping[str, str], missing: str) -> Iterator[str]:
    """The record as lines of text; `files` by SHA-256, and what is said of a document that has none."""
    story, proof = record.story, record.proof
    yield from _heading(f"Record of {proof.reference}: {story.workflow.title}", "=")
    yield f"{record.house}. Taken on {instant_short(record.at)} by {record.by}."
    for word, text in (("About", story.line.about), ("What", story.line.gist)):
        if text:
            yield f"{word}: {text}"
    yield f"Stands at: {story.line.stage_words}, {story.item.status}"
    yield from _heading("Proof")
    yield record.said
    yield from (f"  - {each}" for each in proof.findings)
    yield from (f"{each[:1].upper()}{each[1:]}" for each in proof.removed)
    yield record.held
    yield f"Last hash: {proof.head.hex()} ({len(proof.lines)} events)"
    yield from _heading("Fields")
    for given in record.fields:
        who = f" ({given.who}, {instant_short(given.at)}, event {given.seq})" if given.seq else ""
        yield f"{given.value.label}: {given.value.in_words}{who}"
    yield from _heading("Documents")
    for each in record.documents:
        replaced = "" if each.is_current else ", replaced since"
        yield f"{each.name}, {each.size:,} bytes, {each.label}{replaced} ({each.who}, {instant_short(each.at)})"
        yield f"  SHA-256 {each.sha256}; {each.removed or files.get(each.sha256, missing)}"
    yield from _heading("Due dates")
    for date in record.dates:
        first = f", first {day_words(date.first_on)}" if date.first_on != date.due_on else ""
        yield f"{date.title}, entered on {day_words(date.entered)}: due {day_words(date.due_on)}{first}"
        yield f"  {date.why}"
    yield from _heading("Versions of the workflow")
    for ran in record.versions:
        yield f"From event {ran.since}: {ran.title}, version {ran.version}, published on {day_words(ran.published_at)}"
        yield f"  SHA-256 of its text {ran.hash}"
    yield from _heading("History")
    for told in record.history:
        yield f"{told.seq}. {instant_short(told.at)}, {told.who}: {told.what}"
        said = [told.quoted] if told.quoted else []
        yield from (f"   {line}" for line in (*said, *told.lines))


def _heading(text: str, line: str = "-") -> tuple[str, ...]:
    return ("", text, line * len(text)) if line == "-" else (text, line * len(text))
