"""What a run was like: for the market as a whole, and for each participant."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from arbitrax.exchange.records import Happening
from arbitrax.exchange.simulation.market import SimulatedMarket
from arbitrax.exchange.simulation.run import Run


class Outcome(NamedTuple):
    """One participant: lots held, lots traded as maker and as taker, and its profit in units of cash.

    ``profit`` is before ``fees`` and marks the inventory at ``mark`` ticks. ``sent`` counts instructions, ``refused``
    those the exchange refused.
    """

    kind: str
    account: int
    inventory: int
    made: int
    taken: int
    profit: int
    fees: int
    sent: int
    refused: int


@dataclass(frozen=True, slots=True)
class RunStatistics:
    """Prices in ticks, quantities in lots; NaN where there was nothing to average.

    Attributes:
        trades: fills.
        volume: lots traded.
        spread: mean of ask - bid, over the samples with both.
        depth: mean of the lots at both touches together.
        volatility: standard deviation of the change of the middle from sample to sample.
        autocorrelation: of those changes, at lag 1.
        tracking: mean distance of the middle from the latent value.
        bias: mean of middle - latent value.
    """

    trades: int
    volume: int
    spread: float
    depth: float
    volatility: float
    autocorrelation: float
    tracking: float
    bias: float


def summarise(run: Run) -> RunStatistics:
    """Return the statistics of a run."""
    fills = run.events["quantity"][run.events["kind"] == Happening.FILLED]
    quotes = run.quotes[(run.quotes["bid"] > 0) & (run.quotes["ask"] > 0)]
    middle = (quotes["bid"] + quotes["ask"]) / 2
    changes, off = np.diff(middle), middle - quotes["value"]
    varies = len(changes) > 2 and changes.std() > 0
    return RunStatistics(
        trades=len(fills),
        volume=int(fills.sum()),
        spread=mean(quotes["ask"] - quotes["bid"]),
        depth=mean(quotes["bid_lots"] + quotes["ask_lots"]),
        volatility=float(changes.std()) if len(changes) else float("nan"),
        autocorrelation=float(np.corrcoef(changes[1:], changes[:-1])[0, 1]) if varies else float("nan"),
        tracking=mean(np.abs(off)),
        bias=mean(off),
    )


def mean(values: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> float:
    """Return the mean, NaN of nothing."""
    return float(values.mean()) if len(values) else float("nan")


def outcomes(market: SimulatedMarket, mark: int | None = None) -> list[Outcome]:
    """Return what became of each participant, marked at ``mark`` ticks or at the last trade, else the reference."""
    price = mark or market.book.last or market.listing.reference
    return [
        Outcome(
            type(each).__name__,
            desk.account,
            desk.inventory,
            desk.made,
            desk.taken,
            desk.cash + desk.inventory * price * desk.tick_value,
            desk.fees,
            desk.sent,
            desk.refused,
        )
        for each, desk in zip(market.participants, market.desks, strict=True)
    ]
