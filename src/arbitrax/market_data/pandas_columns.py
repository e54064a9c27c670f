"""The columns of a pandas frame, without importing pandas."""

from typing import TYPE_CHECKING, Any

import numpy as np

from arbitrax.market_data.columns import is_known
from arbitrax.market_data.source import refuse

if TYPE_CHECKING:
    from arbitrax.domain.bars import Floats
    from arbitrax.market_data.frame_table import Moments


class PandasColumns:
    """Columns of a frame; an index other than a plain count comes first."""

    def __init__(self, data: object, name: str, symbol: str | None = None) -> None:
        frame: Any = data
        if type(frame).__name__ != "DataFrame":
            raise refuse(name, f"a pandas {type(frame).__name__} has no columns", "pass a DataFrame")
        if type(frame.index).__name__ != "RangeIndex":
            try:
                frame = frame.reset_index()
            except ValueError as error:
                what = f"the index cannot become a column ({error})"
                raise refuse(name, what, "rename or drop one of the two") from None
        self.symbol: str | None = None
        self.frame = frame
        self.names = [str(column) for column in frame.columns]
        self.rows = len(frame)
        if frame.columns.nlevels > 1:
            self._take_one_ticker(name, symbol)

    def _take_one_ticker(self, name: str, symbol: str | None) -> None:
        """Flatten yfinance's two levels, price and ticker, in either order."""
        pairs = [_price_and_ticker(column) for column in self.frame.columns]
        tickers = list(dict.fromkeys(ticker for _, ticker in pairs if ticker))
        if len(tickers) > 1 and symbol not in tickers:
            raise refuse(
                name,
                f"it holds {len(tickers)} tickers ({', '.join(tickers[:5])})",
                "pass symbol= to pick one",
            )
        self.symbol = symbol if len(tickers) > 1 else next(iter(tickers), None)
        wanted = [k for k, (_, ticker) in enumerate(pairs) if ticker in ("", self.symbol)]
        self.frame = self.frame.iloc[:, wanted]
        self.names = [pairs[k][0] for k in wanted]

    def floats(self, position: int) -> "Floats":
        """Return a column as float64, NaN where empty."""
        return np.asarray(self.frame.iloc[:, position].to_numpy(dtype=np.float64, na_value=np.nan))

    def moments(self, position: int) -> "tuple[Moments, Moments | None] | None":
        """Return a datetime column on its own clock, and in UTC if it knows its zone."""
        column = self.frame.iloc[:, position]
        if column.dtype.kind != "M":
            return None
        if getattr(column.dtype, "tz", None) is None:
            return column.to_numpy(), None
        utc = column.dt.tz_convert("UTC").dt.tz_localize(None)
        return column.dt.tz_localize(None).to_numpy(), utc.to_numpy()

    def texts(self, position: int) -> list[str | None]:
        """Return a column as text, None where empty."""
        column = self.frame.iloc[:, position]
        empty = column.isna().tolist()
        return [None if gone else str(value) for value, gone in zip(column.tolist(), empty, strict=True)]


def _price_and_ticker(column: tuple[Any, ...]) -> tuple[str, str]:
    """Return which part of a two-level name is the price or date, and the other."""
    parts = [str(part) for part in column]
    price = next((part for part in parts if is_known(part)), parts[0])
    return price, next((part for part in parts if part not in (price, "")), "")
