"""A small simulated market on the fastest engine that keeps accounts."""

from arbitrax.exchange.simulation import InformedTrader, MarketMaker, MomentumTrader, NoiseTrader, SimulatedMarket
from tests.exchange.implementations import IMPLEMENTATIONS

make_engine = list(IMPLEMENTATIONS.values())[-1]
CROWD = (MarketMaker(), MarketMaker(), *[NoiseTrader()] * 4, MomentumTrader(), InformedTrader(), InformedTrader())


def simulate(seed, *, until=60_000, crowd=CROWD, engine=None, **options):
    """Return a market, its run and its engine."""
    market, engine = SimulatedMarket(crowd, seed=seed, **options), engine or make_engine()
    return market, market.run(engine, until=until), engine
