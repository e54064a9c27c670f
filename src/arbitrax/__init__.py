"""ArbitraX: market data, honest backtests and a paper exchange, with a compiled core.

    import arbitrax as ax
    result = ax.backtest(ax.SmaCross(fast=10, slow=30), "prices.csv")

Names load when first used: importing the package costs the standard library only.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from arbitrax.backtest.first_check import check_strategy as check_strategy
    from arbitrax.backtest.models import Account as Account
    from arbitrax.backtest.models import Costs as Costs
    from arbitrax.backtest.models import Instrument as Instrument
    from arbitrax.backtest.result import Result as Result
    from arbitrax.domain.bars import Bars as Bars
    from arbitrax.domain.corporate_actions import CorporateAction as CorporateAction
    from arbitrax.domain.errors import ArbitraxError as ArbitraxError
    from arbitrax.domain.errors import ParameterError as ParameterError
    from arbitrax.domain.panel import Panel as Panel
    from arbitrax.interactive import backtest as backtest
    from arbitrax.interactive import compare as compare
    from arbitrax.interactive import sample_bars as sample_bars
    from arbitrax.market_data.alignment import align as align
    from arbitrax.market_data.alignment import last_completed as last_completed
    from arbitrax.market_data.resample import bars_from_ticks as bars_from_ticks
    from arbitrax.market_data.resample import resample as resample
    from arbitrax.strategies.bollinger_reversion import BollingerReversion as BollingerReversion
    from arbitrax.strategies.buy_and_hold import BuyAndHold as BuyAndHold
    from arbitrax.strategies.calendar_rebalance import CalendarRebalance as CalendarRebalance
    from arbitrax.strategies.cross_sectional_momentum import CrossSectionalMomentum as CrossSectionalMomentum
    from arbitrax.strategies.donchian_breakout import DonchianBreakout as DonchianBreakout
    from arbitrax.strategies.ema_cross import EmaCross as EmaCross
    from arbitrax.strategies.macd_cross import MacdCross as MacdCross
    from arbitrax.strategies.pairs_trading import PairsTrading as PairsTrading
    from arbitrax.strategies.parameters import parameter as parameter
    from arbitrax.strategies.rsi_reversion import RsiReversion as RsiReversion
    from arbitrax.strategies.signals import Exits as Exits
    from arbitrax.strategies.signals import Rebalance as Rebalance
    from arbitrax.strategies.signals import Signals as Signals
    from arbitrax.strategies.signals import Targets as Targets
    from arbitrax.strategies.sma_cross import SmaCross as SmaCross
    from arbitrax.strategies.strategy import Strategy as Strategy
    from arbitrax.strategies.time_series_momentum import TimeSeriesMomentum as TimeSeriesMomentum

__version__ = "0.1.0"

_HOMES = {
    "Account": "arbitrax.backtest.models",
    "ArbitraxError": "arbitrax.domain.errors",
    "Bars": "arbitrax.domain.bars",
    "BollingerReversion": "arbitrax.strategies.bollinger_reversion",
    "BuyAndHold": "arbitrax.strategies.buy_and_hold",
    "CalendarRebalance": "arbitrax.strategies.calendar_rebalance",
    "CorporateAction": "arbitrax.domain.corporate_actions",
    "Costs": "arbitrax.backtest.models",
    "CrossSectionalMomentum": "arbitrax.strategies.cross_sectional_momentum",
    "DonchianBreakout": "arbitrax.strategies.donchian_breakout",
    "EmaCross": "arbitrax.strategies.ema_cross",
    "Exits": "arbitrax.strategies.signals",
    "Instrument": "arbitrax.backtest.models",
    "MacdCross": "arbitrax.strategies.macd_cross",
    "PairsTrading": "arbitrax.strategies.pairs_trading",
    "Panel": "arbitrax.domain.panel",
    "ParameterError": "arbitrax.domain.errors",
    "Rebalance": "arbitrax.strategies.signals",
    "Result": "arbitrax.backtest.result",
    "RsiReversion": "arbitrax.strategies.rsi_reversion",
    "Signals": "arbitrax.strategies.signals",
    "SmaCross": "arbitrax.strategies.sma_cross",
    "Strategy": "arbitrax.strategies.strategy",
    "Targets": "arbitrax.strategies.signals",
    "TimeSeriesMomentum": "arbitrax.strategies.time_series_momentum",
    "align": "arbitrax.market_data.alignment",
    "bars_from_ticks": "arbitrax.market_data.resample",
    "check_strategy": "arbitrax.backtest.first_check",
    "compare": "arbitrax.interactive",
    "last_completed": "arbitrax.market_data.alignment",
    "parameter": "arbitrax.strategies.parameters",
    "resample": "arbitrax.market_data.resample",
    "sample_bars": "arbitrax.interactive",
}
__all__ = [  # noqa: PLE0604 - the keys are strings
    *_HOMES,
    "backtest",
]


def __getattr__(name: str) -> Any:
    if name == "backtest":
        return import_module("arbitrax.backtest")  # a callable package; importing it sets the attribute
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'arbitrax' has no attribute '{name}'")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*globals(), *_HOMES]
