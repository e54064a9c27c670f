"""The matching engine in plain Python: the rules made obvious, and what every faster one must equal.

A command, in this order:

1. stops that an earlier command left over run (`stops`), whatever the command is;
2. a time outside 0..MAX_TIME is refused, BAD_FIELD; otherwise the engine's time becomes the later of its own and the
   command's: it never goes back;
3. a producer (0: none) must send a greater (epoch, seq) than before. Its last again answers REPEATED with the order and
   code of then; anything lower is refused, REPEATED. Neither executes nor takes an id;
4. the kind executes: one REFUSED, or its events;
5. all symbols' stops are looked at, those that triggered run, and what they trigger, within what is left of the budget;
6. pegs are repriced, symbols in order.

A refusal changes nothing but time, the producer's last seq, and, of a submission, the id and what `submit` names.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from arbitrax.exchange.records import (
    EVENT,
    FEES,
    HOUSE,
    MAX_TIME,
    Code,
    Happening,
    Kind,
    Phase,
    Side,
    TimeInForce,
    Type,
)
from arbitrax.exchange.reference import cancels, configure, house, pegs, risk, stops
from arbitrax.exchange.reference.accounts import Account, Position
from arbitrax.exchange.reference.amend import amend
from arbitrax.exchange.reference.book import Book
from arbitrax.exchange.reference.command import Command, read_commands
from arbitrax.exchange.reference.hashing import state_hash
from arbitrax.exchange.reference.identity import Producer
from arbitrax.exchange.reference.state import State
from arbitrax.exchange.reference.submit import is_trader, refuse, submit
from arbitrax.exchange.views import AccountView, Level, OrderView, Place, PositionView, Queued

PHASES = {
    Kind.HALT: Phase.HALTED,
    Kind.RESUME: Phase.CONTINUOUS,
    Kind.AUCTION: Phase.AUCTION,
    Kind.UNCROSS: Phase.CONTINUOUS,
    Kind.CLOSE: Phase.CLOSED,
}
ON_SHARD: dict[Kind, Callable[[State, Command], None]] = {
    Kind.SUBMIT: submit,
    Kind.AMEND: amend,
    Kind.CANCEL: cancels.cancel_one,
    Kind.CANCEL_ALL: cancels.cancel_all,
    Kind.TICK: cancels.tick,
    Kind.DISCONNECT: cancels.disconnect,
    Kind.INSTRUMENT: configure.instrument,
    Kind.ACCOUNT: configure.account,
    Kind.WINDOW: configure.window,
    Kind.EPOCH: configure.epoch,
}
"""Kinds that look for their own account and symbol."""


class MatchingEngine:
    """One shard: commands in, events out. Deterministic; it reads no clock."""

    def __init__(self) -> None:
        self.state = State()
        self.state.accounts = {each: Account(each) for each in (FEES, HOUSE)}

    def run(self, commands: NDArray[np.void]) -> tuple[NDArray[np.void], NDArray[np.int64]]:
        """Execute commands, shape (n,) of COMMAND, in order.

        Returns:
            Events of EVENT, and offsets, int64, shape (n + 1,): command i made events[offsets[i]:offsets[i + 1]].
        """
        offsets = [0]
        for command in read_commands(commands):
            execute(self.state, command)
            offsets.append(len(self.state.events))
        events = np.array([tuple(each) for each in self.state.events], EVENT)
        self.state.events.clear()
        return events, np.array(offsets, np.int64)

    def state_hash(self) -> int:
        """Return the 64-bit hash of everything that decides the future."""
        return state_hash(self.state)

    def depth(self, symbol: int, side: int, levels: int) -> list[Level]:
        """Return the best levels of a side."""
        queues = self.state.books[symbol].sides[side].queues
        prices = self.state.books[symbol].sides[side].prices()[:levels]
        return [Level(price, sum(each.shown for each in queues[price]), len(queues[price])) for price in prices]

    def queue(self, symbol: int, side: int) -> list[Queued]:
        """Return every order of a side, best first, first come first."""
        return [Queued(each.price, each.id, each.shown, each.open) for each in self.state.books[symbol].sides[side]]

    def order(self, order: int) -> OrderView | None:
        """Return an open order; None: it is not open."""
        found = self.state.orders.get(order)
        if found is None:
            return None
        return OrderView(
            found.symbol,
            found.account,
            Side(found.side),
            Type(found.type),
            TimeInForce(found.time_in_force),
            found.price,
            found.limit,
            found.stop,
            found.total,
            found.open,
            found.shown,
            Place(found.place),
            self.state.books[found.symbol].ahead(found),
            found.expire,
        )

    def orders(self, account: int) -> list[int]:
        """Return the ids of an account's open orders, ascending."""
        return [each.id for each in self.state.in_order() if each.account == account]

    def symbols(self) -> list[int]:
        """Return the symbols that were opened, ascending."""
        return sorted(self.state.books)

    def phase(self, symbol: int) -> Phase:
        """Return what a symbol does with orders."""
        return Phase(self.state.books[symbol].phase)

    def last(self, symbol: int) -> int:
        """Return the price of a symbol's last trade, ticks; 0: none yet."""
        return self.state.books[symbol].last

    def reference(self, symbol: int) -> int:
        """Return a symbol's reference price, ticks; 0: none."""
        return self.state.books[symbol].reference

    def account(self, account: int) -> AccountView:
        """Return an account's cash. That of fees and of the house have no buying power: 0."""
        found = self.state.accounts[account]
        free = 0 if account in (FEES, HOUSE) else risk.available(self.state, found)
        return AccountView(found.cash, free, found.killed)

    def position(self, account: int, symbol: int) -> PositionView:
        """Return what an account holds of a symbol."""
        book = self.state.books[symbol]
        found = self.state.accounts[account].positions.get(symbol, Position())
        unrealised = found.unrealised(book.mark(), book.rules.tick_value)
        return PositionView(found.quantity, found.cost, found.realised, unrealised, found.fees, *found.lots)


