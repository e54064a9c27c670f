"""NautilusTrader: a Python strategy on its engine; 100 shares an entry, market orders fill at the deciding close."""

import math
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
from nautilus_trader.config import LoggingConfig, StrategyConfig
from nautilus_trader.indicators import SimpleMovingAverage
from nautilus_trader.model.currencies import USD
from nautilus_trader.model.data import Bar, BarType
from nautilus_trader.model.enums import AccountType, OmsType, OrderSide, OrderType
from nautilus_trader.model.identifiers import InstrumentId, Symbol, Venue
from nautilus_trader.model.instruments import Equity
from nautilus_trader.model.objects import Money, Price, Quantity
from nautilus_trader.persistence.wranglers import BarDataWrangler
from nautilus_trader.trading.strategy import Strategy

from benchmarks.backtest.data import FAST, SLOW
from benchmarks.backtest.momentum import target_weights
from benchmarks.backtest.reference import CASH, FEE, UNITS
from benchmarks.backtest.runners.worker import Job, Outcome, Work, main

VENUE = Venue("SIM")


def equity_of(name: str) -> Equity:
    return Equity(
        instrument_id=InstrumentId(Symbol(name), VENUE), raw_symbol=Symbol(name), currency=USD, price_precision=2,
        price_increment=Price.from_str("0.01"), lot_size=Quantity.from_int(1), maker_fee=Decimal(str(FEE)),
        taker_fee=Decimal(str(FEE)), ts_event=0, ts_init=0,
    )  # fmt: skip


def bar_type(name: str, *, daily: bool) -> BarType:
    return BarType.from_str(f"{name}.{VENUE}-1-{'DAY' if daily else 'MINUTE'}-LAST-EXTERNAL")


class Cross(Strategy):
    def __init__(self, instrument: Equity, bars: BarType) -> None:
        super().__init__(StrategyConfig(strategy_id="S-1"))
        self.instrument, self.bars = instrument, bars
        self.fast, self.slow = SimpleMovingAverage(FAST), SimpleMovingAverage(SLOW)
        self.entries = 0

    def on_start(self) -> None:
        self.register_indicator_for_bars(self.bars, self.fast)
        self.register_indicator_for_bars(self.bars, self.slow)
        self.subscribe_bars(self.bars)

    def send(self, side: OrderSide) -> None:
        self.submit_order(self.order_factory.market(self.instrument.id, side, Quantity.from_int(UNITS)))

    def on_bar(self, bar: Bar) -> None:
        if not self.slow.initialized:
            return
        up, flat = self.fast.value > self.slow.value, self.portfolio.is_flat(self.instrument.id)
        if up and flat:
            self.send(OrderSide.BUY)
            self.entries += 1
        elif not up and not flat:
            self.send(OrderSide.SELL)


class LimitEntry(Cross):
    def on_bar(self, bar: Bar) -> None:
        if not self.slow.initialized:
            return
        name, up = self.instrument.id, self.fast.value > self.slow.value
        if self.portfolio.is_flat(name):
            self.cancel_all_orders(name)
            if up:
                price = float(bar.close) * 0.9995
                entry, stop, target = (Price(round(each, 2), 2) for each in (price, price * 0.99, price * 1.02))
                self.submit_order_list(
                    self.order_factory.bracket(
                        instrument_id=name, order_side=OrderSide.BUY, quantity=Quantity.from_int(UNITS),
                        entry_order_type=OrderType.LIMIT, entry_price=entry, sl_trigger_price=stop, tp_price=target,
                        tp_post_only=False, entry_post_only=False,
                    )
                )  # fmt: skip
                self.entries += 1
        elif not up:
            self.cancel_all_orders(name)
            self.close_all_positions(name)


