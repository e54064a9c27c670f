"""The made-up market as Yahoo's v8 chart tells it: split-adjusted, in single precision."""

import numpy as np

from arbitrax.domain.intervals import DAY, HOUR, MINUTE, SECOND
from arbitrax.market_data.calendars import calendar
from tests.vendors import market
from tests.vendors.answer import json_answer

LENGTHS = {"1m": MINUTE, "2m": 2 * MINUTE, "5m": 5 * MINUTE, "15m": 15 * MINUTE, "30m": 30 * MINUTE, "1h": HOUR}
REACH_DAYS = {"1m": 30, "1h": 730}
WIDTH_DAYS = {"1m": 8}
QUARTER = 92 * DAY


def symbol_of(path, query):
    return query.get("q", "") if path.endswith("/search") else path.rpartition("/")[2]


def answer(server, path, query, headers):
    if path.endswith("/search"):
        return search(query)
    symbol, interval = symbol_of(path, query), query["interval"]
    start, end = int(query["period1"]) * SECOND, int(query["period2"]) * SECOND
    if not market.exists(symbol):
        return refused("Not Found", "No data found, symbol may be delisted", 404)
    if interval in LENGTHS:
        asked = f"{interval} data not available for startTime={start // SECOND} and endTime={end // SECOND}."
        if end - start > WIDTH_DAYS.get(interval, 60 if interval != "1h" else 730) * DAY:
            return refused(
                "Unprocessable Entity",
                f"{asked} Only {WIDTH_DAYS.get(interval)} days worth of {interval} granularity data are allowed to be "
                "fetched per request.",
                422,
            )
        reach = REACH_DAYS.get(interval, 60)
        if start < server.now() - reach * DAY:
            return refused(
                "Unprocessable Entity", f"{asked} The requested range must be within the last {reach} days.", 422
            )
    return json_answer(chart(server, symbol, interval, start, min(end, server.now()), query.get("events", "")))


def refused(code, description, status):
    return json_answer({"chart": {"result": None, "error": {"code": code, "description": description}}}, status)


def chart(server, symbol, interval, start, end, events):
    if interval in LENGTHS:
        rows = market.intraday(symbol, LENGTHS[interval], start, end, from_open=True)
        opens = rows.time
    else:
        rows = market.daily(symbol, start // DAY * DAY - DAY, end + DAY)
        opens = opened(rows.time)
        inside = (opens >= start) & (opens < end)
        rows, opens = rows.take(inside), opens[inside]
        if interval == "3mo" and len(rows):
            first = np.flatnonzero(np.diff(rows.time // QUARTER, prepend=-1))
            rows, opens = market.joined(rows, QUARTER), opens[first]
    date = rows.time // DAY * DAY
    factor = market.factor_after(symbol, date)
    quote = {name: single(getattr(rows, name) / factor) for name in ("open", "high", "low", "close")}
    quote["volume"] = [int(each) for each in rows.volume * factor]
    newest = market.daily(symbol, server.now() - 10 * DAY, server.now() + DAY).time
    closes = calendar("XNYS").table.close[calendar("XNYS").table.date.searchsorted(newest)]
    last_close = int(closes[closes <= server.now()].max(initial=0)) // SECOND
    meta = {
        "currency": "USD", "symbol": symbol, "exchangeName": "NMS", "fullExchangeName": "NasdaqGS",
        "instrumentType": "EQUITY", "regularMarketTime": last_close, "gmtoffset": -14400, "timezone": "EDT",
        "exchangeTimezoneName": "America/New_York", "longName": market.NAMES.get(symbol, f"{symbol} Corporation"),
        "dataGranularity": interval, "range": "",
        "currentTradingPeriod": {"regular": {"start": last_close - 23400, "end": last_close}},
    }  # fmt: skip
    result = {"meta": meta, "indicators": {"quote": [{}]}}
    if len(rows):
        result["timestamp"] = [int(each) // SECOND for each in opens]
        result["indicators"] = {"quote": [quote]}
        if interval not in LENGTHS:
            result["indicators"]["adjclose"] = [{"adjclose": quote["close"]}]
    listed = {}
    if "splits" in events and (found := splits(symbol, start, end)):
        listed["splits"] = found
    if "div" in events and (found := dividends(symbol, start, end)):
        listed["dividends"] = found
    return {"chart": {"result": [{**result, **({"events": listed} if listed else {})}], "error": None}}


def opened(dates):
    table = calendar("XNYS").table
    return table.open[table.date.searchsorted(dates)]


def single(values):
    return [float(each) for each in values.astype(np.float32)]


def splits(symbol, start, end):
    found = {}
    for day, new, old in market.splits(symbol):
        at = int(opened(np.array([day]))[0])
        if start <= at < end:
            found[str(at // SECOND)] = {
                "date": at // SECOND, "numerator": new, "denominator": old, "splitRatio": f"{new}:{old}",
            }  # fmt: skip
    return found


def dividends(symbol, start, end):
    found = {}
    for day, amount in market.dividends(symbol):
        at = int(opened(np.array([day]))[0])
        if start <= at < end:
            later = float(market.factor_after(symbol, np.array([day]))[0])
            found[str(at // SECOND)] = {"amount": round(amount / later, 6), "date": at // SECOND}
    return found


def search(query):
    text = query["q"].lower()
    quotes = [
        {
            "symbol": symbol, "longname": name, "shortname": name, "quoteType": "EQUITY", "exchange": "NMS",
            "exchDisp": "NASDAQ", "isYahooFinance": True,
        }
        for symbol, name in market.NAMES.items()
        if text in symbol.lower() or text in name.lower()
    ]  # fmt: skip
    return json_answer({"count": len(quotes), "quotes": quotes, "news": []})


def wrong_symbol(document):
    document["chart"]["result"][0]["meta"]["symbol"] = "MSFT"
    return document
