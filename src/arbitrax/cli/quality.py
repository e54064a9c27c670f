"""`arbitrax data check`: how far a stored series can be trusted; `arbitrax data repair`: what could be mended."""

import getpass
import time
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from arbitrax.bootstrap import open_store
from arbitrax.cli.console import Json, show, show_json, table
from arbitrax.domain.dates import date_text, time_text
from arbitrax.domain.errors import InputError
from arbitrax.domain.ids import decode, encode
from arbitrax.domain.intervals import is_intraday
from arbitrax.market_data.validation.findings import score_text
from arbitrax.settings import read_settings

if TYPE_CHECKING:
    from rich.console import RenderableType

    from arbitrax.market_data.validation.findings import QualityReport
    from arbitrax.services.catalogue_ports import StoredQuarantine, StoredRepair

REPAIR = "rep"
"""Prefix of a repair's id."""
MOST_ROWS = 20


def check(
    symbol: str,
    /,
    *,
    interval: Annotated[str, Parameter(help="Length of a bar.")] = "1d",
    rows: Annotated[
        bool, Parameter(negative="", help="List every row concerned, and all that were set aside.")
    ] = False,
    json: Json = False,
) -> int:
    """Judge a stored series by every rule, and show what there is to doubt and what was set aside."""
    from arbitrax.services.quality import judge_series
    from arbitrax.services.stored_bars import load_series

    with open_store(read_settings()) as store:
        aside = store.quality.quarantined(symbol, interval)
        report = judge_series(store, symbol, interval, now=time.time_ns())
        if report is None and not aside:
            load_series(store.bars, symbol, interval)  # which says what there is instead
    if json:
        show_json({"report": report, "set_aside": aside})
        return 0
    if report is None:
        show(f"{symbol} {interval}: no bars; whatever came was set aside")
    else:
        _show_report(report, interval, rows=rows)
    if aside:
        shown = aside if rows else aside[:MOST_ROWS]
        show(_set_aside(shown, interval, len(aside)))
    return 0


def _show_report(report: "QualityReport", interval: str, *, rows: bool) -> None:
    when = time_text if is_intraday(interval) else date_text
    show(f"{report.symbol} {interval}: quality {score_text(report.score)} of 100, {report.rows:,} sound bars")
    if report.lines:
        show(_findings(report, interval))
    else:
        show("No rule has anything to say against it.")
    if rows:
        for line in report.lines:
            more = ", ..." if line.count > len(line.times) else ""
            show(f"{line.rule}: {', '.join(when(at) for at in line.times)}{more}")


def repair(
    symbol: str,
    /,
    *,
    interval: Annotated[str, Parameter(help="Length of a bar.")] = "1d",
    apply: Annotated[str | None, Parameter(help="Id of the repair to do, or all.")] = None,
    undo: Annotated[str | None, Parameter(help="Id of the repair to take back.")] = None,
    json: Json = False,
) -> int:
    """Show what could be mended in a stored series; nothing is changed unless asked for, and all can be undone."""
    from arbitrax.services.repairs import apply_repair, known_repairs, undo_repair

    if apply is not None and undo is not None:
        raise InputError("Give either --apply or --undo, not both.")
    with open_store(read_settings()) as store:
        known = known_repairs(store, symbol, interval, now=time.time_ns())
        who = getpass.getuser()
        if apply == "all":
            wanted = [each.id for each in known if each.applied is None]
        else:
            wanted = [] if apply is None else [decode(REPAIR, apply)]
        for each in wanted:
            apply_repair(store, symbol, interval, each, who=who, now=time.time_ns())
        if undo is not None:
            undo_repair(store, symbol, interval, decode(REPAIR, undo), who=who, now=time.time_ns())
        known = store.quality.repairs(symbol, interval)
    if json:
        show_json([_document(each) for each in known])
    elif not known:
        show(f"Nothing in the {interval} bars of {symbol} can be mended; `arbitrax data check {symbol}` says why.")
    else:
        rows = [(encode(REPAIR, each.id), _state(each), each.repair.rule, each.repair.reason) for each in known]
        show(table(f"{symbol} {interval}: repairs", ("id", "state", "rule", "what"), rows, left=4))
        if any(each.applied is None for each in known):
            show(f"`arbitrax data repair {symbol} --interval {interval} --apply ID` does one, --apply all does all.")
    return 0


def _findings(report: "QualityReport", interval: str) -> "RenderableType":
    when = time_text if is_intraday(interval) else date_text
    rows = [
        (
            each.level.value,
            each.rule.replace("_", " "),
            f"{each.count:,}",
            when(each.first),
            when(each.last),
            each.reason,
        )
        for each in report.lines
    ]
    return table(None, ("level", "rule", "rows", "first", "last", "for example"), rows, left=6)


def _set_aside(aside: "list[StoredQuarantine]", interval: str, total: int) -> "RenderableType":
    when = time_text if is_intraday(interval) else date_text
    title = f"Set aside: {total:,} row{'' if total == 1 else 's'}" + (
        f", the first {len(aside)} (--rows shows all)" if len(aside) < total else ""
    )
    rows = [(when(each.row.timestamp), each.source, each.row.rule.replace("_", " "), each.row.reason) for each in aside]
    return table(title, ("time", "source", "rule", "why"), rows, left=4)


def _state(each: "StoredRepair") -> str:
    if each.undone is not None:
        return "undone"
    return "proposed" if each.applied is None else "applied"


def _document(each: "StoredRepair") -> dict[str, object]:
    before, after = each.repair.before, each.repair.after
    return {
        "id": encode(REPAIR, each.id),
        "state": _state(each),
        "rule": each.repair.rule,
        "reason": each.repair.reason,
        "bars_before": len(before),
        "bars_after": len(after),
        "proposed": each.proposed,
        "applied": each.applied,
        "applied_by": each.applied_by,
        "undone": each.undone,
        "undone_by": each.undone_by,
    }
