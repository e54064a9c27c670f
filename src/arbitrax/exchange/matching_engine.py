"""Many symbols with accounts, cash, positions and limits: the whole exchange as a library."""

from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from arbitrax.domain.errors import UnknownNameError
from arbitrax.exchange import commands
from arbitrax.exchange.arguments import (
    SIDES,
    AnyAccountKind,
    AnySelfTrade,
    AnySide,
    AnyTimeInForce,
    AnyType,
    choose,
    whole,
)
from arbitrax.exchange.depth_picture import DepthPicture
from arbitrax.exchange.events import Events
from arbitrax.exchange.executor import Executor, refuse_copy
from arbitrax.exchange.records import (
    FEES,
    HOUSE,
    MAX_QUANTITY,
    MAX_SYMBOLS,
    AccountKind,
    Phase,
    SelfTrade,
    Side,
    TimeInForce,
    Type,
)
from arbitrax.exchange.submission import encode_order
from arbitrax.exchange.views import AccountView, Level, OrderView, PositionView, Queued

MOST_LEVELS = 1 << 31


class MatchingEngine:
    """An exchange: instruments and accounts by number, orders checked against cash and limits as they match.

    Prices in ticks, quantities in lots, cash in units; decimals belong to whoever knows the instrument. Each call
    executes one command and returns its `Events`; `run` executes an array of them. What the exchange refuses is an
    event, REFUSED, with a `Code`, never an exception; arguments that make no sense raise `InputError`, and nothing
    happens. The engine reads no clock: `tick` sets its time. The rules: docs/concepts/exchange-rules.md.
    """

    def __init__(self) -> None:
        self._executor = Executor()
        self._core = self._executor.core
        self._execute = self._executor.execute

    def add_instrument(
        self,
        symbol: int,
        *,
        tick_value: int = 1,
        price_step: int = 1,
        quantity_step: int = 1,
        max_quantity: int = MAX_QUANTITY,
        min_notional: int = 0,
        reference: int = 0,
        band: int = 0,
        collar: int = 500,
        maker_fee: int = 0,
        taker_fee: int = 0,
        margin: int = 10_000,
        accounts: bool = True,
    ) -> Events:
        """Add an instrument, or change one; the arguments are those of `commands.instrument`.

        Tick value, steps and ``accounts`` never change; fees and margin only while it has no open order.
        """
        return self._execute(
            commands.instrument(
                symbol,
                tick_value=tick_value,
                price_step=price_step,
                quantity_step=quantity_step,
                max_quantity=max_quantity,
                min_notional=min_notional,
                reference=reference,
                band=band,
                collar=collar,
                maker_fee=maker_fee,
                taker_fee=taker_fee,
                margin=margin,
                accounts=accounts,
            )
        )

    def open_account(self, account: int, kind: AnyAccountKind = AccountKind.CASH) -> Events:
        """Open an account: "cash" buys what it can pay and sells what it holds, "margin" also sells short."""
        return self._execute(commands.open_account(account, kind))

    def deposit(self, account: int, cash: int) -> Events:
        """Add cash, units."""
        return self._execute(commands.deposit(account, cash))

    def withdraw(self, account: int, cash: int) -> Events:
        """Take cash out, units; refused when it is not there, or set aside for orders."""
        return self._execute(commands.withdraw(account, cash))

    def set_limits(
        self,
        account: int,
        *,
        max_position: int | None = None,
        max_notional: int | None = None,
        max_orders: int | None = None,
        max_rate: int | None = None,
    ) -> Events:
        """Replace an account's limits, as `commands.limits`; what is left out has none. They bind what comes later."""
        command = commands.limits(
            account, max_position=max_position, max_notional=max_notional, max_orders=max_orders, max_rate=max_rate
        )
        return self._execute(command)

    def submit(
        self,
        side: AnySide,
        *,
        symbol: int,
        account: int,
        quantity: int | None = None,
        price: int | None = None,
        type: AnyType = Type.LIMIT,
        time_in_force: AnyTimeInForce = TimeInForce.GTC,
        stop: int | None = None,
        distance: int | None = None,
        display: int | None = None,
        offset: int | None = None,
        funds: int | None = None,
        expire: int | None = None,
        post_only: bool = False,
        slide: bool = False,
        on_quote: bool = False,
        reduce_only: bool = False,
        cancel_on_disconnect: bool = False,
        self_trade: AnySelfTrade = SelfTrade.CANCEL_NEWEST,
        client_id: str = "",
    ) -> Events:
        """Submit an order; ``events.order`` is its id, ``events.refused`` why not.

        The arguments are those of `commands.submit`.
        """
        command = encode_order(
            side, symbol, account, quantity, price, type, time_in_force, stop, distance, display, offset, funds, expire,
            post_only, slide, on_quote, reduce_only, cancel_on_disconnect, self_trade, client_id,
        )  # fmt: skip
        return self._execute(command)

    def cancel(self, order: int, *, account: int) -> Events:
        """Cancel an account's order."""
        return self._execute(commands.cancel(order, account=account))

    def amend(
        self,
        order: int,
        *,
        account: int,
        quantity: int | None = None,
        price: int | None = None,
        stop: int | None = None,
        requeue: bool = False,
    ) -> Events:
        """Amend an account's order, as `commands.amend`: ``quantity`` is the new total, filled lots included.

        What is left out stays: quantity, price, trigger.
        """
        if quantity is None:
            changed = price is not None or stop is not None or requeue
            quantity = self._executor.total_of(order, amended=changed)
        command = commands.amend(
            order, quantity=quantity, price=price, stop=stop, requeue=requeue, account=account
        )  # fmt: skip
        return self._execute(command)

    def cancel_all(self, *, account: int, symbol: int | None = None, side: AnySide | None = None) -> Events:
        """Cancel an account's orders, of a symbol or all, of a side or both, in the order of their ids."""
        return self._execute(commands.cancel_all(account=account, symbol=symbol, side=side))

    def tick(self, time: int) -> Events:
        """Set the engine's time, ms, which never goes back; orders and dead-man switches whose time is over act."""
        return self._execute(commands.tick(time))

    def disconnect(self, account: int) -> Events:
        """Cancel the account's orders that were submitted with ``cancel_on_disconnect``."""
        return self._execute(commands.disconnect(account))

    def cancel_after(self, account: int, milliseconds: int) -> Events:
        """Cancel the account's orders so much later, unless called again; 0 turns it off."""
        return self._execute(commands.cancel_after(account, milliseconds))

    def kill(self, account: int | None = None) -> Events:
        """Take no new orders of an account, or of anybody, and cancel the open ones."""
        return self._execute(commands.kill(account))

    def revive(self, account: int | None = None) -> Events:
        """Take `kill` back, of an account or of anybody."""
        return self._execute(commands.revive(account))

    def quote(self, side: AnySide, *, symbol: int, price: int, quantity: int) -> Events:
        """Tell what the external market shows at a price, which the house then offers here; 0: the level is gone."""
        return self._execute(commands.quote(side, symbol=symbol, price=price, quantity=quantity))

    def print_trade(self, side: AnySide, *, symbol: int, price: int, quantity: int) -> Events:
        """Tell what traded outside against ``side``: it serves the front of that queue here."""
        return self._execute(commands.print_trade(side, symbol=symbol, price=price, quantity=quantity))

    def halt(self, symbol: int) -> Events:
        """Take nothing but cancels."""
        return self._execute(commands.halt(symbol))

    def resume(self, symbol: int) -> Events:
        """Trade continuously; what an auction left crossed trades first."""
        return self._execute(commands.resume(symbol))

    def auction(self, symbol: int) -> Events:
        """Collect orders without matching them."""
        return self._execute(commands.auction(symbol))

    def uncross(self, symbol: int) -> Events:
        """Trade what the auction collected at its one price, then continuously. The price is the STATE event's."""
        return self._execute(commands.uncross(symbol))

    def close(self, symbol: int) -> Events:
        """End the session: day orders go, nothing is taken until `auction` or `resume`."""
        return self._execute(commands.close(symbol))

    def set_reference(self, symbol: int, price: int) -> Events:
        """Set the price that band, auction and marks without a trade go by, ticks."""
        return self._execute(commands.set_reference(price, symbol=symbol))

    def run(self, array: NDArray[np.void]) -> tuple[NDArray[np.void], NDArray[np.int64]]:
        """Execute an array of COMMAND; see `commands` for how to make one.

        Returns:
            Events of EVENT, and offsets, int64, shape (n + 1,): command i made ``events[offsets[i]:offsets[i + 1]]``.

        Raises:
            InputError: it is no such array.
        """
        return self._executor.run(array)

    def depth(self, symbol: int, side: AnySide, levels: int = 10) -> list[Level]:
        """Return the best levels of a side, best first.

        Raises:
            UnknownNameError: there is no such instrument.
        """
        way, count = choose("side", side, SIDES), whole("levels", levels, 0, MOST_LEVELS, "a count")
        return self._core.depth(self._known(symbol), way, count)

    def queue(self, symbol: int, side: AnySide) -> list[Queued]:
        """Return every resting order of a side, best price first, first come first; the house's have id 0.

        Raises:
            UnknownNameError: there is no such instrument.
        """
        return self._core.queue(self._known(symbol), choose("side", side, SIDES))

    def order(self, order: int) -> OrderView | None:
        """Return an open order, stops that wait included; None: it is not open.

        Its queue is walked, for the lots ahead of it.
        """
        return self._executor.order(order)

    def orders(self, account: int) -> list[int]:
        """Return the ids of an account's open orders, in all instruments, ascending."""
        return self._executor.orders(account)

    def symbols(self) -> list[int]:
        """Return the numbers of the instruments, ascending."""
        return self._core.symbols()

    def phase(self, symbol: int) -> Phase:
        """Return what an instrument does with orders.

        Raises:
            UnknownNameError: there is no such instrument.
        """
        return self._core.phase(self._known(symbol))

    def last(self, symbol: int) -> int | None:
        """Return the price of an instrument's last trade, ticks; None: there was none.

        Raises:
            UnknownNameError: there is no such instrument.
        """
        return self._core.last(self._known(symbol)) or None

    def reference(self, symbol: int) -> int | None:
        """Return the price that an instrument's band and auction go by, ticks; None: there is none.

        Raises:
            UnknownNameError: there is no such instrument.
        """
        return self._core.reference(self._known(symbol)) or None

    def picture(self, symbol: int, levels: int = 10) -> DepthPicture:
        """Return an instrument's depth to look at: text when printed, a table with bars in a notebook.

        Raises:
            UnknownNameError: there is no such instrument.
        """
        return DepthPicture(self.depth(symbol, Side.BUY, levels), self.depth(symbol, Side.SELL, levels))

    def account(self, account: int) -> AccountView:
        """Return an account's cash and buying power, units. Account 0 receives the fees.

        Raises:
            UnknownNameError: there is no such account.
        """
        number = whole("account", account, FEES, HOUSE, "an account number")
        try:
            return self._core.account(number)
        except LookupError:
            raise UnknownNameError(f"account={number} is not open; open it with open_account({number}).") from None

    def position(self, account: int, symbol: int) -> PositionView:
        """Return what an account holds of an instrument: lots, cost, profit, fees, open lots.

        Raises:
            UnknownNameError: there is no such account or instrument.
        """
        self.account(account)
        return self._core.position(account, self._known(symbol))

    def state_hash(self) -> int:
        """Return the 64-bit hash of everything that decides the future: engines with equal hashes behave equally."""
        return self._core.state_hash()

    def _known(self, symbol: int) -> int:
        number = whole("symbol", symbol, 0, MAX_SYMBOLS - 1, "an instrument's number")
        try:
            self._core.phase(number)
        except LookupError:
            raise UnknownNameError(
                f"symbol={number} is no instrument here; add it with add_instrument({number})."
            ) from None
        return number

    def __reduce__(self) -> NoReturn:
        refuse_copy("MatchingEngine")

    def __repr__(self) -> str:
        return f"MatchingEngine({len(self.symbols())} instruments)"
