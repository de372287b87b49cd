"""The SVG of a workflow: its layout, painted."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import pairwise
from textwrap import wrap

from qa_workflow.definition.model import Workflow
from qa_workflow.definition.pictures.diagram import moves
from qa_workflow.definition.pictures.layout import HEIGHT, LINE, WIDTH, Frame, Label, Layout, Route, arrange

_ROUND = 5
_STYLE = (
    ".box{fill:#fff;stroke:#1d2b3a;stroke-width:1.5}.end{stroke-width:3}.here{fill:#ffe9a8}"
    ".steps{fill:#f4f6f8;stroke:#768692}.move{fill:none;stroke:#1d2b3a;stroke-width:1.4}.time{stroke-dasharray:5 4}"
    ".halo{fill:none;stroke:#fff;stroke-width:4}text{font:13px arial,sans-serif;fill:#111}.label{font-size:12px}"
)
_TIP = (
    '<defs><marker id="{mark}-tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
    '<path d="M0 0L8 4L0 8z" fill="#1d2b3a"/></marker></defs>'
)


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
    size = f'viewBox="0 0 {layout.width:g} {layout.height:g}" width="{layout.width:g}" height="{layout.height:g}"'
    mark = escape(inline or workflow.name)
    read = f'role="group" aria-labelledby="{mark}-t" aria-describedby="{mark}-d"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="qm" {read} {size}>',
        f'<title id="{mark}-t">{escape(workflow.title)}</title>',
        f'<desc id="{mark}-d">{escape(f"{workflow.purpose} Moves: {told}.")}</desc>',
        *([] if inline else [f"<style>{_STYLE}</style>"]),
        _TIP.format(mark=mark),
        *_lines(layout, mark),
        *(_label(label) for label in layout.labels),
        *(_box(workflow, path, box, path in set(here), link) for path, box in layout.boxes.items()),
        "</svg>",
    ]
    return "\n".join(lines)


def lay_out(workflow: Workflow, *, titled: bool = False) -> Layout:
    """Where the stages and moves of a workflow are drawn."""
    ends = [path for path, stage in workflow.stages.items() if stage.end]
    return arrange(list(workflow.stages), ends, moves(workflow, titled=titled))


def _lines(layout: Layout, mark: str) -> Iterable[str]:
    """Lines to one stage run into each other; where others cross them there is a gap in the one below."""
    for target in layout.boxes:
        routes = [route for route in layout.routes if route.target == target]
        yield from (f'<path class="halo" d="{_way(route)}"/>' for route in routes)
        for route in sorted(routes, key=lambda route: not route.label.by_time):  # a dashed line does not hide under one
            kind = "move time" if route.label.by_time else "move"
            yield f'<path class="{kind}" d="{_way(route)}" marker-end="url(#{mark}-tip)"/>'


def _way(route: Route) -> str:
    """The line with rounded corners, which tell where lines join from where they cross."""
    corners = [route.corners[0], *(after for before, after in pairwise(route.corners) if after != before)]
    (x, y), *inner, (to_x, to_y) = corners
    parts = [f"M{x:g} {y:g}"]
    for before, (at_x, at_y), after in zip(corners, inner, corners[2:], strict=False):
        near = [(at_x + _step(other[0] - at_x), at_y + _step(other[1] - at_y)) for other in (before, after)]
        parts.append(f"L{near[0][0]:g} {near[0][1]:g}Q{at_x:g} {at_y:g} {near[1][0]:g} {near[1][1]:g}")
    return "".join([*parts, f"L{to_x:g} {to_y:g}"])


def _step(way: float) -> float:
    """As far towards the other corner as the rounding goes; not beyond half the way."""
    return max(-_ROUND, min(_ROUND, way / 2))


def _label(label: Label) -> str:
    frame = label.frame
    first = frame.y + (frame.height - len(label.lines) * LINE) / 2 + 11
    lines = "".join(
        f'<tspan x="{frame.x + 7:g}" y="{first + n * LINE:g}">{escape(line)}</tspan>'
        for n, line in enumerate(label.lines)
    )
    return f'{_rect("steps", frame)}<text class="label">{lines}</text>'


def _rect(kind: str, frame: Frame) -> str:
    place = f'x="{frame.x:g}" y="{frame.y:g}" width="{frame.width:g}" height="{frame.height:g}"'
    return f'<rect class="{kind}" {place}/>'


def _box(workflow: Workflow, path: str, box: Frame, is_here: bool, link: str | None) -> str:
    stage = workflow.stages[path]
    kinds = " ".join(["box", *(["end"] if stage.end else []), *(["here"] if is_here else [])])
    words = wrap(stage.title, 24, max_lines=3, placeholder=" …")
    first = box.y + HEIGHT // 2 + 5 - (len(words) - 1) * 8
    text = "".join(
        f'<tspan x="{box.x + WIDTH / 2:g}" y="{first + n * 16:g}">{escape(word)}</tspan>'
        for n, word in enumerate(words)
    )
    current = ' aria-current="step"' if is_here else ""
    drawn = (
        f'<g role="img" aria-label="{escape(stage.title)}"{current}>{_rect(kinds, box)}'
        f'<text class="title" text-anchor="middle">{text}</text></g>'
    )
    return f'<a href="{escape(link.format(stage=path))}"{current}>{drawn}</a>' if link else drawn


def _title(workflow: Workflow, path: str) -> str:
    return workflow.stages[path].title
