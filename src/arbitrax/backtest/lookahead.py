"""Does a strategy know the future? Run it again on the history cut after some bars, and compare what it decided.

Whatever was decided, filled and earned up to a cut must be the same when nothing later is known. Cuts are at bars where
the run sent orders, where a difference must show, and at random ones, seeded by the run's hash; how many depends on the
number of bars and the kind of strategy, never on a clock. Flags, symbols and bars are compared exactly, sizes, prices
and equity to 1e-9 relative: NumPy may sum longer arrays in another order.

What a cut does not reach is data that a strategy has from elsewhere. Files that Python opens while it runs are noticed
and named, and orders that foresee the bars are sent again on other prices: when they stay the same, they were not made
from the bars. A mixture of both kinds of data stays unseen.
"""

from __future__ import annotations

import io
import os
import random
import sys
import threading
import time
from contextlib import contextmanager, redirect_stdout
from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from arbitrax.backtest.engine import decide_on, open_market, simulate
from arbitrax.domain.dates import date_text, time_text
from arbitrax.domain.errors import ArbitraxError
from arbitrax.domain.intervals import is_intraday
from arbitrax.domain.orders import OrderKind, OrderReason, OrderRole, OrderStatus, SizeKind
from arbitrax.domain.panel import PRICES
from arbitrax.strategies.signals import Exits, Signals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from arbitrax.backtest.market import Market
    from arbitrax.backtest.result import Origin, Result
    from arbitrax.strategies.strategy import Strategy

Verdict = Literal["ok", "warning", "failed", "n/a"]

CUTS = 25
FEWEST = 3
CELLS = 12_500_000
"""Bars times symbols run again in all, of strategies that decide in arrays or are compiled."""
CALLED = 300_000
"""Bars run again in all, of strategies called bar by bar."""
CLOSE = 1e-9
PADDING = 64
"""Bars after a cut whose times are kept when only times are told."""
SHOCKS = (1.5, 0.6)
"""What prices become after a cut when only times are told."""
FEWEST_ORDERS = 30
"""Orders below which nobody can say that they foresee anything."""
HORIZONS = (1, 5)
"""Bars ahead that orders may foresee."""
FORESEEN = 0.7
DEVIATIONS = 6.0
"""How far from even chance, in standard deviations, foresight begins."""
DISTORTION = 1.7
PLAIN = ("created_bar", "symbol", "kind", "time_in_force", "size_kind", "role")
"""Fields of an order that nothing later changes."""
ENDED = ("accepted_bar", "triggered_bar", "ended_bar", "parent", "side", "status", "reason")
ENDED_NUMBERS = ("size", "limit", "stop", "trail", "quantity", "price", "fee")
FILLED = ("order", "bar", "symbol", "phase")
FILLED_NUMBERS = ("quantity", "price", "fee")
EXITS = ("stop_loss", "take_profit", "trailing_stop", "max_bars")
TRAILING = (OrderKind.TRAILING_STOP, OrderKind.TRAILING_PERCENT)
CODE = (".py", ".pyc", ".so", ".pyd", ".dll", ".dylib")


class LookAhead(Struct, frozen=True):
    """What the look-ahead test found."""

    verdict: Verdict
    sentence: str
    cuts: tuple[int, ...] = ()
    """The last bars of the histories tried, ascending."""
    bar: int | None = None
    """The first bar at which something differs."""
    seconds: float = 0.0


class Ran(Struct, frozen=True, eq=False):
    """What a run did."""

    orders: NDArray[np.void]
    fills: NDArray[np.void]
    equity: NDArray[np.float64]
    tags: tuple[str, ...]


class Difference(Struct, frozen=True):
    """Where a run and the same on a cut history part."""

    bar: int
    sentence: str


def find_look_ahead(result: Result, *, market: Market | None = None) -> LookAhead:
    """Run a result's strategy again on histories cut short and say whether it decided the same.

    market: of `open_market`, when it is at hand.
    """
    started = time.perf_counter()
    found = _examine(result, market)
    return LookAhead(found.verdict, found.sentence, found.cuts, found.bar, time.perf_counter() - started)


