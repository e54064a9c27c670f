"""Price, then time: an order meets the other side of the book."""

from arbitrax.exchange.records import HOUSE, Code, Happening, Phase, SelfTrade
from arbitrax.exchange.reference import risk
from arbitrax.exchange.reference.book import Book
from arbitrax.exchange.reference.identity import Closed
from arbitrax.exchange.reference.orders import Order
from arbitrax.exchange.reference.prices import opposite, reaches
from arbitrax.exchange.reference.state import State


def close(state: State, book: Book, order: Order) -> None:
    """Forget an order that has nothing open; its client id stays known for the window."""
    risk.count_reducing(state, book, order, -1)
    del state.orders[order.id]
    book.pegs.pop(order.id, None)
    if order.client:
        del state.clients.live[order.account, order.client]
        state.clients.closed.append(Closed(order.account, order.client, order.id, order.body, Code.OK, state.now))


def cancel(state: State, book: Book, order: Order, code: int) -> None:
    """End an order: CANCELLED, with what was left of it."""
    left = order.open
    price = order.price or order.limit
    book.take_out(order)
    risk.reserve(state, book, order, -left)
    order.total = order.filled
    state.tell(Happening.CANCELLED, order, left, price=price, code=code)
    close(state, book, order)


def affordable(book: Book, order: Order, price: int) -> int:
    """Return the lots a market order by funds can still buy at a price."""
    step = book.rules.quantity_step
    return order.funds // (price * book.rules.tick_value * step) * step


def fill(state: State, book: Book, taker: Order, maker: Order, *, lots: int, price: int, code: int = Code.OK) -> None:
    """Trade ``lots`` at a price: FILLED, then CASH of the taker's and of the maker's fee where it is not 0."""
    if taker.funds:
        taker.total += lots
        taker.funds -= lots * price * book.rules.tick_value
        risk.reserve(state, book, taker, lots)
    for order in (taker, maker):
        risk.reserve(state, book, order, -lots)
        order.filled += lots
    taker_rate = book.rules.maker_fee if code == Code.UNCROSSED else book.rules.taker_fee
    fees = (
        risk.settle(state, book, taker, lots=lots, price=price, rate=taker_rate),
        risk.settle(state, book, maker, lots=lots, price=price, rate=book.rules.maker_fee),
    )
    book.last = price
    book.prints.append(price)
    state.say(
        Happening.FILLED,
        order=taker.id,
        maker=maker.id,
        price=price,
        quantity=lots,
        open=taker.open,
        maker_open=maker.open,
        symbol=book.symbol,
        account=taker.account,
        maker_account=maker.account,
        code=code,
        side=taker.side,
    )
    for order, fee in zip((taker, maker), fees, strict=True):
        if fee:
            state.say(
                Happening.CASH,
                order=order.id,
                price=-fee,
                symbol=book.symbol,
                account=order.account,
                code=Code.FEE,
                side=order.side,
            )


def after_fill(state: State, book: Book, maker: Order) -> None:
    """A filled order leaves; an iceberg whose display is gone shows the next part at the back of its level."""
    if not maker.open:
        book.take_out(maker)
        if maker.account != HOUSE:
            close(state, book, maker)
    elif not maker.shown:
        price = maker.price
        book.take_out(maker)
        book.rest(maker, price)
        state.tell(Happening.REFILLED, maker, maker.shown)


def is_self_trade(taker: Order, maker: Order) -> bool:
    """Whether both orders are of one account. Account 0, in symbols without accounts, is anybody."""
    return taker.account == maker.account != 0


def decrement(state: State, book: Book, order: Order, lots: int) -> None:
    """Take lots off an order without a trade; it keeps its place, or ends when nothing is left."""
    if lots == order.open:
        cancel(state, book, order, Code.SELF_TRADE)
        return
    order.total -= lots
    order.shown = min(order.shown, order.open)
    risk.reserve(state, book, order, -lots)
    state.tell(Happening.DECREMENTED, order, lots, code=Code.SELF_TRADE)


def prevent_self_trade(state: State, book: Book, taker: Order, maker: Order) -> None:
    """Do what the taker's instruction says, the maker first."""
    rule = taker.self_trade
    if rule == SelfTrade.DECREMENT:
        lots = min(taker.open, maker.open)
        decrement(state, book, maker, lots)
        decrement(state, book, taker, lots)
    if rule in (SelfTrade.CANCEL_OLDEST, SelfTrade.CANCEL_BOTH):
        cancel(state, book, maker, Code.SELF_TRADE)
    if rule in (SelfTrade.CANCEL_NEWEST, SelfTrade.CANCEL_BOTH):
        cancel(state, book, taker, Code.SELF_TRADE)


def would_fill(book: Book, order: Order, limit: int) -> int:
    """Return the lots that would trade now: the same walk as `match`, self-trade prevention included, on a copy."""
    left = order.open
    traded = 0
    for price in book.sides[opposite(order.side)].prices():
        if not reaches(order.side, limit, price):
            break
        queue = [(maker, maker.shown, maker.open) for maker in book.sides[opposite(order.side)].queues[price]]
        while queue and left:
            maker, shown, rest = queue.pop(0)
            if is_self_trade(order, maker):
                if order.self_trade == SelfTrade.CANCEL_OLDEST:
                    continue
                if order.self_trade == SelfTrade.DECREMENT and rest < left:
                    left -= rest
                    continue
                return traded
            lots = min(left, shown)
            left -= lots
            traded += lots
            if lots == shown and rest > lots:
                queue.append((maker, maker.display_of(rest - lots), rest - lots))
    return traded


def match(state: State, book: Book, taker: Order, limit: int) -> int:
    """Trade until the taker has enough or nothing within ``limit`` is left. Return why it stopped."""
    levels = book.sides[opposite(taker.side)]
    while taker.open or taker.funds:
        price = levels.best()
        if price is None:
            return Code.NO_LIQUIDITY
        if not reaches(taker.side, limit, price):
            return Code.BEYOND_COLLAR
        maker = levels.queues[price][0]
        if is_self_trade(taker, maker):
            prevent_self_trade(state, book, taker, maker)
            if taker.account != HOUSE and taker.id not in state.orders:
                return Code.SELF_TRADE
            continue
        lots = min(taker.open or affordable(book, taker, price), maker.shown)
        if not lots:
            return Code.FUNDS_SPENT
        maker.shown -= lots
        fill(state, book, taker, maker, lots=lots, price=price)
        after_fill(state, book, maker)
    return Code.FUNDS_SPENT


def enter(state: State, book: Book, order: Order, limit: int, *, by_funds: bool = False) -> None:
    """Match an order, then let it rest, or end it with the reason. In an auction it only rests."""
    if book.phase == Phase.AUCTION:
        book.rest(order, limit)
        return
    reason = match(state, book, order, limit)
    if order.id not in state.orders:
        return
    if by_funds or (order.open and order.at_market):
        cancel(state, book, order, reason)
    elif not order.open:
        close(state, book, order)
    elif order.rests:
        book.rest(order, limit)
    else:
        cancel(state, book, order, Code.NOT_AT_ONCE)
