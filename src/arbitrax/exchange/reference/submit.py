"""SUBMIT: every check in its order, then the order lives.

Each submission that is not a producer's repeat takes the next id, refused ones too. Checks: symbol, account, client id
(its form, then whether it is known), form, deadline, GTD already over, phase, kill switch, filters, reduce-only,
post-only (a slide changes the price), rate, orders, notional, position, shorting, buying power, fill-or-kill. The first
that fails refuses: one event, nothing else changes (but the id, the rate's count once it passed, and the client id,
which from the check of its form on is remembered with its refusal).
"""

from arbitrax.exchange.records import FEES, HOUSE, Code, Flag, Happening, Side, TimeInForce, Type
from arbitrax.exchange.reference import filters, matching, pegs, risk, stops
from arbitrax.exchange.reference.book import Book
from arbitrax.exchange.reference.command import Command
from arbitrax.exchange.reference.identity import Closed, body_of, is_client_id
from arbitrax.exchange.reference.orders import Order
from arbitrax.exchange.reference.prices import opposite
from arbitrax.exchange.reference.state import State


def refuse(state: State, command: Command, code: int, order: int) -> None:
    """Say that nothing happens, and why."""
    state.say(
        Happening.REFUSED,
        order=order,
        price=command.price,
        quantity=command.quantity,
        symbol=command.symbol,
        account=command.account,
        code=code,
        side=command.side,
    )


def is_trader(state: State, account: int) -> bool:
    """Whether an account exists and may have orders."""
    return account in state.accounts and account not in (FEES, HOUSE)


def submit(state: State, command: Command) -> None:
    """Execute a SUBMIT."""
    number = state.next_id()
    book = state.books.get(command.symbol)
    if book is None:
        return refuse(state, command, Code.UNKNOWN_SYMBOL, number)
    if command.account == HOUSE or (book.rules.accounts and not is_trader(state, command.account)):
        return refuse(state, command, Code.UNKNOWN_ACCOUNT, number)
    if not is_client_id(command.client):
        return refuse(state, command, Code.BAD_FIELD, number)
    body = body_of(command) if command.client else 0
    if command.client:
        state.clients.forget(state.now)
        if answer_known(state, command, body, number):
            return None
    order = Order(
        id=number,
        account=command.account,
        symbol=command.symbol,
        side=command.side,
        type=command.type,
        time_in_force=command.time_in_force,
        self_trade=command.self_trade,
        flags=command.flags,
        limit=command.price if command.type in filters.LIMITED else 0,
        total=command.quantity,
        display=command.extra if command.type == Type.ICEBERG else 0,
        offset=command.extra if command.type == Type.PEG else 0,
        expire=command.expire if command.time_in_force == TimeInForce.GTD else 0,
        client=command.client,
        body=body,
    )
    code = check(state, book, command, order)
    if code != Code.OK:
        if command.client:
            state.clients.closed.append(Closed(command.account, command.client, number, body, code, state.now))
        return refuse(state, command, code, number)
    return accept(state, book, order)


def answer_known(state: State, command: Command, body: int, number: int) -> bool:
    """Answer a submission whose client id is known: REPEATED with the first outcome, or CLIENT_ID_USED."""
    live = state.clients.live.get((command.account, command.client))
    closed = state.clients.find_closed(command.account, command.client)
    if live is None and closed is None:
        return False
    if live is not None:
        order = state.orders[live]
        if order.body == body:
            state.tell(Happening.REPEATED, order, order.total)
            return True
    elif closed is not None and closed.body == body:
        state.say(
            Happening.REPEATED,
            order=closed.order,
            symbol=command.symbol,
            account=command.account,
            code=closed.code,
            side=command.side,
        )
        return True
    refuse(state, command, Code.CLIENT_ID_USED, number)
    return True


