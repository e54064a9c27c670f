"""What ends orders: their owner, time, the session, a lost connection, the kill switch. Many go in order-id order."""

from arbitrax.exchange.records import MAX_DELAY, Code, Flag, Happening, Side, TimeInForce
from arbitrax.exchange.reference import matching
from arbitrax.exchange.reference.amend import find
from arbitrax.exchange.reference.command import Command
from arbitrax.exchange.reference.orders import Order
from arbitrax.exchange.reference.state import State
from arbitrax.exchange.reference.submit import refuse


def cancel_one(state: State, command: Command) -> None:
    """CANCEL: in every phase, whatever its deadline. Checks: the order (as an amend), its owner."""
    order, code = find(state, command)
    if order is None:
        return refuse(state, command, code, command.order)
    return matching.cancel(state, state.books[order.symbol], order, Code.BY_OWNER)


def cancel_each(state: State, orders: list[Order], code: int) -> None:
    """End orders, in the order given."""
    for order in orders:
        matching.cancel(state, state.books[order.symbol], order, code)


def orders_of(state: State, account: int) -> list[Order]:
    """Return an account's open orders by id."""
    return [each for each in state.in_order() if each.account == account]


def cancel_all(state: State, command: Command) -> None:
    """CANCEL_ALL. Checks: side and flags, symbol. An account without orders is no error."""
    everywhere = command.flags & Flag.ALL_SYMBOLS
    if command.side not in tuple(Side) or command.flags & ~Flag.ALL_SYMBOLS:
        return refuse(state, command, Code.BAD_FIELD, 0)
    if not everywhere and command.symbol not in state.books:
        return refuse(state, command, Code.UNKNOWN_SYMBOL, 0)
    mine = orders_of(state, command.account)
    chosen = [each for each in mine if everywhere or each.symbol == command.symbol]
    chosen = [each for each in chosen if command.side in (Side.BOTH, each.side)]
    return cancel_each(state, chosen, Code.BY_CANCEL_ALL)


def disconnect(state: State, command: Command) -> None:
    """DISCONNECT: the account's orders that asked for it."""
    mine = orders_of(state, command.account)
    cancel_each(state, [each for each in mine if each.flags & Flag.CANCEL_ON_DISCONNECT], Code.DISCONNECTED)


def cancel_after(state: State, command: Command) -> None:
    """CANCEL_AFTER: set or lift the dead-man switch. CONFIGURED: ``price`` is when it would act."""
    account = state.accounts[command.account]
    if not 0 <= command.extra <= MAX_DELAY:
        return refuse(state, command, Code.BAD_FIELD, 0)
    account.dead_man = state.now + command.extra if command.extra else 0
    state.say(Happening.CONFIGURED, price=account.dead_man, account=account.id)
    return None


def tick(state: State) -> None:
    """TICK: orders whose time is over, in id order; then dead-man switches, in account order."""
    over = [each for each in state.in_order() if each.time_in_force == TimeInForce.GTD and each.expire <= state.now]
    cancel_each(state, over, Code.EXPIRED)
    for account in sorted(state.accounts):
        due = state.accounts[account].dead_man
        if due and due <= state.now:
            state.accounts[account].dead_man = 0
            cancel_each(state, orders_of(state, account), Code.DEAD_MAN)


def end_session(state: State, symbol: int) -> None:
    """End the DAY orders of a symbol."""
    mine = [each for each in state.in_order(symbol) if each.time_in_force == TimeInForce.DAY]
    cancel_each(state, mine, Code.SESSION_ENDED)


def kill(state: State, command: Command) -> None:
    """KILL: CONFIGURED, then the orders of ``account``, or of everybody (0). Symbols without accounts are not asked."""
    if command.account:
        state.accounts[command.account].killed = True
    else:
        state.all_killed = True
    state.say(Happening.CONFIGURED, account=command.account, code=Code.KILLED)
    every = [each for each in state.in_order() if state.books[each.symbol].rules.accounts]
    cancel_each(state, [each for each in every if command.account in (0, each.account)], Code.KILLED)


def revive(state: State, command: Command) -> None:
    """REVIVE: the same switch, back."""
    if command.account:
        state.accounts[command.account].killed = False
    else:
        state.all_killed = False
    state.say(Happening.CONFIGURED, account=command.account)
