"""The honesty panel of a run: what its author should doubt before believing it.

Each part has a verdict and one sentence. What has no answer says why. The panel is computed when first looked at and
keeps its own time, so that the run's stays the run's.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from msgspec import Struct

from arbitrax.backtest.cost_multiples import break_even, has_costs, scale_costs
from arbitrax.backtest.engine import open_market, simulate
from arbitrax.backtest.holdings import multipliers
from arbitrax.backtest.lookahead import LookAhead, Verdict, find_look_ahead
from arbitrax.backtest.metrics import Sample
from arbitrax.backtest.metrics.confidence import CONFIDENCE
from arbitrax.backtest.notices import level_notices, price_notices
from arbitrax.backtest.resampling import FEWEST, Interval, percentile_interval, resample_returns
from arbitrax.domain.errors import ArbitraxError, InputError

if TYPE_CHECKING:
    from arbitrax.backtest.market import Market
    from arbitrax.backtest.result import Origin, Result
    from arbitrax.domain.bars import Floats

MULTIPLES = (0.0, 1.0, 2.0, 3.0)
CELLS = 10_000_000
"""Bars times symbols run again for other costs, of strategies that decide in arrays or are compiled."""
CALLED = 300_000
"""Bars run again for other costs, of strategies called bar by bar."""
NARROWING = 12
"""Most runs that narrow the break-even down."""
BEST = 5
CONCENTRATED = 0.5
"""Share of the profit from the best trades from which it hangs on them."""
VOLUME_SHARE = 0.05
THICK = 0.01
"""Share of bars above `VOLUME_SHARE` of their volume from which fills are doubtful."""
YEAR_DAYS = 365.25
SHORTEST = 30
"""Days below which nobody should speak of a year."""
RANK = {"failed": 3, "warning": 2, "ok": 1, "n/a": 0}
SKILL = ("probabilistic_sharpe", "minimum_track_record")
PATH = {
    "same_close": "Market orders filled at the close",
    "zero_costs": "Costs are zero",
    "bankrupt": "The account went",
}


class CostMultiple(Struct, frozen=True):
    """A run at a multiple of its costs; None where a figure is undefined."""

    multiple: float
    total_return: float
    cagr: float | None
    sharpe: float | None


class CostTest(Struct, frozen=True):
    """The run at other costs."""

    verdict: Verdict
    sentence: str
    multiples: tuple[CostMultiple, ...] = ()
    break_even: float | None = None
    """The multiple of the costs at which the profit is gone."""
    basis: str = ""
    """How that was found."""


class Intervals(Struct, frozen=True):
    """95% percentile intervals of a stationary bootstrap."""

    verdict: Verdict
    sentence: str
    sharpe: Interval | None = None
    cagr: Interval | None = None
    max_drawdown: Interval | None = None
    resamples: int = 0
    returns: int = 0
    block: float = 0.0
    """Mean length of a block, in returns."""
    undefined: dict[str, str] = {}


class Concentration(Struct, frozen=True):
    """How much of the profit the best trades made."""

    verdict: Verdict
    sentence: str
    trades: int = 0
    best: int = 0
    share: float | None = None
    """Their profit as a share of all profit."""
    return_without: float | None = None
    """The total return less what they made, each at the size it had."""


class Liquidity(Struct, frozen=True):
    """How large fills were beside the volume of their bars."""

    verdict: Verdict
    sentence: str
    bars: int = 0
    """Bars of a symbol with fills and a known volume."""
    above: int = 0
    share: float | None = None
    largest: float | None = None
    unknown: int = 0
    """Bars with fills whose volume is not known, or zero."""


class Flag(Struct, frozen=True):
    """One more thing to know."""

    name: str
    verdict: Verdict
    sentence: str

    @property
    def label(self) -> str:
        """Its name for people, in the middle of a line."""
        return self.name.replace("_", " ").replace("sharpe", "Sharpe")


class Honesty(Struct, frozen=True, repr_omit_defaults=True):
    """What there is to doubt about a run."""

    look_ahead: LookAhead
    costs: CostTest
    intervals: Intervals
    concentration: Concentration
    liquidity: Liquidity
    flags: tuple[Flag, ...]
    seconds: float
    """How long the panel took."""

    @property
    def verdict(self) -> Verdict:
        """The worst of all parts."""
        return max((verdict for _, verdict, _ in self.lines), key=RANK.__getitem__)

    @property
    def lines(self) -> tuple[tuple[str, Verdict, str], ...]:
        """Label, verdict and sentence of each part, in the order to be read."""
        parts: tuple[tuple[str, Any], ...] = (
            ("look-ahead", self.look_ahead),
            ("costs", self.costs),
            ("95% intervals", self.intervals),
            ("best trades", self.concentration),
            ("volume", self.liquidity),
        )
        named = tuple((label, part.verdict, part.sentence) for label, part in parts)
        return (*named, *((flag.label, flag.verdict, flag.sentence) for flag in self.flags))

    def document(self) -> dict[str, Any]:
        """Return the panel as JSON-able data."""
        made: dict[str, Any] = msgspec.to_builtins(self)
        return {"verdict": self.verdict, **made}

    def __repr__(self) -> str:
        width = max(len(label) for label, _, _ in self.lines)
        rows = [f"{label:<{width}}  {verdict:<7}  {sentence}" for label, verdict, sentence in self.lines]
        return "\n".join([*rows, f"(computed in {self.seconds:.2f} s)"])


def examine(result: Result) -> Honesty:
    """Return the honesty panel of a result."""
    started = time.perf_counter()
    market = _market(result)
    sample = Sample(result)
    look_ahead = find_look_ahead(result, market=market)
    costs = _costs(result, market, sample)
    return Honesty(
        look_ahead,
        costs,
        _intervals(result, sample),
        _concentration(result),
        _liquidity(result, market),
        _flags(result, market),
        time.perf_counter() - started,
    )


def _market(result: Result) -> Market | None:
    origin = result.origin
    if origin is None or result.raw is None:
        return None
    return open_market(result.spec, result.raw, result.actions, origin.finer, strategy=origin.strategy, jit=origin.jit)


class _Measured:
    """Figures of an equity curve over the periods of a sample."""

    def __init__(self, sample: Sample) -> None:
        self.by_session = sample.sessions is not None and sample.year.by_session
        self.ends = sample.sessions.ends if sample.sessions is not None else None
        self.periods, self.risk_free, self.days = sample.year.periods, sample.risk_free, sample.days

    def sharpe(self, equity: Floats) -> float | None:
        points = np.concatenate((equity[:1], equity[self.ends])) if self.by_session else equity
        if not (points > 0).all() or len(points) < 3:
            return None
        returns = points[1:] / points[:-1] - 1
        deviation = float(returns.std(ddof=1))
        return None if deviation == 0 else float((returns.mean() - self.risk_free) / deviation * self.periods**0.5)

    def cagr(self, growth: float) -> float | None:
        if self.days < SHORTEST:
            return None
        return -1.0 if growth <= 0 else float(growth) ** (YEAR_DAYS / self.days) - 1


def _costs(result: Result, market: Market | None, sample: Sample) -> CostTest:
    if not has_costs(result.spec):
        return CostTest("warning", "Costs are zero, so no multiple of them changes anything; state real ones.")
    if not len(result.fill_records):
        return CostTest("n/a", "Nothing was traded, so costs do not matter.")
    origin, measured = result.origin, _Measured(sample)
    if market is None or origin is None:
        return CostTest("n/a", "Not tested: the run was loaded from a store, without its bars; run it again.")
    called = origin.strategy.is_event_driven() and not market.jit
    budget = (CALLED if called else CELLS) // market.panel.close.size
    if called and budget < len(MULTIPLES) - 1:
        return _estimated(result, measured)
    try:
        return _measured_costs(result, origin, market, measured, max(0, min(NARROWING, budget - len(MULTIPLES) + 1)))
    except ArbitraxError as error:
        return CostTest("n/a", f"Not tested: running it again failed: {error}")


def _measured_costs(result: Result, origin: Origin, market: Market, measured: _Measured, runs: int) -> CostTest:
    """Return the test by running again; runs: how many may narrow the break-even down."""
    start = float(result.equity_curve[0])
    curves = {1.0: result.equity_curve}

    def profit(multiple: float) -> float:
        if multiple not in curves:
            simulation, _ = simulate(scale_costs(result.spec, multiple), origin.fresh(), market)
            curves[multiple] = simulation.equity
        return float(curves[multiple][-1]) - start

    profits = {}
    beyond = ""
    for multiple in MULTIPLES:
        try:
            profits[multiple] = profit(multiple)
        except InputError:
            beyond = f" {multiple:g} times the costs are beyond what a run allows."
    multiples = tuple(
        CostMultiple(
            multiple,
            float(curves[multiple][-1]) / start - 1,
            measured.cagr(float(curves[multiple][-1]) / start),
            measured.sharpe(curves[multiple]),
        )
        for multiple in profits
    )
    gone = break_even(profit, profits, runs=runs)
    basis = "by bisection over runs" if runs else "interpolated between these runs"
    verdict, sentence = _cost_sentence({each.multiple: each.total_return for each in multiples}, gone, max(curves))
    return CostTest(verdict, sentence + beyond, multiples, gone, basis)


def _cost_sentence(changes: dict[float, float], gone: float | None, largest: float) -> tuple[Verdict, str]:
    said = ", ".join(f"x{multiple:g} {change:+,.1%}" for multiple, change in sorted(changes.items()))
    if changes.get(1.0, 0.0) <= 0:
        free = changes.get(0.0)
        where = "even without costs" if free is not None and free <= 0 else "at its costs"
        return "warning", f"It makes no profit {where}: total return {said}."
    if gone is None:
        return "ok", f"Total return {said}; a profit is left at {largest:g} times the costs."
    verdict: Verdict = "warning" if gone < 2 else "ok"
    return verdict, f"Total return {said}; the profit is gone at {gone:.2f} times the costs."


def _estimated(result: Result, measured: _Measured) -> CostTest:
    """Return the test with the run's own fills: a strategy called bar by bar is slow to run again."""
    fills, start = result.fill_records, float(result.equity_curve[0])
    change = float(result.equity_curve[-1]) / start - 1
    slipped = np.abs(fills["price"] - fills["reference_price"]) * np.abs(fills["quantity"])
    paid = float((fills["fee"] + slipped * multipliers(result.spec)[fills["symbol"]]).sum()) / start
    changes = {multiple: max(-1.0, change + (1 - multiple) * paid) for multiple in MULTIPLES}
    multiples = tuple(
        CostMultiple(
            multiple, one, measured.cagr(1 + one), measured.sharpe(result.equity_curve) if multiple == 1 else None
        )
        for multiple, one in changes.items()
    )
    gone = 1 + change / paid if paid > 0 and change > 0 else None
    verdict, sentence = _cost_sentence(changes, gone, MULTIPLES[-1])
    basis = "estimated from the run's own fills, as it is too long to be run again bar by bar"
    return CostTest(verdict, f"{sentence[:-1]} ({basis}).", multiples, gone, basis)


