"""The body that asks for a backtest. Money, prices and quantities are decimal strings; rates and ratios are numbers."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from arbitrax.api.parameters import SYMBOL, market_day
from arbitrax.backtest.documents.run_models import Account, Costs, Instrument, Money
from arbitrax.backtest.spec import RunSpec, StrategyRef
from arbitrax.domain.errors import within

MOST_SYMBOLS = 500
MOST_SOURCE = 200_000
"""Characters of an uploaded strategy."""

SymbolText = Annotated[str, Meta(min_length=1, max_length=64, pattern=SYMBOL, examples=["AAPL"])]
ShortText = Annotated[str, Meta(min_length=1, max_length=16)]
Day = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$(?!\n)", examples=["2012-01-01"])]
ParameterName = Annotated[str, Meta(min_length=1, max_length=64)]
ParameterText = Annotated[str, Meta(max_length=256)]


class NewBacktest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A backtest to run: what `arbitrax backtest run` takes, on stored bars, by a strategy that is registered."""

    strategy: Annotated[str, Meta(min_length=1, max_length=100, examples=["sma_cross"])]
    """Its name in the list of strategies; with `source`, of a class in it."""
    source: Annotated[str, Meta(min_length=1, max_length=MOST_SOURCE, pattern=r"^[^\x00]*$")] | None = None
    """Text of a Python file with a strategy, which a sandbox runs: for admins, where the operator allows it."""
    parameters: Annotated[
        dict[ParameterName, bool | int | float | ParameterText],
        Meta(max_length=100, examples=[{"fast": 10, "slow": 30}]),
    ] = {}
    symbols: Annotated[list[SymbolText], Meta(min_length=1, max_length=MOST_SYMBOLS, examples=[["AAPL"]])]
    interval: ShortText = "1d"
    start: Day | None = None
    """First day; null: from the first bar."""
    end: Day | None = None
    """Last day, which counts; null: to the last bar."""
    cash: Money = "100000"
    """In quote currency."""
    commission_bps: float = 10.0
    slippage_bps: float = 0.0
    costs: Costs = Costs()
    """Beyond the two rates."""
    account: Account = Account()
    instruments: Annotated[dict[SymbolText, Instrument], Meta(max_length=MOST_SYMBOLS)] = {}
    """By symbol; ``*`` stands for those not named."""
    fill: Literal["next_open", "same_close"] = "next_open"
    prices: Literal["adjusted", "raw"] = "adjusted"
    calendar: ShortText | None = None
    finer: ShortText | None = None
    benchmark: SymbolText | None = None
    risk_free: float = 0.0

    def spec(self) -> RunSpec:
        """Return what is asked for as the engine's spec.

        Raises:
            InputError: a value that it does not allow.
        """
        instruments = {}
        for symbol, each in self.instruments.items():
            with within("instruments", symbol):
                instruments[symbol] = each.model()
        return RunSpec(
            strategy=StrategyRef(self.strategy, "" if self.source is None else self.strategy, dict(self.parameters)),
            symbols=tuple(self.symbols),
            interval=self.interval,
            start=market_day("start", self.start),
            end=market_day("end", self.end),
            cash=float(self.cash),
            commission_bps=self.commission_bps,
            slippage_bps=self.slippage_bps,
            costs=self.costs.model(),
            account=self.account.model(),
            instruments=instruments,
            fill=self.fill,
            prices=self.prices,
            calendar=self.calendar,
            finer=self.finer,
            benchmark=self.benchmark,
            risk_free=self.risk_free,
        )
