"""The order books of an exchange: commands in, events out, as arrays or one call at a time.

Prices are int64 ticks, quantities int64 lots. Commands and events have the layouts of `arbitrax.exchange.records`.
"""

import cython
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH
from cython.cimports.arbitrax.kernels.exchange_records import AMEND, CANCEL, REFUSED, SUBMIT, Command, Event
from cython.cimports.arbitrax.kernels.matching import execute, execute_batch, make_room
from cython.cimports.arbitrax.kernels.order_pools import (
    Engine,
    IdPage,
    Ladder,
    Level,
    Node,
    Order,
    SlotPage,
    key_of,
    ladder_at,
    level_at,
    order_at,
)
from cython.cimports.arbitrax.kernels.price_tree import clear_ladder, level_after
from cython.cimports.arbitrax.kernels.reserved import close_pool, open_pool, release_range, reserve_range
from cython.cimports.cpython.buffer import PyBuffer_FillInfo
from cython.cimports.libc.stdlib import calloc, free
from cython.cimports.libc.string import memset

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()

MOST_ORDERS = cython.declare(cython.uint, 1 << 26)
MOST_EVENTS = cython.declare(cython.ulonglong, 1 << 27)
MOST_NODES = cython.declare(cython.uint, 1 << 25)
MOST_PAGES = cython.declare(cython.uint, 1 << 22)
"""Of 1,024 order ids or 256 accounts."""
MOST_ENTRIES = cython.declare(cython.size_t, 1 << 30)
"""Of 1,024 order ids, all."""
ONE_BY_ONE = cython.declare(cython.uint, 32)
"""Calls between two looks at the room."""


