"""The streams of the benchmark, a million messages each, and what any correct book makes of them."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from arbitrax.exchange import streams
from arbitrax.exchange.streams import as_commands, fold, trade_hash

__all__ = ["EXPECTED", "FOLDER", "as_commands", "as_rows", "fold", "generate", "stored", "trade_hash"]

MESSAGES = 1_000_000
FOLDER = Path("build/bench")
EXPECTED = {
    1_000: ("e49f5827fb1c2fdb", "3ed78e0d9b12117c"),
    10_000: ("d74552b838bfd187", "f64a00ce941f00ec"),
    100_000: ("805defb73f2fc40b", "de72549fbda62aba"),
}
"""Resting orders -> hash of all trades in order, hash of the book at the end."""


def generate(resting: int, messages: int = MESSAGES, seed: int = streams.SEED) -> NDArray[np.int64]:
    return streams.generate(resting, messages, seed).lines


def stored(resting: int) -> Path:
    """Return the file of a stream, made at first."""
    path = FOLDER / f"orders-{resting}.npy"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, generate(resting))
    return path


def as_rows(resting: int) -> Path:
    """Return the file of a stream as bare int64, for programs that know no NumPy."""
    path = FOLDER / f"orders-{resting}.rows"
    if not path.exists():
        np.load(stored(resting)).tofile(path)
    return path
