"""What a run is: everything that decides its result, frozen and hashed."""

import hashlib
from typing import Literal

import msgspec

from arbitrax.domain.bars import PriceBasis
from arbitrax.domain.errors import InputError
from arbitrax.strategies.parameters import Value


class StrategyRef(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which strategy, with which parameters, from which source."""

    name: str
    """As `arbitrax.strategies.registry.find_strategy` takes it."""
    class_name: str
    parameters: dict[str, Value]
    source_hash: str | None = None
    """SHA-256 of the file that defines it; None when it has no file, and then the run cannot be reproduced."""


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
    fill: Literal["next_open"] = "next_open"
    prices: PriceBasis = "adjusted"
    benchmark: str | None = None
    """A symbol; None compares with buying and holding the run's own symbols."""
    risk_free: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        limits = (
            ("cash", self.cash, 0.01, 1e15),
            ("commission_bps", self.commission_bps, 0, 5_000),
            ("slippage_bps", self.slippage_bps, 0, 5_000),
            ("risk_free", self.risk_free, -0.5, 1),
        )
        for name, value, low, high in limits:
            if not low <= value <= high:
                raise InputError(f"{name} = {value:g} is not allowed; give a number from {low:g} to {high:g}.")
        if not self.symbols:
            raise InputError("A backtest needs at least one symbol.")

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON: the identity of the run."""
        return hashlib.sha256(msgspec.json.encode(self, order="deterministic")).hexdigest()
