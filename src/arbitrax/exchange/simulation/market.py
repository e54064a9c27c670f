"""The simulated market: who wakes when, what is on its way to the exchange, and what its events tell whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from struct import Struct
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from arbitrax.domain.errors import ParameterError
from arbitrax.exchange.records import COMMAND, EVENT, MAX_TIME, Code, Happening, SelfTrade
from arbitrax.exchange.simulation.desk import Desk
from arbitrax.exchange.simulation.draws import Draws
from arbitrax.exchange.simulation.fundamental import Fundamental, FundamentalValue
from arbitrax.exchange.simulation.listing import Listing
from arbitrax.exchange.simulation.parameters import check_number
from arbitrax.exchange.simulation.participant import Instruction, Participant
from arbitrax.exchange.simulation.public_book import PublicBook

COMMAND_BYTES = Struct("<8qQ4I6BH32s")
EVENT_BYTES = Struct("<6q3IH2B")
"""Rows of COMMAND and EVENT: plain integers are much cheaper one by one than rows of an array."""
QUOTE = np.dtype(
    [
        ("time", "<i8"),  # ms of the exchange's time
        ("bid", "<i8"),  # ticks; 0: none
        ("ask", "<i8"),
        ("bid_lots", "<i8"),  # shown at the touch
        ("ask_lots", "<i8"),
        ("last", "<i8"),  # ticks, of the last trade; 0: none yet
        ("volume", "<i8"),  # lots traded until then
        ("value", "<f8"),  # ticks, latent
    ]
)
ACCEPTED, FILLED, CANCELLED = int(Happening.ACCEPTED), int(Happening.FILLED), int(Happening.CANCELLED)
AMENDED, REFUSED, CASH = int(Happening.AMENDED), int(Happening.REFUSED), int(Happening.CASH)
FEE = int(Code.FEE)
ASKED = {int(Code.BY_OWNER), int(Code.REPLACED)}
"""Why an order ends when its owner's instruction ends it."""
CANCEL_OLDEST = int(SelfTrade.CANCEL_OLDEST)
SAMPLER = -1


class Exchange(Protocol):
    """What executes commands: the engine, or whatever has its call."""

    def submit(self, commands: NDArray[np.void]) -> tuple[NDArray[np.void], NDArray[np.int64]]:
        """Execute COMMAND rows in order; return their EVENT rows and where those of each command begin."""


@dataclass(frozen=True, slots=True)
class Run:
    """What happened: COMMAND and EVENT rows, ``offsets`` of each command's events, and QUOTE rows at even times."""

    commands: NDArray[np.void]
    events: NDArray[np.void]
    offsets: NDArray[np.int64]
    quotes: NDArray[np.void]


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
        self._opening: NDArray[np.void] | None = self.listing.opening(len(self.participants))
        self._queue: list[tuple[int, int, int, Instruction | None]] = [(0, 0, SAMPLER, None)]
        self._number = 0
        self._behaviours = []
        for at, each in enumerate(self.participants):
            desk = Desk(self.listing.first_account + at, self.listing.tick_value, Draws(seed, 1 + at))
            self.desks.append(desk)
            self._behaviours.append(each.begin(desk, self.listing, self.value))
            self._push(self._behaviours[at].wait(), at, None)
        self._desk_of = {desk.account: desk for desk in self.desks}

    def run(self, exchange: Exchange, *, until: int) -> Run:
        """Let the market go on, in process, until a time of the exchange, ms (not included); call again to go further.

        The first call also sends the opening commands.
        """
        check_number("SimulatedMarket", "until", until, self.listing.start, MAX_TIME, whole=True)
        sent, said, counts = [], [], [np.zeros(1, np.int64)]
        first_quote, total = len(self.quotes), 0
        while len(commands := self.next_commands(until=until)):
            events, offsets = exchange.submit(commands)
            self.receive(events)
            sent.append(commands.tobytes())
            said.append(events.tobytes())
            counts.append(offsets[1:] + total)
            total += len(events)
        return Run(
            np.frombuffer(b"".join(sent), COMMAND),
            np.frombuffer(b"".join(said), EVENT),
            np.concatenate(counts),
            np.array(self.quotes[first_quote:], QUOTE),
        )

    def next_commands(self, *, until: int) -> NDArray[np.void]:
        """Return the next COMMAND rows that arrive before ``until``, ms of the exchange's time; none: empty.

        They are those that arrive before anybody looks at the book again, so executing them one by one or together is
        the same to everybody. The first are the opening ones.
        """
        if self._opening is not None:
            opening, self._opening = self._opening, None
            return opening
        queue, start = self._queue, self.listing.start
        end = (until - start) * 1_000
        rows = []
        while queue[0][0] < end:
            now, _, who, instruction = queue[0]
            if instruction is not None:
                heappop(queue)
                rows.append(self._pack(start + now // 1_000, who, instruction))
            elif rows:
                break
            else:
                heappop(queue)
                self._wake(now, who)
        return np.frombuffer(b"".join(rows), COMMAND)

    def receive(self, events: NDArray[np.void]) -> None:
        """Follow EVENT rows: the public book, and each participant's own."""
        symbol, follow, find = self.listing.symbol, self.book.apply, self._desk_of.get
        for row in EVENT_BYTES.iter_unpack(events.tobytes()):
            order, maker, price, quantity, left, maker_left, of, account, maker_account, code, kind, side = row
            if of != symbol:
                continue
            follow(row)
            desk = find(account)
            if kind == FILLED:
                if desk is not None:
                    desk.taken += quantity
                    desk.fill(order, price, quantity, left)
                desk = find(maker_account)
                if desk is not None:
                    desk.made += quantity
                    desk.fill(maker, price, quantity, maker_left)
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

    def _push(self, time: int, who: int, instruction: Instruction | None) -> None:
        """Queue a look or an arrival; of one microsecond the first queued is the first."""
        self._number += 1
        heappush(self._queue, (time, self._number, who, instruction))

    def _wake(self, now: int, who: int) -> None:
        """Let one look and decide."""
        if who == SAMPLER:
            self._take_sample(now)
            return
        instructions = self._behaviours[who].act(now, self.book)
        if instructions:
            arrival = now + self.participants[who].latency
            desk = self.desks[who]
            for each in instructions:
                desk.unanswered += 1
                desk.sent += 1
                self._push(arrival, who, each)
        self._push(now + self._behaviours[who].wait(), who, None)

    def _pack(self, time: int, who: int, instruction: Instruction) -> bytes:
        """Return a row of COMMAND. Whoever would meet himself cancels the older order."""
        kind, side, form, in_force, price, quantity, order, flags = instruction
        return COMMAND_BYTES.pack(
            time, order, price, quantity, 0, 0, 0, 0, 0, self.listing.symbol, self.listing.first_account + who, 0, 0,
            kind, side, form, in_force, CANCEL_OLDEST, flags, 0, b"",
        )  # fmt: skip

    def _take_sample(self, now: int) -> None:
        book, time = self.book, self.listing.start + now // 1_000
        bid, ask = book.bid, book.ask
        shown = book.levels[0].get(bid, 0), book.levels[1].get(ask, 0)
        self.quotes.append((time, bid, ask, *shown, book.last, book.volume, self.value.at(now)))
        self._push(now + self._sample, SAMPLER, None)
