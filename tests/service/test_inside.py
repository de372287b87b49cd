"""What a file says is looked through for a patient's data, like what is typed: bounded, and never interpreted."""

from __future__ import annotations

import io
import zipfile

import pytest

from qa_workflow.service.items import inside
from qa_workflow.service.items.inside import letters, readable
from qa_workflow.service.items.patient_data import doubts

NUMBER = "9434765919"
"""Right by its check digit, and given to nobody: one of those for tests."""
WORD, EXCEL = "[Content_Types].xml", "xl/workbook.xml"


def box(**parts: str | bytes) -> bytes:
    """A container; `word__document` is word/document.xml."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(f"{name.replace('__', '/')}.xml", content)
    return kept.getvalue()


def found(name: str, content: bytes) -> list[str]:
    looked = readable({"report": {"sha256": "0" * 64, "name": name, "size": 1}}, lambda _: content)
    return [f"{doubt.field}: {doubt.kind}: {doubt.text}" for doubt in doubts(looked)]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("report.txt", f"Fell again: {NUMBER}".encode()),
        ("report.txt", f"Fell again: {NUMBER}".encode("utf-16")),
        ("report.csv", f"ward,number,falls\nA,{NUMBER},2\n".encode()),
        ("report.csv", f'"A";"{NUMBER}";"2"'.encode()),
        ("report.pdf", f"Plain text by another name: {NUMBER}".encode()),
        ("report.docx", box(word__document="<w:p><w:r><w:t>943476</w:t></w:r><w:r><w:t>5919</w:t></w:r></w:p>")),
        ("report.docx", box(word__document="<w:p/>", word__footnotes=f"<w:p><w:t>{NUMBER}</w:t></w:p>")),
        ("report.xlsx", box(xl__worksheets__sheet1=f"<c><v>1</v></c><c><v>{NUMBER}</v></c><c><v>2</v></c>")),
        ("report.xlsx", box(xl__sharedStrings=f"<si><t>ward</t></si><si><t>{NUMBER}</t></si>")),
    ],
)  # fmt: skip
def test_a_number_is_found_however_a_file_writes_it(name: str, content: bytes) -> None:
    assert found(name, content) == [f"report: NHS number: {NUMBER}"]


def test_a_date_of_birth_is_found_beside_its_heading() -> None:
    assert found("report.csv", b"Date of birth,1950-05-01\n") == ["report: date of birth: 1950-05-01"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("report.csv", b"943476,5919\n"),
        ("report.csv", b"9434765918,2\n"),
        ("report.xlsx", box(xl__worksheets__sheet1="<c><v>943476</v></c><c><v>5919</v></c>")),
        ("report.xlsx", box(xl__worksheets__sheet1=f"<c><v>0.{NUMBER}</v></c>")),
        ("report.docx", box(word__document=f'<w:p id="{NUMBER}"><w:t>943476</w:t></w:p><w:p><w:t>5919</w:t></w:p>')),
        ("report.docx", box(docProps__core=NUMBER)),
        ("report.pdf", f"%PDF-1.7 {NUMBER}".encode()),
    ],
)  # fmt: skip
def test_what_is_no_number_in_any_cell_or_line_is_none(name: str, content: bytes) -> None:
    assert found(name, content) == []


def test_no_more_is_unpacked_than_is_looked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that unpacks without end costs what any other costs."""
    monkeypatch.setattr(inside, "MOST", 10_000)
    bomb = box(word__document=b" " * 50_000_000, word__footnotes=f"<w:t>{NUMBER}</w:t>")
    assert len(letters("report.docx", bomb)) <= 10_001
    assert found("report.docx", bomb) == []
    assert found("report.docx", box(word__document=b"<" * 9_000 + NUMBER.encode())) == [f"report: NHS number: {NUMBER}"]


def test_what_is_found_in_a_file_is_not_told_without_end() -> None:
    many = "\n".join(str(number) for number in range(4_000_000_000, 4_000_003_000))
    assert len(found("report.txt", many.encode())) == inside.SHOWN


def test_a_damaged_container_says_nothing() -> None:
    assert letters("report.docx", box(word__document=NUMBER)[:-30]) == ""
