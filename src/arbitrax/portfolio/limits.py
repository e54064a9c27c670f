"""Limits on what a portfolio holds: target weights in, target weights within the limit out.

Weights are shares of equity, (symbols,) for one decision or (decisions, symbols) for several, negative for shorts; the
gross of a set is the sum of |w|, its net the sum of w. Weights within the limit come back bit for bit, so applying a
limit twice changes nothing. Sums hold to 1e-12 of the gross, a single cap exactly.

Each limit only shrinks weights, except `cap_weights` that spreads an excess. In the order `long_only`, `cap_weights`,
`limit_net`, `limit_groups`, `limit_gross` each leaves those before it in force, but for two that can oppose each
other: a group's limits shrink one side of the portfolio, and may so move a portfolio's net that holds shorts.
"""

from typing import TYPE_CHECKING, Literal

import numpy as np

from arbitrax.domain.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from arbitrax.domain.bars import Floats, Int64s

TOLERANCE = 1e-12
"""Of the gross: sums of floats are no better, and a limit met to rounding must not scale again."""


def long_only(weights: "Floats") -> "Floats":
    """Return ``max(w, 0)``."""
    return np.maximum(_known(weights), 0.0)


def cap_weights(weights: "Floats", cap: float, *, excess: Literal["spread", "cash"] = "spread") -> "Floats":
    """Return weights of at most ``cap`` either way: ``sign(w) min(cap, k |w|)``.

    With ``cash`` k is 1: what is cut off is not invested. With ``spread`` it goes to the other weights of its side
    (longs or shorts) in proportion, and on until none exceeds the cap: k >= 1 is such that the side keeps its gross,
    or all its weights are at the cap if even that is less. Symbols of weight 0 stay at 0.

    Raises:
        InputError: a cap of 0 or less, another word for the excess, or weights that are NaN.
    """
    if not cap > 0:
        raise InputError(f"A cap of {cap} leaves no weight; use more than 0.")
    if excess not in ("spread", "cash"):
        raise InputError(f"excess={excess!r}: use 'spread' over the other weights, or 'cash'.")
    result = _known(weights).copy()
    if excess == "cash":
        return np.clip(result, -cap, cap)
    for row in np.atleast_2d(result):  # views, so the result is filled
        for sign in (1.0, -1.0):
            side = np.flatnonzero(row * sign > 0)
            size = np.abs(row[side])
            if len(side) and size.max() > cap:
                row[side] = sign * _water_fill(size, cap)
    return result


def limit_gross(weights: "Floats", limit: float) -> "Floats":
    """Return ``w * min(1, limit / gross)``: all weights shrink alike.

    Raises:
        InputError: a limit below 0, or weights that are NaN.
    """
    _refuse_negative(limit, "gross")
    weights = _known(weights)
    gross = np.abs(weights).sum(axis=-1, keepdims=True)
    return weights * _scale(gross, limit, gross)


def limit_net(weights: "Floats", limit: float) -> "Floats":
    """Return weights with ``-limit <= net <= limit``: the heavier side shrinks alike, the other stays.

    With L the sum of longs and S of shorts, longs are multiplied by ``(S + limit) / L`` where L - S exceeds the limit,
    shorts by ``(L + limit) / S`` where S - L does. A hedged portfolio so keeps its hedge.

    Raises:
        InputError: a limit below 0, or weights that are NaN.
    """
    _refuse_negative(limit, "net")
    weights = _known(weights)
    longs = np.maximum(weights, 0.0).sum(axis=-1, keepdims=True)
    shorts = np.maximum(-weights, 0.0).sum(axis=-1, keepdims=True)
    gross = longs + shorts
    return weights * np.where(weights > 0, _scale(longs, shorts + limit, gross), _scale(shorts, longs + limit, gross))


