"""How answers look: plain tables that stay readable in a narrow terminal, in a file and without colour."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from qa_workflow.cli.visible import visible

NO_BOUND = 10_000
"""Columns of what is no terminal: a file, or another program, which finds each row on a line of its own."""
GAP = 3
LONGEST_WORD = 32
"""Characters of a word that is not broken, whatever it is; a longer one is, where there is too little room."""


class _Plain(Console):
    """Passes nothing on to the terminal that was hidden in a text; a line has no blanks at its end."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        blanks: list[Segment] = []
        for part in super().render(renderable, options):
            if part.control:
                yield part
                continue
            text = visible(part.text)
            kept = text if text.endswith("\n") else text.rstrip(" ")
            if kept == "\n":
                blanks.clear()
            if kept:
                yield from blanks
                blanks.clear()
                yield Segment(kept, part.style)
            if len(text) > len(kept):
                blanks.append(Segment(text[len(kept) :], part.style))
        yield from blanks


def console(*, is_read: bool = False) -> Console:
    """Where answers go. COLUMNS says how wide; else a terminal does.

    Args:
        is_read: it is a story that people read, so where nothing says how wide, it has the usual 80 columns; all else
            is not wrapped there.
    """
    is_bounded = is_read or sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdigit()
    width = None if is_bounded else NO_BOUND
    return _Plain(file=sys.stdout, width=width, highlight=False, emoji=False, markup=False, legacy_windows=False)


@dataclass(frozen=True)
class Listing:
    """Rows under heads, as wide as there is room: no word is broken; too narrow for that, each row is a block."""

    heads: Sequence[str]
    rows: Sequence[Sequence[Text]]
    whole: frozenset[int]
    widest: Mapping[int, int]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        rows = self.rows
        if options.max_width >= NO_BOUND:
            rows = [[Text(", ").join(cell.split("\n")) for cell in row] for row in rows]
        widths = self._widths(rows, options.max_width - GAP * (len(self.heads) - 1))
        if widths is None:
            for number, row in enumerate(rows):
                yield from ("",) if number else ()
                yield facts(zip(self.heads, row, strict=True))
            return
        made = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
        for number, head in enumerate(self.heads):
            made.add_column(head, no_wrap=number in self.whole, overflow="fold", width=widths[number])
        for row in rows:
            made.add_row(*row)
        yield made

    def _widths(self, rows: Sequence[Sequence[Text]], room: int) -> list[int] | None:
        """How wide each column is; None where not even the longest words have room."""
        columns = [[head, *(str(row[number]) for row in rows)] for number, head in enumerate(self.heads)]
        most = [max(cell_len(line) for cell in column for line in cell.split("\n")) for column in columns]
        most = [min(width, self.widest.get(number, width)) for number, width in enumerate(most)]
        words = [max((cell_len(word) for cell in column for word in cell.split()), default=0) for column in columns]
        widths = [
            each if number in self.whole else min(each, words[number], LONGEST_WORD) for number, each in enumerate(most)
        ]
        if sum(widths) > room:
            return None
        while (left := min(room, sum(most)) - sum(widths)) > 0:
            growing = [number for number, width in enumerate(widths) if width < most[number]]
            for number in growing:
                widths[number] += min(most[number] - widths[number], max(1, left // len(growing)), left)
                left = min(room, sum(most)) - sum(widths)
        return widths


def table(
    heads: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    whole: Sequence[str] = (),
    widest: Mapping[str, int] | None = None,
) -> Listing:
    """A table of texts.

    Args:
        whole: the columns whose lines are never broken.
        widest: the most characters of columns that make room for another, in which whole sentences stand.
    """
    texts = [
        [cell if isinstance(cell, Text) else Text("" if cell is None else str(cell)) for cell in row] for row in rows
    ]
    places = {head: number for number, head in enumerate(heads)}
    return Listing(
        heads,
        texts,
        frozenset(places[head] for head in whole),
        {places[head]: width for head, width in (widest or {}).items() if head in places},
    )


def facts(pairs: Iterable[tuple[str, Any]]) -> Table:
    """Names and what they are, side by side; those without a value are left out."""
    made = Table.grid(padding=(0, 2, 0, 0))
    made.add_column(no_wrap=True)
    made.add_column(overflow="fold")
    for name, value in pairs:
        if value not in (None, "", [], ()):
            made.add_row(Text(name, style="bold"), value if isinstance(value, Text) else Text(str(value)))
    return made


def heading(text: str) -> Text:
    """A heading that is one without colour too."""
    return Text(f"\n{text}", style="bold")
