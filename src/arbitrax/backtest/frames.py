"""A run's curves, orders and trades as frames, with words and times for people instead of codes and bar numbers.

Times are UTC and name a bar by its start. Money is in quote currency; returns and drawdowns are fractions. pandas and
polars are imported when asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from arbitrax.backtest.calendar_returns import monthly_returns, yearly_returns
from arbitrax.backtest.contributions import contributions
from arbitrax.backtest.drawdowns import worst_drawdowns
from arbitrax.backtest.metrics import Sample
from arbitrax.backtest.record_columns import (
    Columns,
    named,
    of_order,
    order_columns,
    order_rows,
    pick,
    symbols_of,
    times_at,
    trade_columns,
    trade_rows,
)
from arbitrax.backtest.rolling import rolling_metrics
from arbitrax.backtest.var_backtest import VarTest, backtest_var
from arbitrax.domain.errors import InputError
from arbitrax.domain.orders import EventKind, OrderReason, OrderStatus, Phase

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from arbitrax.backtest.record_columns import OrderRows, TradeRows
    from arbitrax.backtest.result import Result


def equity_frame(result: Result) -> pd.DataFrame:
    """Return ``equity, benchmark, exposure, leverage, drawdown, benchmark_drawdown`` by ``time``, one row a bar.

    ``exposure`` is the gross value of positions, ``leverage`` that over equity, missing where nothing is left.
    """
    return _to_pandas(_equity_columns(result)).set_index("time")


def orders_frame(result: Result) -> pd.DataFrame:
    """Return one row an order, in the order they were made; its index is the order's number.

    ``limit``, ``stop`` and ``trail`` are missing where there are none; prices are means over the order's fills.
    """
    frame = _to_pandas(order_columns(order_rows(result)))
    frame.index.name = "order"
    return frame


def orders_page(rows: OrderRows, first: int) -> pd.DataFrame:
    """Return some orders as `orders_frame` does, from number ``first`` on, with their numbers as a column."""
    frame = _to_pandas(order_columns(rows))
    frame.insert(0, "order", np.arange(first, first + len(frame), dtype=np.int64))
    return frame


def fills_frame(result: Result) -> pd.DataFrame:
    """Return one row a fill, in time; quantities are signed."""
    return _to_pandas(_fill_columns(result))


def events_frame(result: Result) -> pd.DataFrame:
    """Return one row an event, in time: each step of each order's life, and what else happened to the account."""
    return _to_pandas(_event_columns(result))


def trades_frame(result: Result) -> pd.DataFrame:
    """Return one row a round trip; one still open ends at the last close with ``exit_reason`` "open".

    ``mae`` and ``mfe`` are how far it went against and for its holder, as fractions of the entry price; missing where
    the bars are not at hand.
    """
    return trades_page(trade_rows(result))


def trades_page(rows: TradeRows) -> pd.DataFrame:
    """Return some round trips as `trades_frame` does."""
    return _to_pandas(trade_columns(rows))


def contributions_frame(result: Result) -> pd.DataFrame:
    """Return one row a symbol, the largest profit first, as `arbitrax.backtest.contributions` defines the columns."""
    return _to_pandas(contribution_columns(result)).set_index("symbol")


def drawdowns_frame(result: Result) -> pd.DataFrame:
    """Return ``peak, trough, recovery, depth, to_trough, to_recovery, length``, deepest first.

    ``recovery`` and ``to_recovery`` are missing while the peak was not reached again; ``length`` is then up to the end.
    """
    return _to_pandas(drawdown_columns(result))


def drawdown_columns(result: Result) -> Columns:
    """Return the columns of `drawdowns_frame`."""
    found, time = worst_drawdowns(result.equity_curve), _times(result)
    peak, trough = time[found["peak_bar"]], time[found["trough_bar"]]
    recovery = times_at(result.bars.timestamp, found["recovery_bar"])
    return {
        "peak": peak,
        "trough": trough,
        "recovery": recovery,
        "depth": found["depth"].copy(),
        "to_trough": trough - peak,
        "to_recovery": recovery - trough,
        "length": np.where(found["recovery_bar"] < 0, time[-1], recovery) - peak,
    }


def monthly_frame(result: Result) -> pd.DataFrame:
    """Return one row a year: columns 1 to 12, ``year`` and ``benchmark``; missing where the run has no bar."""
    import pandas as pd

    columns = month_columns(result)
    frame = pd.DataFrame(
        {month: columns[str(month)] for month in range(1, 13)}, index=pd.Index(columns["year"], name="year")
    )
    frame.columns.name = "month"
    return frame.assign(year=columns["whole_year"], benchmark=columns["benchmark"])