class Rotation(Strategy):
    """Sends whole shares for weights decided beforehand, when the last symbol's bar of that day has come."""

    def __init__(self, instruments: list[Equity], close: Any, decided: dict[int, Any]) -> None:
        super().__init__(StrategyConfig(strategy_id="S-1"))
        self.instruments, self.close, self.decided = instruments, close, decided
        self.held = np.zeros(len(instruments), np.int64)
        self.row = 0
        self.seen = 0
        self.entries = 0

    def on_start(self) -> None:
        for each in self.instruments:
            self.subscribe_bars(bar_type(each.id.symbol.value, daily=True))

    def on_bar(self, bar: Bar) -> None:
        self.seen += 1
        if self.seen < len(self.instruments):
            return
        self.seen, row = 0, self.row
        self.row += 1
        if row not in self.decided:
            return
        cash = self.portfolio.account(VENUE).balance_total(USD).as_double()
        equity = cash + float(self.held @ self.close[row])
        # Whole shares, and room for the fees.
        wanted = np.floor(self.decided[row] * equity * (1 - 2 * FEE) / self.close[row]).astype(np.int64)
        change = wanted - self.held
        for at in np.argsort(change):  # sells first
            if change[at]:
                side = OrderSide.BUY if change[at] > 0 else OrderSide.SELL
                size = Quantity.from_int(int(abs(change[at])))
                self.submit_order(self.order_factory.market(self.instruments[at].id, side, size))
                self.entries += 1
        self.held = wanted


def wrangled(instrument: Equity, kind: BarType, table: pd.DataFrame) -> list[Bar]:
    table = table.copy()
    table.index = table.index.tz_localize("UTC")
    table.index.name = "timestamp"
    return BarDataWrangler(kind, instrument).process(table)


def engine_with(instruments: list[Equity], data: list[list[Bar]], strategy: Strategy) -> BacktestEngine:
    engine = BacktestEngine(config=BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True), run_analysis=True))
    engine.add_venue(VENUE, OmsType.NETTING, AccountType.CASH, [Money(CASH, USD)], base_currency=USD)
    for instrument in instruments:
        engine.add_instrument(instrument)
    # One day after the other, and in it one symbol after the other.
    engine.add_data([bar for day in zip(*data, strict=True) for bar in day], validate=False, sort=False)
    engine.add_strategy(strategy)
    return engine


def finished(made: tuple[BacktestEngine, Any], last: dict[str, float], note: str) -> Outcome:
    engine, strategy = made
    value = engine.portfolio.account(VENUE).balance_total(USD).as_double()
    for position in engine.cache.positions_open():
        value += position.signed_qty * last[position.instrument_id.symbol.value]
    sharpe = next(
        (each for name, each in engine.portfolio.analyzer.get_performance_stats_returns().items() if "Sharpe" in name),
        None,
    )
    engine.dispose()
    return {
        "final_equity": value, "sharpe": sharpe if sharpe is None or math.isfinite(sharpe) else None,
        "max_drawdown": None, "trades": strategy.entries, "note": note,
    }  # fmt: skip


def job(strategy: type[Cross], work: Work) -> Job:
    instrument, kind = equity_of("X"), bar_type("X", daily=work.daily)
    bars = wrangled(instrument, kind, work.frame(**{name.title(): name for name in OHLCV}))
    last = {"X": float(work.arrays()["close"][-1])}

    def run() -> Any:
        made = strategy(instrument, kind)
        engine = engine_with([instrument], [bars], made)
        engine.run()
        return engine, made

    def report(made: Any) -> Outcome:
        return {**finished(made, last, "fills at the deciding close"), "sizing": "100", "fill": "close"}

    return Job(run, report)


OHLCV = ("open", "high", "low", "close", "volume")


def rotation(work: Work) -> Job:
    arrays = work.arrays()
    names = [f"S{at:04}" for at in range(arrays["close"].shape[1])]
    index = pd.to_datetime(arrays["timestamp"])
    instruments = [equity_of(name) for name in names]
    data = [
        wrangled(
            each, bar_type(name, daily=True), pd.DataFrame({key: arrays[key][:, at] for key in OHLCV}, index=index)
        )
        for at, (name, each) in enumerate(zip(names, instruments, strict=True))
    ]
    weights = target_weights(arrays["timestamp"], arrays["close"])
    decided = {int(row): weights[row] for row in np.flatnonzero(~np.isnan(weights[:, 0]))}
    last = dict(zip(names, arrays["close"][-1].tolist(), strict=True))

    def run() -> Any:
        made = Rotation(instruments, arrays["close"], decided)
        engine = engine_with(instruments, data, made)
        engine.run()
        return engine, made

    note = "fills whole shares at the deciding close; the choice of symbols is given to it"
    return Job(run, lambda made: finished(made, last, note))


if __name__ == "__main__":
    main({"cross": lambda work: job(Cross, work), "event": lambda work: job(LimitEntry, work), "rotation": rotation})