def execute(state: State, command: Command) -> None:
    """Execute one command."""
    budget = stops.run_queues(state)
    dispatch(state, command)
    for book in state.in_symbol_order():
        stops.collect(book)
    stops.run_queues(state, budget)
    for book in state.in_symbol_order():
        pegs.reprice(state, book)


def dispatch(state: State, command: Command) -> None:
    """Check time and producer, then do what the kind says; note the outcome for the producer."""
    if not 0 <= command.time <= MAX_TIME:
        return refuse(state, command, Code.BAD_FIELD, 0)
    state.now = max(state.now, command.time)
    if not command.producer:
        return perform(state, command)
    last = state.producers.get(command.producer)
    now = (command.producer_epoch, command.seq)
    if last is not None and now <= (last.epoch, last.seq):
        if now < (last.epoch, last.seq):
            return refuse(state, command, Code.REPEATED, 0)
        return state.say(
            Happening.REPEATED,
            order=last.order,
            symbol=command.symbol,
            account=command.account,
            code=last.code,
            side=command.side,
        )
    first = len(state.events)
    perform(state, command)
    said = state.events[first] if len(state.events) > first else None
    refused = said is not None and said.kind in (Happening.REFUSED, Happening.REPEATED)
    order = said.order if said is not None and command.kind in (Kind.SUBMIT, Kind.CANCEL, Kind.AMEND) else 0
    code = said.code if said is not None and refused else Code.OK
    state.producers[command.producer] = Producer(*now, order=order, code=code)
    return None


def perform(state: State, command: Command) -> None:
    """Do what a kind says. Of several reasons to refuse: the kind, the account, the symbol, then the kind's own."""
    kind = command.kind
    if kind in ON_SHARD:
        ON_SHARD[Kind(kind)](state, command)
    elif kind in (Kind.CANCEL_AFTER, Kind.DEPOSIT, Kind.WITHDRAW, Kind.LIMITS, Kind.KILL, Kind.REVIVE):
        perform_on_account(state, command)
    elif kind in PHASES or kind in (Kind.REFERENCE, Kind.QUOTE, Kind.PRINT):
        perform_on_symbol(state, command)
    else:
        refuse(state, command, Code.UNKNOWN_KIND, 0)


def perform_on_account(state: State, command: Command) -> None:
    """Do what concerns an account that must exist (for KILL and REVIVE also 0: everybody)."""
    kind = command.kind
    everybody = command.account == 0 and kind in (Kind.KILL, Kind.REVIVE)
    if not everybody and not is_trader(state, command.account):
        refuse(state, command, Code.UNKNOWN_ACCOUNT, 0)
    elif kind == Kind.CANCEL_AFTER:
        cancels.cancel_after(state, command)
    elif kind == Kind.LIMITS:
        configure.limits(state, command)
    elif kind == Kind.KILL:
        cancels.kill(state, command)
    elif kind == Kind.REVIVE:
        cancels.revive(state, command)
    else:
        configure.move_cash(state, command, +1 if kind == Kind.DEPOSIT else -1)


def perform_on_symbol(state: State, command: Command) -> None:
    """Do what concerns a symbol that must exist."""
    kind, book = command.kind, state.books.get(command.symbol)
    if book is None:
        refuse(state, command, Code.UNKNOWN_SYMBOL, 0)
    elif kind == Kind.UNCROSS and book.phase != Phase.AUCTION:
        refuse(state, command, Code.NOT_IN_AUCTION, 0)
    elif kind in PHASES:
        configure.change_phase(state, book, PHASES[Kind(kind)])
    elif kind == Kind.REFERENCE:
        configure.reference(state, book, command)
    else:
        perform_of_house(state, book, command)


def perform_of_house(state: State, book: Book, command: Command) -> None:
    """Do what the external market did."""
    is_quote = command.kind == Kind.QUOTE
    code = house.check(book, command, 0 if is_quote else 1)
    if code != Code.OK:
        refuse(state, command, code, 0)
    elif is_quote:
        house.quote(state, book, command)
    else:
        house.print_trade(state, book, command)