def _examine(result: Result, market: Market | None) -> LookAhead:
    origin = result.origin
    if origin is None or result.raw is None:
        return LookAhead("n/a", "Not tested: the run was loaded from a store, without its bars; run it again.")
    try:
        origin.fresh()
    except ArbitraxError as error:
        return LookAhead("n/a", f"Not tested: {error}")
    if market is None:
        market = open_market(
            result.spec, result.raw, result.actions, origin.finer, strategy=origin.strategy, jit=origin.jit
        )
    cuts = choose_cuts(result, origin, market)
    if not cuts:
        return LookAhead("n/a", "Not tested: the history is too short to be cut after the strategy's warm-up.")
    # Prints of the strategy were seen once.
    with _files_opened() as opened, redirect_stdout(_Silence()):
        comparison = Comparison(result, origin, market)
        found = comparison.at(cuts)
        if found.verdict == "ok":
            found = comparison.elsewhere(cuts) or found
    if found.verdict == "ok" and opened:
        return LookAhead(
            "warning",
            f"{origin.strategy.__name__} read {_listed(opened)} while it ran; what a file tells of the future cannot "
            "be cut off, so look-ahead is possible. With the bars alone cut, nothing differs.",
            cuts,
        )
    return found


class Comparison:
    """A run beside the same on cut histories."""

    def __init__(self, result: Result, origin: Origin, market: Market) -> None:
        self.result, self.market, self.origin = result, market, origin
        self.whole = Ran(result.order_records, result.fill_records, result.equity_curve, result.tags)
        self.intraday = is_intraday(result.bars.interval)

    def at(self, cuts: tuple[int, ...]) -> LookAhead:
        """Return what cutting after these bars tells."""
        failed: list[tuple[int, str]] = []
        dated = 0
        worst: Difference | None = None
        for cut in cuts:
            try:
                ran = self._run(self.market.until(cut + 1))
            except ArbitraxError as error:
                failed.append((cut, str(error)))
                continue
            decided = self.compare(ran, cut)
            difference = decided or self._exits(cut)
            if difference is None:
                continue
            unsteady = self._unsteady(ran, cut)
            if unsteady is not None:
                return LookAhead("warning", unsteady, cuts)
            if decided is not None and self._told_by_times(cut):
                dated += 1
                continue
            if worst is None or difference.bar < worst.bar:
                worst = difference
            break  # cuts ascend, so later ones only tell of later bars
        if worst is not None:
            return LookAhead("failed", worst.sentence, cuts, worst.bar)
        if failed:
            return self._after_errors(failed, cuts)
        if dated:
            return LookAhead(
                "warning",
                f"At {dated} of {len(cuts)} cuts it decided by the dates of later bars, not by their prices; a "
                "calendar tells them, so give it one (sessions=) before running it live.",
                cuts,
            )
        last = self._when(cuts[-1])
        return LookAhead("ok", f"None found: {_times(len(cuts))} cut short, the latest after {last}.", cuts)

    def elsewhere(self, cuts: tuple[int, ...]) -> LookAhead | None:
        """Return a finding when orders foresee prices that the strategy was not given; None otherwise.

        What a strategy holds of its own, no cut reaches. But then its orders are the same on any bars, and while a
        calendar's are too, those do not go the way of the next bars.
        """
        plain = self.whole.orders[self.whole.orders["role"] == OrderRole.PLAIN]
        called = self.origin.strategy.is_event_driven() and not self.market.jit
        if len(plain) < FEWEST_ORDERS or len(self.market.panel) > (CALLED if called else CELLS):
            return None
        share = max(self._foreseen(plain, ahead) for ahead in HORIZONS)
        if not share:
            return None
        try:
            other = self._run(_distorted(self.market)).orders
        except ArbitraxError:
            return None
        other = other[other["role"] == OrderRole.PLAIN]
        if len(other) != len(plain) or any((other[name] != plain[name]).any() for name in PLAIN):
            return None
        sided = plain["size_kind"] <= SizeKind.VALUE
        if not _close(other["size"], plain["size"]).all() or (sided & (other["side"] != plain["side"])).any():
            return None
        return LookAhead(
            "failed",
            f"Its {len(plain):,} orders are the same on other prices, so they come from data of its own, and "
            f"{share:.0%} of them went the way of the next bars.",
            cuts,
            int(plain["created_bar"][0]),
        )

    def _foreseen(self, orders: NDArray[np.void], ahead: int) -> float:
        """Return the share of orders that the next bars prove right beyond doubt, 0 when it is not beyond."""
        close = self.market.panel.close
        told = orders[(orders["created_bar"] + ahead < len(close)) & (orders["side"] != 0)]
        at, column = told["created_bar"].astype(np.int64), told["symbol"].astype(np.int64)
        change = close[at + ahead, column] / close[at, column] - 1
        known = np.isfinite(change) & (change != 0)
        count = int(known.sum())
        if count < FEWEST_ORDERS:
            return 0.0
        # Less what all of them have in common: a market that rises is foreseen by nobody.
        right = int(((change[known] - change[known].mean()) * told["side"][known] > 0).sum())
        doubt = (right - count / 2) / np.sqrt(count / 4)
        return right / count if doubt > DEVIATIONS and right / count > FORESEEN else 0.0

    def compare(self, ran: Ran, cut: int) -> Difference | None:
        """Return the first difference up to and including bar ``cut``."""
        return self._orders(ran, cut) or self._fills(ran, cut) or self._equity(ran, cut)

    def _orders(self, ran: Ran, cut: int) -> Difference | None:
        count = int(self.whole.orders["created_bar"].searchsorted(cut, side="right"))
        ours, theirs = self.whole.orders[:count], ran.orders
        shared = min(count, len(theirs))
        one, two = ours[:shared], theirs[:shared]
        differs = np.zeros(shared, bool)
        for name in PLAIN:
            differs |= one[name] != two[name]
        # What lived at the cut may have been changed by what came later: ended only there, or by the strategy.
        alive = (two["reason"] == OrderReason.END_OF_DATA) & (two["ended_bar"] == cut)
        alive_there = (one["ended_bar"] > cut) | (one["reason"] == OrderReason.END_OF_DATA)
        differs |= alive != alive_there
        for name in ENDED:
            differs |= ~alive & (one[name] != two[name])
        for name in ENDED_NUMBERS:
            differs |= ~alive & ~_close(one[name], two[name])
        # An own order keeps its numbers until a corporate action changes them; an exit gets its own with the entry.
        records = self.market.records
        later = np.zeros(0, np.int32) if records is None else records["bar"][records["bar"] > cut]
        unchanged = int(later[0]) if len(later) else len(self.market.panel)
        kept = alive & (one["role"] == OrderRole.PLAIN) & (one["ended_bar"] < unchanged)
        for name in ("size", "limit", "trail"):
            differs |= kept & ~_close(one[name], two[name])
        differs |= kept & ~np.isin(one["kind"], TRAILING) & ~_close(one["stop"], two["stop"])
        for at in np.flatnonzero(one["tag"] != two["tag"]) if self.whole.tags != ran.tags else ():
            differs[at] |= self._tag(self.whole, one[at]) != self._tag(ran, two[at])
        if differs.any():
            first = int(differs.argmax())
            return self._order_difference(one[first], two[first], cut)
        if count > shared:
            return self._order_difference(ours[shared], None, cut)
        if len(theirs) > shared:
            return self._order_difference(None, theirs[shared], cut)
        return None

    @staticmethod
    def _tag(ran: Ran, order: np.void) -> str | None:
        return None if order["tag"] < 0 else ran.tags[order["tag"]]

    def _order_difference(self, ours: np.void | None, theirs: np.void | None, cut: int) -> Difference:
        bars = [int(each["created_bar"]) for each in (ours, theirs) if each is not None]
        bar = min(bars)
        if ours is not None and theirs is not None and bars[0] != bars[1]:
            ours, theirs = (ours, None) if bars[0] == bar else (None, theirs)
        known = self._known(bar, cut)
        said = ""
        if ours is None and theirs is not None:
            said = f"the run did nothing, but {known} it would have {self._deed(theirs, theirs, future=True)}"
        elif ours is not None and theirs is None:
            said = f"the run {self._deed(ours, None)}, but {known} it would not have"
        elif ours is not None and theirs is not None:
            did, would = self._deed(ours, theirs), self._deed(theirs, ours, future=True)
            said = (
                f"the run {did}, but {known} it would have {would}"
                if did != would
                else f"the run {did}, and {known} that order would have ended differently"
            )
        return Difference(bar, f"At {self._when(bar)} {said}.")

    def _known(self, bar: int, cut: int) -> str:
        return "with no later bars known" if bar == cut else f"with no bars after {self._when(cut)} known"

    def _deed(self, order: np.void, other: np.void | None, *, future: bool = False) -> str:
        """Return what an order is, in a few words in the past."""
        symbol = self.market.panel.symbols[order["symbol"]]
        kind, size = OrderKind(order["kind"]), float(order["size"])
        if order["quantity"] > 0 and not future and (other is None or order["status"] == OrderStatus.FILLED):
            return f"{'bought' if order['side'] > 0 else 'sold'} {float(order['quantity']):,.6g} {symbol}"
        if order["role"] != OrderRole.PLAIN:
            return f"sent a {OrderRole(order['role']).name.lower().replace('_', ' ')} order for {symbol}"
        if order["size_kind"] == SizeKind.TARGET_WEIGHT:
            return f"set {symbol} to {size:.4%} of equity"
        if order["size_kind"] == SizeKind.WHOLE_POSITION:
            return f"closed {symbol}"
        side = "buy " if order["side"] > 0 else "sell " if order["side"] < 0 else "hold "
        price = next((f" at {order[name]:,.10g}" for name in ("limit", "stop") if order[name] == order[name]), "")
        named = "" if kind == OrderKind.MARKET else f" ({kind.name.lower().replace('_', ' ')}{price})"
        return f"sent an order to {side}{size:,.10g} {symbol}{named}"

    def _exits(self, cut: int) -> Difference | None:
        """Return a difference in the exits attached to entries decided at bar ``cut``; records show them later."""
        entries = self.whole.orders[self.whole.orders["created_bar"] == cut]
        whole = self._attached
        if whole is None or not len(entries):
            return None
        other = _attached(decide_on(self.origin.fresh(), self.market.until(cut + 1)))
        for entry in entries[entries["role"] == OrderRole.PLAIN]:
            column = int(entry["symbol"])
            for name in EXITS:
                ours, theirs = (_at(getattr(one, name, None), cut, column) for one in (whole, other))
                if not _close(np.float64(ours), np.float64(theirs)):
                    symbol, known = self.market.panel.symbols[column], self._known(cut, cut)
                    return Difference(
                        cut,
                        f"At {self._when(cut)} the run attached {name} = {ours:g} to its entry into {symbol}, but "
                        f"{known} it would have been {theirs:g}.",
                    )
        return None

    @cached_property
    def _attached(self) -> Exits | None:
        """The exits of the whole run by row, of a strategy that decides in arrays."""
        if self.origin.strategy.is_event_driven():
            return None
        return _attached(decide_on(self.origin.fresh(), self.market))

    def _fills(self, ran: Ran, cut: int) -> Difference | None:
        ours = self.whole.fills[: int(self.whole.fills["bar"].searchsorted(cut, side="right"))]
        theirs = ran.fills
        shared = min(len(ours), len(theirs))
        one, two = ours[:shared], theirs[:shared]
        differs = np.zeros(shared, bool)
        for name in FILLED:
            differs |= one[name] != two[name]
        for name in FILLED_NUMBERS:
            differs |= ~_close(one[name], two[name])
        if not differs.any() and len(ours) == len(theirs):
            return None
        fill = ours[int(differs.argmax())] if differs.any() else (ours if len(ours) > shared else theirs)[shared]
        bar = int(fill["bar"])
        symbol = self.market.panel.symbols[fill["symbol"]]
        return Difference(
            bar, f"At {self._when(bar)} {symbol} was filled at another price or size than {self._known(bar, cut)}."
        )

    def _equity(self, ran: Ran, cut: int) -> Difference | None:
        ours, theirs = self.whole.equity[: cut + 1], ran.equity
        if np.array_equal(ours, theirs):
            return None
        differs = ~_close(ours, theirs)
        if not differs.any():
            return None
        bar = int(differs.argmax())
        return Difference(
            bar,
            f"At {self._when(bar)} equity was {ours[bar]:,.2f}, and {self._known(bar, cut)} {theirs[bar]:,.2f}.",
        )

    def _unsteady(self, ran: Ran, cut: int) -> str | None:
        """Return a sentence when it is not the cut but the strategy that gives another result each time."""
        name = self.origin.strategy.__name__
        said = (
            f"{name} is not reproducible: a second run on the same bars gives another result, so "
            "look-ahead cannot be told."
        )
        try:
            again = self._run(self.market.until(cut + 1))
            if not _same(ran, again) or not _same(self.whole, self._run(self.market)):
                return said
        except ArbitraxError:
            return said
        return None

    def _told_by_times(self, cut: int) -> bool:
        """Tell whether the times of later bars, without their prices, restore what the run decided."""
        rows = min(len(self.market.panel), cut + 1 + PADDING)
        if rows == cut + 1:
            return False
        try:
            return all(
                self.compare(_until(self._run(_shocked(self.market.until(rows), cut + 1, shock)), cut), cut) is None
                for shock in SHOCKS
            )
        except ArbitraxError:
            return False

    def _after_errors(self, failed: Sequence[tuple[int, str]], cuts: tuple[int, ...]) -> LookAhead:
        """Return the verdict when the only thing that differs is that it raises."""
        cut, message = failed[-1]
        try:
            self._run(self.market)
        except ArbitraxError as error:
            return LookAhead("n/a", f"Not tested: a second run on the same bars failed: {error}", cuts)
        what = f"with no bars after {self._when(cut)} known it fails: {message}"
        # One that only needs more bars fails at short histories, and not at their last bar.
        ends = len(failed) == len(cuts) or any(f" at bar {cut}: " in said for cut, said in failed)
        if "IndexError" in message and ends:
            return LookAhead("failed", f"It reads beyond the present: {what}", cuts, cut)
        return LookAhead("warning", f"It could not be tested at {len(failed)} of {len(cuts)} cuts: {what}", cuts, cut)

    def _run(self, market: Market) -> Ran:
        strategy: Strategy = self.origin.fresh()
        simulation, tags = simulate(self.result.spec, strategy, market)
        orders, fills, _, _ = simulation.records()
        return Ran(orders, fills, simulation.equity, tags)

    def _when(self, bar: int) -> str:
        moment = int(self.market.panel.timestamp[bar])
        return time_text(moment) if self.intraday else date_text(moment)


