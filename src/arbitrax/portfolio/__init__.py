"""What a portfolio decides: when to rebalance, what to hold, within which limits, and how much of it.

Plain functions over arrays, for strategies. Time is axis 0: a market is (bars, symbols), a decision (symbols,) or, for
several at once, (decisions, symbols). Nothing here looks at a row after the one it decides at.
"""

from arbitrax.portfolio.limits import cap_weights, limit_gross, limit_groups, limit_net, long_only
from arbitrax.portfolio.ranking import (
    equal_weight,
    inverse_volatility,
    rank,
    rank_top,
    rank_top_buffered,
    score_weight,
)
from arbitrax.portfolio.returns import returns_over, volatility_over
from arbitrax.portfolio.schedule import rebalance_bars
from arbitrax.portfolio.sizing import (
    fixed_quantity,
    fixed_value,
    kelly_fraction,
    percent_of_equity,
    risk_per_trade,
    rolling_kelly,
    rolling_volatility,
    volatility_target,
    whole_lots,
)

__all__ = [
    "cap_weights",
    "equal_weight",
    "fixed_quantity",
    "fixed_value",
    "inverse_volatility",
    "kelly_fraction",
    "limit_gross",
    "limit_groups",
    "limit_net",
    "long_only",
    "percent_of_equity",
    "rank",
    "rank_top",
    "rank_top_buffered",
    "rebalance_bars",
    "returns_over",
    "risk_per_trade",
    "rolling_kelly",
    "rolling_volatility",
    "score_weight",
    "volatility_over",
    "volatility_target",
    "whole_lots",
]
