"""Say in a sentence what is wrong with a strategy: run it on real and made-up prices, and on histories cut short."""

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np
from msgspec import Struct

from arbitrax.backtest.decisions import decide
from arbitrax.backtest.engine import run_backtest
from arbitrax.backtest.lookahead import find_look_ahead
from arbitrax.backtest.result import Result
from arbitrax.backtest.trial import (
    BARS,
    fewest_symbols,
    first_difference,
    run_on,
    waves,
)
from arbitrax.domain.bars import Bars
from arbitrax.domain.dates import date_text
from arbitrax.domain.errors import ArbitraxError
from arbitrax.domain.panel import Panel
from arbitrax.market_data.files import read_file
from arbitrax.samples import sample_paths
from arbitrax.strategies.signals import Rebalance, Signals, Targets
from arbitrax.strategies.strategy import Strategy

Kind = Literal["raises", "contract", "warmup", "random", "look_ahead", "nan", "no_trades"]

SINGLE = ("AAPL", "GSPC")
SEVERAL = ("AAPL", "MSFT", "IBM", "GOOG", "GSPC", "FB")
ENOUGH = 3
"""Symbols to try a strategy on that is written for one and takes several."""
ROTATED = 4
"""Symbols to try a strategy on that compares them."""
METHODS = ("on_bar", "portfolio", "signals")

T = TypeVar("T")


class Problem(Struct, frozen=True):
    """One thing that is wrong: a sentence, and where."""

    kind: Kind
    sentence: str
    file: str | None = None
    line: int | None = None
    market: str | None = None
    bar: int | None = None


class Tried(Struct, frozen=True):
    """One market a strategy was run on."""

    name: str
    bars: int
    orders: int
    trades: int


class Check(Struct, frozen=True):
    """What a check found. ``notes`` are remarks that need not be mistakes."""

    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()
    markets: tuple[Tried, ...] = ()
    cuts: int = 0
    """Histories cut short and run again."""


class _Failed(Exception):  # noqa: N818 - it carries a finding out of a deep place
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.sentence)
        self.problem = problem


def check_strategy(strategy: type[Strategy]) -> Check:
    """Run a strategy with its defaults and say what is wrong with it; nothing it raises or prints comes through."""
    try:
        return _Checks(strategy).run()
    except _Failed as failed:
        return Check((failed.problem,))