def _intervals(result: Result, sample: Sample) -> Intervals:
    returns = sample.returns
    if len(returns) < FEWEST:
        return Intervals("n/a", f"{len(returns)} returns are too few to resample; {FEWEST} are needed.")
    if not np.isfinite(returns).all():
        return Intervals("n/a", "Some returns are not finite, so they cannot be resampled.")
    if (returns == returns[0]).all():
        return Intervals("n/a", "Returns do not vary, so resampling them tells nothing.")
    measured = _Measured(sample)
    drawn = resample_returns(returns, int(result.spec.hash[:16], 16))
    varies = drawn.deviation > 0
    undefined: dict[str, str] = {}
    sharpe = cagr = None
    if varies.mean() < 0.99:
        undefined["sharpe"] = "returns do not vary in some resamples"
    else:
        scale = math.sqrt(sample.year.periods)
        deviation = float(returns.std(ddof=1))
        value = (float(returns.mean()) - sample.risk_free) / deviation * scale
        low, high = percentile_interval((drawn.mean[varies] - sample.risk_free) / drawn.deviation[varies] * scale)
        sharpe = Interval(value, low, high)
    if measured.days < SHORTEST:
        undefined["cagr"] = f"{measured.days:.0f} days are too short to speak of a year; {SHORTEST} are needed"
    else:
        grown = np.maximum(drawn.growth, 0.0) ** (YEAR_DAYS / measured.days) - 1
        own = measured.cagr(float(result.equity_curve[-1] / result.equity_curve[0]))
        cagr = Interval(-1.0 if own is None else own, *percentile_interval(grown))
    curve = np.cumprod(1 + returns)
    depth = float(np.min(curve / np.maximum(np.maximum.accumulate(curve), 1.0) - 1, initial=0.0))
    drawdown = Interval(depth, *percentile_interval(drawn.drawdown))
    parts = [] if sharpe is None else [f"Sharpe {sharpe.low:.2f} to {sharpe.high:.2f}"]
    parts += [] if cagr is None else [f"CAGR {cagr.low:+,.1%} to {cagr.high:+,.1%}"]
    parts.append(f"max drawdown {drawdown.low:.1%} to {drawdown.high:.1%}")
    count = len(drawn.mean)
    luck = any(each is not None and each.low <= 0 for each in (sharpe, None if sharpe else cagr))
    tail = "; luck alone may explain a Sharpe ratio above zero" if luck and sharpe and sharpe.value > 0 else ""
    return Intervals(
        "warning" if luck else "ok",
        f"{', '.join(parts)}{tail} ({count:,} resamples, mean block {drawn.block:.1f}).",
        sharpe,
        cagr,
        drawdown,
        count,
        len(returns),
        drawn.block,
        undefined,
    )


