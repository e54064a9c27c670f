"""One symbol's order book without accounts: a library by itself."""

from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from arbitrax.exchange import commands
from arbitrax.exchange.arguments import (
    SIDES,
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
from arbitrax.exchange.records import MAX_QUANTITY, Phase, SelfTrade, Side, TimeInForce, Type
from arbitrax.exchange.submission import encode_order
from arbitrax.exchange.views import Level, OrderView, Queued

SYMBOL = 0
MOST_LEVELS = 1 << 31


class OrderBook:
    """An order book with every order type, matched by price, then time. Prices in ticks, quantities in lots.

    Each call executes one command and returns its `Events`; `run` executes an array of them. What the market refuses is
    an event, REFUSED, with a `Code`, never an exception; arguments that make no sense raise `InputError`, and nothing
    happens. The rules: docs/concepts/exchange-rules.md.

    Args:
        price_step: ticks that every price is a multiple of.
        quantity_step: lots that every quantity is a multiple of.
        max_quantity: lots of an order.
        reference: price that band and auction go by, ticks; 0: none.
        band: basis points that a limit may be away from the reference; 0: any.
        collar: basis points that a market order may move from the touch.

    Raises:
        InputError: a value outside its range.
    """

    def __init__(
        self,
        *,
        price_step: int = 1,
        quantity_step: int = 1,
        max_quantity: int = MAX_QUANTITY,
        reference: int = 0,
        band: int = 0,
        collar: int = 500,
    ) -> None:
        self._executor = Executor()
        self._core = self._executor.core
        self._execute = self._executor.execute
        self._execute(
            commands.instrument(
                SYMBOL,
                price_step=price_step,
                quantity_step=quantity_step,
                max_quantity=max_quantity,
                reference=reference,
                band=band,
                collar=collar,
                accounts=False,
            )
        )

    def submit(
        self,
        side: AnySide,
        *,
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
        self_trade: AnySelfTrade = SelfTrade.CANCEL_NEWEST,
        client_id: str = "",
        account: int = 0,
    ) -> Events:
        """Submit an order; ``events.order`` is its id, ``events.refused`` why not.

        The arguments are those of `commands.submit`. ``account`` is a name: orders of one account, unless it is 0, do
        not trade with each other, and only it may cancel or amend them.
        """
        command = encode_order(
            side, SYMBOL, account, quantity, price, type, time_in_force, stop, distance, display, offset, funds, expire,
            post_only, slide, on_quote, False, False, self_trade, client_id,
        )  # fmt: skip
        return self._execute(command)

    def cancel(self, order: int, *, account: int = 0) -> Events:
        """Cancel an order of ``account``."""
        return self._execute(commands.cancel(order, account=account))

    def amend(
        self,
        order: int,
        *,
        quantity: int | None = None,
        price: int | None = None,
        stop: int | None = None,
        requeue: bool = False,
        account: int = 0,
    ) -> Events:
        """Amend an order of ``account``, as `commands.amend`: ``quantity`` is the new total, filled lots included.

        What is left out stays: quantity, price, trigger.
        """
        if quantity is None:
            changed = price is not None or stop is not None or requeue
            quantity = self._executor.total_of(order, amended=changed)
        command = commands.amend(
            order, quantity=quantity, price=price, stop=stop, requeue=requeue, account=account
        )  # fmt: skip
        return self._execute(command)

    def cancel_all(self, *, account: int = 0, side: AnySide | None = None) -> Events:
        """Cancel the orders of ``account``, of a side or both, in the order of their ids."""
        return self._execute(commands.cancel_all(account=account, symbol=SYMBOL, side=side))

    def tick(self, time: int) -> Events:
        """Set the engine's time, ms, which never goes back; "gtd" orders whose time is over go."""
        return self._execute(commands.tick(time))

    def halt(self) -> Events:
        """Take nothing but cancels."""
        return self._execute(commands.halt(SYMBOL))

    def resume(self) -> Events:
        """Trade continuously; what an auction left crossed trades first."""
        return self._execute(commands.resume(SYMBOL))

    def auction(self) -> Events:
        """Collect orders without matching them."""
        return self._execute(commands.auction(SYMBOL))

    def uncross(self) -> Events:
        """Trade what the auction collected at its one price, then continuously. The price is the STATE event's."""
        return self._execute(commands.uncross(SYMBOL))

    def close(self) -> Events:
        """End the session: day orders go, nothing is taken until `auction` or `resume`."""
        return self._execute(commands.close(SYMBOL))

    def set_reference(self, price: int) -> Events:
        """Set the price that band and auction go by, ticks."""
        return self._execute(commands.set_reference(price, symbol=SYMBOL))

    def run(self, array: NDArray[np.void]) -> tuple[NDArray[np.void], NDArray[np.int64]]:
        """Execute an array of COMMAND; see `commands` for how to make one. Their symbol is 0.

        Returns:
            Events of EVENT, and offsets, int64, shape (n + 1,): command i made ``events[offsets[i]:offsets[i + 1]]``.

        Raises:
            InputError: it is no such array.
        """
        return self._executor.run(array)

    def bids(self, levels: int = 10) -> list[Level]:
        """Return the best bids, best first."""
        return self._core.depth(SYMBOL, Side.BUY, whole("levels", levels, 0, MOST_LEVELS, "a count"))

    def asks(self, levels: int = 10) -> list[Level]:
        """Return the best asks, best first."""
        return self._core.depth(SYMBOL, Side.SELL, whole("levels", levels, 0, MOST_LEVELS, "a count"))

    @property
    def best_bid(self) -> int | None:
        """The highest bid, ticks; None: there is none."""
        best = self._core.depth(SYMBOL, Side.BUY, 1)
        return best[0].price if best else None

    @property
    def best_ask(self) -> int | None:
        """The lowest ask, ticks; None: there is none."""
        best = self._core.depth(SYMBOL, Side.SELL, 1)
        return best[0].price if best else None

    @property
    def spread(self) -> int | None:
        """Ticks from the best bid to the best ask, 0 and less in auctions; None: a side is empty."""
        bid, ask = self.best_bid, self.best_ask
        return None if bid is None or ask is None else ask - bid

    @property
    def phase(self) -> Phase:
        """What the book does with orders."""
        return self._core.phase(SYMBOL)

    @property
    def last(self) -> int | None:
        """The price of the last trade, ticks; None: there was none."""
        return self._core.last(SYMBOL) or None

    @property
    def reference(self) -> int | None:
        """The price that band and auction go by, ticks; None: there is none."""
        return self._core.reference(SYMBOL) or None

    def order(self, order: int) -> OrderView | None:
        """Return an open order, stops that wait included; None: it is not open.

        Its queue is walked, for the lots ahead of it.
        """
        return self._executor.order(order)

    def orders(self, account: int = 0) -> list[int]:
        """Return the ids of the open orders of ``account``, ascending."""
        return self._executor.orders(account)

    def queue(self, side: AnySide) -> list[Queued]:
        """Return every resting order of a side, best price first, first come first. Stops that wait are not in it."""
        return self._core.queue(SYMBOL, choose("side", side, SIDES))

    def picture(self, levels: int = 10) -> DepthPicture:
        """Return the depth to look at: text when printed, a table with bars in a notebook."""
        return DepthPicture(self.bids(levels), self.asks(levels))

    def state_hash(self) -> int:
        """Return the 64-bit hash of everything that decides the future: books with equal hashes behave equally."""
        return self._core.state_hash()

    def __reduce__(self) -> NoReturn:
        refuse_copy("OrderBook")

    def __repr__(self) -> str:
        sides = (("bid", self.bids(1)), ("ask", self.asks(1)))
        touch = (f"{levels[0].shown} {name} at {levels[0].price}" if levels else f"no {name}" for name, levels in sides)
        return f"OrderBook({', '.join(touch)})"

    def _repr_html_(self) -> str:
        return self.picture()._repr_html_()
