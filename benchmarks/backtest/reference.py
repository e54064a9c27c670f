"""The rules in plain Python: what an engine that follows them must end with."""

import numpy as np
from numpy.typing import NDArray

from benchmarks.backtest.data import Arrays
from benchmarks.backtest.momentum import target_weights

CASH = 1_000_000.0
FEE = 0.001
UNITS = 100


def cross(series: Arrays, up: NDArray[np.bool_], *, fill: str, sizing: str) -> tuple[float, int]:
    """Return final equity at the last close and the number of entries.

    fill: "open" trades at the open after the deciding close, "close" at that close. sizing: "all-in" spends all cash,
    fee included, on fractions of a share; "100" buys `UNITS` shares.
    """
    prices = (series["open"] if fill == "open" else series["close"]).tolist()
    wanted = np.concatenate(([False], up[:-1])) if fill == "open" else up
    cash, held, entries = CASH, 0.0, 0
    for price, want in zip(prices, wanted.tolist(), strict=True):
        if want and not held:
            held = float(UNITS) if sizing == "100" else cash / (price * (1 + FEE))
            cash -= held * price * (1 + FEE)
            entries += 1
        elif held and not want:
            cash += held * price * (1 - FEE)
            held = 0.0
    return cash + held * float(series["close"][-1]), entries


def rotation(panel: Arrays) -> tuple[float, int]:
    """Return final equity and the number of orders: sells first, buys scaled pro rata to the cash with fees."""
    weights = target_weights(panel["timestamp"], panel["close"])
    held = np.zeros(weights.shape[1])
    cash, orders = CASH, 0
    for bar in np.flatnonzero(~np.isnan(weights[:, 0])):
        price = panel["open"][bar + 1]
        equity = cash + held @ price
        change = weights[bar] * equity / price - held
        sold = np.minimum(change, 0)
        cash -= sold @ price * (1 - FEE)
        bought = np.maximum(change, 0)
        cost = bought @ price * (1 + FEE)
        bought *= min(1, cash / cost)
        cash -= bought @ price * (1 + FEE)
        held += sold + bought
        orders += np.count_nonzero(change)
    return float(cash + held @ panel["close"][-1]), orders
