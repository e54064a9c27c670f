"""A simulated trading day: who made the market, who paid for it, and how the price found the value.

python examples/simulated_day.py [SECONDS]
"""

import sys

import numpy as np
from numpy.typing import NDArray

from arbitrax.exchange import MatchingEngine
from arbitrax.exchange.simulation import (
    InformedTrader,
    Listing,
    MarketMaker,
    MomentumTrader,
    NoiseTrader,
    SimulatedMarket,
    outcomes,
    summarise,
)

SESSION = 23_400
"""Seconds: six and a half hours."""
COLUMNS, ROWS = 78, 16
CROWD = [
    *[MarketMaker(rate=0.5)] * 2,
    *[NoiseTrader(limit_rate=0.2, market_rate=0.06)] * 4,
    *[MomentumTrader(rate=0.05)] * 2,
    *[InformedTrader(rate=0.1)] * 2,
]


def draw(quotes: NDArray[np.void]) -> list[str]:
    """Return the picture: * the middle of the touch, o the value, @ both, one column for every few minutes."""
    shown = quotes[(quotes["bid"] > 0) & (quotes["ask"] > 0)]
    chosen = shown[np.linspace(0, len(shown) - 1, COLUMNS).astype(int)]
    middle, value = (chosen["bid"] + chosen["ask"]) / 2, chosen["value"]
    low, high = min(middle.min(), value.min()), max(middle.max(), value.max())
    height = (high - low) / (ROWS - 1)
    grid = np.full((ROWS, COLUMNS), " ")
    for marks, line in (("o", value), ("*", middle)):
        rows = np.rint((high - line) / height).astype(int)
        grid[rows, np.arange(COLUMNS)] = np.where(grid[rows, np.arange(COLUMNS)] == " ", marks, "@")
    return [f"{high - row * height:8.0f} |{''.join(line).rstrip()}" for row, line in enumerate(grid)]


def main() -> None:
    """Run the day and print it."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else SESSION
    market = SimulatedMarket(CROWD, seed=5, listing=Listing(maker_fee=-10, taker_fee=30))
    run = market.run(MatchingEngine(), until=seconds * 1_000)
    found = summarise(run)
    print("\n".join(draw(run.quotes)))
    print(
        f"\n{len(run.commands):,} commands, {found.trades:,} trades of {found.volume:,} lots; "
        f"spread {found.spread:.1f} ticks, {found.depth:.0f} lots at the touch, "
        f"{found.tracking:.1f} ticks from the value\n"
    )
    print(f"{'':16}{'made':>7}{'taken':>7}{'inventory':>11}{'profit':>9}{'fees':>7}")
    for each in outcomes(market):
        print(f"{each.kind:16}{each.made:7}{each.taken:7}{each.inventory:11}{each.profit:9}{each.fees:7}")


if __name__ == "__main__":
    main()