def _concentration(result: Result) -> Concentration:
    profits = np.sort(result.trade_records["pnl"])[::-1]
    count = len(profits)
    if not count:
        return Concentration("n/a", "There was no trade.")
    best = profits[: min(BEST, count)]
    made, total = float(best[best > 0].sum()), float(profits.sum())
    start = float(result.equity_curve[0])
    without = float(result.equity_curve[-1]) / start - 1 - made / start
    if total <= 0:
        said = f"The trades made no profit in all; the best {len(best)} made {made:,.2f}."
        return Concentration("n/a", said, count, len(best), None, without)
    share = made / total
    few = count <= BEST
    said = (
        f"All profit comes from {count} trade{'' if count == 1 else 's'}, too few to tell skill from luck."
        if few
        else f"The {len(best)} best of {count:,} trades made {share:.0%} of the profit; without them it made "
        f"{without:+,.1%} of its starting cash."
    )
    verdict: Verdict = "warning" if few or share > CONCENTRATED else "ok"
    return Concentration(verdict, said, count, len(best), share, without)


def _liquidity(result: Result, market: Market | None) -> Liquidity:
    fills = result.fill_records
    if not len(fills):
        return Liquidity("n/a", "There was no fill.")
    if market is None:
        return Liquidity("n/a", "Not known: the run was loaded from a store, without its bars; run it again.")
    volume = market.panel.volume
    if volume is None:
        return Liquidity("n/a", "Not known: the bars have no volume.")
    bar, symbol = fills["bar"].astype(np.int64), fills["symbol"].astype(np.int64)
    units = np.abs(fills["quantity"])
    if market.factor is not None:
        # Adjusted shares are fractions of those traded; volume counts the latter.
        units = units * np.nan_to_num(market.factor[bar, symbol], nan=1.0)
    cells, place = np.unique(bar * volume.shape[1] + symbol, return_inverse=True)
    traded = np.bincount(place, weights=units)
    there = volume.reshape(-1)[cells]
    known = there > 0
    unknown = int((~known).sum())
    if not known.any():
        return Liquidity("n/a", "Not known: no bar with a fill has a volume.", unknown=unknown)
    shares = traded[known] / there[known]
    above = int((shares > VOLUME_SHARE).sum())
    share, largest = above / len(shares), float(shares.max())
    said = (
        f"{share:.1%} of {len(shares):,} bars with fills took more than {VOLUME_SHARE:.0%} of the bar's volume; the "
        f"most was {largest:,.2%}."
    )
    if unknown:
        said += f" {unknown:,} more have no volume."
    return Liquidity("warning" if share > THICK or unknown else "ok", said, len(shares), above, share, largest, unknown)


