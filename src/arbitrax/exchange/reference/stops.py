"""Stops: what triggers, in which order, and how far a command may go.

After a command's own trades, and after each stop that ran, the symbol's stops are looked at. Those on trades see the
first and the last print of the pass (a taker's prints are monotone), then the last trade; those on quotes the opposite
touch, pegs not counted. Whatever has triggered leaves the waiting stops for the queue: of those on trades the buys from
the lowest trigger, then the sells from the highest, at one price first come first; then those on quotes likewise. What
is queued runs even if the price comes back.

Queues run before each command and after it, symbols in order, at most `MAX_TRIGGERS` stops a command.
"""

from arbitrax.exchange.records import MAX_PRICE, MAX_TRIGGERS, Code, Flag, Happening, Phase, Side, TimeInForce, Type
from arbitrax.exchange.reference import matching
from arbitrax.exchange.reference.book import Book
from arbitrax.exchange.reference.orders import Order
from arbitrax.exchange.reference.prices import opposite
from arbitrax.exchange.reference.state import State
from arbitrax.exchange.views import Place


def trail(side: int, watched: int, distance: int) -> int:
    """Return the trigger of a trailing stop; 0 of a sell: no price reaches it yet."""
    return min(watched + distance, MAX_PRICE) if side == Side.BUY else max(watched - distance, 0)


def watched_price(book: Book, side: int, on_quote: bool) -> int:
    """Return what a stop of ``side`` watches, ticks; 0: nothing yet."""
    if on_quote:
        return book.best_fixed(opposite(side)) or 0
    return book.last


def has_triggered(side: int, stop: int, watched: int) -> bool:
    """Whether a stop at a price is reached."""
    return watched > 0 and (watched >= stop if side == Side.BUY else watched <= stop)


def follow(book: Book, side: int, on_quote: bool, watched: int) -> None:
    """Let trailing stops follow the price, each to the back of its new trigger price, in id order."""
    index = book.stops[side, on_quote]
    trailing = [each for each in index if each.type == Type.TRAILING_STOP]
    for order in sorted(trailing, key=lambda each: each.id):
        stop = trail(side, watched, order.distance)
        if (stop < order.stop) if side == Side.BUY else (stop > order.stop):
            index.remove(order.stop, order)
            order.stop = stop
            index.append(stop, order)


def look(book: Book, on_quote: bool, watched: tuple[int, int], *, moved: bool) -> None:
    """Queue what has triggered at the prices buys and sells watch; trailing stops follow first if those moved."""
    for side in (Side.BUY, Side.SELL):
        price = watched[side]
        if not price or not book.stops[side, on_quote].queues:
            continue
        if moved:
            follow(book, side, on_quote, price)
        for order in book.stops[side, on_quote]:
            if has_triggered(side, order.stop, price):
                book.take_out(order)
                order.place = Place.RUNNING
                book.running.append(order)


def collect(book: Book) -> None:
    """Queue the stops that the prints of this pass, the last trade and the touches have triggered."""
    if book.phase != Phase.CONTINUOUS or not any(index.queues for index in book.stops.values()):
        book.prints.clear()
        return
    prints = book.prints[:1] + book.prints[-1:]
    book.prints.clear()
    for price in prints:
        look(book, False, (price, price), moved=True)
    look(book, False, (book.last, book.last), moved=False)
    touches = (watched_price(book, Side.BUY, True), watched_price(book, Side.SELL, True))
    look(book, True, touches, moved=True)


def run(state: State, book: Book, order: Order) -> None:
    """Execute a stop that triggered: TRIGGERED, then what a market or limit order would do."""
    book.take_out(order)
    limit = order.limit
    if order.at_market:
        touch = book.best(opposite(order.side))
        collar = book.collar_from(order.side, touch) if touch is not None else order.bound
        limit = min(collar, order.bound) if order.side == Side.BUY else collar
    state.tell(Happening.TRIGGERED, order, order.total, price=order.stop)
    filled = matching.would_fill(book, order, limit)
    if order.flags & Flag.POST_ONLY and filled:
        matching.cancel(state, book, order, Code.WOULD_TRADE)
    elif order.time_in_force == TimeInForce.FOK and filled < order.open:
        matching.cancel(state, book, order, Code.NOT_ALL_AT_ONCE)
    else:
        matching.enter(state, book, order, limit)
    collect(book)


def run_queues(state: State, budget: int = MAX_TRIGGERS) -> int:
    """Run queued stops, symbols in order; return the budget that is left."""
    for book in state.in_symbol_order():
        while budget and book.running and book.phase == Phase.CONTINUOUS:
            run(state, book, book.running[0])
            budget -= 1
    return budget
