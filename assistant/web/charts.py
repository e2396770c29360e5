"""Charts as SVG, made here and shown as pictures: no library, nothing fetched, and nothing in them that runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape

from assistant.upkeep.usage import Series

_WIDTH, _HEIGHT = 880, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 8, 12, 74
_LINES = 4
# What may lie between two lines, times a power of ten.
_STEPS = (1, 2, 3, 4, 5, 6, 8, 10)
# Told apart in light and dark, also by those who do not see red and green apart (after Okabe and Ito).
_COLOURS = ("#0f7a80", "#d98b00", "#4a7fc1", "#b5532a", "#8a5fa8", "#5f8f3a", "#8b9aa3")
_STYLE = (
    "text{font:12px 'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',system-ui,sans-serif;fill:#50616c}"
    "line{stroke:#dfe5e8}@media(prefers-color-scheme:dark){text{fill:#a9b8c0}line{stroke:#2f3c44}}"
)


def weekly_bars(series: Sequence[Series], weeks: Sequence[date], title: str) -> str:
    """Stacked bars, one a week, a colour a series, with a legend below.

    Args:
        series: the counts of each name, one a week.
        weeks: the first day of each week.
        title: what the chart is of, for those who do not see it.
    """
    totals = [sum(one.counts[number] for one in series) for number in range(len(weeks))]
    top = _round_up(max(totals, default=0))
    step = (_WIDTH - _LEFT - _RIGHT) / max(len(weeks), 1)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">',
        f"<title>{escape(title)}</title><style>{_STYLE}</style>",
        *_grid(top),
    ]
    for number, week in enumerate(weeks):
        x, below = _LEFT + step * number, 0
        for index, one in enumerate(series):
            count = one.counts[number]
            if count:
                y, height = _y(below + count, top), _y(below, top) - _y(below + count, top)
                name = escape(f"{one.name} {week}: {count}")
                parts.append(
                    f'<rect x="{x + 0.16 * step:.1f}" y="{y:.1f}" width="{0.68 * step:.1f}" height="{max(height, 1):.1f}" '
                    f'fill="{_colour(index)}"><title>{name}</title></rect>'
                )
            below += count
        parts.append(
            f'<text x="{x + step / 2:.1f}" y="{_HEIGHT - _BOTTOM + 18}" text-anchor="middle">{week:%m-%d}</text>'
        )
    return "".join([*parts, *_legend(series), "</svg>"])


def _grid(top: int) -> list[str]:
    found = []
    for number in range(_LINES + 1):
        value = top * number // _LINES
        y = _y(value, top)
        found.append(f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        found.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{value}</text>')
    return found


def _legend(series: Sequence[Series]) -> list[str]:
    found, x = [], float(_LEFT)
    for index, one in enumerate(series):
        label = f"{one.name} {one.total}"
        found.append(f'<rect x="{x:.0f}" y="{_HEIGHT - 30}" width="11" height="11" rx="2" fill="{_colour(index)}"/>')
        found.append(f'<text x="{x + 16:.0f}" y="{_HEIGHT - 20}">{escape(label)}</text>')
        # A Chinese character is about twice as wide as a letter.
        x += 34 + sum(12.5 if ord(sign) > 0x2E80 else 7 for sign in label)
    return found


def _colour(index: int) -> str:
    return _COLOURS[index % len(_COLOURS)]


def _y(value: int, top: int) -> float:
    return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - value / top)


def _round_up(value: int) -> int:
    """A number of at least `value` whose part between two lines is a round one."""
    wanted, scale = -(-value // _LINES), 1
    while True:
        for step in _STEPS:
            if step * scale >= wanted:
                return _LINES * step * scale
        scale *= 10