def choose_cuts(result: Result, origin: Origin, market: Market) -> tuple[int, ...]:
    """Return the bars after which the history is cut, ascending: half where orders were sent, half at random."""
    bars, symbols = market.panel.shape
    strategy = origin.strategy
    called = strategy.is_event_driven() and not market.jit
    budget = CALLED if called else max(CELLS // symbols, FEWEST)
    first = max(int(origin.fresh().warmup), bars // 50, 1)
    last = min(bars - 2, result.bankrupt_bar - 1 if result.bankrupt_bar is not None else bars)
    if first > last:
        return ()
    wanted = CUTS
    # Cuts spread over all of the history cost half of it each. When that is too much, most of them come early.
    whole = min(wanted, int(2 * budget / bars))
    if whole < wanted:
        whole //= 2
    early = wanted - whole
    reach = last if not early else max(first, min(last, int(2 * (budget - whole * bars / 2) / early)))
    chance = random.Random(int(result.spec.hash[:16], 16))  # noqa: S311 - a sample, not a secret
    decided = np.unique(result.order_records["created_bar"])
    chosen: set[int] = set()
    for count, end in ((early, reach), (whole, last)):
        own = decided[(decided >= first) & (decided <= end)].tolist()
        take = min(len(own), (count + 1) // 2)
        chosen.update(chance.sample(own, take))
        room = range(first, end + 1)
        chosen.update(chance.sample(room, min(count - take, len(room))))
    return tuple(sorted(chosen))


def _attached(decided: Any) -> Exits | None:
    """Return the exits of decisions, None without any."""
    exits = decided.attached if isinstance(decided, Signals) else getattr(decided, "exits", None)
    return exits if isinstance(exits, Exits) and any(getattr(exits, name) is not None for name in EXITS) else None


def _at(values: Any, row: int, column: int) -> float:
    """Return one of some exits: a number for all, or by bar, or by bar and symbol; NaN stands for none."""
    if values is None:
        return float("nan")
    array = np.asarray(values, dtype=np.float64)
    value = float(array if array.ndim == 0 else array[row] if array.ndim == 1 else array[row, column])
    return value if value else float("nan")


def _shocked(market: Market, known: int, shock: float) -> Market:
    """Return a market whose prices after ``known`` bars are others, flat, at the same times."""
    columns: dict[str, Any] = {}
    for name in (*PRICES, "volume"):
        column = getattr(market.panel, name)
        if column is None:
            continue
        columns[name] = column.copy()
        traded = ~np.isnan(column[known:])
        last = market.panel.close[known - 1] if name != "volume" else column[known - 1]
        level = np.where(np.isnan(last), 1.0, last) * shock
        columns[name][known:] = np.where(traded, level, np.nan)
    panel = replace(market.panel, **columns)
    bars = market.bars
    if bars is not None:
        own = {name: np.ascontiguousarray(column[:, 0]) for name, column in columns.items()}
        adj_close = bars.adj_close
        if adj_close is not None:
            adj_close = np.concatenate((adj_close[:known], np.full(len(bars) - known, adj_close[known - 1] * shock)))
        bars = replace(bars, **own, adj_close=adj_close)
    return replace(market, panel=panel, bars=bars)


def _distorted(market: Market) -> Market:
    """Return a market that falls where this one rises, and further."""
    first = market.panel.close[np.argmax(~np.isnan(market.panel.close), axis=0), np.arange(market.panel.close.shape[1])]
    columns: dict[str, Any] = {}
    for name, source in (("open", "open"), ("high", "low"), ("low", "high"), ("close", "close")):
        columns[name] = first * (getattr(market.panel, source) / first) ** -DISTORTION
    bars = market.bars
    if bars is not None:
        bars = replace(bars, **{name: np.ascontiguousarray(column[:, 0]) for name, column in columns.items()})
    return replace(market, panel=replace(market.panel, **columns), bars=bars)


def _until(ran: Ran, cut: int) -> Ran:
    """Return what a longer run did up to bar ``cut``, as if it had ended there."""
    orders = ran.orders[: int(ran.orders["created_bar"].searchsorted(cut, side="right"))].copy()
    later = orders["ended_bar"] > cut
    orders["ended_bar"][later] = cut
    orders["reason"][later] = OrderReason.END_OF_DATA
    fills = ran.fills[: int(ran.fills["bar"].searchsorted(cut, side="right"))]
    return Ran(orders, fills, ran.equity[: cut + 1], ran.tags)


def _same(one: Ran, two: Ran) -> bool:
    return (
        one.orders.tobytes() == two.orders.tobytes()
        and one.fills.tobytes() == two.fills.tobytes()
        and np.array_equal(one.equity, two.equity, equal_nan=True)
        and one.tags == two.tags
    )


def _close(one: Any, two: Any) -> Any:
    """Tell which numbers are equal to 1e-9 relative; NaN equals NaN."""
    with np.errstate(invalid="ignore"):
        near = np.abs(one - two) <= CLOSE * np.maximum(np.abs(one), np.abs(two))
    return near | (one == two) | (np.isnan(one) & np.isnan(two))


def _times(count: int) -> str:
    return f"{count} histor{'y' if count == 1 else 'ies'}"


def _listed(paths: Sequence[str]) -> str:
    names = [os.path.basename(path) for path in dict.fromkeys(paths)]  # noqa: PTH119 - as the strategy named it
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more files"


class _Silence(io.TextIOBase):
    def write(self, text: str) -> int:
        return len(text)


_watching = threading.local()
_installed: list[Callable[..., None]] = []


@contextmanager
def _files_opened() -> Iterator[list[str]]:
    """Collect the data files that this thread opens for reading meanwhile."""
    if not _installed:
        # Audit hooks stay for the life of a process; this one does nothing while nobody watches.
        _installed.append(_note_open)
        sys.addaudithook(_note_open)
    opened: list[str] = []
    _watching.opened = opened
    try:
        yield opened
    finally:
        _watching.opened = None


def _note_open(event: str, arguments: tuple[Any, ...]) -> None:
    if event != "open":
        return
    opened: list[str] | None = getattr(_watching, "opened", None)
    if opened is None or not isinstance(arguments[0], str):
        return
    path, mode = arguments[0], arguments[1]
    if isinstance(mode, str) and not set(mode) & {"r", "+"}:
        return
    full = os.path.abspath(path)  # noqa: PTH100 - pathlib is slower, and this runs in a hook
    if full.endswith(CODE) or full.startswith(("/proc/", "/sys/", "/dev/", *_LIBRARIES)):
        return
    opened.append(path)


_LIBRARIES = (
    "/usr/share/zoneinfo/",
    *{f"{os.path.realpath(each)}{os.sep}" for each in (sys.prefix, sys.base_prefix, str(files("arbitrax")))},
)
