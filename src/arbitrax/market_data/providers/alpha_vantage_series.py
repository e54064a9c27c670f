"""What Alpha Vantage's JSON says: texts under numbered names, newest first, on a clock that the meta data name."""

from typing import TYPE_CHECKING

import numpy as np
from msgspec import Raw, Struct, field

from arbitrax.domain.assets import Asset, AssetType
from arbitrax.domain.corporate_actions import CorporateAction, in_order
from arbitrax.domain.dates import canonical_date, start_of_day
from arbitrax.domain.intervals import DAY, is_intraday, nanoseconds
from arbitrax.market_data.candidate import CandidateBars
from arbitrax.market_data.corporate_action_lists import currency_code
from arbitrax.market_data.local_time import to_utc
from arbitrax.market_data.providers.limits import ALPHA_VANTAGE
from arbitrax.market_data.providers.provider import BarRequest

if TYPE_CHECKING:
    from arbitrax.domain.bars import Floats

NEW_YORK = "America/New_York"
_ZONES = {"US/Eastern": NEW_YORK}
"""Old names that not every system's time zones have."""
CURRENCIES = {
    "": "USD", "LON": "GBX", "DEX": "EUR", "FRK": "EUR", "PAR": "EUR", "AMS": "EUR", "TRT": "CAD", "TRV": "CAD",
    "SHH": "CNY", "SHZ": "CNY", "BSE": "INR", "SAO": "BRL",
}  # fmt: skip
"""Currency by the suffix of the symbol: no series names it."""
_TYPES: dict[str, AssetType] = {"Equity": "equity", "ETF": "etf", "Mutual Fund": "fund"}


class Row(Struct, frozen=True):
    """A bar, its texts read as numbers. Volume is the fifth value, or the sixth after the adjusted close."""

    open: float = field(name="1. open")
    high: float = field(name="2. high")
    low: float = field(name="3. low")
    close: float = field(name="4. close")
    volume: float | None = field(name="5. volume", default=None)
    adjusted_close: float | None = field(name="5. adjusted close", default=None)
    volume_after_adjusted: float | None = field(name="6. volume", default=None)
    dividend: float = field(name="7. dividend amount", default=0.0)
    split: float = field(name="8. split coefficient", default=1.0)


class Series(Struct, frozen=True):
    """The two parts of a reply."""

    meta: dict[str, str]
    rows: dict[str, Row]

    def about(self, what: str) -> str | None:
        """Return a value of the meta data, whose names are numbered differently in each series."""
        return next((value for name, value in self.meta.items() if name.partition(". ")[2] == what), None)


class Listed(Struct, frozen=True):
    """A reply of SPLITS or DIVIDENDS."""

    symbol: str
    data: list[dict[str, str]]


Parts = dict[str, Raw]


def candidate_of(series: Series, request: BarRequest, *, now: int) -> CandidateBars:
    """Return rows as columns, newest first as they came.

    Raises:
        ValueError: a text is no time, or a time the zone's clock skipped or repeated.
        InputError: the zone is none.
    """
    rows = list(series.rows.values())

    def column(values: "list[float | None]") -> "Floats":
        return np.array(values, dtype=np.float64)

    clock = np.array(list(series.rows), dtype="datetime64[ns]").astype(np.int64)
    refreshed = series.about("Last Refreshed") or ""
    zone = series.about("Time Zone") or NEW_YORK
    if is_intraday(request.interval):
        start, never, twice = to_utc(clock, _ZONES.get(zone, zone))
        if len(never) or len(twice):
            raise ValueError(f"a time that is none, or two, in {zone}")
        final = start + nanoseconds(request.interval) <= now
    else:
        start = clock
        final = np.ones(len(start), dtype=np.bool_)
        if " " in refreshed and len(start):
            final[start.argmax()] = False  # refreshed at a time of day: the newest day goes on
    adjusted = [row.adjusted_close for row in rows]
    return CandidateBars(
        request.symbol,
        request.interval,
        start,
        column([row.open for row in rows]),
        column([row.high for row in rows]),
        column([row.low for row in rows]),
        column([row.close for row in rows]),
        column([row.volume_after_adjusted if row.volume is None else row.volume for row in rows]),
        adj_close=column(adjusted) if any(each is not None for each in adjusted) else None,
        is_final=final,
        source=ALPHA_VANTAGE.name,
        basis="raw",
        currency=currency_of(request.symbol),
    )


def actions_of(series: Series, symbol: str) -> tuple[CorporateAction, ...]:
    """Return the splits and dividends that stand beside daily adjusted bars, as declared.

    Raises:
        DataError: a number that no action has.
    """
    splits = [
        {"effective_date": day, "split_factor": str(row.split)} for day, row in series.rows.items() if row.split != 1.0
    ]
    dividends = [
        {"ex_dividend_date": day, "amount": str(row.dividend)} for day, row in series.rows.items() if row.dividend
    ]
    return in_order([*splits_of(splits, symbol), *dividends_of(dividends, symbol)])


def splits_of(lines: list[dict[str, str]], symbol: str) -> list[CorporateAction]:
    """Return the lines of SPLITS as actions."""
    return [
        CorporateAction(
            symbol=symbol, kind="split", ex_date=_day(line["effective_date"]), ratio=float(line["split_factor"])
        )
        for line in lines
        if float(line["split_factor"]) != 1.0
    ]


def dividends_of(lines: list[dict[str, str]], symbol: str) -> list[CorporateAction]:
    """Return the lines of DIVIDENDS as actions; none where the currency is not known."""
    currency = currency_of(symbol)
    if currency is None:
        return []
    return [
        CorporateAction(
            symbol=symbol,
            kind="dividend",
            ex_date=_day(line["ex_dividend_date"]),
            amount=float(line["amount"]),
            currency=currency,
            pay_date=None if line.get("payment_date", "None") in ("None", "") else _day(line["payment_date"]),
        )
        for line in lines
        if float(line["amount"]) != 0.0
    ]


def currency_of(symbol: str) -> str | None:
    """Return the currency of a symbol's market; None when it is not known."""
    return CURRENCIES.get(symbol.partition(".")[2])


def found_asset(match: dict[str, str]) -> Asset:
    """Return an asset of a reply to a search."""
    currency = match.get("8. currency")
    return Asset(
        symbol=match["1. symbol"],
        name=match.get("2. name"),
        asset_type=_TYPES.get(match.get("3. type", ""), "unknown"),
        currency=currency_code(currency) if currency else None,
    )


def _day(text: str) -> int:
    return start_of_day(canonical_date(text, "date")) // DAY * DAY