@cython.final
@cython.cclass
class OrderBook:
    """The books of ``symbols`` symbols, numbered from 0; an account is any number."""

    e: Engine
    command: Command
    until_edge: cython.uint
    shape: cython.Py_ssize_t

    def __cinit__(self, symbols: cython.uint = 1, first_id: cython.longlong = 1):
        i: cython.uint
        memset(cython.address(self.e), 0, cython.sizeof(Engine))
        memset(cython.address(self.command), 0, cython.sizeof(Command))
        self.until_edge = 0
        if symbols < 1 or symbols > 1 << 24:
            raise ValueError(f"symbols is {symbols}; give 1 to 16,777,216.")
        if first_id < 1:
            raise ValueError(f"first_id is {first_id}; give 1 or more.")
        self.e.symbols = symbols
        self.e.next_id = first_id
        self.e.event_limit = MOST_EVENTS
        self.e.ladders = cython.cast(cython.pointer[Ladder], calloc(2 * symbols, cython.sizeof(Ladder)))
        self.e.account_pages = cython.cast(cython.p_uint, calloc(1 << 24, cython.sizeof(cython.uint)))
        self.e.events = cython.cast(cython.pointer[Event], reserve_range(MOST_EVENTS * 64))
        self.e.directory = cython.cast(cython.pointer[IdPage], reserve_range(MOST_ENTRIES * cython.sizeof(IdPage)))
        if (
            not open_pool(cython.address(self.e.orders), cython.sizeof(Order), MOST_ORDERS)
            or not open_pool(cython.address(self.e.levels), cython.sizeof(Level), MOST_ORDERS)
            or not open_pool(cython.address(self.e.nodes), cython.sizeof(Node), MOST_NODES)
            or not open_pool(cython.address(self.e.pages), cython.sizeof(SlotPage), MOST_PAGES)
            or self.e.ladders == cython.NULL
            or self.e.account_pages == cython.NULL
            or self.e.events == cython.NULL
            or self.e.directory == cython.NULL
        ):
            raise MemoryError("An order book reserves 50 GB of addresses, not of memory; raise the limit (ulimit -v).")
        for i in range(2 * symbols):
            clear_ladder(cython.address(self.e.ladders[i]))
        if not make_room(cython.address(self.e), ONE_BY_ONE):
            raise MemoryError("There is no memory for an order book.")
        # The first touch of a range costs most, so no order has to.
        self.e.directory[first_id >> 10 & (MOST_ENTRIES - 1)].live = 0
        self.e.account_pages[0] = 0
        self.e.events[0].order = 0

    def __dealloc__(self):
        close_pool(cython.address(self.e.orders))
        close_pool(cython.address(self.e.levels))
        close_pool(cython.address(self.e.nodes))
        close_pool(cython.address(self.e.pages))
        release_range(self.e.directory, MOST_ENTRIES * cython.sizeof(IdPage))
        release_range(self.e.events, MOST_EVENTS * 64)
        free(self.e.ladders)
        free(self.e.account_pages)

    def run(self, commands: cython.const[Command][::1], offsets: cython.longlong[::1]) -> cython.longlong:
        """Do all commands without the GIL; return how many events there are.

        Args:
            commands: (commands,) COMMAND.
            offsets: (commands + 1,) int64, written: where in `events` those of each command begin.
        """
        count: cython.Py_ssize_t = commands.shape[0]
        if offsets.shape[0] != count + 1:
            raise ValueError(f"offsets has {offsets.shape[0]} entries; give {count + 1}, one more than commands.")
        if count == 0:
            self.e.event_count = 0
            offsets[0] = 0
            return 0
        with cython.nogil:
            execute_batch(cython.address(self.e), cython.address(commands[0]), count, cython.address(offsets[0]))
        self.until_edge = 0
        if self.e.failed == 2:
            raise MemoryError("There is no memory for the events of the batch.")
        return self.e.event_count

    @cython.cfunc
    @cython.inline
    def _one(self, kind: cython.int, account: cython.uint) -> cython.pointer[Command]:
        """Return the command of a call, cleared; look at the room now and then."""
        if self.until_edge == 0:
            make_room(cython.address(self.e), ONE_BY_ONE)
            self.until_edge = ONE_BY_ONE
        self.until_edge -= 1
        self.e.event_count = 0
        memset(cython.address(self.command), 0, cython.sizeof(Command) - 32)
        self.command.kind = cython.cast(cython.uchar, kind)
        self.command.account = account
        return cython.address(self.command)

    @cython.cfunc
    @cython.inline
    def _answer(self) -> cython.longlong:
        """Do the command of a call."""
        execute(cython.address(self.e), cython.address(self.command))
        if self.e.failed == 2:
            raise MemoryError("There is no memory for the events of a command.")
        if self.e.event_count == 0:
            return 0
        if self.e.events[0].kind == REFUSED:
            return -self.e.events[0].code
        return self.e.events[0].order

    def submit(
        self,
        side: cython.uchar,
        price: cython.longlong,
        quantity: cython.longlong,
        account: cython.uint = 0,
        symbol: cython.uint = 0,
        type: cython.uchar = 0,
        time_in_force: cython.uchar = 0,
        self_trade: cython.uchar = 0,
        flags: cython.uchar = 0,
    ) -> cython.longlong:
        """Send one order; return its id, or minus the code of the refusal. `events` has what happened."""
        c: cython.pointer[Command] = self._one(SUBMIT, account)
        c.side = side
        c.price = price
        c.quantity = quantity
        c.symbol = symbol
        c.type = type
        c.time_in_force = time_in_force
        c.self_trade = self_trade
        c.flags = flags
        return self._answer()

    def cancel(self, order: cython.longlong, account: cython.uint = 0) -> cython.longlong:
        """Take back one order; return its id, or minus the code of the refusal."""
        c: cython.pointer[Command] = self._one(CANCEL, account)
        c.order = order
        return self._answer()

    def amend(
        self,
        order: cython.longlong,
        price: cython.longlong,
        quantity: cython.longlong,
        account: cython.uint = 0,
        flags: cython.uchar = 0,
    ) -> cython.longlong:
        """Give an order a new price (0: as it is) and a new total quantity; return as `cancel` does."""
        c: cython.pointer[Command] = self._one(AMEND, account)
        c.order = order
        c.price = price
        c.quantity = quantity
        c.flags = flags
        return self._answer()

    def events(self):
        """Return the events of the last call as bytes: ``np.frombuffer(book.events(), EVENT)``.

        They stay where they are and the next call overwrites them: copy what is to be kept.
        """
        return memoryview(self)

    def __getbuffer__(self, view: cython.pointer[Py_buffer], flags: cython.int):
        # What `events` shows.
        self.shape = self.e.event_count * 64
        PyBuffer_FillInfo(view, self, self.e.events, self.shape, 1, flags)

    def depth(self, symbol: cython.uint, side: cython.uint, levels: cython.Py_ssize_t) -> list:
        """Return [(price, lots, orders), ...] of the best levels of one side, best first."""
        ladder: cython.pointer[Ladder]
        level: cython.pointer[Level]
        index: cython.uint
        found: list = []
        if symbol >= self.e.symbols or side > 1:
            raise ValueError(f"There is no side {side} of symbol {symbol}.")
        ladder = ladder_at(cython.address(self.e), 2 * symbol + side)
        index = ladder.best
        while index != 0 and len(found) < levels:
            level = level_at(cython.address(self.e), index)
            found.append((key_of(side, level.key), level.quantity, level.count))
            index = level_after(cython.address(self.e), ladder, level.key)
        return found

    def queue(self, symbol: cython.uint, side: cython.uint) -> list:
        """Return [(order, account, price, open lots, total lots), ...] of one side, best first, then first come."""
        ladder: cython.pointer[Ladder]
        level: cython.pointer[Level]
        order: cython.pointer[Order]
        index: cython.uint
        slot: cython.uint
        found: list = []
        if symbol >= self.e.symbols or side > 1:
            raise ValueError(f"There is no side {side} of symbol {symbol}.")
        ladder = ladder_at(cython.address(self.e), 2 * symbol + side)
        index = ladder.best
        while index != 0:
            level = level_at(cython.address(self.e), index)
            slot = level.head
            while slot != 0:
                order = order_at(cython.address(self.e), slot)
                found.append((order.id, order.account, order.price, order.open, order.total))
                slot = order.next
            index = level_after(cython.address(self.e), ladder, level.key)
        return found

    def memory(self) -> dict:
        """Return how many records of each pool have memory and are in use, and the bytes of one."""
        return {
            "orders": (self.e.orders.made, self.e.orders.made - self.e.orders.left, self.e.orders.size),
            "levels": (self.e.levels.made, self.e.levels.made - self.e.levels.left, self.e.levels.size),
            "nodes": (self.e.nodes.made, self.e.nodes.made - self.e.nodes.left, self.e.nodes.size),
            "pages": (self.e.pages.made, self.e.pages.made - self.e.pages.left, self.e.pages.size),
            "ladders": (2 * self.e.symbols, 2 * self.e.symbols, cython.sizeof(Ladder)),
        }
