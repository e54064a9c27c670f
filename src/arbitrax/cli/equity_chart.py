"""A small chart for the terminal, drawn with braille dots: 2 x 4 a character."""

import numpy as np
from numpy.typing import NDArray

# Bits of a braille character by row (0 on top) and column.
_DOTS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])


def draw_chart(
    values: NDArray[np.float64], width: int, height: int, *, low: float | None = None, high: float | None = None
) -> list[str]:
    """Return ``height`` lines of ``width`` characters: the curve, each column joined to the one before.

    values: (n,) float64. low, high: the ends of the scale, those of the values unless given.
    """
    columns, rows = 2 * width, 4 * height
    at = np.linspace(0, len(values) - 1, columns).round().astype(int)
    sampled = values[at]
    low = float(sampled.min()) if low is None else low
    high = float(sampled.max()) if high is None else high
    span = high - low or 1.0
    level = ((high - sampled) / span * (rows - 1)).round().astype(int)
    cells = np.zeros((height, width), dtype=int)
    previous = level[0]
    for column, row in enumerate(level):
        for dot in range(min(previous, row), max(previous, row) + 1):
            cells[dot // 4, column // 2] |= _DOTS[dot % 4, column % 2]
        previous = row
    return ["".join(chr(0x2800 + cell) for cell in line) for line in cells]


def labelled_chart(values: NDArray[np.float64], start: str, end: str, *, width: int = 60, height: int = 8) -> str:
    """Return the chart with its highest and lowest value and its dates."""
    lines = draw_chart(values, width, height)
    high, low = f"{values.max():,.0f}", f"{values.min():,.0f}"
    margin = max(len(high), len(low))
    labels = [high, *[""] * (height - 2), low]
    body = [f"{label:>{margin}} ┤{line}" for label, line in zip(labels, lines, strict=True)]
    return "\n".join([*body, " " * (margin + 2) + start + end.rjust(width - len(start))])