class _Checks:
    def __init__(self, strategy: type[Strategy]) -> None:
        self.type = strategy
        self.name = strategy.__name__
        self.notes: list[str] = []
        self.file = getattr(sys.modules.get(strategy.__module__), "__file__", None)
        method = next((each for each in METHODS if getattr(strategy, each) is not getattr(Strategy, each)), None)
        code = None if method is None else getattr(getattr(strategy, method), "__code__", None)
        self.method = method or "signals"
        self.method_line = code.co_firstlineno if code is not None and code.co_filename == self.file else None

    def run(self) -> Check:
        strategy = self.call(self.type, "its constructor")
        warmup = self.call(lambda: strategy.warmup, "warmup")
        if isinstance(warmup, bool) or not isinstance(warmup, int | np.integer) or warmup < 0:
            raise _Failed(
                self.problem("warmup", f"warmup is {warmup!r}; make it a property that returns a whole number of bars")
            )
        tried: list[Tried] = []
        problems: list[Problem] = []
        results: list[tuple[str, Result]] = []
        for name, series in self.markets(int(warmup)):
            with redirect_stdout(sys.stderr):  # apart from what the command says
                result = self.call(partial(self._run, series), self.method, name)
            closed = int((result.trade_records["is_open"] == 0).sum())
            tried.append(Tried(name, len(result.bars), len(result.order_records), closed))
            results.append((name, result))
        cuts = 0
        for name, result in results:
            problem, tested = self.compare(name, result, int(warmup))
            cuts += tested
            if problem is not None:
                problems.append(problem)
                break  # the same on every market
        if not problems and not any(len(result.fill_records) for _, result in results):
            problems.append(self.never_trades(results))
        early = [result.order_records["created_bar"] for _, result in results]
        first = min((int(bars.min()) for bars in early if len(bars)), default=int(warmup))
        if first < int(warmup) - 1:
            self.notes.append(
                f"{self.name} sends its first order at bar {first}, although its warmup of {warmup} bars says that the "
                f"first decision is at bar {int(warmup) - 1}."
            )
        return Check(tuple(problems), tuple(self.notes), tuple(tried), cuts)

    def markets(self, warmup: int) -> Iterator[tuple[str, list[Bars]]]:
        """Yield what to run on, by name."""
        sample = {path.stem: path for path in sample_paths()}
        least, most = fewest_symbols(self.type), self.type.most_symbols
        if least > len(sample):
            raise _Failed(
                self.problem("contract", f"least_symbols is {least}, and the sample to try it on has {len(sample)}")
            )
        groups: list[tuple[str, ...]] = [(each,) for each in SINGLE] if least == 1 else []
        if most is None or most > 1:
            wanted = ENOUGH if least == 1 else max(ROTATED, least)
            groups.append(SEVERAL[: wanted if most is None else min(wanted, most)])
        series = {each: _read(sample[each]) for each in {name for group in groups for name in group}}
        usable = [group for group in groups if max(len(series[each]) for each in group) > warmup + 1]
        if not usable:
            longest = max(series.values(), key=len)
            raise _Failed(
                self.problem(
                    "warmup",
                    f"its warmup of {warmup:,} bars leaves nothing of the sample to trade in, whose longest series is "
                    f"{longest.symbol} with {len(longest):,} bars; shorten the default windows",
                )
            )
        yield "made-up waves", waves(BARS + warmup, least)
        for group in usable:
            yield " + ".join(group), [series[each] for each in group]

    def compare(self, name: str, result: Result, warmup: int) -> tuple[Problem | None, int]:
        """Run again, whole and cut short: return what differs, and how many cuts were tried."""
        bars = len(result.bars)
        with redirect_stdout(io.StringIO()):  # it has had its say
            again = self.call(lambda: self._again(result), self.method, name)
            if again.hash != result.hash:
                bar = first_difference(result, again, bars)
                at = "" if bar is None else f", first at {_when(result, bar)}"
                said = f"{self.method} gives another result each time on the same bars of {name}{at}"
                return self.problem("random", f"{said}; seed its random numbers", market=name, bar=bar), 0
            found = self.call(lambda: find_look_ahead(result), self.method, f"{name}, cut short after some bar")
        if found.verdict == "failed":
            said = f"{self.method} looks ahead on {name}: {found.sentence.rstrip('.')}"
            return self.problem("look_ahead", said, market=name, bar=found.bar), len(found.cuts)
        if found.verdict == "warning":
            self.notes.append(f"{name}: {found.sentence}")
        return None, len(found.cuts)

    def _run(self, series: list[Bars]) -> Result:
        return run_on(self.type(), series)

    def _again(self, result: Result) -> Result:
        return run_backtest(result.spec, self.type(), result.raw)

    def never_trades(self, results: list[tuple[str, Result]]) -> Problem:
        """Say why nothing was bought or sold."""
        sent = sum(len(result.order_records) for _, result in results)
        where = f"on {len(results)} markets of up to {max(len(result.bars) for _, result in results):,} bars"
        if sent:
            return self.problem("no_trades", f"it never trades: none of the {sent:,} orders it sent was filled {where}")
        if not self.type.is_event_driven():
            raw = results[-1][1].raw
            whole = raw.adjusted()
            seen = Panel.from_bars([whole]) if isinstance(whole, Bars) else whole
            decided = decide(self.type(), whole if isinstance(whole, Bars) else None, seen)
            kind, said = _stated(decided)
            return self.problem(kind, f"it never trades: {said} {where}")
        return self.problem("no_trades", f"it never trades: on_bar sent no order {where}")

    def call(self, function: Callable[[], T], what: str, market: str | None = None) -> T:
        """Return the result of the strategy's own code; what it raises becomes a problem with its place."""
        try:
            return function()
        except (Exception, SystemExit) as error:  # a strategy must not end the program
            line = self._line_of(error)
            # The engine's own sentence tells what it expected of decisions that raised nothing.
            contract = isinstance(error, ArbitraxError) and error.__cause__ is None
            said = str(error) if isinstance(error, ArbitraxError) else f"{what} failed: {type(error).__name__}: {error}"
            where = "" if market is None else f" (on {market})"
            kind: Kind = "contract" if contract else "raises"
            raise _Failed(self.problem(kind, f"{said.rstrip('.')}{where}", line=line, market=market)) from error

    def problem(
        self, kind: Kind, said: str, *, line: int | None = None, market: str | None = None, bar: int | None = None
    ) -> Problem:
        at = line or self.method_line
        place = f"{self.name}: " if self.file is None or at is None else f"{self.file}, line {at}: "
        return Problem(kind, f"{place}{said}.", self.file, at, market, bar)

    def _line_of(self, error: BaseException) -> int | None:
        """Return the line of the strategy's file in which an error was raised, the innermost."""
        line = None
        at: BaseException | None = error
        while at is not None:
            trace = at.__traceback__
            while trace is not None:
                if trace.tb_frame.f_code.co_filename == self.file:
                    line = trace.tb_lineno
                trace = trace.tb_next
            at = at.__cause__
        return line


def _stated(decided: object) -> tuple[Kind, str]:
    """Say what decisions state that lead to no order."""
    if isinstance(decided, Signals):
        return "no_trades", "no entry is true"
    if isinstance(decided, Rebalance) and not len(decided.bars):
        return "no_trades", "it rebalances at no bar"
    weights = np.asarray(decided.weights if isinstance(decided, Rebalance | Targets) else decided, dtype=np.float64)
    if np.isnan(weights).all():
        return "nan", "all its weights are NaN, which keeps the last target,"
    return "no_trades", "no weight other than 0 is stated"


def _when(result: Result, bar: int) -> str:
    return f"bar {bar:,} ({date_text(int(result.bars.timestamp[bar]))})"


def _read(path: Path) -> Bars:
    return read_file(path)[0].bars
