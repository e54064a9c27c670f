"""The made-up market as Polygon (Massive) tells it."""

import base64
from datetime import date
from urllib.parse import urlencode

import numpy as np

from arbitrax.domain.dates import date_text, start_of_day
from arbitrax.domain.intervals import DAY, HOUR, MINUTE
from arbitrax.market_data.local_time import to_utc
from tests.vendors import market
from tests.vendors.answer import json_answer

REQUEST_ID = "6a7e466379af0a71039d60cc78e72282"
SPANS = {"minute": MINUTE, "hour": HOUR}
HALF = 0.5  # a share traded in halves: volume has been fractional since 2026


def answer(server, path, query, headers):
    given = headers.get("Authorization", "").removeprefix("Bearer ") or query.get("apiKey", "")
    if given != server.key:
        said = "Unknown API Key" if given else "API Key was not provided"
        return json_answer({"status": "ERROR", "request_id": REQUEST_ID, "error": said}, status=401)
    if path.startswith("/v2/aggs/ticker/"):
        return aggregates(server, path, query)
    if path == "/v3/reference/splits":
        return listed(server, path, query, splits(query["ticker"]), "execution_date")
    if path == "/v3/reference/dividends":
        return listed(server, path, query, dividends(query["ticker"]), "ex_dividend_date")
    return tickers(query)


def symbol_of(path, query):
    return path.split("/")[4] if path.startswith("/v2/aggs/") else query.get("ticker", query.get("search", ""))


def aggregates(server, path, query):
    _, _, _, _, symbol, _, count, span, first, last = path.split("/")
    start, end = _bound(first, 0), _bound(last, DAY if "-" in last else 1_000_000)
    if span == "day":
        rows = market.daily(symbol, start, min(end, server.now() // DAY * DAY + DAY))
        stamp = to_utc(rows.time, "America/New_York")[0]
    else:
        rows = market.intraday(symbol, int(count) * SPANS[span], start, min(end, server.now()), from_open=False)
        stamp = rows.time
    factor = market.factor_after(symbol, rows.time) if query.get("adjusted", "true") == "true" else 1.0
    prices = {name: np.round(getattr(rows, name) / factor, 4) for name in ("open", "high", "low", "close")}
    volume = rows.volume * factor + HALF
    results = [
        {
            "v": float(volume[at]), "vw": float(prices["close"][at]), "o": float(prices["open"][at]),
            "c": float(prices["close"][at]), "h": float(prices["high"][at]), "l": float(prices["low"][at]),
            "t": int(stamp[at]) // 1_000_000, "n": 100,
        }
        for at in range(len(rows))
    ]  # fmt: skip
    page, following = _page(server, path, query, results)
    document = {
        "ticker": symbol, "queryCount": len(page), "resultsCount": len(page),
        "adjusted": query.get("adjusted", "true") == "true", "status": server.polygon_status,
        "request_id": REQUEST_ID, "count": len(page),
    }  # fmt: skip
    return json_answer({**document, **({"results": page} if page else {}), **following})


def _bound(text, inclusive):
    return (start_of_day(text) if "-" in text else int(text) * 1_000_000) + inclusive


def _page(server, path, query, results):
    """Return the rows of a page, and the link to the next, which has no key."""
    size = min(int(query.get("limit", 5000)), server.page_rows)
    offset = int(base64.urlsafe_b64decode(query["cursor"])) if "cursor" in query else 0
    if offset + size >= len(results):
        return results[offset:], {}
    cursor = base64.urlsafe_b64encode(str(offset + size).encode()).decode()
    rest = {name: value for name, value in query.items() if name not in ("apiKey", "cursor")}
    return results[offset : offset + size], {"next_url": f"{server.url}{path}?{urlencode({**rest, 'cursor': cursor})}"}


def splits(symbol):
    return [
        {"execution_date": date_text(day), "split_from": old, "split_to": new, "ticker": symbol}
        for day, new, old in reversed(market.splits(symbol))
    ]


def dividends(symbol):
    return [
        {
            "cash_amount": amount, "currency": "USD", "dividend_type": "CD", "ex_dividend_date": date_text(day),
            "frequency": 4, "pay_date": date_text(day + 14 * DAY), "ticker": symbol,
        }
        for day, amount in reversed(market.dividends(symbol))
    ]  # fmt: skip


def listed(server, path, query, results, field):
    first = query.get(f"{field}.gte", "0000-01-01")
    last = query.get(f"{field}.lt", str(date.max))
    found = [each for each in results if first <= each[field] < last and market.exists(each["ticker"])]
    page, following = _page(server, path, query, found)
    return json_answer({"results": page, "status": "OK", "request_id": REQUEST_ID, **following})


def tickers(query):
    text = query.get("search", "").lower()
    found = [
        {
            "ticker": symbol, "name": name, "market": "stocks", "locale": "us", "primary_exchange": "XNAS",
            "type": "CS", "active": True, "currency_name": "usd",
        }
        for symbol, name in market.NAMES.items()
        if text in symbol.lower() or text in name.lower()
    ]  # fmt: skip
    return json_answer({"results": found, "status": "OK", "request_id": REQUEST_ID, "count": len(found)})


def wrong_symbol(document):
    """Return a document that speaks of another symbol."""
    return {**document, "ticker": "MSFT"}
