"""What a run yields."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from arbitrax.backtest.spec import RunSpec
from arbitrax.domain.bars import Bars
from arbitrax.domain.errors import StrategyError
from arbitrax.domain.panel import Panel

if TYPE_CHECKING:
    import pandas as pd

    from arbitrax.backtest.honesty import Honesty
    from arbitrax.backtest.metrics import Metrics
    from arbitrax.domain.bars import Floats
    from arbitrax.strategies.strategy import Strategy


def bar_hashes(raw: Bars | Sequence[Bars] | Panel) -> list[str]:
    """Return the content hash of each symbol's bars."""
    if isinstance(raw, Bars):
        return [raw.content_hash()]
    # As a panel gives them back, which is how a run of several sees them.
    panel = raw if isinstance(raw, Panel) else Panel.from_bars(raw)
    return [panel.column(symbol).content_hash() for symbol in panel.symbols]


def joined_hash(hashes: Sequence[str]) -> str:
    """Return one hash for the bars of a run."""
    return hashes[0] if len(hashes) == 1 else hashlib.sha256(" ".join(hashes).encode()).hexdigest()


class Origin(Struct, frozen=True, eq=False):
    """What a run can be made from again, beside its spec and bars."""

    strategy: type[Strategy]
    parameters: dict[str, Any]
    finer: Any = None
    """Raw bars of a shorter interval, as given."""
    jit: bool = False

    def fresh(self) -> Strategy:
        """Return a new instance of the strategy with the same parameters.

        Raises:
            StrategyError: its constructor takes something else.
        """
        try:
            return self.strategy(**self.parameters)
        except Exception as error:  # a user's own constructor may do anything
            name = self.strategy.__name__
            reason = str(error).rstrip(".")
            raise StrategyError(f"{name} cannot be made anew from its parameters: {reason}.") from error


