"""The made-up market as Alpha Vantage tells it: texts, newest first, on New York's clock."""

from datetime import date

import numpy as np

from arbitrax.domain.dates import date_text, start_of_day, time_text
from arbitrax.domain.intervals import DAY, MINUTE
from arbitrax.market_data.local_time import to_local, to_utc
from tests.vendors import market
from tests.vendors.answer import json_answer

MORE = "You may subscribe to any of the premium plans at https://www.alphavantage.co/premium/ to instantly unlock all"
COMPACT = 100


def symbol_of(path, query):
    return query.get("symbol", query.get("keywords", ""))


def answer(server, path, query, headers):
    function, symbol = query.get("function", ""), query.get("symbol", "")
    if query.get("apikey") != server.key:
        return json_answer(
            {
                "Error Message": "the parameter apikey is invalid or missing. Please claim your free API key on "
                "(https://www.alphavantage.co/support/#api-key). It should take less than 20 seconds."
            }
        )
    if function == "SYMBOL_SEARCH":
        return search(query["keywords"])
    if not market.exists(symbol):
        return json_answer(
            {
                "Error Message": "Invalid API call. Please retry or visit the documentation "
                f"(https://www.alphavantage.co/documentation/) for {function}."
            }
        )
    if function in ("SPLITS", "DIVIDENDS"):
        return json_answer({"symbol": symbol, "data": splits(symbol) if function == "SPLITS" else dividends(symbol)})
    if not server.premium and function == "TIME_SERIES_DAILY_ADJUSTED":
        return json_answer(
            {"Information": f"Thank you for using Alpha Vantage! This is a premium endpoint. {MORE} premium endpoints"}
        )
    if not server.premium and query.get("outputsize") == "full" and function == "TIME_SERIES_DAILY":
        return json_answer(
            {
                "Information": "Thank you for using Alpha Vantage! The outputsize=full parameter value is a premium "
                f"feature for the TIME_SERIES_DAILY endpoint. {MORE} premium features"
            }
        )
    if function == "TIME_SERIES_INTRADAY":
        return intraday(server, symbol, query)
    return daily(server, symbol, query, adjusted=function.endswith("ADJUSTED"))


def daily(server, symbol, query, *, adjusted):
    rows = market.daily(symbol, start_of_day("1999-11-01"), server.now() // DAY * DAY)
    if query.get("outputsize", "compact") == "compact":
        rows = rows.take(slice(-COMPACT, None))
    paid, cut = dict(market.dividends(symbol)), {day: new / old for day, new, old in market.splits(symbol)}
    factor, series = market.factor_after(symbol, rows.time), {}
    for at in range(len(rows) - 1, -1, -1):
        day = int(rows.time[at])
        row = prices(rows, at)
        if adjusted:
            row |= {
                "5. adjusted close": repr(float(rows.close[at] / factor[at])), "6. volume": f"{rows.volume[at]:.0f}",
                "7. dividend amount": f"{paid.get(day, 0.0):.4f}", "8. split coefficient": str(cut.get(day, 1.0)),
            }  # fmt: skip
        else:
            row["5. volume"] = f"{rows.volume[at]:.0f}"
        series[date_text(day)] = row
    return json_answer(
        {
            "Meta Data": {
                "1. Information": "Daily Prices (open, high, low, close) and Volumes",
                "2. Symbol": symbol,
                "3. Last Refreshed": next(iter(series), ""),
                "4. Output Size": "Compact",
                "5. Time Zone": "US/Eastern",
            },
            "Time Series (Daily)": series,
        }
    )


def intraday(server, symbol, query):
    first = start_of_day(f"{query['month']}-01")
    year, month = date.fromisoformat(date_text(first)).year, date.fromisoformat(date_text(first)).month
    last = start_of_day(f"{year + month // 12}-{month % 12 + 1:02}-01")
    start, end = (int(to_utc(np.array([each]), "America/New_York")[0][0]) for each in (first, last))
    interval = query["interval"]
    rows = market.intraday(
        symbol, int(interval.removesuffix("min")) * MINUTE, start, min(end, server.now()), from_open=False
    )
    clock = to_local(rows.time, "America/New_York")
    series = {}
    for at in range(len(rows) - 1, -1, -1):
        series[stamp(clock[at])] = {**prices(rows, at), "5. volume": f"{rows.volume[at]:.0f}"}
    return json_answer(
        {
            "Meta Data": {
                "1. Information": f"Intraday ({interval}) open, high, low, close prices and volume",
                "2. Symbol": symbol,
                "3. Last Refreshed": next(iter(series), ""),
                "4. Interval": interval,
                "5. Output Size": "Full size",
                "6. Time Zone": "US/Eastern",
            },
            f"Time Series ({interval})": series,
        }
    )


def stamp(clock):
    return time_text(int(clock)).replace("T", " ").removesuffix("Z")


def prices(rows, at):
    columns = ("open", "high", "low", "close")
    return {f"{place}. {name}": f"{getattr(rows, name)[at]:.4f}" for place, name in enumerate(columns, 1)}


def splits(symbol):
    return [
        {"effective_date": date_text(day), "split_factor": f"{new / old:.4f}"}
        for day, new, old in reversed(market.splits(symbol))
    ]


def dividends(symbol):
    return [
        {
            "ex_dividend_date": date_text(day), "declaration_date": "None", "record_date": date_text(day),
            "payment_date": date_text(day + 14 * DAY), "amount": str(amount),
        }
        for day, amount in reversed(market.dividends(symbol))
    ]  # fmt: skip


def search(text):
    found = [
        {
            "1. symbol": symbol, "2. name": name, "3. type": "Equity", "4. region": "United States",
            "5. marketOpen": "09:30", "6. marketClose": "16:00", "7. timezone": "UTC-04", "8. currency": "USD",
            "9. matchScore": "1.0000",
        }
        for symbol, name in market.NAMES.items()
        if text.lower() in symbol.lower() or text.lower() in name.lower()
    ]  # fmt: skip
    return json_answer({"bestMatches": found})


def wrong_symbol(document):
    document["Meta Data"]["2. Symbol"] = "MSFT"
    return document
