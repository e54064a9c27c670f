"""Corporate actions as a run of raw prices takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec.structs import replace

from arbitrax.domain.errors import InputError
from arbitrax.domain.intervals import DAY
from arbitrax.domain.panel import PRICES
from arbitrax.kernels.simulate import ACTION_DTYPE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from arbitrax.domain.bars import Bars, Floats, Int64s
    from arbitrax.domain.corporate_actions import CorporateAction
    from arbitrax.domain.panel import Panel
    from arbitrax.market_data.calendars import Calendar


def session_dates(panel: Panel, exchange: Calendar | None) -> Int64s:
    """Return the date of each bar's session, ns: by the exchange, or else its UTC day."""
    if exchange is not None:
        return exchange.session_date_of(panel.timestamp, panel.interval)
    return panel.timestamp // DAY * DAY


def action_records(
    actions: Sequence[CorporateAction], panel: Panel, exchange: Calendar | None = None
) -> NDArray[np.void] | None:
    """Return the actions that fall into a run, by the first bar of their ex-date or after it; None without any.

    Spin-offs are left out: what the new shares are worth is not known. A split comes after the dividend of its day in a
    record: the amount is per share held before both.

    Raises:
        InputError: an action of a symbol that the run does not trade.
    """
    days = session_dates(panel, exchange)
    places = {symbol: column for column, symbol in enumerate(panel.symbols)}
    found: dict[tuple[int, int], list[Any]] = {}
    for action in actions:
        if action.symbol not in places:
            raise InputError(
                f"A corporate action is of {action.symbol}, which this run does not trade; give those of "
                f"{', '.join(panel.symbols[:8])}."
            )
        bar = int(days.searchsorted(action.ex_date))
        if not 0 < bar < len(days) or action.kind == "spin_off":
            continue  # nobody held it at a close of this run before
        pay_bar = -1 if action.pay_date is None else int(days.searchsorted(action.pay_date))
        record = found.setdefault((bar, places[action.symbol]), [1.0, 0.0, -1])
        record[0] *= action.share_factor
        if action.amount is not None:
            record[1] += action.amount
            record[2] = pay_bar if pay_bar < len(days) else -1
    if not found:
        return None
    records = np.zeros(len(found), ACTION_DTYPE)
    for at, ((bar, symbol), (ratio, amount, pay_bar)) in enumerate(sorted(found.items())):
        records[at] = (bar, symbol, pay_bar, 0, ratio, amount)
    return records


def split_factors(actions: Sequence[CorporateAction], panel: Panel, exchange: Calendar | None = None) -> Floats | None:
    """Return how many shares one share from before all splits is, (bars, symbols); None without splits."""
    if all(action.share_factor == 1.0 for action in actions):
        return None
    from arbitrax.market_data.corporate_actions import cumulative_split_factor

    days = session_dates(panel, exchange)
    factors = np.ones(panel.close.shape)
    for column, symbol in enumerate(panel.symbols):
        own = [action for action in actions if action.symbol == symbol]
        if own:
            factors[:, column] = cumulative_split_factor(own, days)
    return factors


def in_last_units(bars: Bars, factors: Floats) -> Bars:
    """Return one symbol's prices in the units of its last bar, volume likewise; factors: (bars,)."""
    scale = factors / factors[-1]
    prices = {name: getattr(bars, name) * scale for name in PRICES}
    return replace(bars, **prices, volume=bars.volume / scale, adj_close=None)


def panel_in_last_units(panel: Panel, factors: Floats) -> Panel:
    """Return a panel's prices in the units of its last bar."""
    scale = factors / factors[-1]
    prices = {name: getattr(panel, name) * scale for name in PRICES}
    return replace(panel, **prices, volume=None if panel.volume is None else panel.volume / scale, factor=None)
