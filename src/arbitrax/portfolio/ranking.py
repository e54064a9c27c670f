"""What to hold: choose by score, then weigh.

Scores are (symbols,) for one decision or (decisions, symbols) for several; results have the same shape. A symbol whose
score is NaN is never chosen and weighs 0. Equal scores rank by the order of the symbols.
"""

import math
from typing import TYPE_CHECKING

import numpy as np

from arbitrax.domain.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arbitrax.domain.bars import Floats, Int64s

    Mask = NDArray[np.bool_]


def rank(scores: "Floats", *, ascending: bool = False) -> "Int64s":
    """Return the place of each score in its row: 1 the best, 0 where it is NaN.

    The highest is the best, or with ``ascending`` the lowest.
    """
    table = _table(scores)
    places = np.zeros(table.shape, np.int64)
    for row, place in zip(table, places, strict=True):
        count = row.size - int(np.isnan(row).sum())
        order = np.argsort(row if ascending else -row, kind="stable")  # NaN sorts last
        place[order[:count]] = np.arange(1, count + 1)
    return places.reshape(np.shape(scores))


def rank_top(
    scores: "Floats", count: int | None = None, *, fraction: float | None = None, ascending: bool = False
) -> "Mask":
    """Return which symbols are the best of their row: ``count`` of them, or a ``fraction`` of those with a score.

    A fraction is rounded down, to at least one where any symbol has a score. Fewer than ``count`` are chosen where
    fewer have one. The highest scores are the best, or with ``ascending`` the lowest.

    Raises:
        InputError: neither or both of count and fraction, or one that is out of range.
    """
    table = _table(scores)
    chosen = np.zeros(table.shape, np.bool_)
    for row, mask in zip(table, chosen, strict=True):
        available = row.size - int(np.isnan(row).sum())
        wanted = min(_places(count, fraction, available), available)
        if wanted:
            _mark_best(row if ascending else -row, wanted, mask)
    return chosen.reshape(np.shape(scores))


def rank_top_buffered(
    scores: "Floats", count: int, *, keep: int, held: "Mask | None" = None, ascending: bool = False
) -> "Mask":
    """Return which symbols to hold when one that is held stays while it ranks within ``keep``.

    A symbol enters among the best ``count`` places only when one is free: held symbols ranked 1 to ``keep`` stay (the
    best ``count`` of them), and the best of the others fill up. A band between ``count`` and ``keep`` so saves the
    turnover of symbols that swap places at the edge. ``held`` is what is held before the first row, (symbols,); each
    later row starts from the row before.

    Raises:
        InputError: a count below 1, ``keep`` below ``count``, or ``held`` of another shape.
    """
    if count < 1 or keep < count:
        raise InputError(f"Holding {count} symbols that stay within rank {keep}: use 1 <= count <= keep.")
    places = np.atleast_2d(rank(scores, ascending=ascending))
    chosen = np.zeros(places.shape, np.bool_)
    before = np.zeros(places.shape[1], np.bool_) if held is None else np.asarray(held, dtype=np.bool_)
    if before.shape != places.shape[1:]:
        raise InputError(f"held has shape {before.shape}; give one flag for each of the {places.shape[1]} symbols.")
    for place, mask in zip(places, chosen, strict=True):
        ranked = place > 0
        # Those that stay come before all others, in either group by rank.
        stays = ranked & before & (place <= keep)
        order = np.where(ranked, place + np.where(stays, 0.0, place.size), np.nan)
        wanted = min(count, int(ranked.sum()))
        if wanted:
            _mark_best(order, wanted, mask)
        before = mask
    return chosen.reshape(np.shape(scores))


def equal_weight(chosen: "Mask", *, gross: float = 1.0) -> "Floats":
    """Return ``gross / n`` for each of the n chosen symbols of a row, 0 for the others.

    ``equal_weight(longs, gross=0.5) - equal_weight(shorts, gross=0.5)`` is half long, half short.
    """
    return _share(np.asarray(chosen, dtype=np.float64), gross)


def score_weight(scores: "Floats", chosen: "Mask | None" = None, *, gross: float = 1.0) -> "Floats":
    """Return ``gross * s_i / sum_j |s_j|`` over the chosen symbols (all by default), 0 for the others.

    A negative score makes a short. A row whose scores are all 0 or NaN weighs 0.
    """
    scores = np.asarray(scores, dtype=np.float64)
    usable = np.isfinite(scores) if chosen is None else np.isfinite(scores) & chosen
    return _share(np.where(usable, scores, 0.0), gross)


def inverse_volatility(volatility: "Floats", chosen: "Mask | None" = None, *, gross: float = 1.0) -> "Floats":
    """Return ``gross * (1 / v_i) / sum_j (1 / v_j)`` over the chosen symbols (all by default), 0 for the others.

    A symbol whose volatility is NaN, infinite, 0 or less weighs 0.
    """
    volatility = np.asarray(volatility, dtype=np.float64)
    usable = np.isfinite(volatility) & (volatility > 0)
    if chosen is not None:
        usable &= chosen
    return _share(np.divide(1.0, volatility, out=np.zeros(volatility.shape), where=usable), gross)


def _table(scores: "Floats") -> "Floats":
    """Return one row a decision."""
    return np.atleast_2d(np.asarray(scores, dtype=np.float64))


def _places(count: int | None, fraction: float | None, available: int) -> int:
    """Return how many to choose."""
    if (count is None) == (fraction is None):
        raise InputError("How many symbols to choose is a count or a fraction: give one of the two.")
    if count is not None:
        if isinstance(count, bool) or count != int(count) or count < 1:
            raise InputError(f"{count} symbols cannot be chosen; use a count of 1 or more.")
        return int(count)
    if fraction is None or not 0 < fraction <= 1:
        raise InputError(f"A fraction of {fraction} cannot be chosen; use more than 0 and at most 1.")
    # 0.29 * 100 is 28.999999999999996.
    return max(1, math.floor(fraction * available + 1e-9))


def _mark_best(row: "Floats", wanted: int, mask: "Mask") -> None:
    """Mark the ``wanted`` lowest values; of those equal to the last of them the first ones."""
    edge = np.partition(row, wanted - 1)[wanted - 1]  # NaN sorts last
    np.less(row, edge, out=mask)
    ties = np.flatnonzero(row == edge)
    mask[ties[: wanted - np.count_nonzero(mask)]] = True


def _share(parts: "Floats", gross: float) -> "Floats":
    """Return parts scaled so that their sizes sum to ``gross`` in each row; a row of zeros stays."""
    total = np.abs(parts).sum(axis=-1, keepdims=True)
    return parts * np.divide(gross, total, out=np.zeros(total.shape), where=total > 0)
