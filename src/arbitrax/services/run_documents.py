"""What is told of a finished run and takes long to find out: its honesty panel, figures, account, excursions of its
trades.

Found out when the run ends, by whoever ran it, and stored with it. Runs that have none, of older releases, are restored
when somebody asks, once.
"""

from __future__ import annotations

import logging
from math import inf
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from arbitrax import __version__ as ENGINE  # noqa: N812 - a constant
from arbitrax.backtest.documents.account import account_message
from arbitrax.backtest.documents.figures import figures_message
from arbitrax.backtest.excursions import excursions

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from arbitrax.backtest.result import Result
    from arbitrax.domain.bars import Floats
    from arbitrax.services.run_parts import RunParts

HONESTY, FIGURES, ACCOUNT, EXCURSIONS = "honesty", "figures", "account.2", "excursions"
"""A number is another form of a document within a release: those of the form before are found out anew."""
PAIR = 16
"""Bytes of a trade's excursions: two little-endian float64."""
RUNS, CELLS = 40, 22_500_000
"""An honesty panel runs a strategy again so often at most, and on so many bars times symbols in all."""
_log = logging.getLogger(__name__)


def make_documents(run: str, result: Result, *, seconds: float = 0.0, patience: float = inf) -> dict[str, bytes]:
    """Return what is stored with a run. What cannot be found out is left out, to be tried again when it is asked for.

    A run is not lost because looking for look-ahead, which runs its strategy again, breaks or takes too much memory.
    Nor does it wait for that longer than ``patience`` seconds, judged by the ``seconds`` that the run took.
    """
    made = {}
    again = min(RUNS, CELLS // max(1, len(result.bars) * len(result.spec.symbols)))
    for name in (FIGURES, ACCOUNT, EXCURSIONS, *([HONESTY] if seconds * again <= patience else [])):
        try:
            made[name] = make_document(name, run, result, ENGINE)
        except Exception:
            _log.exception("run.document_failed run=%s document=%s", run, name)
    return made


def make_document(name: str, run: str, result: Result, engine: str) -> bytes:
    """Return a document of a run; engine: the version that made the run."""
    if name == HONESTY:
        return msgspec.json.encode(result.honesty.document())
    if name == FIGURES:
        return msgspec.json.encode(figures_message(run, result, engine))
    if name == ACCOUNT:
        return msgspec.json.encode(account_message(run, result))
    return np.column_stack(excursions(result)).astype("<f8").tobytes()


def read_document(parts: RunParts, run: UUID, name: str, make: Callable[[str], bytes]) -> bytes:
    """Return a document of a run; make: finds out what nobody did before, or only another release, and it is kept."""
    found = parts.document(run, name, ENGINE)
    if found is None:
        found = make(name)
        parts.keep_documents(run, ENGINE, {name: found})
    return found


def read_excursions(
    parts: RunParts, run: UUID, first: int, rows: int, make: Callable[[str], bytes]
) -> tuple[Floats, Floats]:
    """Return (adverse, favourable) of ``rows`` trades from place ``first`` on; make: as of `read_document`."""
    found = parts.document(run, EXCURSIONS, ENGINE, first=first * PAIR, size=rows * PAIR)
    if found is None:
        found = read_document(parts, run, EXCURSIONS, make)[first * PAIR : (first + rows) * PAIR]
    both = np.frombuffer(found, "<f8").reshape(-1, 2)
    return both[:, 0].copy(), both[:, 1].copy()
