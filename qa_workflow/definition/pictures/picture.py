"""The SVG of a workflow: boxes in columns, straight moves between neighbours, all others in lanes above or below."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap

from qa_workflow.definition.model import Workflow
from qa_workflow.definition.pictures.diagram import Move, moves

WIDTH, HEIGHT = 168, 60
GAP, ROW = 130, 96
LANE, MARGIN, SIDE = 26, 24, 70
WIDE = range(1100, 1600)
"""Pixels of width at which a page may draw the picture so much smaller that it fits, and it can still be read."""
_BETWEEN = 20
"""Pixels between two lines that lead the same way."""
_LABEL = 22
"""Characters of a label that fit between two columns."""
_LINE = 12
_STYLE = (
    ".box{fill:#fff;stroke:#1d2b3a;stroke-width:1.5}.end{stroke-width:3}.here{fill:#ffe9a8}"
    ".move{fill:none;stroke:#1d2b3a;stroke-width:1.4}.time{stroke-dasharray:5 4}"
    "text{font:13px system-ui,sans-serif;fill:#111}.label{font-size:11px}"
    ".back{stroke:#fff;stroke-width:4;paint-order:stroke}"
)
_TIP = (
    '<defs><marker id="{mark}-tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
    '<path d="M0 0L8 4L0 8z" fill="#1d2b3a"/></marker></defs>'
)


@dataclass(frozen=True, slots=True)
class Box:
    """Where a stage is drawn."""

    path: str
    x: int
    y: int

    @property
    def middle(self) -> int:
        return self.y + HEIGHT // 2


@dataclass(frozen=True, slots=True)
class Route:
    """A move as drawn: the corners of its line, and where the last line of its label stands."""

    move: Move
    corners: tuple[tuple[int, int], ...]
    label: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything in its place."""

    boxes: Mapping[str, Box]
    routes: tuple[Route, ...]
    width: int
    height: int


def as_svg(
    workflow: Workflow,
    here: Iterable[str] = (),
    link: str | None = None,
    inline: str = "",
    *,
    titled: bool = False,
) -> str:
    """An accessible SVG.

    Args:
        here: paths of the stages at which an item is; they are filled, and said to be current.
        link: an address with `{stage}` in it, for the boxes to lead to.
        inline: the picture's own name in the page it becomes a part of, which has the styles (class `qm`); without one
            it is a whole file.
        titled: moves are labelled with what the buttons say, rather than with the triggers of the file.
    """
    layout = lay_out(workflow, titled=titled)
    told = "; ".join(
        f"{m.label}: {_title(workflow, m.source)} to {_title(workflow, m.target)}"
        for m in moves(workflow, titled=titled)
    )
    size = f'viewBox="0 0 {layout.width} {layout.height}" width="{layout.width}" height="{layout.height}"'
    mark = escape(inline or workflow.name)
    read = f'role="group" aria-labelledby="{mark}-t" aria-describedby="{mark}-d"'
    kind = "qm qm-wide" if layout.width in WIDE else "qm"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{kind}" {read} {size}>',
        f'<title id="{mark}-t">{escape(workflow.title)}</title>',
        f'<desc id="{mark}-d">{escape(f"{workflow.purpose} Moves: {told}.")}</desc>',
        *([] if inline else [f"<style>{_STYLE}</style>"]),
        _TIP.format(mark=mark),
        *(_line(route, mark) for route in layout.routes),
        *(_box(workflow, box, box.path in set(here), link) for box in layout.boxes.values()),
        *(_label(route) for route in layout.routes),
        "</svg>",
    ]
    return "\n".join(lines)


def lay_out(workflow: Workflow, *, titled: bool = False) -> Layout:
    """Columns by the longest way from the start, and a lane for every move that does not lead to the next box."""
    found = moves(workflow, titled=titled)
    columns = _columns(workflow, found)
    straight = [m for m in found if _span(m, columns) == 1]
    others = sorted((m for m in found if _span(m, columns) != 1), key=lambda m: abs(_span(m, columns)))
    above = [m for m in others if _span(m, columns) > 1]
    below = [m for m in others if _span(m, columns) < 1]
    top = MARGIN + (len(above) + 1) * LANE
    boxes = {
        path: Box(path, SIDE + x * (WIDTH + GAP), top + y * ROW)
        for x, column in enumerate(columns)
        for y, path in enumerate(column)
    }
    bottom = max(box.y for box in boxes.values()) + HEIGHT
    routes = [
        *_straight(straight, boxes),
        *(_around(m, boxes, top - lane * LANE, lane, -14) for lane, m in enumerate(above, 1)),
        *(_around(m, boxes, bottom + lane * LANE, lane, 14) for lane, m in enumerate(below, 1)),
    ]
    width = SIDE * 2 + len(columns) * WIDTH + (len(columns) - 1) * GAP
    return Layout(boxes, tuple(routes), width, bottom + (len(below) + 1) * LANE + MARGIN)


