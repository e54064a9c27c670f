"""Corporate actions from what vendors send, parsed from JSON already; no function here opens a connection.

Yahoo divides every dividend by the splits since, which is undone; Polygon (now Massive) gives them as declared.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

import numpy as np
from msgspec.structs import replace

from arbitrax.domain.corporate_actions import CorporateAction, in_order
from arbitrax.domain.dates import canonical_date, date_text, start_of_day
from arbitrax.domain.errors import DataError, InputError, RangeError
from arbitrax.domain.intervals import DAY, SECOND
from arbitrax.market_data.corporate_action_lists import ActionsRead, as_declared, currency_code, rounded
from arbitrax.market_data.local_time import to_local
from arbitrax.market_data.source import quoted

Json = Mapping[str, Any]

_GRANULARITY_DAYS = {"5d": 5, "1wk": 7, "1mo": 31, "3mo": 92}


def yahoo_actions(document: Json, *, later_splits: Sequence[CorporateAction] | None = None) -> ActionsRead:
    """Return the splits and dividends of a v8 chart reply, dividends as declared.

    Args:
        document: the reply, asked with ``events=div,splits``.
        later_splits: those after the reply's range. Without them the reply must reach up to its newest quote: Yahoo
            divides dividends by all splits since, and lists those in the range only.

    Raises:
        DataError: an error reply, an event that is none, or a range that ends too early to undo the adjustment.
    """
    result = _yahoo_result(document)
    meta = result.get("meta") or {}
    symbol, events = str(meta.get("symbol", "")), result.get("events") or {}
    what = f"Yahoo's chart of {symbol}"
    currency = currency_code(str(meta.get("currency") or "USD"))
    zone = str(meta.get("exchangeTimezoneName") or "UTC")
    splits = [
        CorporateAction(
            symbol=symbol,
            kind="split",
            ex_date=_local_date(each, zone, what),
            ratio=_ratio(each.get("numerator"), each.get("denominator"), what),
        )
        for each in _events(events, "splits", what)
    ]
    dividends = [
        CorporateAction(
            symbol=symbol,
            kind="dividend",
            ex_date=_local_date(each, zone, what),
            amount=_number(each.get("amount"), "amount", what),
            currency=currency,
        )
        for each in _events(events, "dividends", what)
    ]
    if dividends and later_splits is None:
        _require_to_today(result, meta, what)
    # Of an overlap with the reply's range, its own splits count.
    since = [each for each in later_splits or () if each.ex_date not in {split.ex_date for split in splits}]
    notices = []
    if events.get("capitalGains"):
        notices.append(
            f"{what} lists capital gains of a fund, which are not read: its dividends may hold them already."
        )
    declared = as_declared(dividends, [*splits, *since])
    kept, dropped, summed = _one_each([*splits, *declared], what)
    return ActionsRead(kept, len(splits) + len(dividends), dropped, (*notices, *summed))


def polygon_actions(documents: Sequence[Json]) -> ActionsRead:
    """Return the splits and dividends of reference replies, all pages of one or both kinds, for any symbols.

    Several dividends of one ex-date (regular, special, gains of funds) become one, their sum.

    Raises:
        DataError: an error reply, or a result that is neither a split nor a dividend.
    """
    what = "Polygon's reply"
    actions: list[CorporateAction] = []
    notices: list[str] = []
    seen: list[Json] = []
    dropped = 0
    for document in documents:
        if document.get("status", "OK") not in ("OK", "DELAYED"):
            reason = document.get("error") or document.get("message") or document.get("status")
            raise DataError(f"{what} is an error: {quoted(str(reason))}; ask again.")
        for each in document.get("results") or ():
            if each in seen:
                dropped += 1
                continue
            seen.append(each)
            if each.get("cash_amount") == 0:
                notices.append(f"{what} lists a dividend of 0 for {each.get('ticker')}, which is left out.")
                continue
            actions.append(_polygon_action(each, what))
    if documents and documents[-1].get("next_url"):
        notices.append(f"{what} has further pages that are not among these.")
    kept, doubled, summed = _one_each(actions, what)
    return ActionsRead(kept, len(seen) + dropped, dropped + doubled, (*notices, *summed))


def _polygon_action(each: Json, what: str) -> CorporateAction:
    symbol = str(each.get("ticker", ""))
    if "split_to" in each:
        return CorporateAction(
            symbol=symbol,
            kind="stock_dividend" if each.get("adjustment_type") == "stock_dividend" else "split",
            ex_date=_date(each.get("execution_date"), what),
            ratio=_ratio(each["split_to"], each.get("split_from"), what),
        )
    if "cash_amount" in each:
        paid = each.get("pay_date")
        return CorporateAction(
            symbol=symbol,
            kind="dividend",
            ex_date=_date(each.get("ex_dividend_date"), what),
            amount=_number(each["cash_amount"], "cash_amount", what),
            currency=currency_code(str(each.get("currency") or "USD")),
            pay_date=None if paid is None else _date(paid, what),
        )
    raise DataError(f"{what} has a result with neither split_to nor cash_amount; pass replies for splits or dividends.")


def _one_each(
    actions: Sequence[CorporateAction], what: str
) -> tuple[tuple[CorporateAction, ...], int, tuple[str, ...]]:
    """Return the actions with one a symbol, kind and ex-date, how many were dropped as equal, and notices of sums."""
    found: dict[tuple[str, str, int], CorporateAction] = {}
    notices = []
    dropped = 0
    for each in actions:
        key = (each.symbol, each.kind, each.ex_date)
        first = found.setdefault(key, each)
        if first is each:
            continue
        where = f"{each.symbol} on {date_text(each.ex_date)}"
        if first.amount is None or each.amount is None:
            if first != each:
                raise DataError(f"{what} has two different splits of {where}; keep the right one.")
            dropped += 1
            continue
        if first.currency != each.currency:
            raise DataError(f"{what} has dividends in {first.currency} and {each.currency} for {where}; keep one.")
        paid = [day for day in (first.pay_date, each.pay_date) if day is not None]
        found[key] = replace(first, amount=rounded(first.amount + each.amount), pay_date=max(paid, default=None))
        notices.append(
            f"{what} has several dividends of {where}, taken as one"
            + (", paid on the later day." if len(set(paid)) > 1 else ".")
        )
    return in_order(found.values()), dropped, tuple(dict.fromkeys(notices))


def _yahoo_result(document: Json) -> Json:
    chart = document.get("chart") or {}
    error = chart.get("error")
    if error:
        text = error.get("description") or error.get("code") if isinstance(error, Mapping) else error
        raise DataError(f"Yahoo's reply is an error: {quoted(str(text))}; ask again, or check the symbol.")
    results = chart.get("result")
    if not results or not (results[0].get("meta") or {}).get("symbol"):
        raise DataError("Yahoo's reply holds no chart; ask again, or check the symbol.")
    return results[0]


def _events(events: Json, kind: str, what: str) -> list[Json]:
    listed = events.get(kind) or {}
    found = list(listed.values()) if isinstance(listed, Mapping) else listed
    if not isinstance(found, list) or not all(isinstance(each, Mapping) for each in found):
        raise DataError(f"{what} has {kind} of an unknown shape; a newer release may read them.")
    return found


def _require_to_today(result: Json, meta: Json, what: str) -> None:
    """Refuse a range that ends before the newest quote: splits in between are not listed but applied."""
    stamps, newest = result.get("timestamp") or (), meta.get("regularMarketTime")
    if newest is None:
        return
    for stamp in (newest, *stamps):
        if stamp is not None and not _is_second(stamp):
            raise DataError(f"{what} has the time {quoted(str(stamp))}, which is no second since 1970; ask again.")
    width = _GRANULARITY_DAYS.get(str(meta.get("dataGranularity")), 1) * DAY // SECOND
    last = max((each for each in stamps if each is not None), default=0)
    if last + width < newest:
        raise DataError(
            f"{what} ends on {date_text(last * SECOND)}, before its newest quote of {date_text(newest * SECOND)}, so "
            "splits in between that changed its dividends are not in it; ask for the range up to today, or pass the "
            "later splits."
        )


def _local_date(event: Json, zone: str, what: str) -> int:
    """Return the date of an event, which Yahoo stamps with the UTC second of the session's open."""
    stamp = event.get("date")
    if not _is_second(stamp):
        raise DataError(f"{what} has an event at {quoted(str(stamp))}, which is no second since 1970; ask again.")
    try:
        local = to_local(np.array([stamp * SECOND], dtype=np.int64), zone)
    except InputError as error:
        raise DataError(f"{what}: {error}") from None
    return int(local[0]) // DAY * DAY


def _is_second(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**33


def _date(text: object, what: str) -> int:
    try:
        return start_of_day(canonical_date(text, "date"))
    except RangeError:
        raise DataError(
            f"{what} has the date {quoted(str(text))}, which is not one as YYYY-MM-DD; ask again."
        ) from None


def _ratio(new: object, old: object, what: str) -> float:
    numerator, denominator = _number(new, "split", what), _number(old, "split", what)
    return numerator / denominator


def _number(value: object, name: str, what: str) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and value > 0 and math.isfinite(value):
        return float(value)
    raise DataError(f"{what} has the {name} {quoted(str(value))}, which is no number above zero; ask again.")
