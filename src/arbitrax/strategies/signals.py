"""What a signals strategy may return besides an array of target weights.

Arrays have shape (bars,) for one symbol and (bars, symbols) for several; scalars stand for all of them. Row t is what
is decided at t's close.
"""

from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

SizeUnit = Literal["weight", "quantity", "value"]


class Exits(Struct, frozen=True, kw_only=True, eq=False):
    """Exits attached to entries: fractions of the entry's fill price, and a number of bars. NaN, or 0 bars: none."""

    stop_loss: "ArrayLike | None" = None
    take_profit: "ArrayLike | None" = None
    trailing_stop: "ArrayLike | None" = None
    max_bars: "ArrayLike | None" = None


class Targets(Struct, frozen=True, eq=False):
    """Target weights with exits. An order is made where the stated weight changes; NaN keeps the last one."""

    weights: "ArrayLike"
    exits: Exits = Exits()


class Rebalance(Struct, frozen=True, eq=False):
    """Target weights stated anew at some bars: each non-NaN weight makes an order, drifted positions come back to it.

    bars: (rows,) ascending bar numbers; weights: (rows, symbols), or (rows,) for one symbol.
    """

    bars: "NDArray[np.int64]"
    weights: "ArrayLike"
    exits: Exits = Exits()


class Signals(Struct, frozen=True, kw_only=True, eq=False):
    """Entries and exits, true where they are decided.

    An entry opens a position of ``size``: a share of equity, units, or a value in quote currency; while the other side
    is held it reverses. An exit at the same bar wins over its entry; entries of both sides at once do nothing.
    """

    entries: "ArrayLike | None" = None
    exits: "ArrayLike | None" = None
    short_entries: "ArrayLike | None" = None
    short_exits: "ArrayLike | None" = None
    size: "ArrayLike" = 1.0
    size_unit: SizeUnit = "weight"
    attached: Exits = Exits()


Decisions = Any
"""An array of target weights, `Targets`, `Rebalance` or `Signals`."""
