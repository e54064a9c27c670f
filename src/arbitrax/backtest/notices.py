"""What a run has to say about itself besides its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from arbitrax.backtest.market import last_bars
from arbitrax.domain.assets import SYNTHETIC
from arbitrax.domain.bars import Bars
from arbitrax.domain.dates import date_text
from arbitrax.domain.orders import EventKind, OrderReason, OrderStatus
from arbitrax.domain.panel import Panel
from arbitrax.strategies.price_levels import fixed_price_levels
from arbitrax.strategies.strategy import Strategy, source_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from arbitrax.backtest.spec import RunSpec
    from arbitrax.domain.corporate_actions import CorporateAction
    from arbitrax.market_data.calendars import Calendar
    from arbitrax.market_data.finer import Finer

SPLIT = 0.2
"""Log step of adj_close / close that no ordinary dividend makes."""
MANY = 10
"""Symbols beyond which not each of them is compared with the sessions of its exchange."""
REFUSALS = {
    OrderReason.NO_CASH: "for lack of cash",
    OrderReason.NO_MARGIN: "for lack of margin",
    OrderReason.NO_SHORTING: "because a cash account cannot be short",
}


def price_notices(
    spec: RunSpec,
    raw: Bars | Sequence[Bars] | Panel,
    actions: Sequence[CorporateAction],
    records: NDArray[np.void] | None,
) -> tuple[str, ...]:
    """Return what the prices of a run call for, one sentence each; records: the actions that fall into it."""
    if actions and spec.prices == "adjusted":
        return ("Corporate actions were given but not applied: adjusted prices carry them; use prices='raw'.",)
    if spec.prices == "adjusted":
        lacking = _unadjusted(raw)
        if not lacking:
            return ()
        have = "has" if len(lacking) == 1 else "have"
        return (
            f"{_names(lacking)} {have} no adjusted close, so prices are used as given; splits may look like crashes.",
        )
    found = _applied(records, actions)
    plain: list[Bars] = []
    for each in _series(raw):
        own = [action for action in actions if action.symbol == each.symbol]
        if own:
            from arbitrax.market_data.corporate_actions import check_actions

            found.extend(check_actions(each, own))
        else:
            plain.append(each)
    return (*found, *_split_notices(plain))


def finer_notices(finer: Finer, interval: str | None) -> tuple[str, ...]:
    """Return how far finer bars could tell what came first."""
    found = []
    told, differ = int(np.count_nonzero(finer.tells)), finer.differ
    if differ:
        found.append(
            f"In {differ:,} of {differ + told:,} bars the {interval} bars have another high or low; there the worse of "
            "stop and target still counts."
        )
    if finer.lacking:
        have = "bar has" if finer.lacking == 1 else "bars have"
        found.append(f"{finer.lacking:,} {have} no {interval} bars inside; there the worse counts too.")
    return tuple(found)


def session_notices(raw: Bars | Sequence[Bars] | Panel, panel: Panel, exchange: Calendar) -> tuple[str, ...]:
    """Return where bars and the sessions of the run's exchange disagree; of many symbols only for their times."""
    from arbitrax.market_data.session_checks import check_sessions

    if len(panel.symbols) > MANY:
        close = panel.close[:, 0]
        rows = Bars("The portfolio", panel.interval, panel.timestamp, close, close, close, close, close)
        return check_sessions(rows, exchange)
    return tuple(sentence for each in _series(raw) for sentence in check_sessions(each, exchange))


def level_notices(strategy: type[Strategy]) -> tuple[str, ...]:
    """Return what a strategy that holds adjusted prices against fixed levels should know."""
    found = fixed_price_levels(source_of(strategy) or "", strategy.__name__)
    if not found:
        return ()
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    return (
        f"{strategy.__name__} has a rule on an absolute price level ({found[0]}{more}), but prices are adjusted "
        "and change with every later split and dividend; use raw prices, or a level that moves with them.",
    )


def _applied(records: NDArray[np.void] | None, actions: Sequence[CorporateAction]) -> list[str]:
    """Return what was done with the actions, and what could not be."""
    found = []
    if records is not None:
        dividends = "dividend"
        currencies = sorted({each.currency for each in actions if each.currency is not None})
        if currencies:
            dividends = f"{'/'.join(currencies)} dividend"
        splits, paid = int(np.count_nonzero(records["ratio"] != 1)), int((records["amount"] > 0).sum())
        counts = ((splits, "split"), (paid, dividends))
        said = " and ".join(f"{count:,} {noun}{'' if count == 1 else 's'}" for count, noun in counts if count)
        found.append(f"Prices are raw; {said} in the range were applied to positions and orders.")
        if paid and len(currencies) > 1:
            found.append(
                f"The dividends are in {_names(currencies)}, and were booked as if in the currency of the prices; "
                "convert their amounts."
            )
    spun = sorted({each.symbol for each in actions if each.kind == "spin_off"})
    if spun:
        found.append(
            f"Spin-offs of {_names(spun)} are not booked, as the value of the new shares is not known; the fall of the "
            "price counts as a loss."
        )
    return found


