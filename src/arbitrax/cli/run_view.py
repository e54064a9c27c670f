"""A run for people (tables) and for programs (documents)."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from arbitrax.backtest.metrics import DEFINITIONS, GROUPS, format_value
from arbitrax.backtest.result import Result
from arbitrax.cli.console import table
from arbitrax.domain.dates import date_text, time_text, to_nanoseconds
from arbitrax.domain.ids import encode
from arbitrax.domain.orders import (
    EventKind,
    ExitReason,
    OrderKind,
    OrderReason,
    OrderRole,
    OrderStatus,
    Phase,
    SizeKind,
    TimeInForce,
)
from arbitrax.indicators.crossings import average_scale

if TYPE_CHECKING:
    from rich.console import RenderableType

    from arbitrax.services.ports import RunSummary, StoredRun

METRIC_COLUMNS = 3
SHOWN_TRADES = 20
SHOWN_SYMBOLS = 8
"""Of the best, and of the worst."""
FILLS = {
    "next_open": "market orders at the next bar's open",
    "same_close": "market orders at the close that decided them",
}


def heading(result: Result) -> str:
    """Return one line that says what was run on what."""
    strategy = result.spec.strategy
    arguments = ", ".join(f"{name}={value}" for name, value in strategy.parameters.items())
    first, last = (date_text(int(result.bars.timestamp[at])) for at in (0, -1))
    return (
        f"{strategy.class_name}({arguments}) on {result.bars.symbol}, {first} to {last}, {len(result.bars):,} bars of "
        f"{result.bars.interval}, {result.bars.basis} prices"
    )


def honesty_table(result: Result) -> "RenderableType":
    """Return what there is to doubt, one line a part; computed here, and the last line says how long it took."""
    from rich.console import Group

    panel = result.honesty
    # Notices follow as notes.
    rows = [(label, verdict, sentence) for label, verdict, sentence in panel.lines if label != "notice"]
    took = f"Honesty checked in {panel.seconds:.2f} s."
    return Group(table("Honesty", ("check", "verdict", "what was found"), rows, left=3), took)


def metrics_table(result: Result) -> "RenderableType":
    """Return all metrics by group; undefined ones say why below."""
    metrics = result.metrics
    texts = {name: metrics.text(name) for name in metrics}
    return metrics_columns(heading(result), texts, metrics.undefined, f"Annualised with {metrics.basis}.")


def metrics_columns(
    title: str, texts: Mapping[str, str], undefined: Mapping[str, str], *remarks: str
) -> "RenderableType":
    """Return metrics, by name as text, in three columns, and below why some are undefined."""
    blocks: list[list[tuple[str, str]]] = []
    for group in GROUPS:
        names = [name for name in texts if DEFINITIONS[name].group == group]
        blocks.append([(group, ""), *((DEFINITIONS[name].label, texts[name]) for name in names), ("", "")])
    columns = _in_columns(blocks, METRIC_COLUMNS)
    reasons: dict[str, list[str]] = {}
    for name, reason in undefined.items():
        reasons.setdefault(reason, []).append(DEFINITIONS[name].label)
    lines = [f"n/a: {', '.join(labels)} ({reason})." for reason, labels in reasons.items()]
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    made = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1, 0, 0))
    for _ in columns:
        made.add_column(no_wrap=True)
        made.add_column(justify="right", no_wrap=True)
        made.add_column(width=1)
    for at in range(max(map(len, columns))):
        row: list[str | Text] = []
        for column in columns:
            label, value = column[at] if at < len(column) else ("", "")
            row += [Text(label, style="bold" if label in GROUPS else ""), value, ""]
        made.add_row(*row[:-1])
    return Group(Text(title, style="bold"), "", made, *lines, *remarks)


def _in_columns(blocks: list[list[tuple[str, str]]], count: int) -> list[list[tuple[str, str]]]:
    """Return blocks stacked in columns of about the same height, in order."""
    left = sum(map(len, blocks))
    columns: list[list[tuple[str, str]]] = [[]]
    for block in blocks:
        room = left / (count - len(columns) + 1)
        if columns[-1] and len(columns) < count and len(columns[-1]) + len(block) / 2 > room:
            left -= len(columns[-1])
            columns.append([])
        columns[-1] += block
    return columns


def trades_table(result: Result) -> "RenderableType":
    """Return the last trades."""
    from arbitrax.backtest.holdings import trade_returns
    from arbitrax.backtest.wording import spoken

    shown = result.trade_records[-SHOWN_TRADES:]
    rows = [
        (
            result.spec.symbols[trade["symbol"]],
            date_text(int(result.bars.timestamp[trade["entry_bar"]])),
            "long" if trade["side"] > 0 else "short",
            "open" if trade["is_open"] else date_text(int(result.bars.timestamp[trade["exit_bar"]])),
            spoken(ExitReason(trade["exit_reason"])),
            f"{trade['quantity']:,.4f}",
            f"{trade['entry_price']:,.4f}",
            f"{trade['exit_price']:,.4f}",
            f"{trade['pnl']:,.2f}",
            f"{change:+.2%}",
        )
        for trade, change in zip(shown, trade_returns(result.spec, shown).tolist(), strict=True)
    ]
    total = len(result.trade_records)
    title = f"Trades ({total})" if total <= SHOWN_TRADES else f"Trades (last {SHOWN_TRADES} of {total})"
    columns = ("symbol", "entry", "side", "exit", "why", "quantity", "entry price", "exit price", "profit", "return")
    return table(title, columns, rows, left=5)


def contributions_table(result: Result) -> "RenderableType":
    """Return what each symbol added, the best and the worst of many."""
    from arbitrax.backtest.contributions import contributions

    found = contributions(result.trade_records, len(result.spec.symbols), result.spec.cash)
    count = len(found)
    whole = count <= 2 * SHOWN_SYMBOLS
    shown = list(range(count)) if whole else [*range(SHOWN_SYMBOLS), *range(count - SHOWN_SYMBOLS, count)]
    rows = [
        (
            result.spec.symbols[one["symbol"]],
            f"{one['pnl']:,.2f}",
            f"{one['contribution']:+.2%}",
            f"{one['trades']:,}",
            f"{one['open_trades']:,}",
            "n/a" if not one["trades"] else f"{one['hit_rate']:.1%}",
            f"{one['fees']:,.2f}",
            f"{one['income']:,.2f}",
        )
        for one in found[shown]
    ]
    title = (
        f"Contributions ({count} symbols)"
        if whole
        else f"Contributions (best and worst {SHOWN_SYMBOLS} of {count:,} symbols)"
    )
    return table(title, ("symbol", "profit", "of cash", "closed trades", "open", "hit rate", "fees", "income"), rows)


def account_tables(result: Result) -> "list[RenderableType]":
    """Return the refused orders by reason and the account's events by kind, each only if there were any."""
    from arbitrax.backtest.summary import event_totals, refusals
    from arbitrax.backtest.wording import REASONS

    made = []
    refused = refusals(result.order_records)
    if refused:
        rows = [(REASONS[reason], f"{count:,}") for reason, count in refused.items()]
        made.append(table(f"Refused orders ({sum(refused.values()):,})", ("reason", "orders"), rows))
    totals = event_totals(result.event_records, result.order_records)
    if totals:
        lines = [
            (each.label, f"{each.count:,}", "" if each.amount is None else f"{each.amount:+,.2f}") for each in totals
        ]
        made.append(table("Account events", ("event", "times", "amount"), lines))
    return made


