"""What a run has to say about itself besides its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from arbitrax.domain.bars import Bars
from arbitrax.domain.dates import date_text
from arbitrax.domain.orders import EventKind, OrderReason, OrderStatus
from arbitrax.domain.panel import Panel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from arbitrax.backtest.spec import RunSpec
    from arbitrax.domain.corporate_actions import CorporateAction

SPLIT = 0.2
"""Log step of adj_close / close that no ordinary dividend makes."""
REFUSALS = {
    OrderReason.NO_CASH: "for lack of cash",
    OrderReason.NO_MARGIN: "for lack of margin",
    OrderReason.NO_SHORTING: "because a cash account cannot be short",
}


def price_notices(
    spec: RunSpec, raw: Bars | Sequence[Bars] | Panel, actions: Sequence[CorporateAction]
) -> tuple[str, ...]:
    """Return what the prices of a run call for, one sentence each."""
    if actions and spec.prices == "adjusted":
        return ("Corporate actions were given but not applied: adjusted prices carry them; use prices='raw'.",)
    if isinstance(raw, Panel):
        return ()
    found: list[str] = []
    plain = []
    for each in [raw] if isinstance(raw, Bars) else raw:
        own = [action for action in actions if action.symbol == each.symbol]
        if own:
            from arbitrax.market_data.corporate_actions import check_actions

            found.extend(check_actions(each, own))
        else:
            plain.append(each)
    return (*found, *_price_notices(spec, plain))


def run_notices(
    spec: RunSpec,
    panel: Panel,
    benchmark: Bars | None,
    records: tuple[NDArray[np.void], NDArray[np.void]],
    bankrupt_bar: int,
) -> tuple[str, ...]:
    """Return what happened in a run, one sentence each; records: its orders and events."""
    found: list[str] = []
    orders, events = records
    if spec.fill == "same_close":
        found.append(
            "Market orders filled at the close that decided them (same_close); nobody can trade at a price they have "
            "seen."
        )
    if spec.commission_bps == 0 and spec.slippage_bps == 0 and spec.costs == type(spec.costs)():
        found.append("Costs are zero; live trading will do worse.")
    if benchmark is not None and benchmark.timestamp[-1] < panel.timestamp[-1]:
        last = date_text(int(benchmark.timestamp[-1]))
        found.append(f"The benchmark {benchmark.symbol} ends on {last}; after that its last close is kept.")
    refused = orders["reason"][orders["status"] == OrderStatus.REFUSED]
    for reason, text in REFUSALS.items():
        count = int(np.count_nonzero(refused == reason))
        if count:
            found.append(f"{_count(count, 'order')} refused {text}; result.orders names them.")
    delisted = sorted({*orders["symbol"][orders["reason"] == OrderReason.DELISTED].tolist()})
    if delisted:
        names = _first([panel.symbols[column] for column in delisted])
        found.append(f"The bars of {names} end before the run does; positions were closed at the last price.")
    calls = int(np.count_nonzero(events["kind"] == EventKind.MARGIN_CALL))
    if calls:
        found.append(f"{_count(calls, 'margin call')} met by liquidation; result.events names them.")
    if bankrupt_bar >= 0:
        found.append(f"The account went bankrupt at bar {bankrupt_bar}; everything was closed and the run stopped.")
    return tuple(found)


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'} {'was' if count == 1 else 'were'}"


def _first(names: list[str]) -> str:
    """Return a few names and how many more there are: hundreds of symbols are one sentence."""
    return ", ".join(names[:3]) + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")


def _price_notices(spec: RunSpec, series: list[Bars]) -> list[str]:
    found = []
    lacking = [each.symbol for each in series if each.adj_close is None and each.basis == "raw"]
    if spec.prices == "adjusted" and lacking:
        verb = "has" if len(lacking) == 1 else "have"
        found.append(
            f"{_first(lacking)} {verb} no adjusted close, so prices are used as given; splits may look like crashes."
        )
    split = {each.symbol: steps for each in series if spec.prices == "raw" and len(steps := _splits(each))}
    if len(split) > 1:
        found.append(f"Prices are raw and {_first(list(split))} were split; their falls there are no losses.")
    for symbol, steps in split.items() if len(split) == 1 else ():
        days = ", ".join(steps[:3])
        found.append(f"Prices are raw and {symbol} was split (as on {days}); its falls there are no losses.")
    return found


def _splits(bars: Bars) -> list[str]:
    """Return the days on which adj_close / close steps as no dividend makes it."""
    if bars.adj_close is None:
        return []
    factor = bars.adj_close / bars.close
    steps = np.flatnonzero(np.abs(np.log(factor[1:] / factor[:-1])) > SPLIT) + 1
    return [date_text(int(bars.timestamp[at])) for at in steps]
