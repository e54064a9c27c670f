"""Made-up prices: a seeded random walk on the sessions of an exchange, for tests and demonstrations.

Daily prices are a geometric Brownian motion with jumps overnight; the minutes of a session are a bridge from its open
to its close, within its high and low, with most volume near both ends; longer intraday bars are made of the minutes.
So all intervals tell of one market, and a range is the same bars whatever was asked for around it.

The same seed gives the same bytes on every machine: random numbers are splitmix64 of the session and minute (Steele,
Lea, Flood 2014), summed as integers to nearly normal ones (Irwin-Hall), and floats see only + - * / and rounding,
which IEEE 754 fixes. No function of the platform's mathematical library is called, and no sum is reordered.
"""

import hashlib
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from arbitrax.domain.bars import Bars
from arbitrax.domain.corporate_actions import CorporateAction, in_order
from arbitrax.domain.dates import date_text, start_of_day
from arbitrax.domain.errors import DataError, InputError, ParameterError, did_you_mean
from arbitrax.domain.intervals import MINUTE
from arbitrax.market_data.calendars import ALWAYS, Calendar, SessionTable, calendar
from arbitrax.market_data.candidate import CandidateBars
from arbitrax.market_data.sessions import exchange_sessions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arbitrax.domain.bars import Floats, Int64s

    Words = NDArray[np.uint64]

SOURCE = "synthetic"
INTERVALS = ("1m", "5m", "15m", "30m", "1h", "1d")
FIRST = start_of_day("2000-01-01")
"""Every walk begins with the first session from here on, so that no range depends on where another began."""
NIGHT = 0.25
"""Share of a session's variance that falls between two sessions, where there is a night."""
USUAL_VOLUME = 1_000_000
SHARES = 2**16
"""Steps of a uniform number of 16 bits."""
DAY_WORDS, MINUTE_WORDS = 16, 3
MINUTES_FROM = 2**63
"""Counter from which words belong to minutes; those of days lie below."""


class SyntheticMarket(Struct, frozen=True, kw_only=True):
    """What the walks have in common. Rates are a year of sessions: 252, or 365 of a market that never closes."""

    seed: int = 0
    exchange: str = "XNYS"
    """Whose sessions, as `arbitrax.market_data.calendars.calendar` names it; 24/7 for one that never closes."""
    first_price: float = 100.0
    drift: float = 0.06
    """Expected growth of the price, as a fraction."""
    volatility: float = 0.2
    """Standard deviation of the logarithm of the price, jumps not counted."""
    jumps: float = 2.0
    """Expected number of jumps."""
    jump_size: float = 0.05
    """Standard deviation of a jump, as a fraction of the price."""
    gaps: float = 0.0
    """Share of bars left out, as if nothing had traded."""

    def __post_init__(self) -> None:
        """Refuse a market that cannot be.

        Raises:
            ParameterError: says which value is wrong.
        """
        if not 0 <= self.seed < 2**64:
            raise ParameterError(f"The seed {self.seed} is not allowed; use a whole number from 0 to 2**64 - 1.")
        for name, low, high in (
            ("first_price", 0.01, 1e6), ("drift", -2.0, 2.0), ("volatility", 0.0, 2.0), ("jumps", 0.0, 252.0),
            ("jump_size", 0.0, 0.5), ("gaps", 0.0, 0.9),
        ):  # fmt: skip
            value = getattr(self, name)
            if not (math.isfinite(value) and low <= value <= high):
                raise ParameterError(f"{name}={value} is not allowed; use a number from {low:g} to {high:g}.")

    def bars(
        self, symbol: str, interval: str, start: int, end: int, *, actions: Sequence[CorporateAction] = ()
    ) -> CandidateBars:
        """Return the bars whose start lies in [start, end), ns UTC, in prices as traded; none before 2000.

        actions: splits and dividends the price is to show, from their ex-dates on: others are not looked at.

        Raises:
            InputError: there are no bars of that interval, or no such exchange.
            DataError: a dividend is not below the price before it.
        """
        if interval not in INTERVALS:
            hint = did_you_mean(interval, INTERVALS) or f"; use one of {', '.join(INTERVALS)}."
            raise InputError(f"There are no synthetic bars of {interval}{hint}")
        days = self._days(symbol, end, tuple(each for each in in_order(actions) if each.symbol == symbol))
        if interval == "1d":
            made = _without(days.bars(symbol), _uniform(days.words[:, 13], 3), self.gaps)
        else:
            # A session starts up to a day before its date, and may end a day after it.
            first = int(days.table.close.searchsorted(start, "right"))
            last = int(days.table.open.searchsorted(end))
            made = _without(*days.minutes(symbol, slice(first, last)), self.gaps)
            if interval != "1m" and len(made):
                from arbitrax.market_data.resample import resample

                made = resample(made, interval, sessions=exchange_sessions(made.timestamp, "1m", days.exchange))
        made = made.between(start, end)
        return CandidateBars(
            symbol, interval, made.timestamp, made.open, made.high, made.low, made.close, made.volume,
            source=SOURCE, currency="USD",
        )  # fmt: skip

    def _days(self, symbol: str, end: int, actions: tuple[CorporateAction, ...]) -> "_Days":
        """Walk from the first session to the last one before ``end``."""
        key = int.from_bytes(hashlib.sha256(f"{self.seed} {symbol}".encode()).digest()[:8])
        last = max(end, FIRST) + 24 * 60 * MINUTE
        exchange = calendar(self.exchange, start=FIRST, end=last)
        table = exchange.sessions(FIRST, last)
        always = self.exchange == ALWAYS
        count, year, night = len(table), 365 if always else 252, 0.0 if always else NIGHT
        words = _mixed(key, np.arange(DAY_WORDS * count, dtype=np.uint64)).reshape(count, DAY_WORDS)
        variance = self.volatility * self.volatility / year
        drift = self.drift / year - variance / 2
        jumped = _uniform(words[:, 6], 0) < self.jumps / year
        overnight = math.sqrt(variance * night) * _normal(words[:, :3])
        within = drift + math.sqrt(variance * (1 - night)) * _normal(words[:, 3:6])
        steps = np.empty(2 * count)
        steps[0::2] = _exp(overnight) * np.where(jumped, _exp(self.jump_size * _normal(words[:, 7:10])), 1.0)
        steps[1::2] = _exp(within)
        path = self.first_price * np.multiply.accumulate(steps)
        reach = math.sqrt(variance) / 2
        open_, close = path[0::2], path[1::2]
        high = np.maximum(open_, close) * _exp(reach * np.abs(_normal(words[:, 10:11])))
        low = np.minimum(open_, close) / _exp(reach * np.abs(_normal(words[:, 11:12])))
        volume = USUAL_VOLUME * _exp(0.35 * _normal(words[:, 12:13]))
        prices, shares = _with_actions((open_, high, low, close), table.date, actions)
        return _Days(key, exchange, table, words, prices, np.rint(volume * shares).astype(np.int64))


