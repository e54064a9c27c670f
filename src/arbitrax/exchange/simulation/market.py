"""The simulated market: who looks when, what is on its way to the exchange, and what its events tell whom."""

from collections.abc import Callable, Sequence
from heapq import heappop, heappush, heapreplace
from itertools import count
from struct import Struct

import numpy as np
from numpy.typing import NDArray

from arbitrax.domain.errors import ParameterError
from arbitrax.exchange.public_book import PublicBook
from arbitrax.exchange.records import COMMAND, EVENT, MAX_TIME, Code, Happening, SelfTrade
from arbitrax.exchange.simulation.desk import Desk
from arbitrax.exchange.simulation.draws import Draws
from arbitrax.exchange.simulation.fundamental import Fundamental, FundamentalValue
from arbitrax.exchange.simulation.listing import Listing
from arbitrax.exchange.simulation.parameters import check_number
from arbitrax.exchange.simulation.participant import Instruction, Participant
from arbitrax.exchange.simulation.run import QUOTE, Exchange, Run, join_offsets

pack = Struct("<8qQ4I6BH32s").pack
unpack_all = Struct("<6q3IH2B").iter_unpack
"""Rows of COMMAND and EVENT: plain integers are much cheaper one by one than rows of an array."""
ACCEPTED, FILLED, CANCELLED = int(Happening.ACCEPTED), int(Happening.FILLED), int(Happening.CANCELLED)
AMENDED, REFUSED, CASH = int(Happening.AMENDED), int(Happening.REFUSED), int(Happening.CASH)
FEE = int(Code.FEE)
ASKED = {int(Code.BY_OWNER), int(Code.REPLACED)}
"""Why an order ends when its owner's instruction ends it."""
CANCEL_OLDEST = int(SelfTrade.CANCEL_OLDEST)
SAMPLER = -1
Act = Callable[[int, PublicBook], Sequence[Instruction]]
Due = tuple[int, int, bytes, int]
"""Microseconds, a number that keeps first come first, a row of COMMAND that arrives, and else (empty) who looks."""