class Result(Struct, frozen=True, eq=False, dict=True):
    """One run: curves of shape (bars,), records of orders and trades, and what they say.

    The curves of equity, exposure (gross position value) and benchmark are in quote currency at each close. The dtypes
    of the records are in `arbitrax.kernels.ledger`; `orders`, `trades` and `equity` give frames.
    """

    spec: RunSpec
    bars: Bars
    """As the strategy saw them: adjusted when the spec says so."""
    equity_curve: Floats
    exposure_curve: Floats
    benchmark_curve: Floats
    order_records: NDArray[np.void]
    fill_records: NDArray[np.void]
    event_records: NDArray[np.void]
    trade_records: NDArray[np.void]
    tags: tuple[str, ...] = ()
    """What the strategy called its orders; records name them by number."""
    raw: Any = None
    """The bars as given: `Bars`, a tuple of them, or a `Panel`."""
    actions: tuple[Any, ...] = ()
    """The corporate actions given."""
    origin: Origin | None = None
    """How to run it again; None when it was loaded from a store."""
    known_data_hash: str | None = None
    """Of a stored run, whose bars are not at hand."""
    bankrupt_bar: int | None = None
    notices: tuple[str, ...] = ()

    @cached_property
    def metrics(self) -> Metrics:
        """Every metric, computed when first looked at."""
        from arbitrax.backtest.metrics import compute_metrics

        return compute_metrics(self)

    @cached_property
    def honesty(self) -> Honesty:
        """What there is to doubt about this run, computed when first looked at."""
        from arbitrax.backtest.honesty import examine

        return examine(self)

    @cached_property
    def data_hash(self) -> str:
        """Content hash of the raw bars; of several symbols the hash of their hashes."""
        if self.known_data_hash is not None or self.raw is None:
            return self.known_data_hash or ""
        return joined_hash(bar_hashes(self.raw))

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the curves and records: equal hashes mean byte-equal runs."""
        digest = hashlib.sha256(b"result/2")
        for part in (self.equity_curve, self.exposure_curve, self.benchmark_curve):
            digest.update(np.ascontiguousarray(part, "<f8").tobytes())
        for records in (self.order_records, self.fill_records, self.event_records, self.trade_records):
            digest.update(records.tobytes())
        digest.update("\0".join(self.tags).encode())
        return digest.hexdigest()

    @cached_property
    def equity(self) -> pd.DataFrame:
        """Equity, benchmark, exposure and drawdown by time, as a pandas frame."""
        from arbitrax.backtest.frames import equity_frame

        return equity_frame(self)

    @cached_property
    def orders(self) -> pd.DataFrame:
        """Every order with its life, as a pandas frame."""
        from arbitrax.backtest.frames import orders_frame

        return orders_frame(self)

    @cached_property
    def fills(self) -> pd.DataFrame:
        """Every fill, as a pandas frame."""
        from arbitrax.backtest.frames import fills_frame

        return fills_frame(self)

    @cached_property
    def events(self) -> pd.DataFrame:
        """What happened, one row an event in time: the life of each order, dividends, interest, margin calls."""
        from arbitrax.backtest.frames import events_frame

        return events_frame(self)

    @cached_property
    def trades(self) -> pd.DataFrame:
        """Every round trip, as a pandas frame."""
        from arbitrax.backtest.frames import trades_frame

        return trades_frame(self)

    @cached_property
    def contributions(self) -> pd.DataFrame:
        """Profit, trades, hit rate and costs of each symbol, the largest profit first, as a pandas frame."""
        from arbitrax.backtest.frames import contributions_frame

        return contributions_frame(self)

    @cached_property
    def drawdowns(self) -> pd.DataFrame:
        """The ten deepest drawdowns, as a pandas frame: when, how deep, how long down and back."""
        from arbitrax.backtest.frames import drawdowns_frame

        return drawdowns_frame(self)

    @cached_property
    def monthly(self) -> pd.DataFrame:
        """Returns by year and month, with the year's own and the benchmark's, as a pandas frame."""
        from arbitrax.backtest.frames import monthly_frame

        return monthly_frame(self)

    @cached_property
    def yearly(self) -> pd.DataFrame:
        """Returns of each year beside the benchmark's, as a pandas frame."""
        from arbitrax.backtest.frames import yearly_frame

        return yearly_frame(self)

    @cached_property
    def var_backtest(self) -> pd.DataFrame:
        """Exceptions of the value at risk, forecast from past returns by three methods, and Kupiec's test of them."""
        from arbitrax.backtest.frames import var_frame

        return var_frame(self)

    @cached_property
    def returns(self) -> pd.DataFrame:
        """Returns of sessions where bars are shorter, else of bars, beside the benchmark's, as a pandas frame."""
        from arbitrax.backtest.frames import returns_frame

        return returns_frame(self)

    def rolling(self, window: int | None = None) -> pd.DataFrame:
        """Return Sharpe ratio, volatility and beta of the last ``window`` returns by time, as a pandas frame.

        Windows are counted in returns: sessions of intraday bars, else bars. None takes half a year of them.
        """
        from arbitrax.backtest.frames import rolling_frame

        return rolling_frame(self, window)

    def to_polars(self) -> dict[str, Any]:
        """Return the frames above by name, ``equity`` to ``contributions``, as polars frames (``polars`` extra)."""
        from arbitrax.backtest.frames import to_polars

        return to_polars(self)

    def export(self, folder: str | Path, form: str = "csv") -> list[Path]:
        """Write the frames above and the metrics, a file each, as "csv", "parquet" or "json"; return their paths."""
        from arbitrax.backtest.export import export_result

        return export_result(self, Path(folder), form)

    def report(self, path: str | Path) -> Path:
        """Write the report, one HTML file that needs no network, and return its path."""
        from arbitrax.backtest.report import write_report

        return write_report(self, Path(path))

    def plot(self) -> Any:
        """Return the report for display in a notebook."""
        from arbitrax.backtest.report import notebook_view

        return notebook_view(self)

    def __repr__(self) -> str:
        strategy = self.spec.strategy
        arguments = ", ".join(f"{name}={value!r}" for name, value in strategy.parameters.items())
        closed = int((self.trade_records["is_open"] == 0).sum())
        change = self.equity_curve[-1] / self.spec.cash - 1
        return (
            f"<Result {strategy.name}({arguments}) on {self.bars.symbol}: {len(self.bars)} bars, {closed} trades, "
            f"{change:+.2%}>"
        )

    def _repr_html_(self) -> str:
        from arbitrax.backtest.report import notebook_summary

        return notebook_summary(self)
