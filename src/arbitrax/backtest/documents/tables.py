"""The tables of a run: rows as objects for JSON, or Arrow for other forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from arbitrax.domain.decimals import decimal_text

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from arbitrax.backtest.result import Result

Table = Literal[
    "equity", "orders", "fills", "events", "trades", "contributions", "monthly", "yearly", "drawdowns",
    "var_backtest", "rolling", "returns",
]  # fmt: skip
TABLES: tuple[Table, ...] = Table.__args__  # type: ignore[attr-defined]  # of a Literal
MONEY = frozenset(
    {
        "equity", "benchmark", "exposure", "size", "limit", "stop", "trail", "quantity", "reference_price", "price",
        "fee", "slippage", "amount", "entry_price", "exit_price", "pnl", "fees", "income",
    }
)  # fmt: skip
"""Columns that hold money, prices or quantities, in tables that do."""
RATIOS = frozenset({"monthly", "yearly", "drawdowns", "var_backtest", "rolling", "returns"})
"""Tables of returns and ratios only."""


class RowPage(Struct, frozen=True):
    """A page of a table's rows, objects by column."""

    data: list[dict[str, Any]]
    next_cursor: str | None
    has_more: bool


def table_frame(result: Result, table: Table) -> pd.DataFrame:
    """Return a table with lengths of time in seconds."""
    from arbitrax.backtest.export import frame_named

    return seconds_of_time(frame_named(result, table))


def seconds_of_time(frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows with lengths of time in seconds."""
    for name in frame.select_dtypes("timedelta").columns:
        frame = frame.assign(**{name: frame[name].dt.total_seconds()}).rename(columns={name: f"{name}_seconds"})
    return frame


def arrow_table(frame: pd.DataFrame) -> pa.Table:
    """Return rows as Arrow."""
    import pyarrow as pa

    return pa.Table.from_pandas(frame, preserve_index=False)


def table_rows(frame: pd.DataFrame, table: Table) -> list[dict[str, Any]]:
    """Return rows for JSON: money as decimal strings, times in ISO 8601, None where a value is missing."""
    money = frozenset() if table in RATIOS else MONEY
    columns = {str(name): _values(frame[name], is_money=name in money) for name in frame.columns}
    return [dict(zip(columns, each, strict=True)) for each in zip(*columns.values(), strict=True)]


def _values(column: Any, *, is_money: bool) -> list[Any]:
    if column.dtype.kind == "M":
        return [None if each is None else each.isoformat().replace("+00:00", "Z") for each in _objects(column)]
    if column.dtype.kind == "f":
        known = [each if each == each else None for each in column.tolist()]  # noqa: PLR0124 - NaN
        return [None if each is None else decimal_text(each) for each in known] if is_money else known
    return _objects(column)


def _objects(column: Any) -> list[Any]:
    return column.astype(object).where(column.notna(), None).tolist()