def check(state: State, book: Book, command: Command, order: Order) -> int:
    """Return the first code that refuses, else OK. Fills in what the order will need: triggers, bounds, reserves."""
    account = state.accounts[order.account] if book.rules.accounts else None
    touch = book.best(opposite(order.side))
    code = check_entry(state, book, command, order) or filters.check_submission(book, command, touch)
    code = code or set_prices(book, command, order, touch)
    if code != Code.OK:
        return code
    lots = order.total
    if order.funds and touch is not None:
        lots = matching.affordable(book, order, touch)
    if account is not None:
        reduce_only = bool(order.flags & Flag.REDUCE_ONLY)
        if not risk.reduces(account.position(book.symbol), order.side, lots, reduce_only):
            return Code.NOT_REDUCING
    if order.flags & Flag.POST_ONLY and not order.triggers and not slide(book, order):
        return Code.WOULD_TRADE
    if account is not None:
        code = check_account(state, book, order, lots, risk.worst_price(state, book, order, touch))
    if code == Code.OK and order.time_in_force == TimeInForce.FOK and not order.triggers:
        filled = matching.would_fill(book, order, order.limit or order.bound)
        return Code.OK if filled == order.total else Code.NOT_ALL_AT_ONCE
    return code


def check_entry(state: State, book: Book, command: Command, order: Order) -> int:
    """Check form, deadline, expiry, phase, kill switch. Without accounts nobody has a position to reduce: BAD_FIELD."""
    code = filters.check_form(command)
    if code == Code.OK and order.flags & Flag.REDUCE_ONLY and not book.rules.accounts:
        code = Code.BAD_FIELD
    if code != Code.OK:
        return code
    if command.deadline and state.now > command.deadline:
        return Code.STALE
    if order.expire and order.expire <= state.now:
        return Code.EXPIRED
    code = filters.check_phase(book.phase, collects=filters.is_collected(command))
    killed = book.rules.accounts and (state.all_killed or state.accounts[order.account].killed)
    return Code.KILLED if code == Code.OK and killed else code


def set_prices(book: Book, command: Command, order: Order, touch: int | None) -> int:
    """Set trigger and bound. A trailing stop needs something to start from: what it watches, else the last trade, else
    the reference; without any it is refused, NO_LIQUIDITY. `risk.worst_price` says what the bound is."""
    if order.type == Type.MARKET:
        order.funds = command.extra if command.quantity == 0 else 0
        order.bound = 0 if touch is None else book.collar_from(order.side, touch)
        return Code.OK
    if not order.triggers:
        return Code.OK
    order.stop = start = command.stop
    if order.type == Type.TRAILING_STOP:
        start = stops.watched_price(book, order.side, order.on_quote) or book.mark()
        if not start:
            return Code.NO_LIQUIDITY
        order.distance, order.stop = command.stop, stops.trail(order.side, start, command.stop)
    if order.at_market:
        order.bound = book.collar_from(order.side, order.stop) if order.side == Side.BUY else start
    return Code.OK


def slide(book: Book, order: Order) -> bool:
    """Return whether a post-only order may enter; with SLIDE it first moves to one step behind the other side."""
    if not matching.would_fill(book, order, order.limit):
        return True
    best = book.best(opposite(order.side))
    assert best is not None  # noqa: S101 - it would trade
    price = best - order.sign * book.rules.price_step
    if not order.flags & Flag.SLIDE or filters.check_price(book, price, banded=True) != Code.OK:
        return False
    order.limit = price
    return True


def check_account(state: State, book: Book, order: Order, lots: int, worst: int) -> int:
    """Check rate, limits and buying power of a new order, and note what each of its lots sets aside."""
    account = state.accounts[order.account]
    notional = order.funds or worst * lots * book.rules.tick_value
    code = risk.check_rate(state, account)
    code = code or risk.check_limits(state, account, book, side=order.side, lots=lots, notional=notional, new=True)
    if code != Code.OK:
        return code
    if order.funds:
        cash = risk.funds_reserve(state, book, order, lots)
    else:
        order.lot_reserve = risk.lot_reserve(state, book, order, worst)
        cash = lots * order.lot_reserve
    return risk.check_power(state, account, book, side=order.side, lots=lots, cash=cash)


def accept(state: State, book: Book, order: Order) -> None:
    """ACCEPTED, then what it does."""
    state.orders[order.id] = order
    if order.client:
        state.clients.live[order.account, order.client] = order.id
    risk.reserve(state, book, order, order.open)
    risk.count_reducing(state, book, order, +1)
    if order.triggers:
        book.wait(order)
        state.tell(Happening.ACCEPTED, order, order.total)
        return
    if order.type == Type.PEG:
        book.pegs[order.id] = order
        pegs.place(book, order, pegs.target(book, order))
        state.tell(Happening.ACCEPTED, order, order.total, price=order.price)
        return
    state.tell(Happening.ACCEPTED, order, order.total)
    matching.enter(state, book, order, order.limit or order.bound, by_funds=bool(order.funds))
