"""Simulated participants who trade with each other on an exchange: a market without data, everywhere the same.

    market = SimulatedMarket([MarketMaker(), MarketMaker(), NoiseTrader(), MomentumTrader(), InformedTrader()], seed=1)
    run = market.run(MatchingEngine(), until=600_000)

A participant sees the public book and its own events, nothing else; the informed one also sees a latent value. It wakes
at random times, decides, and its instructions reach the exchange later, by its latency. Prices are ticks, quantities
lots, cash in units; schedules and latencies are microseconds from the start, the exchange's time milliseconds.

Floats go through + - * / and square roots in a fixed order only, so the decisions are the same everywhere
(docs/decisions/0007).
"""

from arbitrax.exchange.simulation.fundamental import Fundamental
from arbitrax.exchange.simulation.informed_trader import InformedTrader
from arbitrax.exchange.simulation.listing import Listing
from arbitrax.exchange.simulation.market import SimulatedMarket
from arbitrax.exchange.simulation.market_maker import MarketMaker
from arbitrax.exchange.simulation.momentum_trader import MomentumTrader
from arbitrax.exchange.simulation.noise_trader import NoiseTrader
from arbitrax.exchange.simulation.run import Run
from arbitrax.exchange.simulation.statistics import Outcome, RunStatistics, outcomes, summarise

__all__ = [
    "Fundamental",
    "InformedTrader",
    "Listing",
    "MarketMaker",
    "MomentumTrader",
    "NoiseTrader",
    "Outcome",
    "Run",
    "RunStatistics",
    "SimulatedMarket",
    "outcomes",
    "summarise",
]
