"""Small pictures as SVG, where a picture says it better than its table.

Belongs here: stacked bars per period, drawn without a clock, a font file or a script.
Does not: which figures are drawn (pages).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape

from orchestration.reports.elements import money

_WIDTH, _HEIGHT = 720, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 96, 8, 28, 28
_GRID_LINES = 4
_FEWEST_BARS = 4  # fewer are read faster in the table
_MOST_LABELS = 12


def stacked_bars(
    title: str, periods: Sequence[str], series: Mapping[str, Sequence[int]], currency: str
) -> str:
    """Return bars of amounts per period, one part on the other; what is negative hangs below zero.

    Nothing is drawn of a few periods, or of nothing but zeros.

    Args:
        title: what it shows, also for those who cannot see it.
        periods: labels of the bars.
        series: minor units per period, by the name of the part.
        currency: of the amounts.
    """
    high = max([0, *(sum(max(0, each) for each in stack) for stack in _stacks(series))])
    low = min([0, *(sum(min(0, each) for each in stack) for stack in _stacks(series))])
    if len(periods) < _FEWEST_BARS or high == low:
        return ""
    step = _step(high - low)
    high, low = -(-high // step) * step, low // step * step
    plot = _HEIGHT - _TOP - _BOTTOM

    def y(value: int) -> float:
        return _TOP + plot * (high - value) / (high - low)

    parts = [
        f'<svg class="chart" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img"'
        f' aria-label="{escape(title)}"><title>{escape(title)}</title>'
    ]
    parts += (
        f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y(value):.1f}"'
        f' y2="{y(value):.1f}"/><text class="axis" x="{_LEFT - 8}" y="{y(value) + 4:.1f}"'
        f' text-anchor="end">{money(value, currency).text}</text>'
        for value in range(low, high + 1, step)
    )
    parts += _bars(periods, series, currency, y)
    if len(series) > 1:
        parts += _legend(list(series))
    return "".join([*parts, "</svg>"])


def _bars(
    periods: Sequence[str],
    series: Mapping[str, Sequence[int]],
    currency: str,
    y: Callable[[int], float],
) -> Iterator[str]:
    slot = (_WIDTH - _LEFT - _RIGHT) / len(periods)
    width = min(40.0, slot * 0.7)
    every = -(-len(periods) // _MOST_LABELS)
    for place, period in enumerate(periods):
        x = _LEFT + slot * place + (slot - width) / 2
        above = below = 0
        for number, (name, values) in enumerate(series.items()):
            value = values[place]
            start = above if value > 0 else below
            top, bottom = max(start, start + value), min(start, start + value)
            if value > 0:
                above += value
            else:
                below += value
            if value:
                tip = f"{period}, {name}: {money(value, currency).text} {currency}"
                yield (
                    f'<rect class="part{number}" x="{x:.1f}" y="{y(top):.1f}" width="{width:.1f}"'
                    f' height="{y(bottom) - y(top):.1f}"><title>{escape(tip)}</title></rect>'
                )
        if place % every == 0:
            yield (
                f'<text class="axis" x="{x + width / 2:.1f}" y="{_HEIGHT - 8}"'
                f' text-anchor="middle">{escape(period)}</text>'
            )


def _legend(names: Sequence[str]) -> list[str]:
    x = _LEFT
    parts = []
    for number, name in enumerate(names):
        parts.append(
            f'<rect class="part{number}" x="{x}" y="6" width="12" height="12"/>'
            f'<text class="axis" x="{x + 18}" y="16">{escape(name)}</text>'
        )
        x += 40 + 7 * len(name)
    return parts


def _step(span: int) -> int:
    """Return the distance of grid lines: 1, 2 or 5 and zeros."""
    least = max(1, -(-span // _GRID_LINES))
    power = 10 ** (len(str(least)) - 1)
    return next(each * power for each in (1, 2, 5, 10) if each * power >= least)


def _stacks(series: Mapping[str, Sequence[int]]) -> list[tuple[int, ...]]:
    return list(zip(*series.values(), strict=True))