class _Days(Struct, frozen=True, eq=False):
    """Sessions of one symbol; arrays of shape (sessions,)."""

    key: int
    exchange: Calendar
    table: SessionTable
    words: "Words"
    prices: "tuple[Floats, Floats, Floats, Floats]"
    """Open, high, low, close, on the tick."""
    volume: "Int64s"

    def bars(self, symbol: str) -> Bars:
        """Return one bar a session."""
        return Bars(symbol, "1d", self.table.date, *self.prices, self.volume.astype(np.float64))

    def minutes(self, symbol: str, chosen: slice) -> "tuple[Bars, Floats]":
        """Return the minutes of some sessions, and chances in [0, 1]; those below the share of gaps are left out."""
        table = self.table.take(chosen)
        morning = (table.break_start - table.open) // MINUTE
        length = morning + (table.close - table.break_end) // MINUTE
        ends = np.cumsum(length)
        of = np.repeat(np.arange(len(table)), length)
        # The place of a minute in its session, from 1.
        place = np.arange(1, len(of) + 1) - (ends - length)[of]
        pause = np.where(place > morning[of], (table.break_end - table.break_start)[of], 0)
        timestamp = table.open[of] + (place - 1) * MINUTE + pause
        counter = (timestamp // MINUTE * MINUTE_WORDS).astype(np.uint64) + np.uint64(MINUTES_FROM)
        words = [_mixed(self.key, counter + np.uint64(at)) for at in range(MINUTE_WORDS)]
        open_, high, low, close = (column[chosen][of] for column in self.prices)
        share = place / length[of]
        # Sums are of whole numbers from the session's start, so they are exact and the same for every range.
        walk = _since_start(_lanes(words[0]) + _lanes(words[1]) - 4 * (SHARES - 1), ends, length, of)
        size = (high - low) / (3 * SHARES * np.sqrt(length * (8 / 12)))[of]
        at = open_ + share * (close - open_) + size * (walk - share * walk[ends[of] - 1])
        at = np.where(at > high, 2 * high - at, at)
        ends_at = _on_tick(np.clip(np.where(at < low, 2 * low - at, at), low, high))
        starts_at = np.concatenate((ends_at[:1], ends_at[:-1]))
        starts_at[ends - length] = open_[ends - length]
        reach = size * SHARES
        above = np.maximum(starts_at, ends_at) + reach * _uniform(words[2], 0)
        below = np.minimum(starts_at, ends_at) - reach * _uniform(words[2], 1)
        from_noon = 2 * share - 1
        traded = (1 + 3 * from_noon * from_noon) * (0.2 + _uniform(words[2], 2)) * SHARES
        so_far = _since_start(np.rint(traded).astype(np.int64), ends, length, of)
        total = so_far[ends[of] - 1]
        # Both terms are whole: the minutes of a session add up to its volume.
        done = (self.volume[chosen][of] // total) * so_far + (self.volume[chosen][of] % total) * so_far // total
        volume = np.diff(done, prepend=0)
        volume[ends - length] = done[ends - length]
        bars = Bars(
            symbol, "1m", timestamp, starts_at, _on_tick(np.minimum(above, high)), _on_tick(np.maximum(below, low)),
            ends_at, volume.astype(np.float64),
        )  # fmt: skip
        # Longer bars are counted from a session's first minute, so that one stays.
        return bars, np.where(place == 1, 1.0, _uniform(words[2], 3))


def _with_actions(
    columns: "tuple[Floats, ...]", date: "Int64s", actions: tuple[CorporateAction, ...]
) -> "tuple[tuple[Floats, Floats, Floats, Floats], Floats]":
    """Return prices on the tick after splits and dividends, and how many shares one share has become."""
    level, shares = np.ones(len(date)), np.ones(len(date))
    close = columns[3]
    # A dividend comes before a split of its day: its amount is for the shares held before.
    for each in sorted(actions, key=lambda action: (action.ex_date, action.amount is None)):
        at = int(date.searchsorted(each.ex_date))
        if not 0 < at < len(date):
            continue
        if each.amount is not None:
            before = float(close[at - 1] * level[at - 1])
            if each.amount >= before:
                raise DataError(
                    f"The dividend of {each.symbol} on {date_text(each.ex_date)}, {each.amount:.10g}, is not below "
                    f"the price before it, {before:.10g}; give a smaller one."
                )
            level[at:] *= 1 - each.amount / before
        level[at:] /= each.share_factor
        shares[at:] *= each.share_factor
    open_, high, low, close = (_on_tick(column * level) for column in columns)
    return (open_, high, low, close), shares


def _mixed(key: int, counter: "Words") -> "Words":
    """Return splitmix64 of a counter: 64 random bits for each."""
    mixed = counter * np.uint64(0x9E3779B97F4A7C15) + np.uint64(key)
    mixed ^= mixed >> np.uint64(30)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed


def _lanes(words: "Words") -> "Int64s":
    """Return the sum of the four 16-bit numbers in each word."""
    even = np.uint64(0x0000FFFF0000FFFF)
    pairs = (words & even) + (words >> np.uint64(16) & even)
    return ((pairs & np.uint64(0xFFFFFFFF)) + (pairs >> np.uint64(32))).astype(np.int64)


def _normal(words: "Words") -> "Floats":
    """Return nearly normal numbers of mean 0 and variance 1 from rows of words: sums of 4 uniform ones a word."""
    count = 4 * words.shape[1]
    sums = _lanes(words).sum(axis=1) - count * (SHARES - 1) // 2
    return sums / (SHARES * math.sqrt(count / 12))


def _uniform(words: "Words", lane: int) -> "Floats":
    """Return numbers in [0, 1) from one of the four 16-bit numbers of each word."""
    return (words >> np.uint64(16 * lane) & np.uint64(SHARES - 1)).astype(np.int64) / SHARES


def _exp(value: "Floats") -> "Floats":
    """Return e to a power between -1 and 1 or a little beyond, by Taylor's series of a sixteenth of it."""
    small = value / 16
    result = np.ones(len(value))
    for order in range(8, 0, -1):
        result = result * small / order + 1
    for _ in range(4):
        result = result * result
    return result


def _on_tick(price: "Floats") -> "Floats":
    """Round to cents, and below one to hundredths of a cent; never to zero."""
    cents, fine = np.rint(price * 100) / 100, np.rint(price * 10_000) / 10_000
    return np.maximum(np.where(price < 1, fine, cents), 0.0001)


def _since_start(values: "Int64s", ends: "Int64s", length: "Int64s", of: "Int64s") -> "Int64s":
    """Return running sums that begin anew with each session."""
    sums = np.concatenate(([0], np.cumsum(values)))
    return sums[1:] - sums[ends - length][of]


def _without(bars: Bars, chance: "Floats", gaps: float) -> Bars:
    """Leave bars out by chance."""
    return bars.take(chance >= gaps) if gaps else bars
