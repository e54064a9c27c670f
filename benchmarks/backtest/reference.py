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
    """Return final equity and the number of orders; each target is met exactly after all fees (docs/concepts/fills.md).

    With sides d = +-1 known, equity after fees E' solves E' = cash + sum(q p) - f sum(d (w E' - q p)).
    """
    weights = target_weights(panel["timestamp"], panel["close"])
    held = np.zeros(weights.shape[1])
    cash, orders = CASH, 0
    for bar in np.flatnonzero(~np.isnan(weights[:, 0])):
        price = panel["open"][bar + 1]
        value = cash + held @ price
        side = np.sign(weights[bar] * value / price - held)
        after = (value + FEE * (side * held) @ price) / (1 + FEE * side @ weights[bar])
        change = weights[bar] * after / price - held
        change[change * side < 0] = 0.0  # smaller than its own costs
        sold, bought = np.minimum(change, 0), np.maximum(change, 0)
        cash -= sold @ price * (1 - FEE)
        bought *= min(1.0, cash / (bought @ price * (1 + FEE)))  # what those left out had been sold for
        cash -= bought @ price * (1 + FEE)
        held += sold + bought
        orders += np.count_nonzero(change)
    return float(cash + held @ panel["close"][-1]), orders