def limit_groups(
    weights: "Floats",
    groups: "Int64s",
    *,
    max_gross: "ArrayLike | None" = None,
    max_net: "ArrayLike | None" = None,
) -> "Floats":
    """Return weights of which each group's gross and net are within limits: as `limit_gross`, then `limit_net`.

    groups: (symbols,) int, the group of each symbol, such as its sector; a negative code is no group and not limited.
    max_gross, max_net: one limit for all groups, or one each in the order of the codes; None does not limit.

    Raises:
        InputError: groups of another length or type, limits below 0 or too few, or weights that are NaN.
    """
    weights = _known(weights)
    groups = np.asarray(groups)
    if groups.shape != weights.shape[-1:] or groups.dtype.kind not in "iu":
        raise InputError(
            f"groups is {groups.dtype} of shape {groups.shape}; give one whole number for each of the "
            f"{weights.shape[-1]} symbols."
        )
    count = int(groups.max(initial=-1)) + 1
    inside = np.flatnonzero(groups >= 0)
    codes = groups[inside]
    gross_limit = _limits(max_gross, count, "max_gross")
    net_limit = _limits(max_net, count, "max_net")
    result = weights.copy()
    for row in np.atleast_2d(result):
        own = row[inside]
        if gross_limit is not None:
            gross = _sums(codes, np.abs(own), count)
            own *= _scale(gross, gross_limit, gross)[codes]
        if net_limit is not None:
            longs = _sums(codes, np.maximum(own, 0.0), count)
            shorts = _sums(codes, np.maximum(-own, 0.0), count)
            gross = longs + shorts
            of_longs = _scale(longs, shorts + net_limit, gross)[codes]
            of_shorts = _scale(shorts, longs + net_limit, gross)[codes]
            own *= np.where(own > 0, of_longs, of_shorts)
        row[inside] = own
    return result


def _water_fill(size: "Floats", cap: float) -> "Floats":
    """Return ``min(cap, k size)`` with the k >= 1 that keeps the sum, or all at the cap; size: (symbols,) positive."""
    total = float(size.sum())
    largest = np.sort(size)[::-1]
    # With the first m at the cap, the others take k = (total - m cap) / their sum; the right m is the first that
    # leaves the largest of them within it.
    rest = largest[::-1].cumsum()[::-1]
    factor = (total - cap * np.arange(len(size))) / rest
    fits = np.flatnonzero(factor * largest <= cap)
    if not len(fits) or factor[fits[0]] < 1:
        return np.full(len(size), cap)
    return np.minimum(size * factor[fits[0]], cap)


def _scale(value: "Floats", limit: "Floats | float", gross: "Floats") -> "Floats":
    """Return ``limit / value`` where the value exceeds its limit by more than rounding, else 1."""
    over = value - limit > TOLERANCE * gross
    return np.divide(limit, value, out=np.ones(value.shape), where=over)


def _sums(codes: "Int64s", values: "Floats", count: int) -> "Floats":
    """Return the sum of each group's values, (groups,)."""
    return np.bincount(codes, values, count).astype(np.float64, copy=False)


def _known(weights: "Floats") -> "Floats":
    """Return weights as float64; refuse NaN, which says that a target stays, and not how much it is."""
    weights = np.asarray(weights, dtype=np.float64)
    if not np.isfinite(weights).all():
        raise InputError("Weights that are NaN or infinite cannot be limited; use 0 for symbols without a position.")
    return weights


def _refuse_negative(limit: float, name: str) -> None:
    if not limit >= 0:
        raise InputError(f"A {name} limit of {limit} cannot be met; use 0 or more.")


def _limits(limit: "ArrayLike | None", count: int, name: str) -> "Floats | None":
    """Return a limit for each group, (groups,)."""
    if limit is None:
        return None
    given = np.asarray(limit, dtype=np.float64)
    if given.ndim > 1 or (given.ndim == 1 and len(given) < count) or not (given >= 0).all():
        raise InputError(f"{name} must be one limit of 0 or more, or one for each of the {count} groups.")
    return np.broadcast_to(given, count) if given.ndim == 0 else given[:count]
