"""How answers look: plain tables that stay readable at 80 columns, in a file and without colour."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from qa_workflow.cli.visible import visible


class _Plain(Console):
    """Passes nothing on to the terminal that was hidden in a text."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        for part in super().render(renderable, options):
            yield part if part.control else Segment(visible(part.text), part.style)


def console() -> Console:
    """Where answers go. Not a terminal: no colour, 80 columns unless COLUMNS says otherwise. NO_COLOR is honoured."""
    return _Plain(file=sys.stdout, highlight=False, emoji=False, markup=False, legacy_windows=False)


def table(
    heads: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    whole: Sequence[str] = (),
    widest: Mapping[str, int] | None = None,
) -> Table:
    """A table of texts.

    Args:
        whole: the columns whose words are never broken.
        widest: the most characters of columns that make room for another, in which whole sentences stand.
    """
    made = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for head in heads:
        made.add_column(head, no_wrap=head in whole, overflow="fold", max_width=(widest or {}).get(head))
    for row in rows:
        made.add_row(*(cell if isinstance(cell, Text) else Text("" if cell is None else str(cell)) for cell in row))
    return made


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
