"""What is attached is looked into, named safely, and given out only with an item that the reader may see."""

from __future__ import annotations

import io
import os
import random
import struct
import time
import zipfile
import zlib
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest

from qa_workflow.engine import EVERYTHING
from qa_workflow.errors import UsageFault
from qa_workflow.service.definitions.migrating import Choices
from qa_workflow.service.front import Engine
from qa_workflow.service.items import file_kinds
from qa_workflow.service.items.attachments import LARGEST, attach, give, read_ticket, shown_name, ticket
from qa_workflow.service.items.file_kinds import KINDS, NotAccepted, kind_of
from qa_workflow.service.items.patient_data import (
    DATE_OF_BIRTH,
    NHS_NUMBER,
    LooksLikePatient,
    doubts,
    is_nhs_number,
    mark,
)
from qa_workflow.service.refusals import UnknownItem

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"
HIDDEN = PDF + b"<< /Type /ObjStm >>\nstream\r\n" + zlib.compress(b"/S /Launch") + b"\nendstream"
MACROS = b"application/vnd.ms-word.document.macroEnabled"
INNER = "word/embeddings/x.xlsx"
WORD = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"}


def numbered(value: object) -> str | None:
    """Contents are no names for tests; pytest numbers them."""
    return value[:40] if isinstance(value, str) else None


