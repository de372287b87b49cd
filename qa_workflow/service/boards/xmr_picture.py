"""An XmR chart as SVG of our own: lines and dots; a point that signals has another shape, and words beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from qa_workflow.service.boards.xmr import Chart

WIDTH, HEIGHT = 760, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 124, 16, 40
_MOST_LABELS = 9


def as_svg(
    chart: Chart, labels: Sequence[str], *, title: str, about: str, unit: str = "%", most: float | None = 100.0
) -> str:
    """The chart as one `<svg>`; `title` and `about` are what a screen reader says of it, `labels` name the points.

    Values lie between 0 and `most`; a limit beyond that can never be reached, and is not drawn.
    """
    scale = _Scale(chart, most)
    ids = 'role="img" aria-labelledby="chart-title chart-about"'
    parts = [
        f'<svg class="qc" viewBox="0 0 {WIDTH} {HEIGHT}" {ids} xmlns="http://www.w3.org/2000/svg">',
        f'<title id="chart-title">{escape(title)}</title><desc id="chart-about">{escape(about)}</desc>',
        *_axes(scale, unit),
        *_limits(chart, scale, unit, most),
        *_points(chart, scale, labels),
        "</svg>",
    ]
    return "".join(parts)


class _Scale:
    """Where values and places lie in the picture."""

    def __init__(self, chart: Chart, most: float | None) -> None:
        ends = [*chart.values, *(value for _, value in _drawn(chart, most)), 0.0]
        low, high = min(ends), max(ends)
        self.low, self.high = min(low, 0.0), max(high, low + 1, most or 0.0)
        self.count = len(chart.values)

    def x(self, place: int) -> float:
        """Places are spread over the width; a single one stands in the middle."""
        inner = WIDTH - _LEFT - _RIGHT
        across: float = inner / 2 if self.count < 2 else inner * place / (self.count - 1)
        return round(_LEFT + across, 1)

    def y(self, value: float) -> float:
        """Higher values lie higher."""
        inner = HEIGHT - _TOP - _BOTTOM
        down: float = inner * (self.high - value) / (self.high - self.low)
        return round(_TOP + down, 1)


def _axes(scale: _Scale, unit: str) -> Iterator[str]:
    bottom, right = HEIGHT - _BOTTOM, WIDTH - _RIGHT
    yield f'<path class="axis" d="M{_LEFT} {_TOP}V{bottom}H{right}"/>'
    for number in range(5):
        value = scale.low + (scale.high - scale.low) * number / 4
        yield (
            f'<text x="{_LEFT - 8}" y="{scale.y(value) + 4}" text-anchor="end">{value:.0f}{escape(unit)}</text>'
            f'<path class="axis" d="M{_LEFT - 4} {scale.y(value)}h4"/>'
        )


def _limits(chart: Chart, scale: _Scale, unit: str, most: float | None) -> Iterator[str]:
    right = WIDTH - _RIGHT
    for name, value in _drawn(chart, most):
        kind = "mean" if name == "mean" else "limit"
        yield f'<path class="{kind}" d="M{_LEFT} {scale.y(value)}H{right}"/>'
        words = f"{name} {value:.0f}{escape(unit)}"
        yield f'<text x="{right + 6}" y="{scale.y(value) + 4}">{words}</text>'


def _drawn(chart: Chart, most: float | None) -> Iterator[tuple[str, float]]:
    """The lines across: the mean, and those limits that a value can reach."""
    if chart.has_limits:
        yield "mean", chart.mean
        if most is None or chart.upper <= most:
            yield "upper limit", chart.upper
        if most is None or chart.lower >= 0:
            yield "lower limit", chart.lower


def _points(chart: Chart, scale: _Scale, labels: Sequence[str]) -> Iterator[str]:
    if chart.values:
        path = "L".join(f"{scale.x(place)} {scale.y(value)}" for place, value in enumerate(chart.values))
        yield f'<path class="line" d="M{path}"/>'
    every = max(1, -(-len(chart.values) // _MOST_LABELS))
    for place, (value, sides) in enumerate(zip(chart.values, chart.signals, strict=True)):
        x, y = scale.x(place), scale.y(value)
        if sides:
            yield f'<path class="signal" d="M{x} {y - 8}l8 8l-8 8l-8 -8z"/>'
        else:
            yield f'<circle class="dot" cx="{x}" cy="{y}" r="4"/>'
        if place % every == 0:
            yield f'<text x="{x}" y="{HEIGHT - _BOTTOM + 20}" text-anchor="middle">{escape(labels[place])}</text>'
