"""The uncross: one price for everybody.

The price is, among all that may trade, the one with the most volume, then with the smallest imbalance (what is left on
one side), then nearest to the reference price (without one, to the last trade; without that, the lowest), then the
lower. It need not be an order's price: within a gap the reference decides.

Buys from the highest limit and sells from the lowest, each first come first served, trade at it; an iceberg with all its
lots from its place. Each fill names the buy as taker and the sell as maker; both pay the maker's fee. Self-trade
prevention does not apply: nobody chose whom to meet.
"""

from arbitrax.exchange.records import Code, Side
from arbitrax.exchange.reference import matching
from arbitrax.exchange.reference.book import Book
from arbitrax.exchange.reference.orders import Order
from arbitrax.exchange.reference.state import State


def volumes(book: Book, price: int) -> tuple[int, int]:
    """Return the lots that would buy and sell at a price."""
    bids = sum(each.open for each in book.sides[Side.BUY] if each.price >= price)
    asks = sum(each.open for each in book.sides[Side.SELL] if each.price <= price)
    return bids, asks


def auction_price(book: Book) -> int | None:
    """Return the price of the uncross; None: nothing crosses."""
    highest, lowest = book.best(Side.BUY), book.best(Side.SELL)
    if highest is None or lowest is None or highest < lowest:
        return None
    step, near = book.rules.price_step, book.reference or book.last
    levels = {*book.sides[Side.BUY].ascending, *book.sides[Side.SELL].ascending}
    beside = {price + away for price in levels for away in (-step, 0, step)} | {
        near // step * step,
        -(-near // step) * step,
    }
    candidates = [price for price in beside if lowest <= price <= highest]

    def rank(price: int) -> tuple[int, int, int, int]:
        bids, asks = volumes(book, price)
        return -min(bids, asks), abs(bids - asks), abs(price - near), price

    return min(candidates, key=rank)


def uncross(state: State, book: Book) -> int:
    """Trade everything that crosses at the auction's price, and return it; 0: nothing crossed."""
    price = auction_price(book)
    if price is None:
        return 0
    while True:
        buy, sell = front(book, Side.BUY), front(book, Side.SELL)
        if buy is None or sell is None or buy.price < price or sell.price > price:
            return price
        lots = min(buy.open, sell.open)
        matching.fill(state, book, buy, sell, lots, price, Code.UNCROSSED)
        for order in (buy, sell):
            if order.open:
                order.shown = order.shown - lots if order.shown > lots else order.display_of(order.open)
            else:
                matching.after_fill(state, book, order)


def front(book: Book, side: int) -> Order | None:
    """Return the first order in the queue of a side."""
    return next(iter(book.sides[side]), None)