def assumptions_table(result: Result, run: "StoredRun") -> "RenderableType":
    """Return what the run rests on."""
    spec = result.spec
    rows = [
        ("fills", FILLS[spec.fill]),
        (
            "account",
            f"{spec.account.kind}, leverage {spec.account.leverage:g}, maintenance {spec.account.maintenance:g}",
        ),
        ("costs", f"commission {spec.commission_bps:g} bp, slippage {spec.slippage_bps:g} bp"),
        ("prices", "adjusted through adj_close" if result.bars.basis == "adjusted" else "raw, as given"),
        *(
            [("averages", f"exact at 1/{average_scale(result.bars.close):g} of a currency unit")]
            if len(spec.symbols) == 1
            else []
        ),
        ("cash", f"{spec.cash:,.2f}"),
        (
            "benchmark",
            spec.benchmark or (f"holding {result.bars.symbol}" if len(spec.symbols) == 1 else "holding all equally"),
        ),
        ("risk-free rate", f"{spec.risk_free:.2%}"),
        ("data as of", time_text(run.assets[0].as_of)),
        ("engine", run.engine_version),
        ("run hash", spec.hash),
        ("data hash", result.data_hash),
        ("result hash", result.hash),
        *(("notice", text) for text in result.notices),
    ]
    return table("Assumptions", ("", ""), rows, left=2)


