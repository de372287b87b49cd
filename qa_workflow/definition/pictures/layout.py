"""Where everything in the picture of a workflow stands: pure arithmetic, the same for the same workflow every time.

Stages are cards, set like words on a page: by the longest way from the start, ends last, as many on a row as fit the
width. What leads away from a stage is listed on its card, so that a name never lies on a line. A line leaves from the
name on the right, runs in the gutters between columns and the channels above rows, where no card stands, and comes in
from the left. All lines to one stage share their lane in each gutter and channel, and one arrow head.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap

from qa_workflow.definition.pictures.diagram import Move

WIDTH, HEIGHT = 176, 56
COLUMNS = 4
LINE, LETTER = 15, 6.4
"""Pixels of a line of a label, and of a letter at most, as far as ordinary text goes."""
_LETTERS = int((WIDTH - 12) / LETTER)
_PAD, _LANE, _SIDE, _TIP = 5, 9, 12, 20


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float

    def overlaps(self, other: Frame) -> bool:
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


@dataclass(frozen=True, slots=True)
class Label:
    """The names of all that leads from a stage to the same others, in lines below the stage's title."""

    source: str
    targets: tuple[str, ...]
    lines: tuple[str, ...]
    frame: Frame
    by_time: bool


@dataclass(frozen=True, slots=True)
class Route:
    """The corners of a line from a label to one of its stages."""

    label: Label
    target: str
    corners: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything in its place."""

    boxes: Mapping[str, Frame]
    labels: tuple[Label, ...]
    routes: tuple[Route, ...]
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class _Bundle:
    targets: tuple[str, ...]
    lines: tuple[str, ...]
    by_time: bool

    @property
    def height(self) -> int:
        return len(self.lines) * LINE + 2 * _PAD


def arrange(stages: Sequence[str], ends: Iterable[str], found: Sequence[Move]) -> Layout:
    """The layout of these stages, the first of which is the start, and of the moves between them."""
    order = _reading(stages, frozenset(ends), found)
    columns = min(COLUMNS, len(order)) if len(order) != COLUMNS + 1 else COLUMNS - 1
    cell = {path: divmod(number, columns) for number, path in enumerate(order)}
    bundles = {path: _bundles(path, found) for path in order}
    far = {
        target
        for path in order
        for bundle in bundles[path]
        for target in bundle.targets
        if cell[path][1] + 1 != cell[target][1]
    }
    tops, channel, height = _rows(order, cell, bundles, far)
    labels = [label for path in order for label in _labels(path, tops[cell[path][0]], bundles[path])]
    spans = _spans(labels, cell, tops, channel)
    lanes = [
        _lanes({target: span for (where, target), span in spans.items() if where == n}) for n in range(columns + 1)
    ]
    gutters = [_SIDE + _LANE * len(set(taken.values())) + _TIP for taken in lanes]
    lefts = [sum(gutters[: n + 1]) + n * WIDTH for n in range(columns + 1)]
    boxes = {path: Frame(lefts[column], tops[row], WIDTH, HEIGHT) for path, (row, column) in cell.items()}

    def lane(gutter: int, target: str) -> float:
        return lefts[gutter] - gutters[gutter] + _SIDE + _LANE * lanes[gutter][target]

    placed = [_moved(label, lefts[cell[label.source][1]]) for label in labels]
    routes = []
    for label in placed:
        for target in label.targets:
            out, into = cell[label.source][1] + 1, cell[target][1]
            y, end = _middle(label), tops[cell[target][0]] + HEIGHT / 2
            way = [(lane(out, target), y)]
            if out != into:
                way += [(lane(out, target), channel[target]), (lane(into, target), channel[target])]
            way += [(lane(into, target), end), (boxes[target].x, end)]
            routes.append(Route(label, target, ((label.frame.x + WIDTH, y), *way)))
    return Layout(boxes, tuple(placed), tuple(routes), lefts[-1], height)


def _reading(stages: Sequence[str], ends: frozenset[str], found: Sequence[Move]) -> list[str]:
    """Stages by the longest way from the start, ends last; moves to a stage further up in the file count as back."""
    place = {path: number for number, path in enumerate(stages)}
    depth = dict.fromkeys(stages, 0)
    for path in stages:
        for move in found:
            if move.source == path and place[move.target] > place[path]:
                depth[move.target] = max(depth[move.target], depth[path] + 1)
    return sorted(stages, key=lambda path: (path in ends, depth[path], place[path]))


def _bundles(path: str, found: Sequence[Move]) -> list[_Bundle]:
    """What leads away from a stage: a name that leads to several is written once, names that lead to the same share."""
    targets: dict[tuple[str, bool], list[str]] = defaultdict(list)
    for move in found:
        if move.source == path and move.target not in targets[move.label, move.by_time]:
            targets[move.label, move.by_time].append(move.target)
    names: dict[tuple[tuple[str, ...], bool], list[str]] = defaultdict(list)
    for (name, by_time), to in targets.items():
        names[tuple(to), by_time] += wrap(name, _LETTERS) or ["–"]
    return [_Bundle(to, tuple(lines), by_time) for (to, by_time), lines in names.items()]


def _rows(
    order: Sequence[str],
    cell: Mapping[str, tuple[int, int]],
    bundles: Mapping[str, Sequence[_Bundle]],
    far: set[str],
) -> tuple[list[float], dict[str, float], float]:
    """Where each row begins, at what height the channel above it leads to a stage, and where the last row ends."""
    tops: list[float] = []
    channel: dict[str, float] = {}
    y = 0.0
    for row in range(cell[order[-1]][0] + 1):
        here = [path for path in order if cell[path][0] == row]
        y += _SIDE
        for path in here:
            if path in far:
                channel[path] = y
                y += _LANE
        y += _SIDE
        tops.append(y)
        y += HEIGHT + max(sum(bundle.height for bundle in bundles[path]) for path in here)
    return tops, channel, y + _SIDE


def _labels(path: str, top: float, bundles: Sequence[_Bundle]) -> Iterable[Label]:
    y = top + HEIGHT
    for bundle in bundles:
        yield Label(path, bundle.targets, bundle.lines, Frame(0, y, WIDTH, bundle.height), bundle.by_time)
        y += bundle.height


def _moved(label: Label, x: float) -> Label:
    frame = Frame(x, label.frame.y, label.frame.width, label.frame.height)
    return Label(label.source, label.targets, label.lines, frame, label.by_time)


def _middle(label: Label) -> float:
    return label.frame.y + label.frame.height / 2


def _spans(
    labels: Iterable[Label],
    cell: Mapping[str, tuple[int, int]],
    tops: Sequence[float],
    channel: Mapping[str, float],
) -> dict[tuple[int, str], tuple[float, float]]:
    """From where to where lines to a stage run in a gutter."""
    heights: dict[tuple[int, str], list[float]] = defaultdict(list)
    for label in labels:
        out = cell[label.source][1] + 1
        for target in label.targets:
            row, into = cell[target]
            end = tops[row] + HEIGHT / 2
            heights[out, target] += [_middle(label), end if out == into else channel[target]]
            if out != into:
                heights[into, target] += [channel[target], end]
    return {key: (min(found), max(found)) for key, found in heights.items()}


def _lanes(spans: Mapping[str, tuple[float, float]]) -> dict[str, int]:
    """A lane for each, the shortest first; those that come near each other have different ones."""
    lanes: dict[str, int] = {}
    for target, (top, bottom) in sorted(spans.items(), key=lambda each: (each[1][1] - each[1][0], each[1], each[0])):
        taken = {
            lanes[other]
            for other, (from_, to) in spans.items()
            if other in lanes and from_ < bottom + _LANE and top < to + _LANE
        }
        lanes[target] = next(n for n in range(len(spans)) if n not in taken)
    return lanes