def packed(parts: Mapping[str, bytes]) -> bytes:
    """A container with these parts."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as box:
        for name, content in parts.items():
            box.writestr(name, content)
    return kept.getvalue()


def misdescribed(content: bytes, at: int, said: bytes) -> bytes:
    """A container whose list says something else of its last part."""
    place = content.rindex(b"PK\x01\x02") + at
    return content[:place] + said + content[place + len(said) :]


def png() -> bytes:
    """The smallest picture."""
    parts = ((b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)), (b"IDAT", zlib.compress(b"\0\0")), (b"IEND", b""))
    chunks = (struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("report.pdf", PDF),
        ("REPORT.PDF", PDF),
        ("minutes.docx", packed(WORD)),
        ("figures.xlsx", packed({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"})),
        ("figures.csv", "month;falls\nApril;3\n".encode("utf-16")),
        ("figures.csv", "Größe;1\n".encode("cp1252")),
        ("notes.txt", "\ufeffNotes\r\n".encode()),
        ("chart.png", png()),
        ("photo.jpeg", b"\xff\xd8\xff\xe0" + b"picture" + b"\xff\xd9"),
    ],
    ids=numbered,
)
def test_what_people_work_with_is_accepted(name: str, content: bytes) -> None:
    assert kind_of(name, content) is KINDS[f".{name.rpartition('.')[2].lower()}"]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("report.exe", b"MZ", "cannot be attached"),
        ("report", PDF, "cannot be attached"),
        ("report.docm", packed(WORD), "cannot be attached"),
        ("report.pdf", packed(WORD), "is no PDF"),
        ("report.docx", PDF, "is no Word document"),
        ("report.docx", packed({"any.txt": b"x"}), "is no Word document"),
        ("report.docx", packed(WORD)[:-30], "is damaged"),
        ("report.docx", packed(WORD | {"word/vbaProject.bin": b"macro"}), "holds macros"),
        ("report.docx", packed(WORD | {"word/VBAPROJECT.BIN": b"macro"}), "holds macros"),
        (
            "report.docx",
            packed(WORD | {"[Content_Types].xml": MACROS}),
            "macros",
        ),
        ("report.docx", packed(WORD | {"word/embeddings/x.xlsm": b""}), "a file with macros inside"),
        (
            "report.docx",
            packed(WORD | {INNER: packed({"xl/vbaProject.bin": b"m"})}),
            "macros inside",
        ),
        ("report.docx", packed(WORD | {"../../evil.xml": b"x"}), "lead out"),
        ("report.docx", packed(WORD | {"/etc/passwd": b"x"}), "lead out"),
        ("report.docx", packed(WORD | {"word/big.xml": b"0" * 30_000_000}), "100 times"),
        ("report.docx", packed(WORD | {f"word/{n}.xml": bytes(2**20) for n in range(201)}), "200 MB"),
        ("report.docx", packed(WORD | {"\\evil.xml": b"x"}), "lead out"),
        ("report.docx", packed(WORD | {"word\\..\\..\\evil.xml": b"x"}), "lead out"),
        ("report.docx", packed(WORD | {"C:evil.xml": b"x"}), "lead out"),
        ("report.docx", packed(WORD | {"word/x.zip": packed({"../evil.xml": b"x"})}), "lead out"),
        ("report.docx", packed(WORD | {"word/x.zip": packed({"vbaProject.bin": b"m"})}), "macros inside"),
        ("report.docx", packed(WORD | {"word/vbaData.xml": b"macro"}), "holds macros"),
        ("report.docx", packed(WORD | {"word/activeX/activeX1.bin": b"macro"}), "holds macros"),
        ("report.docx", packed(WORD | {"xl/macrosheets/sheet1.xml": b"macro"}), "holds macros"),
        ("report.docx", packed(WORD | {"word/embeddings/x.exe": b"MZ"}), "holds a program"),
        (
            "report.docx",
            packed(WORD | {"word/documenX.xml": b""}).replace(b"documenX", b"document"),
            "parts of one name",
        ),
        ("report.docx", misdescribed(packed(WORD), 8, b"\1"), "protected with a password"),
        ("report.docx", misdescribed(packed(WORD), 24, struct.pack("<I", 3)), "is damaged"),
        ("report.pdf", PDF + b"<< /Subtype /RichMedia >>", "holds a program"),
        ("report.pdf", PDF + b"<< /S /Lau#6ech >>", "holds a program"),
        ("report.pdf", PDF + b"<< /S /Lau#6Ech >>", "holds a program"),
        ("report.pdf", b"\1" * 1024 + PDF, "is no PDF"),
        ("photo.jpg", b"\xff\xd8\xff\xe0" + b"picture", "is no JPEG"),
        ("report.pdf", PDF + b"<< /S /JavaScript /JS (app.alert(1)) >>", "holds a program"),
        ("report.pdf", PDF + b"<< /S /J#61vaScr#69pt >>", "holds a program"),
        (
            "report.pdf",
            HIDDEN,
            "program",
        ),
        ("report.pdf", PDF + b"trailer << /Encrypt 5 0 R >>", "is protected"),
        ("figures.csv", b"PK\x03\x04\0\0", "is no plain text"),
        ("notes.txt", b"a\x1b[2Jb", "is no plain text"),
        ("chart.png", png() + packed(WORD), "something else behind"),
        ("chart.png", b"\x89PNG\r\n\x1a\n", "is no PNG"),
        ("photo.jpg", png(), "is no JPEG"),
        ("page.txt", b"\xef\xbb\xbf <!DOCTYPE html><p>Sign in here", "reads as a web page"),
        ("page.pdf", b"<script>alert(1)</script>", "is no PDF"),
        ("drawing.png", b"<svg onload='x'/>", "is no PNG"),
        ("run.pdf", b"#!/bin/sh\nrm -r /\n", "is no PDF"),
        ("letter.docx", b"{\\rtf1 \\object}", "is no Word document"),
        ("letter.docx", b"See: %PDF-1.7 << /S /JavaScript >>", "is no Word document"),
        ("bytes.pdf", bytes(range(128, 255)), "is no PDF"),
    ],
    ids=numbered,
)
def test_what_is_not_what_it_says_or_could_act_is_refused_with_what_to_do(name: str, content: bytes, why: str) -> None:
    with pytest.raises(NotAccepted, match=why):
        kind_of(name, content)


def test_what_would_take_too_long_to_look_into_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Very many parts in a container, or a PDF whose packed parts together come to more than is looked at."""
    monkeypatch.setattr(file_kinds, "MOST_ENTRIES", 3)
    kind_of("report.docx", packed(WORD | {"word/1.xml": b""}))
    with pytest.raises(NotAccepted, match="too many parts"):
        kind_of("report.docx", packed(WORD | {"word/1.xml": b"", "word/2.xml": b""}))
    monkeypatch.setattr(file_kinds, "MOST_UNPACKED", 100)
    part = b"<< /Type /ObjStm >>\nstream\r\n" + zlib.compress(b"x" * 60) + b"\nendstream"
    kind_of("report.pdf", PDF + part)
    with pytest.raises(NotAccepted, match="unpacks to more than"):
        kind_of("report.pdf", PDF + part + part)


def test_a_file_that_names_many_parts_and_holds_none_takes_no_longer_to_look_into() -> None:
    """Each name was looked for to the end of the file, and all behind it copied: one upload kept a server for hours."""

    def took(marks: int, end: bytes) -> float:
        content = PDF + b"/ObjStm stream\n" * marks + bytes(2**20) + end
        started = time.process_time()
        kind_of("report.pdf", content)
        return time.process_time() - started

    for end in (b"", b"endstream"):
        few = min(took(1, end) for _ in range(3))
        assert min(took(400, end) for _ in range(2)) < few * 20


def in_parts(content: bytes) -> bytes:
    """Packed, and open at its end: more could follow."""
    packing = zlib.compressobj()
    return packing.compress(content) + packing.flush(zlib.Z_SYNC_FLUSH)