class SimulatedMarket:
    """Participants of one symbol who trade on an exchange. Same arguments, same bytes of commands, on every machine.

    `run` drives an engine. To drive anything else, ask `next_commands` for what is due, have it executed, and give
    `receive` all events of the exchange, each once and in order (other people's orders may be among them).

    Args:
        participants: account ``listing.first_account`` + i is that of the i-th.
        seed: of all random numbers, 0 or more. Each participant has its own stream.
        listing: the instrument and the accounts.
        fundamental: how the latent value moves.
        sample: milliseconds between two rows of ``quotes``.

    Raises:
        ParameterError: a parameter out of its range.
    """

    def __init__(
        self,
        participants: Sequence[Participant],
        *,
        seed: int,
        listing: Listing | None = None,
        fundamental: Fundamental | None = None,
        sample: int = 1_000,
    ) -> None:
        check_number("SimulatedMarket", "seed", seed, 0, 1 << 64, whole=True)
        check_number("SimulatedMarket", "sample", sample, 1, 1 << 40, whole=True)
        if not participants:
            raise ParameterError("SimulatedMarket: participants is empty; give one or more.")
        self.participants = tuple(participants)
        self.listing = listing or Listing()
        self.book = PublicBook()
        self.value = FundamentalValue(fundamental or Fundamental(), self.listing.reference, Draws(seed, 0))
        self.desks: list[Desk] = []
        self.quotes: list[tuple[int, int, int, int, int, int, int, float]] = []
        self._sample = sample * 1_000
        self._opening = self.listing.opening(len(self.participants)).tobytes()
        self._queue: list[Due] = [(0, 0, b"", SAMPLER)]
        self._number = count(1)
        self._sides: list[tuple[Desk, Act, Callable[[], int]]] = []
        for at, each in enumerate(self.participants):
            desk = Desk(self.listing.first_account + at, self.listing.tick_value, each.latency, Draws(seed, 1 + at))
            self.desks.append(desk)
            behaviour = each.begin(desk, self.listing, self.value)
            self._sides.append((desk, behaviour.act, behaviour.wait))
            heappush(self._queue, (behaviour.wait(), next(self._number), b"", at))
        self._desk_of = {desk.account: desk for desk in self.desks}

    def run(self, exchange: Exchange, *, until: int) -> Run:
        """Let the market go on, in process, until a time of the exchange, ms (not included); call again to go further.

        The first call also sends the opening commands.
        """
        check_number("SimulatedMarket", "until", until, self.listing.start, MAX_TIME, whole=True)
        sent, said, batches = [], [], []
        first_quote = len(self.quotes)
        while rows := self._next_rows(until):
            events, offsets = exchange.run(np.frombuffer(rows, COMMAND))
            happened = events.tobytes()
            self._follow(happened)
            sent.append(rows)
            said.append(happened)
            batches.append(offsets)
        return Run(
            np.frombuffer(b"".join(sent), COMMAND),
            np.frombuffer(b"".join(said), EVENT),
            join_offsets(batches),
            np.array(self.quotes[first_quote:], QUOTE),
        )

    def next_commands(self, *, until: int) -> NDArray[np.void]:
        """Return the next COMMAND rows that arrive before ``until``, ms of the exchange's time; none: empty.

        They are those that arrive before anybody looks at the book again, so executing them one by one or together is
        the same to everybody. The first are the opening ones.
        """
        return np.frombuffer(self._next_rows(until), COMMAND)

    def _next_rows(self, until: int) -> bytes:
        if self._opening:
            opening, self._opening = self._opening, b""
            return opening
        queue, end, rows = self._queue, (until - self.listing.start) * 1_000, []
        while True:
            now, _, row, who = queue[0]
            if now >= end:
                break
            if row:
                rows.append(row)
                heappop(queue)
            elif rows:
                break
            elif who == SAMPLER:
                self._take_sample(now)
            else:
                self._look(now, who)
        return b"".join(rows)

    def receive(self, events: NDArray[np.void]) -> None:
        """Follow EVENT rows: the public book, and each participant's own."""
        self._follow(events.tobytes())

    def _follow(self, events: bytes) -> None:
        symbol, show, find = self.listing.symbol, self.book.apply, self._desk_of.get
        for row in unpack_all(events):
            order, maker, price, quantity, left, maker_left, of, account, maker_account, code, kind, side = row
            if of != symbol:
                continue
            show(row)
            desk = find(account)
            if kind == FILLED:
                if desk is not None:
                    desk.taken += quantity
                    desk.fill(order, side, price, quantity, left)
                desk = find(maker_account)
                if desk is not None:
                    desk.made += quantity
                    desk.fill(maker, 1 - side, price, quantity, maker_left)
            elif desk is None:
                continue
            elif kind == ACCEPTED:
                desk.accept(order, side, price, left)
            elif kind == AMENDED:
                desk.change(order, price, left)
            elif kind == CANCELLED:
                desk.end(order, asked=code in ASKED)
            elif kind == REFUSED:
                desk.refuse()
            elif kind == CASH and code == FEE:
                desk.fees -= price

    def _look(self, now: int, at: int) -> None:
        """Let the participant that is first in the queue look, decide and wait again.

        Whoever would meet himself cancels the older order.
        """
        queue, number = self._queue, self._number
        desk, act, wait = self._sides[at]
        instructions = act(now, self.book)
        heapreplace(queue, (now + wait(), next(number), b"", at))
        if not instructions:
            return
        arrival = now + desk.latency
        time, symbol, account = self.listing.start + arrival // 1_000, self.listing.symbol, desk.account
        for kind, side, form, in_force, price, quantity, order, flags in instructions:
            row = pack(
                time, order, price, quantity, 0, 0, 0, 0, 0, symbol, account, 0, 0,
                kind, side, form, in_force, CANCEL_OLDEST, flags, 0, b"",
            )  # fmt: skip
            heappush(queue, (arrival, next(number), row, at))
        desk.sent += len(instructions)
        desk.unanswered += len(instructions)

    def _take_sample(self, now: int) -> None:
        book, time = self.book, self.listing.start + now // 1_000
        bid, ask = book.bid, book.ask
        shown = book.levels[0].get(bid, 0), book.levels[1].get(ask, 0)
        self.quotes.append((time, bid, ask, *shown, book.last, book.volume, self.value.at(now)))
        heapreplace(self._queue, (now + self._sample, next(self._number), b"", SAMPLER))
