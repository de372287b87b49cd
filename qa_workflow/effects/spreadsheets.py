"""Tables as Excel and CSV files in which text stays text: nothing that somebody typed is ever run as a formula."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from textwrap import wrap
from typing import Any

from qa_workflow.service.boards.sheets import Cell, Column, Format, Sheet

LONGEST = 32_767
"""Characters that Excel takes in one cell."""
_LINE, _HIGHEST = 15, 409
"""Points that a line of text is high, and that Excel lets a row be."""
_A4 = 9
_FOOT = 100
"""Characters of a foot: Excel takes 255 with its marks, and one for each of these that is doubled."""
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""What XML cannot carry, or nobody can see."""
_TURNS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Marks that turn the direction of text, so that it reads otherwise than it is."""
_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
"""What a spreadsheet program may take as the beginning of a formula."""
_LINED = {"valign": "top", "align": "left", "indent": 1, "bottom": 1, "bottom_color": "#AEB7BD"}
"""A line below each row leads the eye across a sheet of paper; the indent keeps texts apart that fill their columns."""
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "d mmm yyyy",
}


class Spreadsheets:
    """The port `Sheets` by xlsxwriter and the csv module."""

    def write(self, sheet: Sheet, form: Format) -> bytes:
        """The bytes of the file."""
        return as_xlsx(sheet) if form is Format.XLSX else as_csv(sheet)


def as_csv(sheet: Sheet) -> bytes:
    """Every field in quotes, for Excel to know as UTF-8; what would begin a formula gets an apostrophe before it."""
    out = StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow([_field(column.title) for column in sheet.columns])
    writer.writerows([[_field(cell) for cell in row] for row in sheet.rows])
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(sheet: Sheet) -> bytes:
    """A workbook of two sheets: the table, with its first row in sight and a filter on it; and what it is.

    On paper it is one sheet of A4 wide, with the columns that are for paper.
    """
    from xlsxwriter import Workbook  # type: ignore[import-untyped]  # late: the command line starts without it

    out = BytesIO()
    with Workbook(out, _OPTIONS) as book:
        made_at = sheet.made_at.astimezone(UTC).replace(tzinfo=None)
        book.set_properties({"title": text(sheet.title), "created": made_at})
        head = book.add_format({**_LINED, "bold": True, "text_wrap": True, "bottom_color": "#212B32"})
        wrapped = book.add_format({**_LINED, "text_wrap": True})
        dated = book.add_format({**_LINED, "num_format": "d mmm yyyy"})
        number = book.add_format({**_LINED, "num_format": "#,##0"})
        page = book.add_worksheet(text(sheet.title)[:31] or "Table")
        _head(page, sheet.columns, head)
        for place, row in enumerate(sheet.rows, 1):
            page.set_row(place, _height(sheet.columns, row))
            for column, cell in enumerate(row):
                _put(page, place, column, cell, {"text": wrapped, "date": dated, "number": number})
        page.freeze_panes(1, 1)
        page.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)
        page.repeat_rows(0)
        page.print_area(0, 0, len(sheet.rows), (sheet.printed or len(sheet.columns)) - 1)
        _on_paper(page, sheet.foot or sheet.title)
        about = book.add_worksheet("About this file")
        about.set_column(0, 0, 20)
        about.set_column(1, 1, 90)
        _on_paper(about, sheet.foot or sheet.title)
        for place, (name, said) in enumerate(sheet.about):
            about.write_string(place, 0, text(name), head)
            about.write_string(place, 1, text(said), wrapped)
    return out.getvalue()


def text(value: str) -> str:
    """Text as a cell can hold it: without characters that hide or turn it, cut where Excel would refuse it."""
    shown = _TURNS.sub("", _CONTROL.sub("", value.replace("\r\n", "\n").replace("\r", "\n")))
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"


def _height(columns: Sequence[Column], row: Sequence[Cell]) -> int:
    """Points for a row in which every text is seen whole: not every program works that out when it opens a file."""
    texts = ((cell, column.width) for cell, column in zip(row, columns, strict=True) if isinstance(cell, str))
    return min(_LINE * max((_lines(cell, width - 2) for cell, width in texts), default=1), _HIGHEST)


def _lines(cell: str, width: int) -> int:
    """How many lines a text takes in a column; text that Excel would cut is not measured to its end."""
    shown = text(cell[: width * _HIGHEST // _LINE + 1])
    return sum(max(1, len(wrap(line, width))) if len(line) > width else 1 for line in shown.split("\n"))


def _head(page: Any, columns: Sequence[Column], head: Any) -> None:
    page.set_row(0, _height(columns, [column.title for column in columns]))
    for place, column in enumerate(columns):
        page.set_column(place, place, column.width)
        page.write_string(0, place, text(column.title), head)


def _on_paper(page: Any, foot: str) -> None:
    page.set_landscape()
    page.set_paper(_A4)
    page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    page.set_footer(f"&L{text(foot)[:_FOOT].replace('&', '&&')}&RPage &P of &N")
    page.fit_to_pages(1, 0)


def _put(page: Any, row: int, column: int, cell: Cell, formats: dict[str, Any]) -> None:
    if isinstance(cell, datetime):
        page.write_datetime(row, column, cell.astimezone(UTC).replace(tzinfo=None), formats["date"])
    elif isinstance(cell, date):
        page.write_datetime(row, column, cell, formats["date"])
    elif isinstance(cell, int):
        page.write_number(row, column, cell, formats["number"])
    elif cell:
        page.write_string(row, column, text(cell), formats["text"])
    else:
        page.write_blank(row, column, None, formats["text"])


def _field(cell: Cell) -> str:
    """One field; numbers and dates are by their type what they are, and need no guard."""
    if cell is None:
        return ""
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    return f"'{text(cell)}" if cell.startswith(_RUNS) or text(cell).startswith(_RUNS) else text(cell)
