"""Limits and buying power: may this order stand? Checked in the same step as matching.

A *cash* account sets aside for a buy, lot by lot, its worst price and the dearer of the two fees (rounded up for one
lot, so that no splitting into fills can cost more), and for a sell the lots. Its cash less what is set aside never
falls below 0.

A *margin* account has equity = cash + positions at their mark (last trade, else reference). It needs initial margin of
the mark's value for each position (rounded up), and for open orders the margin and fees at their `worst_price`. Of each
side only the lots that would do more than close the position count, by their share of that side's reservation. An
order that only closes is never refused for buying power.

All sums and products are exact; where MAX_NOTIONAL does not bound them (a mark that moved) a kernel needs 128 bits.
"""

from arbitrax.exchange.records import HOUSE, MAX_NOTIONAL, AccountKind, Code, Flag, Side, Type
from arbitrax.exchange.reference.accounts import Account, Position
from arbitrax.exchange.reference.book import Book
from arbitrax.exchange.reference.orders import Order
from arbitrax.exchange.reference.state import State

MILLION = 1_000_000


def round_up(numerator: int, denominator: int) -> int:
    """Return the quotient rounded up."""
    return -(-numerator // denominator)


def fee_of(notional: int, rate: int) -> int:
    """Return the fee of a fill, rounded up: a fee never falls to 0, a rebate is never more than its rate."""
    return round_up(notional * rate, MILLION)


def available(state: State, account: Account) -> int:
    """Return the buying power: cash that is not set aside."""
    if account.kind == AccountKind.CASH:
        return account.cash - sum(each.reserves[Side.BUY] for each in account.positions.values())
    free = account.cash
    for symbol, position in account.positions.items():
        book = state.books[symbol]
        value = position.quantity * book.mark() * book.rules.tick_value
        free += value - round_up(abs(value) * book.rules.margin, 10_000) - position.reserved()
    return free


def worst_price(state: State, book: Book, order: Order, touch: int | None = None) -> int:
    """Return the price an order is valued at, ticks; 0: a market order that meets nothing.

    Its limit; of a market buy the collar from the touch, of a stop or trailing buy the collar from its first trigger;
    of a market sell the touch, of a stop sell its trigger, of a trailing sell the price it started from. A margin
    account's sell: the highest of that, the last trade and the reference.
    """
    worst = order.limit or order.bound
    if order.side == Side.BUY:
        return worst
    if order.type == Type.MARKET:
        worst = touch or 0
    on_margin = state.accounts[order.account].kind == AccountKind.MARGIN
    return max(worst, book.last, book.reference) if worst and on_margin else worst


def lot_reserve(state: State, book: Book, order: Order, worst: int) -> int:
    """Return the cash that each lot of an order sets aside at its worst price."""
    if not book.rules.accounts or not worst:
        return 0
    cash_account = state.accounts[order.account].kind == AccountKind.CASH
    if cash_account and order.side == Side.SELL:
        return 0
    value = worst * book.rules.tick_value
    fee = fee_of(value, max(book.rules.maker_fee, book.rules.taker_fee, 0))
    return fee + (value if cash_account else round_up(value * book.rules.margin, 10_000))


def reserve(state: State, book: Book, order: Order, lots: int) -> None:
    """Set aside for ``lots`` more of an order; below 0: release."""
    if not book.rules.accounts or order.account == HOUSE:
        return
    position = state.accounts[order.account].position(order.symbol)
    position.lots[order.side] += lots
    position.reserves[order.side] += lots * order.lot_reserve


def count_reducing(state: State, book: Book, order: Order, change: int) -> None:
    """Count a reduce-only order in or out."""
    if order.flags & Flag.REDUCE_ONLY and book.rules.accounts:
        state.accounts[order.account].position(order.symbol).reducing[order.side] += change


def reduces(position: Position, side: int, lots: int, reduce_only: bool) -> bool:
    """Whether ``lots`` more of a side leave every reduce-only order room to only reduce.

    All open lots of the side must fit the position they close. Fills, cancels and the other side keep it so; only
    entries and amends could break it, and are refused. So no reduce-only order ever opens, and none is cut silently.
    """
    if not reduce_only and not position.reducing[side]:
        return True
    held = -position.quantity if side == Side.BUY else position.quantity
    return position.lots[side] + lots <= held


def check_rate(state: State, account: Account) -> int:
    """Count a submission in its second of engine time, or refuse it."""
    second = state.now // 1000
    if account.second != second:
        account.second, account.submitted = second, 0
    if account.max_rate and account.submitted >= account.max_rate:
        return Code.RATE_LIMIT
    account.submitted += 1
    return Code.OK


def check_limits(state: State, account: Account, book: Book, *, side: int, lots: int, notional: int, new: bool) -> int:
    """Check the account's limits for ``lots`` more of a side, in this order: orders, notional, position, shorting."""
    position = account.position(book.symbol)
    if new and account.max_orders:
        mine = [each for each in state.orders.values() if each.account == account.id]
        if sum(state.books[each.symbol].rules.accounts for each in mine) >= account.max_orders:
            return Code.ORDER_LIMIT
    if notional > min(account.max_notional or MAX_NOTIONAL, MAX_NOTIONAL):
        return Code.NOTIONAL_LIMIT
    held = position.quantity if side == Side.BUY else -position.quantity
    if lots > 0 and account.max_position and held + position.lots[side] + lots > account.max_position:
        return Code.POSITION_LIMIT
    sells = side == Side.SELL and lots > 0 and account.kind == AccountKind.CASH
    return Code.NO_SHORTING if sells and position.lots[side] + lots > position.quantity else Code.OK


def check_power(state: State, account: Account, book: Book, *, side: int, lots: int, cash: int) -> int:
    """Check that ``lots`` more of a side, and ``cash`` more set aside for it, are covered."""
    position = account.position(book.symbol)
    before = position.exposed(side)
    position.lots[side] += lots
    position.reserves[side] += cash
    free, after = available(state, account), position.exposed(side)
    position.lots[side] -= lots
    position.reserves[side] -= cash
    only_closes = account.kind == AccountKind.MARGIN and after <= before
    return Code.OK if free >= 0 or cash <= 0 or only_closes else Code.NO_BUYING_POWER


def settle(state: State, book: Book, order: Order, *, lots: int, price: int, rate: int) -> int:
    """Move cash and lots of one side of a fill, and release what was set aside. Return the fee paid."""
    if not book.rules.accounts:
        return 0
    notional = lots * price * book.rules.tick_value
    account = state.accounts[order.account]
    fee = 0 if order.account == HOUSE else fee_of(notional, rate)
    account.cash -= order.sign * notional + fee
    state.accounts[0].cash += fee
    position = account.position(order.symbol)
    position.trade(order.sign * lots, price, book.rules.tick_value)
    position.fees += fee
    return fee


def funds_reserve(state: State, book: Book, order: Order, lots: int) -> int:
    """Return the cash that a market buy by funds sets aside: its funds, and fees for the lots they buy at the touch."""
    fee = fee_of(order.bound * book.rules.tick_value, max(book.rules.maker_fee, book.rules.taker_fee, 0))
    if state.accounts[order.account].kind == AccountKind.CASH:
        return order.funds + lots * fee
    return round_up(order.funds * book.rules.margin, 10_000) + lots * fee
