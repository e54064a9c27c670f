"""Slippage and commission of a fill. Formulas and sources: docs/concepts/fills.md, Costs."""

import cython
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH
from cython.cimports.libc.math import ceil, sqrt

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def slipped(
    costs: cython.pointer[cython.const[Costs]],
    reference: cython.double,
    side: cython.double,
    quantity: cython.double,
    volume: cython.double,
    volatility: cython.double,
) -> cython.double:
    """Return the price after slippage; side +1 buys, -1 sells. An unknown volume (NaN) has no impact."""
    impact: cython.double = costs.slippage
    share: cython.double
    if costs.volume_share != 0.0 or costs.square_root != 0.0:
        if volume == volume:
            share = quantity / volume if quantity < volume else 1.0
            impact += costs.volume_share * share * share + costs.square_root * volatility * sqrt(share)
    # As one factor where there is no spread: the bytes of a run with a plain rate depend on it.
    price: cython.double = reference * (1.0 + side * impact)
    if costs.half_spread != 0.0:
        price = reference + side * (reference * impact + costs.half_spread)
    # A spread wider than a tiny price, or an impact of all of it: nobody pays to sell.
    return price if price > 0.01 * reference else 0.01 * reference


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def commission(
    costs: cython.pointer[cython.const[Costs]],
    value: cython.double,
    shares: cython.double,
    maker: cython.bint,
    traded: cython.double,
) -> cython.double:
    """Return what a fill adds to its order's commission, before minimum, maximum and the fee per order.

    value: quote currency, unsigned. shares: units as traded. traded: value traded so far in the month.
    """
    rate: cython.double = costs.maker if maker else costs.taker
    i: cython.Py_ssize_t
    if not maker:
        for i in range(costs.tier_count):
            if traded >= costs.tiers[i].traded:
                rate = costs.tiers[i].rate
    return value * rate + shares * costs.per_share


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def charged(costs: cython.pointer[cython.const[Costs]], raw: cython.double, value: cython.double) -> cython.double:
    """Return the commission of an order whose fills came to ``raw`` before minimum and maximum, and to ``value``."""
    fee: cython.double = raw + costs.per_order
    if costs.minimum > 0.0 and fee < costs.minimum:
        fee = costs.minimum
    if costs.maximum > 0.0 and fee > value * costs.maximum:
        fee = value * costs.maximum
    if costs.currency_unit > 0.0:
        fee = ceil(fee / costs.currency_unit - 1e-9) * costs.currency_unit
    return fee
