"""Tables of a run for its report, with the columns that the gateway answers: rows and CSV, without its libraries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from arbitrax.backtest.documents.tables import MONEY, RATIOS
from arbitrax.backtest.frames import (
    contribution_columns,
    drawdown_columns,
    month_columns,
    return_columns,
    rolling_columns,
    var_columns,
)
from arbitrax.backtest.record_columns import order_columns, order_rows, trade_columns, trade_rows
from arbitrax.domain.decimals import decimal_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from arbitrax.backtest.documents.tables import Table
    from arbitrax.backtest.record_columns import Columns
    from arbitrax.backtest.result import Result

SECOND = np.timedelta64(1, "s")
_COLUMNS: dict[Table, Callable[[Result], Columns]] = {
    "trades": lambda result: trade_columns(trade_rows(result)),
    "orders": lambda result: _numbered(order_columns(order_rows(result))),
    "rolling": rolling_columns,
    "returns": return_columns,
    "monthly": month_columns,
    "drawdowns": drawdown_columns,
    "var_backtest": var_columns,
    "contributions": contribution_columns,
}


def table_columns(result: Result, table: Table) -> Columns:
    """Return a table that a report has by column, lengths of time in seconds."""
    found = _COLUMNS[table](result)
    return {
        f"{name}_seconds" if column.dtype.kind == "m" else name: column / SECOND if column.dtype.kind == "m" else column
        for name, column in found.items()
    }


def column_rows(columns: Columns, table: Table) -> list[dict[str, Any]]:
    """Return rows as `arbitrax.backtest.documents.tables.table_rows` does."""
    money = frozenset() if table in RATIOS else MONEY
    values = [_values(column, is_money=name in money) for name, column in columns.items()]
    return [dict(zip(columns, each, strict=True)) for each in zip(*values, strict=True)]


def column_csv(columns: Columns) -> str:
    """Return a table as CSV (RFC 4180), whose numbers read back to the same bits; what is missing is empty."""
    cells = [_cells(column) for column in columns.values()]
    lines = [",".join(f'"{name}"' for name in columns), *map(",".join, zip(*cells, strict=True))]
    return "\n".join([*lines, ""])


def _values(column: NDArray[Any], *, is_money: bool) -> list[Any]:
    if column.dtype.kind == "M":
        return [text or None for text in _times(column)]
    if column.dtype.kind == "f":
        known = [each if each == each else None for each in column.tolist()]  # noqa: PLR0124 - NaN
        return [None if each is None else decimal_text(each) for each in known] if is_money else known
    return list(column.tolist())


def _cells(column: NDArray[Any]) -> list[str]:
    if column.dtype.kind == "M":
        return _times(column)
    if column.dtype.kind == "f":
        return [repr(each) if each == each else "" for each in column.tolist()]  # noqa: PLR0124 - NaN
    if column.dtype.kind == "b":
        return ["true" if each else "false" for each in column.tolist()]
    if column.dtype.kind == "O":
        return ["" if each is None else f'"{str(each).replace(chr(34), chr(34) * 2)}"' for each in column.tolist()]
    return [str(each) for each in column.tolist()]


def _times(column: NDArray[Any]) -> list[str]:
    """Return ISO 8601 in UTC, without nanoseconds where there are none; empty where there is no time."""
    seconds = column.astype("M8[s]")
    told = np.datetime_as_string(seconds if bool(np.all((seconds == column) | np.isnat(column))) else column)
    return ["" if each == "NaT" else f"{each}Z" for each in told.tolist()]


def _numbered(columns: Columns) -> Columns:
    return {"order": np.arange(len(columns["symbol"]), dtype=np.int64), **columns}