def _unadjusted(raw: Bars | Sequence[Bars] | Panel) -> list[str]:
    """Return the symbols with raw prices and no adjusted close."""
    if isinstance(raw, Panel):
        if raw.basis == "adjusted":
            return []
        if raw.factor is None:
            return list(raw.symbols)
        return [raw.symbols[at] for at in np.flatnonzero(~(raw.factor > 0).any(axis=0))]
    series = [raw] if isinstance(raw, Bars) else raw
    return [each.symbol for each in series if each.adj_close is None and each.basis == "raw"]


def _series(raw: Bars | Sequence[Bars] | Panel) -> Iterable[Bars]:
    if isinstance(raw, Panel):
        return (raw.column(symbol) for symbol in raw.symbols)
    return [raw] if isinstance(raw, Bars) else raw


def _names(symbols: Sequence[str]) -> str:
    """Return ``A, B and C``, or the first three and how many more."""
    if len(symbols) > 3:
        return f"{', '.join(symbols[:3])} and {len(symbols) - 3:,} more"
    return " and ".join(filter(None, (", ".join(symbols[:-1]), symbols[-1])))


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
    made_up = [symbol for symbol in panel.symbols if symbol.startswith(SYNTHETIC)]
    if made_up:
        found.append(f"The prices of {_names(made_up)} are synthetic; the result says nothing about any market.")
    if spec.fill == "same_close":
        found.append(
            "Market orders filled at the close that decided them (same_close); nobody can trade at a price they have "
            "seen."
        )
    if spec.commission_bps == 0 and spec.slippage_bps == 0 and spec.costs == type(spec.costs)():
        found.append("Costs are zero; live trading will do worse.")
    if benchmark is not None and benchmark.timestamp[-1] < panel.timestamp[-1]:
        last = date_text(int(benchmark.timestamp[-1]))
        found.append(
            f"The benchmark {benchmark.symbol} ends on {last}; after that its last close is kept, a return of zero in "
            "every metric against it."
        )
    refused = orders["reason"][orders["status"] == OrderStatus.REFUSED]
    for reason, text in REFUSALS.items():
        count = int(np.count_nonzero(refused == reason))
        if count:
            found.append(f"{_count(count, 'order')} refused {text}; result.orders names them.")
    delisted = sorted({*orders["symbol"][orders["reason"] == OrderReason.DELISTED].tolist()})
    if delisted:
        names = _names([panel.symbols[column] for column in delisted])
        found.append(f"The bars of {names} end before the run does; positions were closed at the last price.")
    silent = [symbol for symbol, last in zip(panel.symbols, last_bars(panel.close).tolist(), strict=True) if last < 0]
    if silent:
        found.append(f"{_names(silent)} {'has' if len(silent) == 1 else 'have'} no bar in this range.")
    calls = int(np.count_nonzero(events["kind"] == EventKind.MARGIN_CALL))
    if calls:
        found.append(f"{_count(calls, 'margin call')} met by liquidation; result.events names them.")
    if bankrupt_bar >= 0:
        found.append(f"The account went bankrupt at bar {bankrupt_bar}; everything was closed and the run stopped.")
    return tuple(found)


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'} {'was' if count == 1 else 'were'}"


def _split_notices(series: list[Bars]) -> list[str]:
    """Return what raw prices of symbols with splits, of which nobody said anything, call for."""
    split = {each.symbol: days for each in series if (days := _splits(each))}
    if len(split) == 1:
        symbol, days = next(iter(split.items()))
        listed = ", ".join(days[:3])
        return [f"Prices are raw and {symbol} was split (as on {listed}); its falls there are no losses."]
    return [f"Prices are raw and {_names(list(split))} were split; their falls there are no losses."] if split else []


def _splits(bars: Bars) -> list[str]:
    """Return the days on which adj_close / close steps as no dividend makes it."""
    if bars.adj_close is None:
        return []
    factor = bars.adj_close / bars.close
    steps = np.flatnonzero(np.abs(np.log(factor[1:] / factor[:-1])) > SPLIT) + 1
    return [date_text(int(bars.timestamp[at])) for at in steps]
