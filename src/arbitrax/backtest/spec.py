"""What a run is: everything that decides its result, frozen and hashed."""

import hashlib
import math
from typing import Literal

import msgspec
from msgspec.structs import force_setattr

from arbitrax.backtest.models import Account, Costs, Instrument
from arbitrax.domain.bars import PriceBasis
from arbitrax.domain.dates import canonical_date
from arbitrax.domain.errors import InputError, RangeError, within
from arbitrax.domain.intervals import nanoseconds
from arbitrax.strategies.parameters import Value

FILLS = ("next_open", "same_close")
PRICES = ("adjusted", "raw")
_LIMITS = (
    ("cash", 0.01, 1e15),
    ("commission_bps", 0.0, 5_000.0),
    ("slippage_bps", 0.0, 5_000.0),
    ("risk_free", -0.5, 1.0),
)


UPLOADED = "uploaded:"
"""What the names of strategies that were uploaded begin with; the registry finds nothing under them."""


class StrategyRef(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which strategy, with which parameters, from which source."""

    name: str
    """As `arbitrax.strategies.registry.find_strategy` takes it."""
    class_name: str
    parameters: dict[str, Value]
    source_hash: str | None = None
    """SHA-256 of the file that defines it; None when it has no file, and then the run cannot be reproduced."""

    @property
    def title(self) -> str:
        """Its name as people read it, such as ``Turtle (uploaded)``."""
        return f"{self.name.removeprefix(UPLOADED)} (uploaded)" if self.name.startswith(UPLOADED) else self.name


class RunSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that decides a result, apart from the bars themselves.

    ``start`` and ``end`` are ISO dates, both inclusive, or None for all there is. ``cash`` is in quote currency;
    ``commission_bps`` and ``slippage_bps`` are basis points of a fill's value; ``risk_free`` is a yearly rate.
    """

    strategy: StrategyRef
    symbols: tuple[str, ...]
    interval: str = "1d"
    start: str | None = None
    end: str | None = None
    cash: float = 100_000.0
    commission_bps: float = 10.0
    slippage_bps: float = 0.0
    costs: Costs = Costs()
    """Costs beyond the two rates."""
    account: Account = Account()
    instruments: dict[str, Instrument] = {}
    """By symbol; ``*`` stands for those not named."""
    fill: Literal["next_open", "same_close"] = "next_open"
    prices: PriceBasis = "adjusted"
    calendar: str | None = None
    """Exchange whose sessions count, such as XNYS; None judges sessions from the data."""
    finer: str | None = None
    """Interval of the finer bars that tell what came first inside a bar; None: the worse counts."""
    benchmark: str | None = None
    """A symbol; None compares with buying and holding the run's own symbols."""
    risk_free: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        # One value, one spelling: equal runs must have equal hashes, whatever types a caller used.
        for name, low, high in _LIMITS:
            force_setattr(self, name, _number(name, getattr(self, name), low, high))
        for name, text in (("start", "start date"), ("end", "end date")):
            value = getattr(self, name)
            with within(name):
                force_setattr(self, name, None if value is None else canonical_date(value, text))
        for name, allowed in (("fill", FILLS), ("prices", PRICES)):
            if getattr(self, name) not in allowed:
                choices = " or ".join(repr(each) for each in allowed)
                raise InputError(f"{name} = {getattr(self, name)!r} is not allowed; give {choices}.").at(name)
        self._check_models()
        for name, interval in (("interval", self.interval), ("finer", self.finer)):
            if interval is not None:
                with within(name):
                    nanoseconds(interval)
        if not self.symbols:
            raise InputError("A backtest needs at least one symbol.").at("symbols")
        if len(set(self.symbols)) < len(self.symbols):
            twice = next(at for at, each in enumerate(self.symbols) if each in self.symbols[:at])
            raise InputError(f"A backtest names a symbol twice: {', '.join(self.symbols)}; give each once.").at(
                "symbols", twice
            )
        if self.start is not None and self.end is not None and self.start > self.end:
            raise RangeError(f"The start date {self.start} lies after the end date {self.end}; swap them.").at("end")

    def _check_models(self) -> None:
        for name, model in (("costs", Costs), ("account", Account)):
            given = getattr(self, name)
            if not isinstance(given, model):
                raise InputError(f"{name} takes ax.{model.__name__}(...), not {type(given).__name__}.")
        if not isinstance(self.instruments, dict):
            raise InputError(f"instruments takes a dict by symbol, not {type(self.instruments).__name__}.")
        for symbol, instrument in self.instruments.items():
            if not isinstance(instrument, Instrument):
                raise InputError(f"instruments[{symbol!r}] takes ax.Instrument(...), not {type(instrument).__name__}.")
            # A file's symbol is known only once it is read; then the spec is made anew.
            if symbol != "*" and symbol not in self.symbols and self.symbols != ("",):
                raise InputError(
                    f"instruments names {symbol}, which this run does not trade; it trades "
                    f"{', '.join(self.symbols[:8])}."
                ).at("instruments", symbol)

    def instrument(self, symbol: str) -> Instrument:
        """Return how a symbol trades."""
        return self.instruments.get(symbol) or self.instruments.get("*") or _PLAIN

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON: the identity of the run."""
        return hashlib.sha256(msgspec.json.encode(self, order="deterministic")).hexdigest()


_PLAIN = Instrument()


def _number(name: str, value: object, low: float, high: float) -> float:
    try:
        number = float(value)  # type: ignore[arg-type]  # whatever it is, float() says
    except (TypeError, ValueError):
        number = math.nan
    if not low <= number <= high:
        shown = f"{number:g}" if not math.isnan(number) else repr(value)
        raise InputError(f"{name} = {shown} is not allowed; give a number from {low:g} to {high:g}.").at(name)
    return number