@pytest.mark.parametrize(
    "inside",
    [
        zlib.compress(b"/S /Launch")[:-4] + b"sum?",
        in_parts(b"/S /Launch"),
        in_parts(b"/S /Launch") + b"\x07 no more blocks",
        zlib.compress(random.Random(5).randbytes(70_000) + b"/Laun" + b"ch"),
    ],
    ids=["a wrong checksum", "cut off", "broken further on", "far behind"],
)
def test_what_a_reader_would_still_show_of_a_damaged_part_is_looked_into(inside: bytes) -> None:
    with pytest.raises(NotAccepted, match="holds a program"):
        kind_of("report.pdf", PDF + b"<< /Type /ObjStm >>\nstream\n" + inside + b"\nendstream")


@pytest.mark.parametrize("name", ["q4.pdf", "q4.docx", "q4.xlsx", "q4.csv", "q4.txt", "q4.png"])
def test_plain_text_goes_by_any_name_at_every_door_and_is_given_out_as_text(
    office: Engine, tmp_path: Path, name: str
) -> None:
    """There is nothing in it that could act; and nobody's reader is asked to open as a PDF what is none."""
    path = tmp_path / name
    path.write_text("The figures of the quarter: falls < 5 per cent.\n")
    office.open("report", subject="north", period="2026-27 Q4", actor="ann")
    kept = office.record("R/2026-27-Q4/north", {"figures": path}, actor="ann").fields["figures"]
    assert kept == attach(office._house, name, path.read_bytes()), "the pages and programs take just the same"
    given = give(office._house, "ann", EVERYTHING, "R/2026-27-Q4/north", kept["sha256"])
    assert given.media_type.startswith("text/")
    assert given.name == (name if name.endswith((".txt", ".csv")) else f"{name}.txt")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\ann\\report.pdf", "report.pdf"),
        ("\u202efdp.exe.pdf", "fdp.exe.pdf"),
        ("re\x00po\x1brt\n.pdf", "report.pdf"),
        ("ｒｅｐｏｒｔ．ｐｄｆ", "report.pdf"),
        ("..", "document"),
        (".pdf", "pdf"),
        ("a" * 300 + ".docx", "a" * 145 + ".docx"),
        ("Bericht Größe.pdf", "Bericht Größe.pdf"),
    ],
)
def test_a_name_is_shown_without_what_hides_turns_or_leads_elsewhere(name: str, shown: str) -> None:
    assert shown_name(name) == shown
    assert len(shown_name(name)) <= 150


def test_25_megabytes_are_the_most(office: Engine) -> None:
    with pytest.raises(NotAccepted, match=r"has 25\.0 MB, and at most 25 MB"):
        attach(office._house, "notes.txt", b"a" * (LARGEST + 1))
    with pytest.raises(NotAccepted, match="is empty"):
        attach(office._house, "notes.txt", b"")


def test_no_door_lets_in_what_another_refuses(office: Engine, tmp_path: Path) -> None:
    """Command line and scripts attach files of this machine: they are looked into as those from a browser are."""
    office.open("report", subject="north", period="2026-27 Q4", actor="ann")
    for name, content, why in (
        ("figures.docm", packed(WORD), "can be"),
        ("figures.pdf", b"MZ\x90\0", "is no PDF"),
        ("figures.docx", packed({**WORD, "word/vbaProject.bin": b"x"}), "holds macros"),
        ("figures.csv", b"", "is empty"),
    ):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(NotAccepted, match=why):
            office.advance("R/2026-27-Q4/north", "send", actor="ann", fields={"figures": path})
    big = tmp_path / "big.txt"
    with big.open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(NotAccepted, match="at most 25 MB"):
        office.record("R/2026-27-Q4/north", {"figures": big}, actor="ann")
    with pytest.raises(UsageFault, match="cannot be read"):
        office.record("R/2026-27-Q4/north", {"figures": tmp_path / "none.pdf"}, actor="ann")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_not_waited_for_and_a_device_not_read(office: Engine, tmp_path: Path) -> None:
    """The one never begins, the other never ends."""
    os.mkfifo(tmp_path / "pipe.pdf")
    for path in (tmp_path / "pipe.pdf", Path("/dev/zero"), tmp_path):
        with pytest.raises(UsageFault, match=f"{path} is a .*, not a file; name the file"):
            office.record("R/2026-27-Q4/north", {"figures": path}, actor="ann")


