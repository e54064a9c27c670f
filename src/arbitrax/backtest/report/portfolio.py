"""What the charts of a run with several symbols show: exposure, the largest weights, and prices of a few symbols."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from arbitrax.backtest.actions import panel_in_last_units
from arbitrax.backtest.holdings import net_values, traded_panel, weights
from arbitrax.backtest.report import figures
from arbitrax.backtest.report.sampling import widen_rows
from arbitrax.backtest.report.text import clean_text
from arbitrax.domain.panel import PRICES

if TYPE_CHECKING:
    from arbitrax.backtest.result import Result
    from arbitrax.domain.bars import Floats, Int64s
    from arbitrax.domain.panel import Panel

POINTS = 5_000
"""Curve points of a portfolio, which has more curves than a single symbol."""
CANDLES = 40_000
"""Candles of all symbols together."""
DRAWN_SYMBOLS = 12
"""Up to here each symbol's prices are in the file."""
LARGEST = 8
"""Symbols whose weights are drawn."""
NO_PRICES = "Weights and prices of single symbols need their bars, and this result was kept without them."


class Candles(msgspec.Struct, frozen=True, kw_only=True):
    """One symbol's candles on the stride of `Prices`, rounded to ``decimals``; None without a bar."""

    decimals: int
    open: list[float | None]
    high: list[float | None]
    low: list[float | None]
    close: list[float | None]
    volume: list[float | None]


class Weight(msgspec.Struct, frozen=True):
    """One symbol's value / equity at the points of the curves."""

    symbol: str
    values: list[float]


class Portfolio(msgspec.Struct, frozen=True, kw_only=True):
    """Curves are at the points of `Curves`, as fractions of equity; the largest weights first."""

    symbols: list[str]
    held: int
    gross: list[float]
    net: list[float]
    weights: list[Weight]
    candles: list[Candles]
    """By symbol; none at all where the symbols are too many or their bars are not at hand."""
    lacking: str | None


def candles_each(result: Result) -> int:
    """Return how many candles each symbol of a portfolio may have."""
    symbols = len(result.spec.symbols)
    return min(CANDLES // symbols, POINTS) if symbols <= DRAWN_SYMBOLS else POINTS


def build_portfolio(result: Result, rows: Int64s, stride: int, units: Floats | None = None) -> Portfolio:
    """Collect the curves of a portfolio at ``rows``, and candles of ``stride`` bars.

    units: of each bar, as `arbitrax.backtest.holdings.last_units` tells.
    """
    panel = traded_panel(result)
    equity = result.equity_curve
    shares = {} if panel is None else weights(result, panel)
    largest = sorted(shares, key=lambda symbol: -float(np.abs(shares[symbol]).mean()))[:LARGEST]
    drawn = panel if panel is not None and len(panel.symbols) <= DRAWN_SYMBOLS else None
    if drawn is not None and units is not None:
        drawn = panel_in_last_units(drawn, units)
    return Portfolio(
        symbols=[clean_text(symbol) for symbol in result.spec.symbols],
        held=len(np.unique(result.fill_records["symbol"])),
        gross=_fractions(result.exposure_curve, equity, rows),
        net=_fractions(net_values(result), equity, rows),
        weights=[Weight(clean_text(symbol), np.round(shares[symbol][rows], 4).tolist()) for symbol in largest],
        candles=[] if drawn is None else [_candles(drawn, column, stride) for column in range(len(drawn.symbols))],
        lacking=NO_PRICES if panel is None else None,
    )


def _fractions(values: Floats, equity: Floats, rows: Int64s) -> list[float]:
    share = np.divide(values[rows], equity[rows], out=np.zeros(len(rows)), where=equity[rows] > 0)
    # Not minus nothing: sums of cash leave a last bit.
    return (np.round(share, 6) + 0.0).tolist()


def _candles(panel: Panel, column: int, stride: int) -> Candles:
    close = panel.close[:, column]
    decimals = figures.price_decimals(close)
    volume = np.zeros(len(close)) if panel.volume is None else panel.volume[:, column]
    wide = widen_rows([getattr(panel, name)[:, column] for name in PRICES], volume, stride)
    rounded = [np.round(each, decimals).tolist() for each in wide[:4]]
    return Candles(
        decimals=decimals,
        open=rounded[0],
        high=rounded[1],
        low=rounded[2],
        close=rounded[3],
        volume=wide[4].tolist(),
    )