def month_columns(result: Result) -> Columns:
    """Return ``year``, "1" to "12", ``whole_year`` and ``benchmark``, a row a year; NaN where the run has no bar."""
    months, years = monthly_returns(result), yearly_returns(result)
    table = np.full((len(years.period), 12), np.nan)
    table[1970 + months.period // 12 - years.period[0], months.period % 12] = months.run
    named_months = {str(month): table[:, month - 1] for month in range(1, 13)}
    return {"year": years.period, **named_months, "whole_year": years.run, "benchmark": years.benchmark}


def yearly_frame(result: Result) -> pd.DataFrame:
    """Return ``run`` and ``benchmark`` by year."""
    import pandas as pd

    years = yearly_returns(result)
    return pd.DataFrame({"run": years.run, "benchmark": years.benchmark}, index=pd.Index(years.period, name="year"))


def var_frame(result: Result) -> pd.DataFrame:
    """Return one row a method and level, as `arbitrax.backtest.var_backtest.VarTest` names the columns."""
    return _to_pandas(var_columns(result))


def var_columns(result: Result) -> Columns:
    """Return the columns of `var_frame`; NaN where there were too few forecasts."""
    rows = [msgspec.structs.asdict(each) for each in backtest_var(result)]
    names = VarTest.__struct_fields__
    kinds = {"method": object, "forecasts": np.int64, "exceptions": np.int64}
    return {name: np.array([row[name] for row in rows], kinds.get(name, np.float64)) for name in names}


def rolling_frame(result: Result, window: int | None) -> pd.DataFrame:
    """Return ``sharpe, volatility, beta`` by ``time``, one row a return."""
    return _to_pandas(rolling_columns(result, window)).set_index("time")


def rolling_columns(result: Result, window: int | None = None) -> Columns:
    """Return the columns of `rolling_frame`."""
    found = rolling_metrics(result, window)
    return {
        "time": _times(result)[found.bar],
        "sharpe": found.sharpe,
        "volatility": found.volatility,
        "beta": found.beta,
    }


def returns_frame(result: Result) -> pd.DataFrame:
    """Return ``since, return, benchmark`` by ``time``: each return from one close to another."""
    return _to_pandas(return_columns(result)).set_index("time")


def return_columns(result: Result) -> Columns:
    """Return the columns of `returns_frame`: of intraday bars one row a session, else one a bar."""
    sample = Sample(result)
    returns, times = sample.returns, _times(result)
    ends = sample.ends[: len(returns)]
    return {
        "time": times[ends],
        "since": times[np.concatenate(([0], ends[:-1]))[: len(ends)]],
        "return": returns,
        "benchmark": sample.benchmark_returns,
    }


def to_polars(result: Result) -> dict[str, Any]:
    """Return every frame of a result by name, as polars frames with the pandas ones' columns.

    Raises:
        InputError: polars is not installed.
    """
    try:
        import polars as pl
    except ImportError as error:
        raise InputError("polars is not installed; run `pip install 'arbitrax[polars]'`.") from error
    frames = {
        "equity": _equity_columns(result),
        "orders": order_columns(order_rows(result)),
        "fills": _fill_columns(result),
        "events": _event_columns(result),
        "trades": trade_columns(trade_rows(result)),
        "contributions": contribution_columns(result),
    }
    text = {
        "side", "kind", "status", "reason", "entry_reason", "exit_reason", "symbol", "time_in_force", "size_unit",
        "role", "tag", "entry_tag", "exit_tag", "phase", "event",
    }  # fmt: skip
    return {
        name: pl.DataFrame(
            {key: column.tolist() if key in text else column for key, column in columns.items()},
            # A column of no rows, or of missing values alone, still has its type.
            schema_overrides={key: pl.String for key in columns if key in text},
        ).with_columns(pl.col(pl.Datetime).dt.replace_time_zone("UTC"))
        for name, columns in frames.items()
    }


def _to_pandas(columns: Columns) -> pd.DataFrame:
    import pandas as pd

    frame = pd.DataFrame(columns)
    for name, column in columns.items():
        if column.dtype.kind == "M":
            frame[name] = frame[name].dt.tz_localize("UTC")
    return frame


def _equity_columns(result: Result) -> Columns:
    return {
        "time": _times(result),
        "equity": result.equity_curve,
        "benchmark": result.benchmark_curve,
        "exposure": result.exposure_curve,
        "leverage": np.divide(
            result.exposure_curve,
            result.equity_curve,
            out=np.full(len(result.equity_curve), np.nan),
            where=result.equity_curve > 0,
        ),
        "drawdown": result.equity_curve / np.maximum.accumulate(result.equity_curve) - 1,
        "benchmark_drawdown": result.benchmark_curve / np.maximum.accumulate(result.benchmark_curve) - 1,
    }


def _fill_columns(result: Result) -> Columns:
    records = result.fill_records
    return {
        "time": _times(result)[records["bar"]],
        "symbol": symbols_of(result.spec, records["symbol"]),
        "order": records["order"].copy(),
        "phase": named(records["phase"], Phase),
        "quantity": records["quantity"].copy(),
        "reference_price": records["reference_price"].copy(),
        "price": records["price"].copy(),
        "fee": records["fee"].copy(),
        "maker": records["maker"] == 1,
        "tag": pick(result.tags, result.order_records["tag"][records["order"]]),
    }


def _event_columns(result: Result) -> Columns:
    """Merge the account's events with each order's life, in the sequence a bar happens."""
    orders, fills, events = result.order_records, result.fill_records, result.event_records
    numbers = np.arange(len(orders), dtype=np.int64)
    triggered, ended, accepted = (orders[f"{step}_bar"] >= 0 for step in ("triggered", "ended", "accepted"))
    nothing = np.full(len(orders), np.nan)
    # Rank within the bar; bar, event, order, symbol, quantity, price, amount.
    names = ("bar", "event", "order", "symbol", "quantity", "price", "amount")
    steps: list[tuple[Any, ...]] = [
        (
            events["bar"], named(events["kind"], EventKind), events["order"], events["symbol"], events["quantity"],
            events["price"], events["amount"],
        ),
        _step(orders, triggered, "triggered_bar", "triggered", nothing, orders["stop"]),
        (
            fills["bar"], np.full(len(fills), "fill", object), fills["order"], fills["symbol"], fills["quantity"],
            fills["price"], -fills["fee"],
        ),
        _step(orders, ended, "ended_bar", named(orders["status"], OrderStatus), orders["quantity"], orders["price"]),
        _step(orders, numbers >= 0, "created_bar", "created", orders["size"], orders["limit"]),
        _step(orders, accepted, "accepted_bar", "accepted", orders["size"], orders["limit"]),
    ]  # fmt: skip
    parts = [
        dict(zip(names, step, strict=True)) | {"rank": np.full(len(step[0]), rank)} for rank, step in enumerate(steps)
    ]
    merged = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    # What an order does within its bar of birth comes after its birth: attached exits are born and may end inside.
    born = of_order(orders, "created_bar", merged["order"], -1)
    late = np.where((born == merged["bar"]) & (merged["rank"] < 4), merged["rank"] + 6, merged["rank"])
    place = np.lexsort((merged["order"], late, merged["bar"]))
    merged = {name: column[place] for name, column in merged.items()}
    told = np.isin(merged["event"], ("cancelled", "expired", "refused", "filled"))
    reason = named(of_order(orders, "reason", merged["order"], 0), OrderReason)
    return {
        "time": _times(result)[merged["bar"]],
        "event": merged["event"],
        "symbol": symbols_of(result.spec, merged["symbol"]),
        "order": merged["order"],
        "quantity": merged["quantity"],
        "price": merged["price"],
        "amount": merged["amount"],
        "reason": _words_where(told, reason),
    }


def _words_where(which: NDArray[np.bool_], words: NDArray[Any]) -> NDArray[Any]:
    """Return the words where asked for, None elsewhere."""
    found = np.full(len(words), None, object)
    found[which] = words[which]
    return found


def _step(  # noqa: PLR0917
    orders: NDArray[np.void], which: NDArray[np.bool_], bar: str, event: Any, quantity: Any, price: Any
) -> tuple[Any, ...]:
    """Return one step in the life of the orders that took it."""
    name = np.full(len(orders), event, object) if isinstance(event, str) else event
    nothing = np.full(len(orders), np.nan)
    numbers = np.arange(len(orders), dtype=np.int64)
    return tuple(each[which] for each in (orders[bar], name, numbers, orders["symbol"], quantity, price, nothing))


def contribution_columns(result: Result) -> Columns:
    """Return the columns of `contributions_frame`."""
    found = contributions(result.trade_records, len(result.spec.symbols), result.spec.cash)
    names = [name for name in found.dtype.names or () if name != "symbol"]
    return {"symbol": symbols_of(result.spec, found["symbol"]), **{name: found[name].copy() for name in names}}


def _times(result: Result) -> NDArray[np.datetime64]:
    return result.bars.timestamp.astype("datetime64[ns]")