def test_no_door_lets_in_what_looks_like_a_patient(office: Engine) -> None:
    """It is said once; who has looked at it says so with what the refusal named."""
    north = office.open("report", subject="north", period="2026-27 Q4", actor="ann")
    said = "See 943 476 5919"
    wishes: list[Callable[[], object]] = [
        lambda: office.comment(north, said, actor="ann"),
        lambda: office.hold(north, actor="ann", reason=said),
        lambda: office.advance(north, "skip", actor="ann", reason=said),
        lambda: office.open("report", subject="south", period="2026-27 Q4", actor="ann", reason=said),
        lambda: office.bulk_advance([north], "skip", actor="ann", reason=said),
        lambda: office.change_date(north, date(2027, 4, 20), actor="cher", basis=said, reason="agreed"),
        lambda: office.move_meeting("board", "2027-04-28", None, actor="cher", reason=said),
        lambda: office.migrate("report", Choices(), actor="cher", reason=said),
        lambda: office.record(north, {"figures": attach(office._house, f"{said}.csv", b"month;falls")}, actor="cher"),
    ]
    for wish in wishes:
        with pytest.raises(LooksLikePatient):
            wish()
    assert office.item(north.id) == north
    with pytest.raises(LooksLikePatient) as refused:
        office.comment(north, said, actor="ann")
    assert "943" not in str(refused.value)
    office.no_patient = refused.value.mark
    assert office.comment(north, said, actor="ann").revision == north.revision + 1


def test_a_document_is_read_with_its_item_and_that_is_on_record(office: Engine) -> None:
    house = office._house
    document = attach(house, "figures.csv", b"month;falls\n")
    for subject in ("north", "south"):
        office.open("report", subject=subject, period="2026-27 Q4", actor="ann")
    office.advance("R/2026-27-Q4/north", "send", actor="ann", fields={"figures": document})
    with house.looking() as (_, world):
        reviewer, foreign = (world.sight(world.actor(name, house.now().date())) for name in ("rob", "saul"))
    given = give(house, "rob", reviewer, "R/2026-27-Q4/north", document["sha256"])
    assert (given.name, given.media_type, given.content) == ("figures.csv", "text/csv", b"month;falls\n")
    for sight, reference in ((foreign, "R/2026-27-Q4/north"), (reviewer, "R/2026-27-Q4/south")):
        with pytest.raises(UnknownItem):
            give(house, "saul", sight, reference, document["sha256"])
    with house.store.writing() as unit:
        rows = unit._connection.exec_driver_sql("SELECT body FROM record WHERE stream = 'access'").fetchall()  # type: ignore[attr-defined]
    assert len(rows) == 1
    assert b'"rob"' in bytes(rows[0][0])


def test_a_document_that_was_replaced_can_still_be_read(office: Engine) -> None:
    """The history is evidence, and so is what it names."""
    house = office._house
    first, second = (attach(house, "figures.csv", text) for text in (b"first", b"second"))
    office.open("report", subject="north", period="2026-27 Q4", actor="ann")
    for document in (first, second):
        office.record("R/2026-27-Q4/north", {"figures": document}, actor="ann")
    with house.looking() as (_, world):
        sight = world.sight(world.actor("ann", house.now().date()))
    assert give(house, "ann", sight, "R/2026-27-Q4/north", first["sha256"]).content == b"first"


def test_a_ticket_is_good_for_whom_it_was_made(office: Engine) -> None:
    """Knowing a document's SHA-256 is not enough to attach it to an item of one's own, and so read it."""
    house = office._house
    document = attach(house, "notes.txt", b"private")
    made = ticket(house, "ann", document)
    assert read_ticket(house, "ann", made) == document
    assert read_ticket(house, "saul", made) is None
    for forged in (made[:-1] + ("0" if made[-1] != "0" else "1"), "", "x.y", made.partition(".")[0]):
        assert read_ticket(house, "ann", forged) is None


@pytest.mark.parametrize(
    ("digits", "right"),
    [("9434765919", True), ("9434765918", False), ("4010232137", True), ("0000000000", False), ("943476591", False)],
)
def test_the_last_digit_of_an_nhs_number_proves_the_others(digits: str, right: bool) -> None:
    assert is_nhs_number(digits) is right


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Mrs A (943 476 5919) fell", [NHS_NUMBER]),
        ("943-476-5919", [NHS_NUMBER]),
        ("NHS9434765919", [NHS_NUMBER]),
        ("Born on 4 May 1950.", [DATE_OF_BIRTH]),
        ("DOB: 04/05/1950", [DATE_OF_BIRTH]),
        ("date of birth 1950-05-04", [DATE_OF_BIRTH]),
        ("12 falls in April 2027, 9434765918 pounds", []),
        ("telephone 01452 943 476 59190", []),
        ("the group met on 04/05/2027", []),
        ("stubborn 4 May 1950", []),
    ],
)
def test_what_looks_like_a_patients_data_is_pointed_out(text: str, kinds: list[str]) -> None:
    assert [doubt.kind for doubt in doubts({"note": text})] == kinds


def test_a_confirmation_covers_what_was_pointed_out_and_nothing_typed_later() -> None:
    seen = doubts({"note": "943 476 5919"})
    later = doubts({"note": "943 476 5919 and 401 023 2137"})
    assert mark(seen) == mark(doubts({"note": "again: 943 476 5919"}))
    assert mark(seen) != mark(later)