def run_document(
    result: Result, run_id: str | None, report: Path | None, *, with_records: bool = False, with_honesty: bool = True
) -> dict[str, object]:
    """Return a run as JSON-able data."""
    from arbitrax.backtest.summary import event_totals, refusals

    times = result.bars.timestamp
    document: dict[str, object] = {
        "id": run_id,
        "spec": result.spec,
        "run_hash": result.spec.hash,
        "data_hash": result.data_hash,
        "result_hash": result.hash,
        "symbol": result.bars.symbol,
        "prices": result.bars.basis,
        "start": time_text(int(times[0])),
        "end": time_text(int(times[-1])),
        "bars": len(result.bars),
        "metrics": dict(result.metrics),
        "undefined": result.metrics.undefined,
        "annualised_with": result.metrics.basis,
        "honesty": result.honesty.document() if with_honesty else None,
        "notices": result.notices,
        "contributions": _contributions(result),
        "refused_orders": {reason.name.lower(): count for reason, count in refusals(result.order_records).items()},
        "account_events": {
            each.name: {"count": each.count, "amount": each.amount}
            for each in event_totals(result.event_records, result.order_records)
        },
        "report": None if report is None else str(report),
    }
    if with_records:
        orders = result.order_records

        def moment(bar: int) -> str | None:
            return None if bar < 0 else time_text(int(times[bar]))

        def tag(order: int) -> str | None:
            number = -1 if order < 0 else int(orders["tag"][order])
            return None if number < 0 else result.tags[number]

        document["trades"] = [
            {
                "entry_time": time_text(int(times[trade["entry_bar"]])),
                "exit_time": None if trade["is_open"] else time_text(int(times[trade["exit_bar"]])),
                "side": "long" if trade["side"] > 0 else "short",
                "symbol": result.spec.symbols[trade["symbol"]],
                "entry_reason": OrderKind(orders["kind"][trade["entry_order"]]).name.lower(),
                "entry_tag": tag(trade["entry_order"]),
                "exit_reason": ExitReason(trade["exit_reason"]).name.lower(),
                "exit_tag": tag(trade["exit_order"]),
                **{
                    name: float(trade[name])
                    for name in ("quantity", "entry_price", "exit_price", "pnl", "fees", "slippage", "income")
                },
            }
            for trade in result.trade_records
        ]
        document["orders"] = [
            {
                **{name: moment(int(order[f"{name}_bar"])) for name in ("created", "accepted", "triggered", "ended")},
                "symbol": result.spec.symbols[order["symbol"]],
                "kind": OrderKind(order["kind"]).name.lower(),
                "role": OrderRole(order["role"]).name.lower(),
                "side": {1: "buy", -1: "sell", 0: None}[int(order["side"])],
                "status": OrderStatus(order["status"]).name.lower(),
                "reason": OrderReason(order["reason"]).name.lower(),
                "size": _known(order["size"]),
                "size_unit": SizeKind(order["size_kind"]).name.lower(),
                "limit": _known(order["limit"]),
                "stop": _known(order["stop"]),
                "trail": _known(order["trail"]),
                "time_in_force": TimeInForce(order["time_in_force"]).name.lower(),
                "tag": tag(number),
                "quantity": float(order["quantity"]),
                "price": _known(order["price"]),
                "fee": float(order["fee"]),
                "slippage": float(order["slippage"]),
            }
            for number, order in enumerate(orders)
        ]
        document["fills"] = [
            {
                "time": moment(int(fill["bar"])),
                "order": int(fill["order"]),
                "symbol": result.spec.symbols[fill["symbol"]],
                "phase": Phase(fill["phase"]).name.lower(),
                **{name: float(fill[name]) for name in ("quantity", "reference_price", "price", "fee")},
                "maker": bool(fill["maker"]),
            }
            for fill in result.fill_records
        ]
        document["events"] = [
            {
                "time": moment(int(event["bar"])),
                "event": EventKind(event["kind"]).name.lower(),
                "symbol": None if event["symbol"] < 0 else result.spec.symbols[event["symbol"]],
                **{name: float(event[name]) for name in ("quantity", "price", "amount")},
            }
            for event in result.event_records
        ]
    return document


def _contributions(result: Result) -> list[dict[str, object]]:
    from arbitrax.backtest.contributions import contributions

    found = contributions(result.trade_records, len(result.spec.symbols), result.spec.cash)
    names = [name for name in found.dtype.names or () if name != "symbol"]
    return [
        {"symbol": result.spec.symbols[one["symbol"]]}
        | {name: _known(one[name]) if name == "hit_rate" else one[name].item() for name in names}
        for one in found
    ]


def _known(value: float) -> float | None:
    """Return a number, None for NaN."""
    return None if math.isnan(value) else float(value)


class SummaryRow(Struct, frozen=True):
    """A line of the list of runs, both ways."""

    cells: tuple[str, ...]
    document: dict[str, object]


def summary_row(run: "RunSummary") -> SummaryRow:
    """Return a stored run as a line."""
    run_id = encode("bt", run.id)
    created = time_text(to_nanoseconds(run.created_at))
    arguments = ", ".join(f"{name}={value}" for name, value in run.parameters.items())
    cells = (
        run_id,
        f"{run.created_at:%Y-%m-%d %H:%M}",
        f"{run.strategy}({arguments})",
        run.symbol,
        f"{run.start:%Y-%m-%d} to {run.end:%Y-%m-%d}",
        format_value(run.total_return, "percent"),
        format_value(run.sharpe, "ratio"),
        format_value(run.max_drawdown, "percent"),
        str(run.trades),
    )
    document: dict[str, object] = {
        "id": run_id,
        "created_at": created,
        "strategy": run.strategy,
        "parameters": run.parameters,
        "symbol": run.symbol,
        "start": run.start,
        "end": run.end,
        "bars": run.bars,
        "total_return": run.total_return,
        "sharpe": run.sharpe,
        "max_drawdown": run.max_drawdown,
        "trades": run.trades,
        "run_hash": run.run_hash,
    }
    return SummaryRow(cells, document)
