"""`arbitrax data actions`: import, list and withdraw corporate actions."""

import time
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from arbitrax.bootstrap import open_store
from arbitrax.cli.console import Json, complain, notice, show, show_json, table
from arbitrax.domain.dates import date_text
from arbitrax.domain.errors import InputError
from arbitrax.services.ports import StoredAction
from arbitrax.settings import read_settings

app = App(name="actions", help="Import, list and withdraw splits and dividends.")

COLUMNS = ("ex-date", "kind", "source", "received (UTC)", "pay date", "currency", "ratio", "amount")


@app.command(name="import")
def import_files(
    *files: Path,
    symbol: Annotated[str | None, Parameter(help="The symbol, when the file does not name it.")] = None,
    currency: Annotated[str | None, Parameter(help="Of dividends whose row names none; USD otherwise.")] = None,
    split_adjusted: Annotated[
        bool | None, Parameter(help="Whether dividends are divided by later splits, as Yahoo's are; this is undone.")
    ] = None,
    json: Json = False,
) -> int:
    """Import CSV files of splits and dividends, each of them whole or not at all.

    Columns are symbol, kind, ex_date, ratio or amount, pay_date and currency, or as Alpha Vantage and yfinance write
    them.
    """
    from arbitrax.services.corporate_actions import import_actions

    if not files:
        raise InputError("Say what to import: one or more CSV files of splits and dividends.")
    with open_store(read_settings()) as store:
        outcomes = [
            import_actions(
                store.actions,
                store.bars,
                path,
                received=time.time_ns(),
                symbol=symbol,
                currency=currency,
                split_adjusted=split_adjusted,
            )
            for path in files
        ]
    stored = [each for each in outcomes if each.refused is None]
    if json:
        show_json(outcomes)
    else:
        columns = ("file", "symbols", "rows", "added", "updated", "unchanged", "duplicates")
        rows = []
        for each in stored:
            counts = (each.rows, each.added, each.updated, each.unchanged, each.duplicates_dropped)
            symbols = ", ".join(each.symbols[:3]) + (", ..." if len(each.symbols) > 3 else "")
            rows.append((Path(each.path).name, symbols, *(f"{count:,}" for count in counts)))
        if rows:
            show(table(None, columns, rows, left=2))
        for text in dict.fromkeys(text for each in stored for text in each.notices):
            notice(text)
        for each in outcomes:
            if each.refused is not None:
                complain(each.refused)
    refused = len(outcomes) - len(stored)
    return 0 if not refused else 1 if refused == len(outcomes) else 3


@app.command(name="list")
def list_stored(symbol: str, /, *, json: Json = False) -> int:
    """List the stored splits and dividends of a symbol, as declared."""
    from arbitrax.services.corporate_actions import list_actions

    with open_store(read_settings()) as store:
        stored = list_actions(store.actions, store.bars, symbol)
    if json:
        show_json({"symbol": symbol, "actions": [_document(each) for each in stored.known]})
    elif not stored.known:
        show(f"{symbol} has no corporate actions; `arbitrax data actions import FILE` adds some.")
    else:
        show(table(f"{symbol}: corporate actions", COLUMNS, [_row(each) for each in stored.known], left=6))
    return 0


@app.command(name="withdraw")
def withdraw(
    symbol: str,
    kind: Annotated[str, Parameter(help="split, stock_dividend, spin_off or dividend.")],
    ex_date: Annotated[str, Parameter(help="As YYYY-MM-DD.")],
    /,
    *,
    restore: Annotated[bool, Parameter(negative="", help="Let a withdrawn one count again.")] = False,
) -> int:
    """Let a wrong split or dividend count no more; runs made with it can still be reproduced."""
    from arbitrax.services.corporate_actions import withdraw_action

    with open_store(read_settings()) as store:
        withdraw_action(store.actions, symbol, kind, ex_date, received=time.time_ns(), restore=restore)
    show(f"The {kind} of {symbol} on {ex_date} {'counts again' if restore else 'counts no more'}.")
    return 0


def _document(each: StoredAction) -> dict[str, object]:
    action = each.action
    return {
        "kind": action.kind,
        "ex_date": date_text(action.ex_date),
        "ratio": action.ratio,
        "amount": action.amount,
        "currency": action.currency,
        "pay_date": None if action.pay_date is None else date_text(action.pay_date),
        "source": each.source,
        "received": each.received,
    }


def _row(each: StoredAction) -> tuple[str, ...]:
    from arbitrax.market_data.corporate_actions import ratio_text

    action = each.action
    return (
        date_text(action.ex_date),
        action.kind,
        each.source,
        f"{each.received:%Y-%m-%d %H:%M}",
        "" if action.pay_date is None else date_text(action.pay_date),
        action.currency or "",
        "" if action.ratio is None else ratio_text(action.ratio),
        "" if action.amount is None else f"{action.amount:.10g}",
    )
