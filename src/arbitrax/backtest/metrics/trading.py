"""What the trades were like, and how much was held: over closed trades, after costs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from arbitrax.backtest.holdings import multipliers
from arbitrax.backtest.metrics.definition import Definition, UndefinedError
from arbitrax.backtest.metrics.growth import YEAR_DAYS
from arbitrax.domain.intervals import DAY

if TYPE_CHECKING:
    from arbitrax.backtest.metrics.sample import Sample


def _turnover(s: Sample) -> float:
    if s.days <= 0:
        raise UndefinedError("the run has no length")
    mean_equity = s.exposure.mean_equity
    if mean_equity <= 0:
        raise UndefinedError("mean equity is not positive")
    fills = s.result.fill_records
    values = np.abs(fills["quantity"]) * fills["price"] * multipliers(s.result.spec)[fills["symbol"]]
    return float(np.sum(values)) / mean_equity / (s.days / YEAR_DAYS)


def _profit_factor(s: Sample) -> float:
    lost = -float(np.sum(s.pnl[s.pnl < 0]))
    if lost == 0:
        raise UndefinedError("no closed trade lost money")
    return float(np.sum(s.pnl[s.pnl > 0])) / lost


def _payoff(s: Sample) -> float:
    gains, losses = s.trade_returns[s.trade_returns > 0], s.trade_returns[s.trade_returns < 0]
    if not len(losses):
        raise UndefinedError("no closed trade lost money")
    if not len(gains):
        raise UndefinedError("no closed trade made money")
    return float(np.mean(gains)) / -float(np.mean(losses))


def _kelly(s: Sample) -> float:
    won = float(np.mean(s.trade_returns > 0))
    return won - (1 - won) / _payoff(s)


def _sqn(s: Sample) -> float:
    count = len(s.pnl)
    if count < 2:
        raise UndefinedError("one closed trade is too few")
    mean = float(np.mean(s.pnl))
    deviation = math.sqrt(float(np.sum((s.pnl - mean) ** 2)) / (count - 1))
    if deviation <= 1e-14 * abs(mean):
        raise UndefinedError("profits of trades do not vary")
    return math.sqrt(count) * mean / deviation


def _average_duration(s: Sample) -> float:
    return float(np.mean(s.time[s.closed["exit_bar"]] - s.time[s.closed["entry_bar"]])) / DAY


def _closed(s: Sample) -> float:
    return float(np.count_nonzero(s.result.trade_records["is_open"] == 0))


NONE_CLOSED = "no trade was closed"
METRICS = (
    Definition(
        name="trades", label="Closed trades", group="Trades", formula="round trips from flat to flat", unit="count",
        basis="trades", compute=_closed,
    ),
    Definition(
        name="win_rate", label="Win rate", group="Trades", formula="closed trades with a profit / closed trades",
        unit="percent", basis="trades", undefined=NONE_CLOSED, compute=lambda s: float(np.mean(s.pnl > 0)),
    ),
    Definition(
        name="profit_factor", label="Profit factor", group="Trades", formula="sum of profits / |sum of losses|",
        unit="ratio", basis="trades", undefined="no closed trade lost money", compute=_profit_factor,
    ),
    Definition(
        name="payoff_ratio", label="Payoff ratio", group="Trades",
        formula="mean(profit / value at entry) of the winners / |that of the losers|", unit="ratio", basis="trades",
        undefined="no closed trade made money, or none lost any", compute=_payoff,
    ),
    Definition(
        name="expectancy", label="Expectancy", group="Trades", formula="mean profit of a closed trade", unit="money",
        basis="trades", undefined=NONE_CLOSED, compute=lambda s: float(np.mean(s.pnl)),
    ),
    Definition(
        name="sqn", label="SQN", group="Trades", formula="sqrt(n) x mean(profit) / s(profit), n closed trades",
        unit="ratio", basis="trades", undefined="fewer than two trades were closed, or their profits do not vary",
        source='V. Tharp, "Definitive Guide to Position Sizing", 2008: System Quality Number', compute=_sqn,
    ),
    Definition(
        name="kelly", label="Kelly fraction", group="Trades", formula="win rate - (1 - win rate) / payoff ratio",
        unit="percent", basis="trades", undefined="no closed trade made money, or none lost any",
        source='J. Kelly, "A New Interpretation of Information Rate", Bell System Technical Journal 35(4), 1956',
        compute=_kelly,
    ),
    Definition(
        name="best_trade", label="Best trade", group="Trades", formula="max(profit / value at entry)",
        unit="percent", basis="trades", undefined=NONE_CLOSED, compute=lambda s: float(np.max(s.trade_returns)),
    ),
    Definition(
        name="worst_trade", label="Worst trade", group="Trades", formula="min(profit / value at entry)",
        unit="percent", basis="trades", undefined=NONE_CLOSED, compute=lambda s: float(np.min(s.trade_returns)),
    ),
    Definition(
        name="average_duration", label="Average duration", group="Trades",
        formula="mean time from entry to exit of closed trades", unit="days", basis="trades", undefined=NONE_CLOSED,
        compute=_average_duration,
    ),
    Definition(
        name="exposure", label="Exposure", group="Activity", formula="share of bars whose close finds a position",
        unit="percent", basis="bars", compute=lambda s: s.exposure.held,
    ),
    Definition(
        name="mean_leverage", label="Mean leverage", group="Activity",
        formula="mean(gross position value / equity) at closes", unit="ratio", basis="bars",
        compute=lambda s: s.exposure.mean_leverage,
    ),
    Definition(
        name="max_leverage", label="Maximum leverage", group="Activity",
        formula="max(gross position value / equity) at closes", unit="ratio", basis="bars",
        compute=lambda s: s.exposure.most_leverage,
    ),
    Definition(
        name="turnover", label="Turnover", group="Activity", formula="value of all fills / mean equity / years",
        unit="ratio", basis="fills", undefined="the run has no length, or mean equity is not positive",
        compute=_turnover,
    ),
)  # fmt: skip
