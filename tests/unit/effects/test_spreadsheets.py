"""Files for other people's spreadsheet programs: whatever was typed, text stays text, and dates are dates."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO, StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from qa_workflow.effects.spreadsheets import LONGEST, Spreadsheets
from qa_workflow.service.boards.sheets import Cell, Column, Format, Sheet

FORMULAS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", "\0=1+1", "＝1+1", "＋1", "－1", "＠SUM(A1)",
    '=HYPERLINK("https://example.org","here")', "=cmd|' /C calc'!A0", "\x07=1+1",
]  # fmt: skip
NOW = datetime(2027, 4, 26, 9, 30, tzinfo=UTC)


def sheet(*rows: tuple[Cell, ...], width: int = 1) -> Sheet:
    columns = [Column(f"Column {number}") for number in range(1, width + 1)]
    return Sheet("Overdue", columns, rows, NOW, (("What this is", "=1+1"), ("Lines", "1")))


def xlsx(made: Sheet) -> Workbook:
    return load_workbook(BytesIO(Spreadsheets().write(made, Format.XLSX)))


def fields(made: Sheet) -> list[list[str]]:
    content = Spreadsheets().write(made, Format.CSV)
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("text", FORMULAS)
def test_what_begins_like_a_formula_is_text_in_excel(text: str) -> None:
    book = xlsx(sheet((text,)))
    cell = book["Overdue"]["A2"]
    assert cell.data_type == "s"
    assert book["About this file"]["B1"].data_type == "s"


@pytest.mark.parametrize("text", FORMULAS)
def test_what_begins_like_a_formula_has_an_apostrophe_before_it_in_csv(text: str) -> None:
    """In the head, too."""
    (head,), (field,) = fields(Sheet("Overdue", [Column(text)], [(text,)], NOW))
    assert field.startswith("'")
    assert head == field


@pytest.mark.parametrize("text", ["a=1", "North Trust", "'quoted", "1+1", "", "https://example.org"])
def test_other_text_is_as_it_was_typed(text: str) -> None:
    assert fields(sheet((text,)))[1] == [text]
    assert (xlsx(sheet((text,)))["Overdue"]["A2"].value or "") == text


@given(st.text(max_size=60))
def test_no_text_becomes_a_formula_a_number_or_a_link(text: str) -> None:
    """Nor does any text make a file that cannot be opened."""
    cell = xlsx(sheet((text,)))["Overdue"]["A2"]
    assert cell.data_type in ("s", "n")
    assert cell.hyperlink is None
    assert cell.value is None or isinstance(cell.value, str)
    _, (field,) = fields(sheet((text,)))
    assert not field.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))


def test_numbers_and_dates_are_what_they_are() -> None:
    """A number below nought is no formula, and a date can be sorted and counted with."""
    made = sheet((-3, date(2027, 4, 7), None), width=3)
    row = xlsx(made)["Overdue"][2]
    assert (row[0].value, row[1].value, row[2].value) == (-3, datetime(2027, 4, 7), None)  # noqa: DTZ001
    assert row[1].number_format == "d mmm yyyy"
    assert fields(made)[1] == ["-3", "2027-04-07", ""]


def test_characters_that_hide_or_turn_text_are_left_out() -> None:
    made = sheet(("a\x00b\x1bc\u202egnp.exe\ufeff\ud800",))
    assert xlsx(made)["Overdue"]["A2"].value == fields(made)[1][0] == "abcgnp.exe"


def test_a_text_that_excel_would_refuse_is_cut() -> None:
    value = xlsx(sheet(("x" * (LONGEST + 10),)))["Overdue"]["A2"].value
    assert isinstance(value, str)
    assert (len(value), value[-1]) == (LONGEST, "…")


def test_the_head_stays_in_sight_and_filters() -> None:
    page = xlsx(sheet(("one",), ("two",)))["Overdue"]
    assert (page.freeze_panes, page.auto_filter.ref, page["A1"].value) == ("B2", "A1:A3", "Column 1")
    assert page["A1"].font.bold


@pytest.mark.parametrize(("width", "printed", "area"), [(1, None, "A1:A2"), (20, None, "A1:T2"), (20, 8, "A1:H2")])
def test_a_table_is_one_sheet_of_a4_wide_and_each_repeats_the_head(width: int, printed: int | None, area: str) -> None:
    """However long it is; what does not fit is not on paper, rather than everything too small to read."""
    book = xlsx(replace(sheet(tuple("x" * width), width=width), printed=printed))
    page = book["Overdue"]
    assert page.print_area.replace("$", "") == f"'Overdue'!{area}"
    assert page.print_title_rows == "$1:$1"
    for each in book:
        setup = each.page_setup
        assert (setup.orientation, int(setup.paperSize or 0), setup.fitToWidth or 1) == ("landscape", 9, 1)
        assert setup.fitToHeight == 0
        assert each.sheet_properties.pageSetUpPr is not None
        assert each.sheet_properties.pageSetUpPr.fitToPage


def test_each_sheet_of_paper_says_what_it_is_and_of_when() -> None:
    """Paper lies about for weeks; and no name in it is taken for one of Excel's marks."""
    book = xlsx(replace(sheet(("x",)), foot="Overdue &D, as it was on 26 April 2027"))
    for page in book:
        foot = page.oddFooter
        assert foot is not None
        assert foot.left.text == "Overdue &&D, as it was on 26 April 2027"
        assert foot.right.text == "Page &P of &N"


def test_a_row_is_as_high_as_its_longest_text_takes_lines() -> None:
    """Programs that do not work out heights when they open a file would print the rows over each other."""
    page = xlsx(sheet(("word " * 12, "short"), ("one", "two\nlines"), ("x" * LONGEST, 1), width=2))["Overdue"]
    heights = [page.row_dimensions[row].height for row in (2, 3, 4)]
    assert heights == [15 * 4, 15 * 2, 408.75]


def test_csv_is_known_as_utf_8_and_every_field_is_quoted() -> None:
    content = Spreadsheets().write(sheet(("Zoë", 3), width=2), Format.CSV)
    assert content == b'\xef\xbb\xbf"Column 1","Column 2"\r\n"Zo\xc3\xab","3"\r\n'


def test_the_same_table_makes_the_same_file() -> None:
    assert Spreadsheets().write(sheet(("a",)), Format.XLSX) == Spreadsheets().write(sheet(("a",)), Format.XLSX)
