"""A run's curves, orders and trades as frames, with words and times for people instead of codes and bar numbers.

Times are UTC and name a bar by its start. Money is in quote currency; returns and drawdowns are fractions. pandas and
polars are imported when asked for.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from arbitrax.domain.errors import InputError
from arbitrax.domain.orders import ExitReason, OrderKind, OrderReason, OrderStatus

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from arbitrax.backtest.result import Result

Columns = dict[str, "NDArray[Any]"]
ORDER_SIDES = {1: "buy", -1: "sell", 0: None}
"""An order that never filled has no side: its target may have needed either."""
TRADE_SIDES = {1: "long", -1: "short"}


def equity_frame(result: Result) -> pd.DataFrame:
    """Return ``equity, benchmark, exposure, drawdown, benchmark_drawdown`` by ``time``, one row a bar."""
    return _to_pandas(_equity_columns(result)).set_index("time")


def orders_frame(result: Result) -> pd.DataFrame:
    """Return one row an order, in the order they were made; prices and ``filled_time`` are missing when not filled."""
    return _to_pandas(_order_columns(result))


def trades_frame(result: Result) -> pd.DataFrame:
    """Return one row a round trip; one still open ends at the last close with ``exit_reason`` "open"."""
    return _to_pandas(_trade_columns(result))


def to_polars(result: Result) -> dict[str, Any]:
    """Return ``equity``, ``orders`` and ``trades`` as polars frames with the columns of the pandas ones.

    Raises:
        InputError: polars is not installed.
    """
    try:
        import polars as pl
    except ImportError as error:
        raise InputError("polars is not installed; run `pip install 'arbitrax[polars]'`.") from error
    frames = {"equity": _equity_columns(result), "orders": _order_columns(result), "trades": _trade_columns(result)}
    text = {"side", "kind", "status", "reason", "exit_reason", "symbol"}
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
        "drawdown": result.equity_curve / np.maximum.accumulate(result.equity_curve) - 1,
        "benchmark_drawdown": result.benchmark_curve / np.maximum.accumulate(result.benchmark_curve) - 1,
    }


def _order_columns(result: Result) -> Columns:
    records, time = result.order_records, _times(result)
    filled = records["filled_bar"] >= 0
    filled_time = time[np.where(filled, records["filled_bar"], 0)]
    filled_time[~filled] = np.datetime64("NaT")
    return {
        "symbol": _symbols(result, records),
        "created_time": time[records["created_bar"]],
        "filled_time": filled_time,
        "side": _words(records["side"], ORDER_SIDES),
        "kind": _names(records["kind"], OrderKind),
        "status": _names(records["status"], OrderStatus),
        "reason": _names(records["reason"], OrderReason),
        "target": records["target"].copy(),
        "quantity": records["quantity"].copy(),
        "reference_price": records["reference_price"].copy(),
        "price": records["price"].copy(),
        "fee": records["fee"].copy(),
        "slippage": records["slippage"].copy(),
    }


def _trade_columns(result: Result) -> Columns:
    records, time = result.trade_records, _times(result)
    entered, left = time[records["entry_bar"]], time[records["exit_bar"]]
    return {
        "symbol": _symbols(result, records),
        "side": _words(records["side"], TRADE_SIDES),
        "quantity": records["quantity"].copy(),
        "entry_time": entered,
        "entry_price": records["entry_price"].copy(),
        "exit_time": left,
        "exit_price": records["exit_price"].copy(),
        "exit_reason": _names(records["exit_reason"], ExitReason),
        "is_open": records["is_open"] == 1,
        "pnl": records["pnl"].copy(),
        "return": records["pnl"] / (records["quantity"] * records["entry_price"]),
        "fees": records["fees"].copy(),
        "slippage": records["slippage"].copy(),
        "duration": left - entered,
    }


def _times(result: Result) -> NDArray[np.datetime64]:
    return result.bars.timestamp.astype("datetime64[ns]")


def _symbols(result: Result, records: NDArray[np.void]) -> NDArray[Any]:
    return np.asarray([result.spec.symbols[column] for column in records["symbol"].tolist()], dtype=object)


def _names(codes: NDArray[Any], names: type[IntEnum]) -> NDArray[Any]:
    return _words(codes, {member.value: member.name.lower() for member in names})


def _words(codes: NDArray[Any], words: dict[int, Any]) -> NDArray[Any]:
    return np.asarray([words[code] for code in codes.tolist()], dtype=object)
