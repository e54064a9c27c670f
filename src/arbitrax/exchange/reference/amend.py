"""AMEND: new total, limit or trigger of an open order; and which of its changes keep its place.

``quantity`` is the new total (with BASIS_OPEN the new open quantity: filled lots are added); 0 and whatever is not
above what has filled cancels the rest, REPLACED. ``price`` and ``stop`` are 0 to stay as they are; a stop's new trigger
puts it behind those with the same; a trailing stop's distance is not amended. Less or equal at the same price keeps its
place. A new limit, more lots, or REQUEUE lose it: the order enters again as a taker under its id, at the back.

Checks: order (UNKNOWN_ORDER: the id was never given out; NOTHING_OPEN: it was), owner, deadline, flags and fields its
type does not have, a running stop, a negative quantity; a total that has filled ends it here; phase, limit and trigger
where they change, quantity, notional, reduce-only, post-only (a slide changes the limit), limits and buying power of
the difference (never of a reduction: less quantity and no dearer). The kill switch and the rate do not matter.
"""

from dataclasses import replace

from arbitrax.exchange.records import Code, Flag, Happening, Phase, Side, Type
from arbitrax.exchange.reference import filters, matching, pegs, risk
from arbitrax.exchange.reference.accounts import Account
from arbitrax.exchange.reference.book import Book
from arbitrax.exchange.reference.command import Command
from arbitrax.exchange.reference.orders import Order
from arbitrax.exchange.reference.state import State
from arbitrax.exchange.reference.submit import refuse, slide
from arbitrax.exchange.views import Place


def find(state: State, command: Command) -> tuple[Order | None, int]:
    """Return the open order a command names, if its account owns it, or why not."""
    order = state.orders.get(command.order)
    if order is None:
        known = 0 < command.order <= state.last_id()
        return None, Code.NOTHING_OPEN if known else Code.UNKNOWN_ORDER
    if order.account != command.account:
        return None, Code.NOT_OWNER
    return order, Code.OK


def amend(state: State, command: Command) -> None:
    """Execute an AMEND."""
    order, code = find(state, command)
    if order is None:
        return refuse(state, command, code, command.order)
    book = state.books[order.symbol]
    code = check_form(state, command, order)
    if code != Code.OK:
        return refuse(state, command, code, order.id)
    total = command.quantity + (order.filled if command.flags & Flag.BASIS_OPEN and command.quantity else 0)
    if total <= order.filled:
        return matching.cancel(state, book, order, Code.REPLACED)
    changed = replace(order, total=total, limit=command.price or order.limit, stop=command.stop or order.stop)
    if changed.stop != order.stop and order.at_market:
        changed.bound = book.collar_from(order.side, changed.stop) if order.side == Side.BUY else changed.stop
    code = check(state, book, order, changed)
    if code != Code.OK:
        return refuse(state, command, code, order.id)
    requeues = bool(command.flags & Flag.REQUEUE)
    return apply(state, book, order, changed, loses=loses_place(order, changed) or requeues)


def loses_place(order: Order, changed: Order) -> bool:
    """Whether an amend sends the order to the back."""
    return changed.limit != order.limit or changed.stop != order.stop or changed.total > order.total


def check_form(state: State, command: Command, order: Order) -> int:
    """Check what does not depend on the book."""
    if command.deadline and state.now > command.deadline:
        return Code.STALE
    if command.flags & ~(Flag.BASIS_OPEN | Flag.REQUEUE):
        return Code.BAD_FIELD
    if (command.price and order.at_market) or (command.stop and order.type not in (Type.STOP, Type.STOP_LIMIT)):
        return Code.BAD_FIELD
    if order.place == Place.RUNNING:
        return Code.RUNNING
    return Code.QUANTITY_NOT_POSITIVE if command.quantity < 0 else Code.OK


def check(state: State, book: Book, order: Order, changed: Order) -> int:
    """Return the first code that refuses, else OK. Slides a post-only order, and sets what its lots reserve."""
    code = filters.check_phase(book.phase, collects=True)
    if code == Code.OK and changed.limit != order.limit:
        code = filters.check_price(book, changed.limit, banded=True)
    if code == Code.OK and changed.stop != order.stop:
        code = filters.check_price(book, changed.stop, banded=False)
    if code == Code.OK:
        code = filters.check_quantity(book, changed.total)
    if code == Code.OK and order.display:
        code = filters.check_display(book, order.display, changed.total)
    if code == Code.OK:
        price = changed.limit or (changed.stop if changed.type == Type.STOP else 0)
        code = filters.check_notional(book, price * changed.total * book.rules.tick_value)
    if code != Code.OK:
        return code
    more = changed.total - order.total
    account = state.accounts[order.account] if book.rules.accounts else None
    if account is not None and more > 0:
        position = account.position(book.symbol)
        if not risk.reduces(position, order.side, more, bool(order.flags & Flag.REDUCE_ONLY)):
            return Code.NOT_REDUCING
    crossing = order.place == Place.BOOK and order.type != Type.PEG and changed.limit != order.limit
    if crossing and book.phase != Phase.AUCTION and order.flags & Flag.POST_ONLY and not slide(book, changed):
        return Code.WOULD_TRADE
    return Code.OK if account is None else check_account(state, account, book, order, changed)


def check_account(state: State, account: Account, book: Book, order: Order, changed: Order) -> int:
    """Check limits and the difference in what is set aside."""
    worst = risk.worst_price(state, book, changed)
    if (changed.limit, changed.stop) != (order.limit, order.stop):
        changed.lot_reserve = risk.lot_reserve(state, book, changed, worst)
    more = changed.open - order.open
    notional = worst * changed.total * book.rules.tick_value
    if more <= 0 and changed.lot_reserve <= order.lot_reserve:
        return Code.OK
    code = risk.check_limits(state, account, book, side=order.side, lots=more, notional=notional, new=False)
    difference = changed.open * changed.lot_reserve - order.open * order.lot_reserve
    return code or risk.check_power(state, account, book, side=order.side, lots=more, cash=difference)


def apply(state: State, book: Book, order: Order, changed: Order, *, loses: bool) -> None:
    """AMENDED, then what follows from losing the place."""
    was = order.place
    if loses:
        book.take_out(order)
    risk.reserve(state, book, order, -order.open)
    order.total, order.limit, order.stop = changed.total, changed.limit, changed.stop
    order.bound, order.lot_reserve = changed.bound, changed.lot_reserve
    risk.reserve(state, book, order, order.open)
    if not loses:
        order.shown = min(order.shown, order.open)
        state.tell(Happening.AMENDED, order, order.total)
    elif was == Place.WAITING:
        book.wait(order)
        state.tell(Happening.AMENDED, order, order.total)
    elif order.type == Type.PEG:
        pegs.place(book, order, pegs.target(book, order))
        state.tell(Happening.AMENDED, order, order.total, price=order.price)
    else:
        state.tell(Happening.AMENDED, order, order.total)
        matching.enter(state, book, order, order.limit)
