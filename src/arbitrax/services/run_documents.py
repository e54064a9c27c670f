"""What is told of a finished run and takes long to find out: its honesty panel, figures, excursions of its trades.

Found out when the run ends, by whoever ran it, and stored with it. Runs that have none, of older releases, are restored
when somebody asks, once.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from msgspec import Struct

from arbitrax import __version__ as ENGINE  # noqa: N812 - a constant
from arbitrax.backtest.excursions import excursions
from arbitrax.backtest.report.assumptions import Fact, list_assumptions
from arbitrax.backtest.report.data import (
    Figure,
    Histogram,
    OrderGroup,
    benchmark_name,
    count_returns,
    group_orders,
    list_figures,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from arbitrax.backtest.result import Result
    from arbitrax.domain.bars import Floats
    from arbitrax.services.run_parts import RunParts

_log = logging.getLogger(__name__)


class Figures(Struct, frozen=True):
    """The figures of a run."""

    benchmark: str
    figures: list[Figure]
    histogram: Histogram | None
    orders: list[OrderGroup]
    assumptions: list[Fact]


def figures_of(result: Result) -> Figures:
    """Return the figures of a result."""
    return Figures(
        benchmark_name(result),
        list_figures(result),
        count_returns(result),
        group_orders(result),
        list_assumptions(result, {}),
    )


def _honesty(result: Result) -> bytes:
    return msgspec.json.encode(result.honesty.document())


def _figures(result: Result) -> bytes:
    # Not JSON, which has no NaN.
    return msgspec.msgpack.encode(figures_of(result))


def _excursions(result: Result) -> bytes:
    return np.column_stack(excursions(result)).astype("<f8").tobytes()


MAKERS: dict[str, Callable[[Result], bytes]] = {"honesty": _honesty, "figures": _figures, "excursions": _excursions}


def make_documents(result: Result) -> dict[str, bytes]:
    """Return what is stored with a run. What cannot be found out is left out, to be tried again when it is asked for.

    A run is not lost because the look-ahead test, which runs a stranger's strategy again, took too much memory.
    """
    made = {}
    for name, make in MAKERS.items():
        try:
            made[name] = make(result)
        except Exception:
            _log.exception("document.failed name=%s", name)
    return made


def read_honesty(parts: RunParts, run: UUID, restore: Callable[[], Result]) -> bytes:
    """Return the honesty panel as JSON; restore: gives the run where it was not found out yet."""
    return _kept(parts, run, "honesty", restore)


def read_figures(parts: RunParts, run: UUID, restore: Callable[[], Result]) -> Figures:
    """Return the figures; restore: as of `read_honesty`."""
    return msgspec.msgpack.decode(_kept(parts, run, "figures", restore), type=Figures)


def read_excursions(
    parts: RunParts, run: UUID, first: int, rows: int, restore: Callable[[], Result]
) -> tuple[Floats, Floats]:
    """Return (adverse, favourable) of ``rows`` trades from place ``first`` on; restore: as of `read_honesty`."""
    width = 16
    found = parts.document(run, "excursions", ENGINE, first=first * width, size=rows * width)
    if found is None:
        found = _kept(parts, run, "excursions", restore)[first * width : (first + rows) * width]
    both = np.frombuffer(found, "<f8").reshape(-1, 2)
    return both[:, 0].copy(), both[:, 1].copy()


def _kept(parts: RunParts, run: UUID, name: str, restore: Callable[[], Result]) -> bytes:
    found = parts.document(run, name, ENGINE)
    if found is None:
        found = MAKERS[name](restore())
        parts.keep_documents(run, ENGINE, {name: found})
    return found
