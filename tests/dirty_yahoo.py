"""Read Yahoo downloads as yfinance writes them, defects and all, into what a provider would hand over."""

import csv
from datetime import datetime
from pathlib import Path

import numpy as np

from arbitrax.domain.corporate_actions import CorporateAction, in_order
from arbitrax.domain.dates import start_of_day, to_nanoseconds
from arbitrax.market_data.candidate import CandidateBars
from arbitrax.market_data.corporate_action_lists import as_declared
from arbitrax.market_data.validation.findings import Context


def read_dirty(path: Path) -> tuple[CandidateBars, Context]:
    """Rows in the file's order, split-adjusted, and the events of its columns brought back to what was declared.

    Yahoo divides dividends by all later splits and by one of the same day. Its capital gains are part of the dividend.
    The file does not say a currency, nor the exchange.
    """
    with path.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    parts = path.name.split("-")
    at = next(n for n, part in enumerate(parts) if part in {"1d", "1wk", "15m"})
    symbol, interval = ".".join(parts[:at]), {"1wk": "1w"}.get(parts[at], parts[at])
    stamps = [datetime.fromisoformat(line.get("Datetime") or line["Date"]) for line in lines]
    dates = [start_of_day(stamp.date().isoformat()) for stamp in stamps]
    times = dates if interval[-1] != "m" else [to_nanoseconds(stamp) for stamp in stamps]

    def column(name: str):
        return np.array([float(line[name] or "nan") for line in lines])

    candidate = CandidateBars(
        symbol,
        interval,
        np.array(times, dtype=np.int64),
        *(column(name) for name in ("Open", "High", "Low", "Close", "Volume")),
        adj_close=column("Adj Close"),
        source="yahoo",
        basis="split_adjusted",
    )
    splits = [
        (date, ratio)
        for date, ratio in zip(dates, np.nan_to_num(column("Stock Splits")).tolist(), strict=True)
        if ratio not in {0.0, 1.0}
    ]
    actions = [CorporateAction(symbol=symbol, kind="split", ex_date=date, ratio=ratio) for date, ratio in splits]
    dividends = [
        CorporateAction(symbol=symbol, kind="dividend", ex_date=date, amount=amount, currency="XXX")
        for date, amount in zip(dates, np.nan_to_num(column("Dividends")).tolist(), strict=True)
        if amount
    ]
    return candidate, Context(actions=in_order([*actions, *as_declared(dividends, actions)]))
