"""QUOTE and PRINT: the external market as liquidity of a house participant (rule 20).

Of each external level the book keeps the size E that was quoted and, in the queue, the house's lots H that are left of
it, in pieces between the orders of others. Trades take from H and leave E, so a quote that does not change restores
nothing. A new quote Q:

- Q > E: Q - E lots join, first trading with whatever they cross, then at the back (to the last piece, when it is last);
- Q < E: H becomes H x Q // E. What goes is taken from the pieces pro rata: from the first i pieces together
  ``gone x (their lots) // H``; so orders in between keep their place and move up by their share;
- Q at or through the house's own other side: the external market is crossed. Those levels and this one are withdrawn
  and forgotten; the next quote starts anew.

A PRINT of L lots first fills orders of others that stand at better prices, each at its own: whoever traded outside
would have met them before. Then it serves the front of the level's queue: the house's pieces there vanish (they
traded outside), orders fill against the house at that price. E falls by L, and pieces go from the front until H <= E.
Stops see the price as a trade's, whoever traded.

Quotes are taken in continuous trading only; HALT, AUCTION and CLOSE withdraw the house.
"""

from arbitrax.exchange.records import HOUSE, MAX_NOTIONAL, MAX_QUANTITY, Code, Happening, Side
from arbitrax.exchange.reference import filters, matching
from arbitrax.exchange.reference.book import Book
from arbitrax.exchange.reference.command import Command
from arbitrax.exchange.reference.orders import Order
from arbitrax.exchange.reference.prices import opposite, reaches
from arbitrax.exchange.reference.state import State


def pieces(book: Book, side: int, price: int) -> list[Order]:
    """Return the house's lots at a price, front first."""
    return [each for each in book.sides[side].queues.get(price, []) if each.account == HOUSE]


def house_order(book: Book, side: int, price: int, lots: int) -> Order:
    """Return lots of the house. They have no id."""
    return Order(id=0, account=HOUSE, symbol=book.symbol, side=side, limit=price, total=lots)


def check(book: Book, command: Command, least: int) -> int:
    """Check side, phase, price, quantity and worth of a QUOTE or PRINT."""
    if command.side not in (Side.BUY, Side.SELL) or command.flags:
        return Code.BAD_FIELD
    code = filters.check_phase(book.phase, collects=False) or filters.check_price(book, command.price, banded=False)
    if code == Code.OK and command.quantity < least:
        return Code.QUANTITY_NOT_POSITIVE
    if code == Code.OK and command.quantity > MAX_QUANTITY:
        return Code.QUANTITY_TOO_LARGE
    if code == Code.OK and command.quantity % book.rules.quantity_step:
        return Code.OFF_LOT
    worth = command.price * command.quantity * book.rules.tick_value
    return code or (Code.NOTIONAL_LIMIT if worth > MAX_NOTIONAL else Code.OK)


def quote(state: State, book: Book, command: Command) -> None:
    """Execute a QUOTE that was checked."""
    side, price, size = command.side, command.price, command.quantity
    external = book.external[side]
    crossed = [p for p in book.external[opposite(side)] if reaches(side, price, p)] if size else []
    if crossed:
        for each in sorted(crossed, reverse=opposite(side) == Side.BUY):
            withdraw(state, book, opposite(side), each, Code.EXTERNAL_CROSSED)
        if price in external:
            withdraw(state, book, side, price, Code.EXTERNAL_CROSSED)
        return
    was = external.get(price, 0)
    external[price] = size
    if size > was:
        join(state, book, side, price, size - was)
    elif size < was:
        shrink(book, side, price, size, was)
    if not size:
        del external[price]
    tell_quote(state, book, side, price, size)


def tell_quote(state: State, book: Book, side: int, price: int, size: int) -> None:
    """QUOTED: ``quantity`` outside, ``open`` left in the book."""
    left = sum(each.open for each in pieces(book, side, price))
    state.say(
        Happening.QUOTED,
        price=price,
        quantity=size,
        open=left,
        maker_open=left,
        symbol=book.symbol,
        account=HOUSE,
        side=side,
    )


def join(state: State, book: Book, side: int, price: int, lots: int) -> None:
    """Add lots: trade with orders they cross, the rest goes to the back."""
    order = house_order(book, side, price, lots)
    matching.match(state, book, order, price)
    if not order.open:
        return
    queue = book.sides[side].queues.get(price)
    if queue and queue[-1].account == HOUSE:
        queue[-1].total += order.open
        queue[-1].shown += order.open
    else:
        book.rest(order, price)


def take(book: Book, piece: Order, lots: int) -> None:
    """Take lots off a piece without a trade."""
    piece.total -= lots
    piece.shown -= lots
    if not piece.open:
        book.take_out(piece)


def shrink(book: Book, side: int, price: int, size: int, was: int) -> None:
    """Take the house's share of a decrease from its pieces, pro rata."""
    queue = pieces(book, side, price)
    held = sum(each.open for each in queue)
    gone, before, taken = held - held * size // was, 0, 0
    for piece in queue:
        before += piece.open
        upto = gone * before // held
        take(book, piece, upto - taken)
        taken = upto


def withdraw(state: State, book: Book, side: int, price: int, code: int) -> None:
    """Take an external level away and forget it: CANCELLED of the house, with what was left."""
    left = 0
    for piece in pieces(book, side, price):
        left += piece.open
        take(book, piece, piece.open)
    del book.external[side][price]
    state.say(
        Happening.CANCELLED,
        price=price,
        quantity=left,
        symbol=book.symbol,
        account=HOUSE,
        code=code,
        side=side,
    )


def withdraw_all(state: State, book: Book) -> None:
    """Take the external market away: bids, then asks, best first."""
    for side in (Side.BUY, Side.SELL):
        for price in sorted(book.external[side], reverse=side == Side.BUY):
            withdraw(state, book, side, price, Code.WITHDRAWN_BY_HOUSE)


def print_through(state: State, book: Book, taker: Order, price: int) -> int:
    """Fill the orders of others at prices better than a print's; return what is left of the print."""
    levels = book.sides[opposite(taker.side)]
    for better in levels.prices():
        if better == price or not reaches(taker.side, price, better):
            break
        while taker.open:
            others = (each for each in levels.queues.get(better, []) if each.account != HOUSE)
            first = next(others, None)
            if first is None:
                break
            lots = min(taker.open, first.shown)
            first.shown -= lots
            matching.fill(state, book, taker, first, lots=lots, price=better)
            matching.after_fill(state, book, first)
    return taker.open


def print_trade(state: State, book: Book, command: Command) -> None:
    """Execute a PRINT that was checked."""
    side, price, left = command.side, command.price, command.quantity
    taker = house_order(book, opposite(side), price, left)
    left = print_through(state, book, taker, price)
    while left and price in book.sides[side].queues:
        first = book.sides[side].queues[price][0]
        lots = min(left, first.shown)
        left -= lots
        if first.account == HOUSE:
            take(book, first, lots)
            taker.total -= lots
        else:
            first.shown -= lots
            matching.fill(state, book, taker, first, lots=lots, price=price)
            matching.after_fill(state, book, first)
    book.last = price
    book.prints.append(price)
    external = book.external[side]
    size = max(external.get(price, 0) - command.quantity, 0)
    over = sum(each.open for each in pieces(book, side, price)) - size
    for piece in pieces(book, side, price):
        lots = min(piece.open, max(over, 0))
        take(book, piece, lots)
        over -= lots
    if size:
        external[price] = size
    else:
        external.pop(price, None)
    tell_quote(state, book, side, price, size)
