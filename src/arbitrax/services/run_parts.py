"""Parts of finished runs, read without the whole: rows by place, and what was found out when they ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from msgspec import Struct

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from arbitrax.backtest.spec import RunSpec


class RunOutline(Struct, frozen=True):
    """What rows of a run need to be understood."""

    spec: RunSpec
    tags: tuple[str, ...]


class StoredTrades(Struct, frozen=True, eq=False):
    """Some trades of a run and what their orders say; arrays of shape (rows,)."""

    records: NDArray[np.void]
    entry_kind: NDArray[np.int64]
    """`OrderKind` of the order that opened it."""
    entry_tag: NDArray[np.int64]
    """Place among the run's tags; -1: none."""
    exit_tag: NDArray[np.int64]


class RunParts(Protocol):
    """Reads parts of finished runs, and keeps what is found out about them."""

    def outline(self, run_id: UUID) -> RunOutline | None:
        """Return what a run's rows need to be understood, or None."""

    def trades(self, run_id: UUID, tags: Sequence[str], first: int, rows: int | None) -> StoredTrades:
        """Return at most so many trades (None: all) from place ``first`` on; tags: the run's."""

    def orders(self, run_id: UUID, tags: Sequence[str], first: int, rows: int | None) -> NDArray[np.void]:
        """Return at most so many orders (None: all) from place ``first`` on; tags: the run's."""

    def document(
        self, run_id: UUID, name: str, version: str, *, first: int = 0, size: int | None = None
    ) -> bytes | None:
        """Return what a release found out about a run, or at most ``size`` of its bytes from one on; None: nothing."""

    def keep_documents(self, run_id: UUID, version: str, documents: Mapping[str, bytes]) -> None:
        """Keep what a release found out about a run; what it kept before stays, what another did goes."""
