"""What each symbol of a run added to its result."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from arbitrax.domain.orders import EventKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

CONTRIBUTION_DTYPE = np.dtype(
    [
        ("symbol", "<i4"),
        ("trades", "<i8"),
        ("open_trades", "<i8"),
        ("won", "<i8"),
        *((name, "<f8") for name in ("pnl", "contribution", "hit_rate", "fees", "slippage", "income")),
    ]
)


def contributions(trades: NDArray[np.void], symbols: int, cash: float) -> NDArray[np.void]:
    """Return one record a symbol, the largest profit first, those never traded among them with nothing.

    trades: records of round trips; one still open counts in all amounts, marked at the last close, and not in
    ``trades``, ``won`` and ``hit_rate``, which are of closed ones. ``pnl`` is after fees, slippage, dividends and
    borrow fees, in quote currency; ``contribution`` is ``pnl / cash``, ``cash`` at the start, so that all of them and
    the interest on cash over ``cash`` sum to the total return. ``hit_rate`` is the fraction of closed trades that won
    (pnl > 0), NaN without one.
    """
    found = np.zeros(symbols, CONTRIBUTION_DTYPE)
    column, closed = trades["symbol"], trades["is_open"] == 0
    found["symbol"] = np.arange(symbols)
    found["trades"] = np.bincount(column[closed], minlength=symbols)
    found["open_trades"] = np.bincount(column[~closed], minlength=symbols)
    found["won"] = np.bincount(column[closed & (trades["pnl"] > 0)], minlength=symbols)
    for name in ("pnl", "fees", "slippage", "income"):
        found[name] = np.bincount(column, trades[name], minlength=symbols)
    found["contribution"] = found["pnl"] / cash
    found["hit_rate"] = np.nan
    np.divide(found["won"], found["trades"], out=found["hit_rate"], where=found["trades"] > 0)
    return found[np.argsort(-found["pnl"], kind="stable")]


def interest_of(events: NDArray[np.void]) -> float:
    """Return the interest earned on cash, less that paid on debt: the profit that is no symbol's."""
    return float(events["amount"][events["kind"] == EventKind.INTEREST].sum())
