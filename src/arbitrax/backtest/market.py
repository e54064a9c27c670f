"""A panel and a spec as the compiled engine takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from arbitrax.domain.intervals import is_intraday
from arbitrax.domain.panel import FIELDS
from arbitrax.kernels.simulate import ACTION_DTYPE, Simulation
from arbitrax.market_data.calendars import OUTSIDE
from arbitrax.market_data.sessions import session_ends

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from arbitrax.backtest.spec import RunSpec
    from arbitrax.domain.bars import Bars, Floats
    from arbitrax.domain.panel import Panel
    from arbitrax.market_data.calendars import Calendar
    from arbitrax.market_data.finer import Finer

BASIS_POINT = 1e-4
FIRST, LAST, ENDS = 1, 2, 4
"""Flags of a bar: the first of its session, the last of it, the last bar of a symbol that ends before the run."""


class Market(Struct, frozen=True, eq=False):
    """What a run trades, as the engine takes it; nothing in it depends on the strategy's decisions."""

    bars: Bars | None
    """Of the only symbol, as the strategy sees them; None for several."""
    panel: Panel
    factor: Floats | None
    """(bars, symbols) adjusted / raw price, where prices were adjusted for this run."""
    exchange: Calendar | None
    records: NDArray[np.void] | None
    """The corporate actions of raw prices."""
    splits: Floats | None
    """(bars, symbols) cumulative split ratios of raw prices."""
    told: Finer | None
    last_bar: NDArray[np.int32]
    flags: NDArray[np.int8]
    jit: bool

    def until(self, bars: int) -> Market:
        """Return the first ``bars`` bars, as they were known then, without copies.

        A strategy sees nothing later. Of later bars only what a calendar and the exchange tell is kept: where
        sessions end, and that a symbol goes on trading. A dividend paid later stays owed.
        """
        rows = slice(bars)
        columns = {name: column[rows] for name in FIELDS if (column := getattr(self.panel, name)) is not None}
        records = self.records
        if records is not None:
            records = records[records["bar"] < bars]
            records["pay_bar"] = np.minimum(records["pay_bar"], bars)
        told = self.told
        if told is not None:
            told = replace(told, rows=told.rows[rows], tells=told.tells[rows])
        return replace(
            self,
            bars=None if self.bars is None else self.bars.take(rows),
            panel=replace(self.panel, timestamp=self.panel.timestamp[rows], **columns),
            factor=None if self.factor is None else self.factor[rows],
            records=records if records is None or len(records) else None,
            splits=None if self.splits is None else self.splits[rows],
            told=told,
            # One symbol has a bar in each row, and the engine is faster when it knows that the last is its last.
            last_bar=np.minimum(self.last_bar, bars - 1) if len(self.last_bar) == 1 else self.last_bar,
            flags=self.flags[rows],
        )


def open_simulation(
    spec: RunSpec,
    panel: Panel,
    factor: Floats | None,
    actions: NDArray[np.void] | None,
    *,
    last_bar: NDArray[np.int32],
    flags: NDArray[np.int8],
    keep_changes: bool,
    finer: Finer | None = None,
) -> Simulation:
    """Return the engine, ready to run.

    factor: (bars, symbols) adjusted / raw price of adjusted prices. last_bar, flags: of `last_bars` and
    `session_flags`. finer: what tells the order of prices in a bar.
    """
    instruments = [spec.instrument(symbol) for symbol in panel.symbols]
    ticks = np.array([each.tick for each in instruments])
    lots = np.array([each.lot for each in instruments])
    rate = spec.account.borrow_rate
    borrow = np.array([rate if each.borrow_rate is None else each.borrow_rate for each in instruments])
    costs, commission = spec.costs, spec.commission_bps * BASIS_POINT
    in_units = ticks.any() or lots.any() or costs.per_share or costs.participation
    in_units = in_units or costs.volume_share or costs.square_root
    return Simulation(
        np.ascontiguousarray(panel.open),
        np.ascontiguousarray(panel.high),
        np.ascontiguousarray(panel.low),
        np.ascontiguousarray(panel.close),
        np.ascontiguousarray(panel.timestamp),
        flags,
        last_bar,
        np.array([each.multiplier for each in instruments]),
        borrow,
        None if panel.volume is None else np.ascontiguousarray(panel.volume),
        np.nan_to_num(factor, nan=1.0) if in_units and factor is not None else None,
        ticks if ticks.any() else None,
        lots if lots.any() else None,
        actions,
        tier_records(costs.tiers),
        None if finer is None else (finer.open, finer.high, finer.low, finer.close, finer.rows, finer.tells),
        cash=spec.cash,
        margin=spec.account.kind == "margin",
        leverage=spec.account.leverage,
        maintenance=spec.account.maintenance,
        credit_rate=spec.account.credit_rate,
        debit_rate=spec.account.debit_rate,
        taker=commission,
        maker=commission if costs.maker_bps is None else costs.maker_bps * BASIS_POINT,
        per_share=costs.per_share,
        per_order=costs.per_order,
        minimum=costs.minimum,
        maximum=costs.maximum_bps * BASIS_POINT,
        slippage=spec.slippage_bps * BASIS_POINT,
        half_spread=costs.half_spread,
        volume_share=costs.volume_share,
        square_root=costs.square_root,
        participation=costs.participation,
        currency_unit=costs.currency_unit,
        same_close=spec.fill == "same_close",
        keep_changes=keep_changes,
    )


def last_bars(close: Floats) -> NDArray[np.int32]:
    """Return the last bar of each symbol, -1 without any; (symbols,)."""
    last = np.full(close.shape[1], len(close) - 1, np.int32)
    for column in np.flatnonzero(np.isnan(close[-1])):
        rows = np.flatnonzero(~np.isnan(close[:, column]))
        last[column] = rows[-1] if len(rows) else -1
    return last


def session_flags(
    panel: Panel, last_bar: NDArray[np.int32], exchange: Calendar | None, *, sessions: bool
) -> NDArray[np.int8]:
    """Return the flags of each bar; without ``sessions`` only where symbols end.

    Of an exchange's session the first and the last bar there is are flagged: a stock that does not trade in the last
    minute closes with its last trade. Bars outside the sessions belong to none.
    """
    bars = len(panel)
    flags = np.zeros(bars, np.int8)
    if sessions and exchange is not None:
        session = exchange.session_of(panel.timestamp, panel.interval)
        inside = np.flatnonzero(session != OUTSIDE)
        turns = np.diff(session[inside], prepend=OUTSIDE, append=OUTSIDE) != 0
        flags[inside[turns[:-1]]] |= FIRST
        flags[inside[turns[1:]]] |= LAST
    elif sessions and not is_intraday(panel.interval):
        flags[:] = FIRST | LAST
    elif sessions:
        ends = session_ends(panel.timestamp, panel.interval)
        flags[ends] |= LAST
        flags[0] |= FIRST
        flags[ends[:-1] + 1] |= FIRST
    ended = last_bar[(last_bar >= 0) & (last_bar < bars - 1)]
    flags[ended] |= ENDS
    return flags


def tier_records(tiers: Sequence[tuple[float, float]]) -> NDArray[np.void] | None:
    """Return the tiers as records, rates as fractions."""
    if not tiers:
        return None
    records = np.zeros(len(tiers), np.dtype([("traded", "<f8"), ("rate", "<f8")]))
    records["traded"] = [traded for traded, _ in tiers]
    records["rate"] = [bps * BASIS_POINT for _, bps in tiers]
    return records


NO_ACTIONS = np.zeros(0, ACTION_DTYPE)
