"""Commands of the operator: instruments, accounts, cash, limits, phases, ids. Each answers with one CONFIGURED, CASH or
STATE, or refuses with the first code of its checks, in the order written."""

from arbitrax.exchange.records import (
    ACCOUNT_LIMITS,
    DEFAULT_COLLAR,
    FEES,
    HOUSE,
    INSTRUMENT_RULES,
    MAX_DELAY,
    MAX_NOTIONAL,
    MAX_PRICE,
    MAX_QUANTITY,
    MAX_SYMBOLS,
    MAX_TICK_VALUE,
    AccountKind,
    Code,
    Happening,
    InstrumentFlag,
    Phase,
)
from arbitrax.exchange.reference import auction, cancels, house, risk
from arbitrax.exchange.reference.accounts import Account
from arbitrax.exchange.reference.book import Book, Rules
from arbitrax.exchange.reference.command import Command
from arbitrax.exchange.reference.state import State
from arbitrax.exchange.reference.submit import refuse

FIXED = ("tick_value", "price_step", "quantity_step", "flags")
FREE_OF_ORDERS = ("maker_fee", "taker_fee", "margin")


def read_rules(command: Command) -> tuple[Rules, int] | None:
    """Return an INSTRUMENT's rules and reference, or None when a value is out of its range."""
    given = command.fields_of(INSTRUMENT_RULES)
    rules = Rules(
        tick_value=given["tick_value"],
        min_notional=given["min_notional"],
        max_quantity=given["max_quantity"] or MAX_QUANTITY,
        price_step=given["price_step"] or 1,
        quantity_step=given["quantity_step"] or 1,
        band=given["band"],
        collar=given["collar"] or DEFAULT_COLLAR,
        maker_fee=given["maker_fee"],
        taker_fee=given["taker_fee"],
        margin=given["margin"] or 10_000,
        flags=given["flags"],
    )
    good = (
        1 <= rules.tick_value <= MAX_TICK_VALUE
        and 0 <= rules.min_notional <= MAX_NOTIONAL
        and 0 < rules.max_quantity <= MAX_QUANTITY
        and 0 < rules.price_step <= MAX_PRICE
        and 0 < rules.quantity_step <= MAX_QUANTITY
        and max(abs(rules.maker_fee), abs(rules.taker_fee)) <= risk.MILLION
        and rules.maker_fee + rules.taker_fee >= 0
        and rules.margin <= 10_000
        and rules.flags in (0, InstrumentFlag.NO_ACCOUNTS)
        and 0 <= given["reference"] <= MAX_PRICE
    )
    return (rules, given["reference"]) if good else None


def instrument(state: State, command: Command) -> None:
    """INSTRUMENT: CONFIGURED, ``price`` its reference."""
    read = read_rules(command)
    if read is None or command.symbol >= MAX_SYMBOLS:
        return refuse(state, command, Code.BAD_FIELD, 0)
    rules, reference = read
    book = state.books.get(command.symbol)
    if book is None:
        book = state.books[command.symbol] = Book(command.symbol, rules)
    else:
        fixed = FIXED + (FREE_OF_ORDERS if state.in_order(command.symbol) else ())
        if any(getattr(rules, each) != getattr(book.rules, each) for each in fixed):
            return refuse(state, command, Code.BAD_FIELD, 0)
        book.rules = rules
    book.reference = reference or book.reference
    return state.say(Happening.CONFIGURED, symbol=command.symbol, price=book.reference)


def account(state: State, command: Command) -> None:
    """ACCOUNT: CONFIGURED."""
    if command.account in (FEES, HOUSE) or command.type not in tuple(AccountKind):
        return refuse(state, command, Code.BAD_FIELD, 0)
    known = state.accounts.get(command.account)
    if known is None:
        known = state.accounts[command.account] = Account(command.account, command.type)
    busy = any(each.quantity or any(each.lots) for each in known.positions.values()) or known.cash < 0
    if known.kind != command.type and busy:
        return refuse(state, command, Code.BAD_FIELD, 0)
    known.kind = command.type
    return state.say(Happening.CONFIGURED, account=command.account)


def limits(state: State, command: Command) -> None:
    """LIMITS: CONFIGURED. They bind what comes later."""
    given = command.fields_of(ACCOUNT_LIMITS)
    names = ("max_position", "max_notional", "max_orders", "max_rate")
    if min(given[name] for name in names) < 0:
        return refuse(state, command, Code.BAD_FIELD, 0)
    for name in names:
        setattr(state.accounts[command.account], name, given[name])
    return state.say(Happening.CONFIGURED, account=command.account)


def move_cash(state: State, command: Command, sign: int) -> None:
    """DEPOSIT and WITHDRAW ``price`` units: CASH. What leaves must be there and not set aside."""
    account, amount = state.accounts[command.account], command.price
    if not 0 < amount <= MAX_NOTIONAL or state.deposits + sign * amount > MAX_NOTIONAL:
        return refuse(state, command, Code.BAD_FIELD, 0)
    if sign < 0 and amount > min(account.cash, risk.available(state, account)):
        return refuse(state, command, Code.NO_BUYING_POWER, 0)
    account.cash += sign * amount
    state.deposits += sign * amount
    code = Code.DEPOSITED if sign > 0 else Code.WITHDRAWN
    return state.say(Happening.CASH, price=sign * amount, account=account.id, code=code)


def reference(state: State, book: Book, command: Command) -> None:
    """REFERENCE: CONFIGURED."""
    if not 0 < command.price <= MAX_PRICE:
        return refuse(state, command, Code.PRICE_NOT_POSITIVE if command.price <= 0 else Code.PRICE_OUT_OF_BAND, 0)
    book.reference = command.price
    return state.say(Happening.CONFIGURED, symbol=book.symbol, price=book.reference)


def change_phase(state: State, book: Book, phase: int) -> None:
    """HALT, AUCTION, CLOSE, RESUME, UNCROSS: what leaves or trades, then STATE, whose ``price`` is the auction's.

    Into HALTED, AUCTION and CLOSED the house is withdrawn; into CLOSED the DAY orders end. RESUME uncrosses what an
    auction left crossed, if anything; so does CLOSE out of an auction: the closing auction. Asking for the phase it
    is in does the same and says so again.
    """
    price = 0
    if phase == Phase.CONTINUOUS or (phase == Phase.CLOSED and book.phase == Phase.AUCTION):
        price = auction.uncross(state, book)
    else:
        house.withdraw_all(state, book)
    if phase == Phase.CLOSED:
        cancels.end_session(state, book.symbol)
    book.phase = phase
    state.say(Happening.STATE, symbol=book.symbol, quantity=phase, price=price)


def window(state: State, command: Command) -> None:
    """WINDOW: CONFIGURED."""
    if not 0 <= command.extra <= MAX_DELAY or not 0 <= command.quantity <= MAX_QUANTITY:
        return refuse(state, command, Code.BAD_FIELD, 0)
    state.clients.time, state.clients.orders = command.extra, command.quantity
    return state.say(Happening.CONFIGURED)


def epoch(state: State, command: Command) -> None:
    """EPOCH: CONFIGURED, ``order`` the last id before the next."""
    if not state.epoch < command.extra < 1 << 15 or not 0 <= command.quantity < 1 << 8:
        return refuse(state, command, Code.BAD_FIELD, 0)
    state.epoch, state.shard = command.extra, command.quantity
    return state.say(Happening.CONFIGURED, order=state.last_id())
