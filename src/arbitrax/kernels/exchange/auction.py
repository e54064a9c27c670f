"""The uncross: one price for everybody. `arbitrax.exchange.reference.auction`, compiled.

Volumes change only at prices of orders, so the candidates are those, one step beside them, and the steps around the
reference; one pass over the crossing levels of both sides knows all of them.
"""

import cython
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH
from cython.cimports.arbitrax.kernels.exchange.matching import after_fill, fill
from cython.cimports.arbitrax.kernels.exchange.price_tree import level_after
from cython.cimports.arbitrax.kernels.exchange.prices import best_price, side_of
from cython.cimports.arbitrax.kernels.exchange.records import BUY, SELL, UNCROSSED
from cython.cimports.arbitrax.kernels.exchange.state import (
    Book,
    Engine,
    Extension,
    Ladder,
    Order,
    extension_at,
    key_of,
    level_at,
    order_at,
    scratch,
)

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()

Candidates = cython.struct(
    lowest=cython.longlong,
    highest=cython.longlong,
    near=cython.longlong,
    price=cython.longlong,  # the best so far; 0: none
    volume=cython.longlong,
    imbalance=cython.longlong,
)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _distance(a: cython.longlong, b: cython.longlong) -> cython.longlong:
    return a - b if a > b else b - a


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _consider(
    c: cython.pointer[Candidates], price: cython.longlong, bids: cython.longlong, asks: cython.longlong
) -> cython.void:
    """Keep a price if it is better: more volume, less imbalance, nearer to the reference, lower."""
    volume: cython.longlong = bids if bids < asks else asks
    imbalance: cython.longlong = _distance(bids, asks)
    if not c.lowest <= price <= c.highest:
        return
    if c.price != 0:
        if volume != c.volume:
            if volume < c.volume:
                return
        elif imbalance != c.imbalance:
            if imbalance > c.imbalance:
                return
        elif _distance(price, c.near) != _distance(c.price, c.near):
            if _distance(price, c.near) > _distance(c.price, c.near):
                return
        elif price >= c.price:
            return
    c.price = price
    c.volume = volume
    c.imbalance = imbalance


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _volume(
    e: cython.pointer[Engine], book: cython.pointer[Book], side: cython.uint, price: cython.longlong
) -> cython.longlong:
    """Return the lots of a side that trade at a price."""
    ladder: cython.pointer[Ladder] = side_of(e, book, side)
    index: cython.uint = ladder.best
    lots: cython.longlong = 0
    while index != 0 and level_at(e, index).key <= key_of(side, price):
        lots += level_at(e, index).quantity
        index = level_after(e, ladder, level_at(e, index).key)
    return lots


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _auction_price(e: cython.pointer[Engine], book: cython.pointer[Book]) -> cython.longlong:
    """Return the price of the uncross; 0: nothing crosses."""
    c: Candidates
    step: cython.longlong = book.price_step
    floor: cython.longlong
    bids: cython.longlong = 0
    asks: cython.longlong
    here: cython.longlong
    at_price: cython.longlong
    price: cython.longlong
    before: cython.longlong = 0
    count: cython.longlong = 0
    i: cython.longlong
    index: cython.uint
    levels: cython.pointer[cython.uint]
    against: cython.pointer[Ladder] = side_of(e, book, SELL)
    own: cython.pointer[Ladder] = side_of(e, book, BUY)
    c.highest = best_price(e, book, BUY)
    c.lowest = best_price(e, book, SELL)
    c.price = c.volume = c.imbalance = 0
    if c.highest == 0 or c.lowest == 0 or c.highest < c.lowest:
        return 0
    c.near = book.reference if book.reference != 0 else book.last
    # The buys from the lowest price up: the ladder lists them the other way round.
    index = own.best
    while index != 0 and key_of(BUY, level_at(e, index).key) >= c.lowest:
        count += 1
        index = level_after(e, own, level_at(e, index).key)
    levels = cython.cast(cython.pointer[cython.uint], scratch(e, count * 4))
    if levels == cython.NULL:
        e.failed = 2
        return 0
    index = own.best
    for i in range(count):
        levels[i] = index
        bids += level_at(e, index).quantity
        index = level_after(e, own, level_at(e, index).key)
    asks = 0
    index = against.best
    while count > 0 or (index != 0 and level_at(e, index).key <= c.highest):
        price = c.highest
        if count > 0:
            price = key_of(BUY, level_at(e, levels[count - 1]).key)
        if index != 0 and level_at(e, index).key < price:
            price = level_at(e, index).key
        if price - step > before or before == 0:
            _consider(cython.address(c), price - step, bids, asks)
        here = at_price = 0
        if index != 0 and level_at(e, index).key == price:
            here = level_at(e, index).quantity
            index = level_after(e, against, price)
        if count > 0 and key_of(BUY, level_at(e, levels[count - 1]).key) == price:
            at_price = level_at(e, levels[count - 1]).quantity
            count -= 1
        asks += here
        _consider(cython.address(c), price, bids, asks)
        bids -= at_price
        before = price
        # One step above: what the next level's own look would say, unless that level stands there.
        if not (
            (count > 0 and key_of(BUY, level_at(e, levels[count - 1]).key) == price + step)
            or (index != 0 and level_at(e, index).key == price + step)
        ):
            _consider(cython.address(c), price + step, bids, asks)
    floor = c.near // step * step
    if c.lowest <= floor <= c.highest:
        _consider(cython.address(c), floor, _volume(e, book, BUY, floor), _volume(e, book, SELL, floor))
    if floor < c.near and c.lowest <= floor + step <= c.highest:
        floor += step
        _consider(cython.address(c), floor, _volume(e, book, BUY, floor), _volume(e, book, SELL, floor))
    return c.price


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _front(e: cython.pointer[Engine], book: cython.pointer[Book], side: cython.uint) -> cython.uint:
    """Return the first order in the queue of a side; 0: there is none."""
    index: cython.uint = side_of(e, book, side).best
    return level_at(e, index).head if index != 0 else 0


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _after_cross(
    e: cython.pointer[Engine], book: cython.pointer[Book], slot: cython.uint, lots: cython.longlong
) -> cython.void:
    """An order that traded stays in its place, an iceberg with its next part, or leaves."""
    order: cython.pointer[Order] = order_at(e, slot)
    x: cython.pointer[Extension]
    if order.open == 0:
        after_fill(e, book, slot)
    elif order.extension != 0:
        x = extension_at(e, order.extension)
        if x.display != 0:
            if x.shown > lots:
                x.shown -= lots
            else:
                x.shown = x.display if x.display < order.open else order.open


def uncross(e, book):
    """Trade everything that crosses at the auction's price, and return it; 0: nothing crossed."""
    price: cython.longlong = _auction_price(e, book)
    lots: cython.longlong
    buy: cython.uint
    sell: cython.uint
    if price == 0:
        return 0
    while True:
        buy = _front(e, book, BUY)
        sell = _front(e, book, SELL)
        if buy == 0 or sell == 0 or order_at(e, buy).price < price or order_at(e, sell).price > price:
            return price
        lots = order_at(e, buy).open
        if order_at(e, sell).open < lots:
            lots = order_at(e, sell).open
        fill(e, book, order_at(e, buy), order_at(e, sell), lots, price, UNCROSSED, True)
        _after_cross(e, book, buy, lots)
        _after_cross(e, book, sell, lots)
