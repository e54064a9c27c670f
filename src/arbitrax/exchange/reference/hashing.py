"""The state hash (rule 16): `fold.fold` over all that decides the future, in this order, each list after its length.

1. Shard: now, epoch, shard, seq, deposits, all_killed, window time, window orders.
2. Symbols, ascending: symbol; tick_value, min_notional, max_quantity, price_step, quantity_step, band, collar,
   maker_fee, taker_fee, margin, flags; phase, last, reference; bids, best first, each level's orders first come first;
   asks; the stops on trades of buys (from the lowest), of sells (from the highest), those on quotes likewise; the
   running stops; the parked pegs by id; the external bids (price, lots) from the highest price, asks from the
   lowest.
   An order: id, account, side | type << 8 | time_in_force << 16 | self_trade << 24 | flags << 32, limit, price, total,
   filled, shown, display, offset, stop, distance, bound, expire, lot_reserve, client (four little-endian words of its
   32 bytes), body. Prices of levels are their orders' own.
3. Accounts, ascending, those of fees and of the house included: id, kind, cash, killed, max_position, max_notional,
   max_orders, max_rate, second, submitted, dead_man; positions by symbol, those in which anything
   is not 0: symbol, quantity, cost, realised, fees, lots of buys and sells, reserves of both, reduce-only of both.
4. Producers, ascending: id, epoch, seq, order, code.
5. Closed client ids, oldest first: account, client (four words), order, body, code, time.

Absent values are 0. Money (cash, cost, realised, fees, reserves) is two words, the low 64 bits, then the others. The
fold starts from 0. These words are also what a snapshot holds. A walk takes time in proportion to the state; it is for
snapshots and proofs, not for each command.
"""

from collections.abc import Iterable, Iterator
from dataclasses import astuple

from arbitrax.exchange.records import Side
from arbitrax.exchange.reference.accounts import Account, Position
from arbitrax.exchange.reference.book import Book
from arbitrax.exchange.reference.fold import MASK, fold
from arbitrax.exchange.reference.orders import Order
from arbitrax.exchange.reference.state import State
from arbitrax.exchange.views import Place


def client_words(client: bytes) -> list[int]:
    """Return 32 bytes as four words."""
    padded = client.ljust(32, b"\0")
    return [int.from_bytes(padded[at : at + 8], "little") for at in range(0, 32, 8)]


def order_words(order: Order) -> list[int]:
    """Return an order's numbers."""
    kinds = order.side | order.type << 8 | order.time_in_force << 16 | order.self_trade << 24 | order.flags << 32
    return [
        order.id,
        order.account,
        kinds,
        order.limit,
        order.price,
        order.total,
        order.filled,
        order.shown,
        order.display,
        order.offset,
        order.stop,
        order.distance,
        order.bound,
        order.expire,
        order.lot_reserve,
        *client_words(order.client),
        order.body,
    ]


def listed(orders: Iterable[Order]) -> list[int]:
    """Return the length of a list of orders, then theirs."""
    every = list(orders)
    return [len(every)] + [word for order in every for word in order_words(order)]


def book_words(book: Book) -> Iterator[int]:
    """Yield a symbol's numbers."""
    yield book.symbol
    yield from astuple(book.rules)
    yield from (book.phase, book.last, book.reference)
    for levels in book.sides:
        yield from listed(levels)
    for on_quote in (False, True):
        for side in (Side.BUY, Side.SELL):
            yield from listed(book.stops[side, on_quote])
    yield from listed(book.running)
    yield from listed(book.pegs[each] for each in sorted(book.pegs) if book.pegs[each].place == Place.PARKED)
    for side in (Side.BUY, Side.SELL):
        yield len(book.external[side])
        for price in sorted(book.external[side], reverse=side == Side.BUY):
            yield from (price, book.external[side][price])


def wide(value: int) -> tuple[int, int]:
    """Return an amount of money as two words."""
    return value & MASK, value >> 64


def position_words(position: Position) -> list[int]:
    """Return a position's numbers."""
    money = [*wide(position.cost), *wide(position.realised), *wide(position.fees)]
    reserves = [*wide(position.reserves[Side.BUY]), *wide(position.reserves[Side.SELL])]
    return [position.quantity, *money, *position.lots, *reserves, *position.reducing]


def account_words(account: Account) -> Iterator[int]:
    """Yield an account's numbers."""
    yield from (account.id, account.kind, *wide(account.cash), account.killed)
    yield from (account.max_position, account.max_notional, account.max_orders, account.max_rate)
    yield from (account.second, account.submitted, account.dead_man)
    positions = [(symbol, position_words(account.positions[symbol])) for symbol in sorted(account.positions)]
    positions = [(symbol, words) for symbol, words in positions if any(words)]
    yield len(positions)
    for symbol, words in positions:
        yield from (symbol, *words)


def state_words(state: State) -> Iterator[int]:
    """Yield all numbers of the state in the order above."""
    yield from (state.now, state.epoch, state.shard, state.seq, state.deposits, state.all_killed)
    yield from (state.clients.time, state.clients.orders)
    yield len(state.books)
    for book in state.in_symbol_order():
        yield from book_words(book)
    yield len(state.accounts)
    for each in sorted(state.accounts):
        yield from account_words(state.accounts[each])
    yield len(state.producers)
    for each in sorted(state.producers):
        producer = state.producers[each]
        yield from (each, producer.epoch, producer.seq, producer.order, producer.code)
    yield len(state.clients.closed)
    for closed in state.clients.closed:
        yield from (closed.account, *client_words(closed.client), closed.order, closed.body, closed.code, closed.time)


def state_hash(state: State) -> int:
    """Return the 64-bit hash of the state."""
    word = 0
    for value in state_words(state):
        word = fold(word, value)
    return word