def _columns(workflow: Workflow, found: Sequence[Move]) -> list[list[str]]:
    """Stages by the longest way from the start; moves to a stage further up in the file count as back."""
    order = {path: number for number, path in enumerate(workflow.stages)}
    depth = dict.fromkeys(order, 0)
    for path, number in order.items():
        for move in found:
            if move.source == path and order[move.target] > number:
                depth[move.target] = max(depth[move.target], depth[path] + 1)
    columns: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
    for path in order:
        columns[depth[path]].append(path)
    return [column for column in columns if column]


def _span(move: Move, columns: Sequence[Sequence[str]]) -> int:
    """How many columns to the right a move leads; 0 or less is back."""
    at = {path: number for number, column in enumerate(columns) for path in column}
    return at[move.target] - at[move.source]


def _straight(found: Sequence[Move], boxes: Mapping[str, Box]) -> list[Route]:
    """Moves to the next column; several between the same two boxes stand one below the other.

    A label stands nearer to the end at which fewer lines come together, so that lines that cross leave each their own.
    """
    routes: list[Route] = []
    seen: Counter[tuple[str, str]] = Counter()
    both = Counter((move.source, move.target) for move in found)
    leaving, coming = (Counter(pair[end] for pair in both) for end in (0, 1))
    for move in found:
        pair = move.source, move.target
        shift = round((seen[pair] - (both[pair] - 1) / 2) * min(_BETWEEN, (HEIGHT - 8) / both[pair]))
        seen[pair] += 1
        start, end = boxes[move.source], boxes[move.target]
        a, b = (start.x + WIDTH, start.middle + shift), (end.x, end.middle + shift)
        down = a[1] + (b[1] - a[1]) * (7 if leaving[move.source] > coming[move.target] else 3) // 10
        below = seen[pair] == both[pair] > 1
        down += len(_words(move.label)) * _LINE if below else -5
        routes.append(Route(move, (a, b), ((a[0] + b[0]) // 2, down)))
    return routes


def _words(label: str) -> list[str]:
    """A label in lines that fit between two columns."""
    return wrap(label, _LABEL)


def _around(move: Move, boxes: Mapping[str, Box], along: int, lane: int, nudge: int) -> Route:
    """Out into the gap beside the box, along a lane above or below all boxes, and into the other box from its gap."""
    start, end = boxes[move.source], boxes[move.target]
    step = 10 + (lane * 7) % (SIDE - 20)
    out, into = start.x + WIDTH + step, end.x - step
    first, last = start.middle + nudge, end.middle + nudge
    corners = ((start.x + WIDTH, first), (out, first), (out, along), (into, along), (into, last), (end.x, last))
    return Route(move, corners, ((out + into) // 2, along - 4))


def _line(route: Route, mark: str) -> str:
    path = " ".join(f"{'L' if n else 'M'}{x} {y}" for n, (x, y) in enumerate(route.corners))
    kind = "move time" if route.move.by_time else "move"
    return f'<path class="{kind}" d="{path}" marker-end="url(#{mark}-tip)"/>'


def _label(route: Route) -> str:
    x, y = route.label
    words = _words(route.move.label) if len(route.corners) == 2 else [route.move.label]
    first = y - (len(words) - 1) * _LINE
    lines = "".join(f'<tspan x="{x}" y="{first + n * _LINE}">{escape(line)}</tspan>' for n, line in enumerate(words))
    return f'<text class="label back" text-anchor="middle">{lines}</text>'


def _box(workflow: Workflow, box: Box, is_here: bool, link: str | None) -> str:
    stage = workflow.stages[box.path]
    kinds = " ".join(["box", *(["end"] if stage.end else []), *(["here"] if is_here else [])])
    words = wrap(stage.title, 24)[:3]
    first = box.middle + 5 - (len(words) - 1) * 8
    text = "".join(
        f'<tspan x="{box.x + WIDTH // 2}" y="{first + n * 16}">{escape(word)}</tspan>' for n, word in enumerate(words)
    )
    current = ' aria-current="step"' if is_here else ""
    drawn = (
        f'<g role="img" aria-label="{escape(stage.title)}"{current}><rect class="{kinds}" x="{box.x}" y="{box.y}" '
        f'width="{WIDTH}" height="{HEIGHT}" rx="8"/><text text-anchor="middle">{text}</text></g>'
    )
    return f'<a href="{escape(link.format(stage=box.path))}"{current}>{drawn}</a>' if link else drawn


def _title(workflow: Workflow, path: str) -> str:
    return workflow.stages[path].title
