"""An example of every parameter, body and answer of the OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from arbitrax.api import problems
from arbitrax.api.documentation import example

_ID = "01J8ZQ4M8K3T5V7X9Y1B3D5F7H"
PARAMETERS: dict[str, Any] = {
    "user": f"usr_{_ID}",
    "key": f"key_{_ID}",
    "backtest": f"bt_{_ID}",
    "ingestion": f"ing_{_ID}",
    "account": f"acc_{_ID}",
    "order": "ord_0001000000000001",
    "client_order_id": "t_019ac3f2b71_a1",
    "symbol": "AAPL",
    "name": "sma_cross",
    "strategy": "sma_cross",
    "points": 1000,
    "table": "trades",
    "vendor": "polygon",
    "timezone": "America/New_York",
    "preview": True,
    "interval": "1d",
    "start": "2012-01-01",
    "end": "2012-12-31",
    "search": "apple",
    "status": None,
    "side": "buy",
    "depth": 10,
    "limit": 100,
    **{
        f"{role}_column": name
        for role, name in {
            "date": "Date",
            "time": "Time",
            "open": "Open",
            "high": "High",
            "low": "Low",
            "close": "Settle",
            "volume": "Volume",
            "adj_close": "Adj Close",
            "symbol": "Ticker",
        }.items()
    },
    "cursor": "IjIwMTItMDEtMDMi",
    "If-Match": '"v1"',
    "If-None-Match": '"s0123456789abcdef"',
    "Idempotency-Key": "2f1c9a7e-nightly",
}
"""By name; None: the first of its choices."""
BODIES: dict[str, Any] = {
    "NewBacktest": {
        "strategy": "sma_cross",
        "parameters": {"fast": 10, "slow": 30},
        "symbols": ["AAPL"],
        "start": "2012-01-01",
        "end": "2012-12-31",
    },
    "NewIngestion": {
        "symbols": ["SYN-ACME"], "source": "synthetic", "start": "2020-01-01", "end": "2020-12-31",
    },
    "NewOrder": {
        "account": "demo",
        "symbol": "BTC-USD",
        "side": "buy",
        "quantity": "0.5",
        "price": "60000",
        "client_order_id": "t_019ac3f2b71_a1",
    },
    "NewAccount": {"name": "paper", "cash": "100000", "kind": "cash"},
    "OrderChange": {"quantity": "0.25", "price": "59000"},
}  # fmt: skip
"""Of bodies whose fields do not all go together."""
TEXTS = {
    "addresses": "10.0.0.0/8",
    "channel": f"runs.bt_{_ID}",
    "choices": "long",
    "class_name": "SmaCross",
    "code": "strategy.failed",
    "description": "bars of the quick average",
    "detail": "SmaCross.signals failed: ZeroDivisionError: division by zero",
    "equity": f"/api/v1/backtests/bt_{_ID}/equity",
    "error": "The vendor has nothing in this range.",
    "failed": "yahoo has nothing of SYN-ACME in this range.",
    "formula": "mean(r - r_f / P) / s(r) x sqrt(P)",
    "group": "Ratios",
    "honesty": f"/api/v1/backtests/bt_{_ID}/honesty",
    "id": f"bt_{_ID}",
    "interval": "1d",
    "job": f"job_{_ID}",
    "label": "Sharpe ratio",
    "lines": "SMA 10",
    "panes": "RSI",
    "name": "sma_cross",
    "metrics_basis": "252 days a year",
    "next_cursor": PARAMETERS["cursor"],
    "notices": "Costs are zero; live trading will do worse.",
    "orders": PARAMETERS["order"],
    "quality": "2 gaps",
    "report": f"/api/v1/backtests/bt_{_ID}/report",
    "sample": "249 returns, one a bar, 2012-01-03 to 2012-12-31",
    "source": "yahoo",
    "stopped": "yahoo does not answer.",
    "summary": "Long while a quick average is above a slow one.",
    "symbol": "AAPL",
    "symbols": "AAPL",
}
"""By field: of texts that have no example of their own."""
PLACEHOLDER = "text"
SUCCEEDED = {"status": "succeeded", "progress": 1.0, "eta": None, "cancel_asked": False, "error": None}
PROBLEM = {
    "type": "/docs#input.unknown_name",
    "title": "Not found",
    "status": 404,
    "code": "input.unknown_name",
    "detail": "No bars are stored for 'AAPLE'; the list of instruments shows what is.",
    "request_id": f"req_{_ID}",
    "retryable": False,
    "errors": [],
}


def add_examples(document: dict[str, Any]) -> None:
    """Give each parameter, body and answer in JSON an example."""
    for operation in _operations(document):
        for parameter in operation.get("parameters", ()):
            value = PARAMETERS.get(parameter["name"])
            parameter["example"] = example(parameter["schema"], document) if value is None else value
        for each in (operation.get("requestBody", {}), *operation["responses"].values()):
            for media, content in each.get("content", {}).items():
                if media == "application/json":
                    name = content["schema"].get("$ref", "").rpartition("/")[2]
                    content["example"] = BODIES.get(name) or _named(example(content["schema"], document), "")
                elif media == problems.MEDIA_TYPE:
                    content["example"] = PROBLEM


def _named(value: Any, field: str) -> Any:
    """Return an example with texts in the place of placeholders; of what is done in the background one that is done."""
    if isinstance(value, dict):
        found = {name: _named(each, name) for name, each in value.items()}
        return found | SUCCEEDED if found.keys() >= SUCCEEDED.keys() else found
    if isinstance(value, list):
        return [_named(each, field) for each in value]
    return TEXTS.get(field, value) if value == PLACEHOLDER else value


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for operations in document["paths"].values():
        yield from operations.values()