def _flags(result: Result, market: Market | None) -> tuple[Flag, ...]:
    spec, flags = result.spec, []
    said: set[str] = set()
    if market is not None and result.origin is not None:
        prices = price_notices(spec, result.raw, result.actions, market.records)
        doubtful = [each for each in prices if not each.startswith("Prices are raw;")]
        basis = "adjusted for splits and dividends" if result.bars.basis == "adjusted" else "raw, as traded"
        flags.append(
            Flag("prices", "warning" if doubtful else "ok", " ".join(prices) if prices else f"Prices are {basis}.")
        )
        levels = () if market.factor is None else level_notices(result.origin.strategy)
        if levels:
            flags.append(Flag("price_levels", "warning", " ".join(levels)))
        said = {*prices, *levels}
    else:
        flags.append(Flag("prices", "ok", f"Prices are {result.bars.basis}."))
    for name, beginning in PATH.items():
        found = [each for each in result.notices if each.startswith(beginning)]
        said.update(found)
        # Zero costs are the costs' own warning.
        if found and name != "zero_costs":
            flags.append(Flag(name, "failed" if name == "bankrupt" else "warning", found[0]))
    flags += [Flag("notice", "warning", each) for each in result.notices if each not in said]
    return (*flags, *_skill(result))


def _probability(value: float) -> str:
    """Return a probability as a percentage that never rounds to certainty."""
    return "over 99.9%" if value >= 0.9995 else "below 0.1%" if value < 0.0005 else f"{value:.1%}"


def _skill(result: Result) -> list[Flag]:
    """Return what the length of the run and the shape of its returns say of its Sharpe ratio."""
    metrics, count = result.metrics, len(Sample(result).returns)
    sure, needed = (metrics[name] for name in SKILL)
    reasons = [metrics.undefined.get(name) for name in SKILL]
    found = [
        Flag(SKILL[0], "n/a", f"n/a because {reasons[0]}.")
        if sure is None
        else Flag(
            SKILL[0], "ok" if sure >= CONFIDENCE else "warning",
            f"The true Sharpe ratio is above 0 with a probability of {_probability(sure)}, if this is the only run "
            "tried.",
        ),
        Flag(SKILL[1], "n/a", f"n/a because {reasons[1]}.")
        if needed is None
        else Flag(
            SKILL[1], "ok" if needed <= count else "warning",
            f"To be {CONFIDENCE:.0%} sure of that takes {math.ceil(needed):,} returns; this run has {count:,}.",
        ),
    ]  # fmt: skip
    return found
