"""One shard of the exchange, compiled: commands in, events out, as arrays or one call at a time.

Prices are int64 ticks, quantities int64 lots, cash Python ints of units. Commands and events have the layouts of
`arbitrax.exchange.records`; what they mean is in `arbitrax.exchange.reference`.
"""

import cython
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH, int128
from cython.cimports.arbitrax.kernels.exchange.batch import execute, execute_batch
from cython.cimports.arbitrax.kernels.exchange.events import shown_of
from cython.cimports.arbitrax.kernels.exchange.index import mixed
from cython.cimports.arbitrax.kernels.exchange.memory import close_engine, make_room, open_engine
from cython.cimports.arbitrax.kernels.exchange.price_tree import level_after
from cython.cimports.arbitrax.kernels.exchange.prices import mark
from cython.cimports.arbitrax.kernels.exchange.records import (
    AMEND,
    CANCEL,
    FEES,
    HOUSE,
    REFUSED,
    SUBMIT,
    Command,
)
from cython.cimports.arbitrax.kernels.exchange.reserved import Pool
from cython.cimports.arbitrax.kernels.exchange.risk import available, find_position
from cython.cimports.arbitrax.kernels.exchange.state import (
    NO_KEY,
    Balance,
    Book,
    Engine,
    Ladder,
    Level,
    Order,
    Position,
    balance_of,
    book_at,
    extension_at,
    has_book,
    key_of,
    ladder_at,
    level_at,
    order_at,
    position_at,
)
from cython.cimports.arbitrax.kernels.exchange.state_hash import (
    SNAPSHOT_MARK,
    fork_and_save,
    save_state,
    state_hash,
)
from cython.cimports.arbitrax.kernels.exchange.state_load import load_state
from cython.cimports.cpython.buffer import PyBuffer_FillInfo
from cython.cimports.libc.string import memset

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()

ONE_BY_ONE = cython.declare(cython.uint, 32)
"""Calls between two looks at the room."""


@cython.cfunc
@cython.overflowcheck(False)  # of 128 bits
def _as_int(value: int128):
    """Return a 128-bit number as a Python int."""
    high: cython.longlong = cython.cast(cython.longlong, value >> 64)
    low: cython.ulonglong = cython.cast(cython.ulonglong, value)
    return (int(high) << 64) + low


@cython.cfunc
def _shown(e: cython.pointer[Engine], symbol: cython.uint, level: cython.pointer[Level]) -> cython.longlong:
    """Return the lots a level shows."""
    slot: cython.uint = level.head
    lots: cython.longlong = 0
    order: cython.pointer[Order]
    if book_at(e, symbol).icebergs == 0:
        return level.quantity
    while slot != 0:
        order = order_at(e, slot)
        lots += order.open if order.extension == 0 else shown_of(extension_at(e, order.extension), order)
        slot = order.next
    return lots


@cython.final
@cython.cclass
class MatchingEngine:
    """All books, accounts and limits of a shard. It reads no clock: commands bring the time."""

    e: Engine
    command: Command
    until_edge: cython.uint
    shape: cython.Py_ssize_t

    def __cinit__(self):
        memset(cython.address(self.e), 0, cython.sizeof(Engine))
        memset(cython.address(self.command), 0, cython.sizeof(Command))
        self.until_edge = 0
        if not open_engine(cython.address(self.e)):
            raise MemoryError(
                "A matching engine reserves 100 GB of addresses, not of memory; raise the limit (ulimit -v)."
            )

    def __dealloc__(self):
        close_engine(cython.address(self.e))

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
        self._check_memory()
        return self.e.event_count

    @cython.cfunc
    @cython.inline
    def _check_memory(self):
        if self.e.failed == 2:
            raise MemoryError("There is no memory for the events; what the engine holds is not to be used any more.")

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
        self.command.time = self.e.now
        self.command.kind = cython.cast(cython.uchar, kind)
        self.command.account = account
        return cython.address(self.command)

    @cython.cfunc
    @cython.inline
    def _answer(self) -> cython.longlong:
        """Do the command of a call."""
        execute(cython.address(self.e), cython.address(self.command))
        self._check_memory()
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
        stop: cython.longlong = 0,
        extra: cython.longlong = 0,
        expire: cython.longlong = 0,
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
        c.stop = stop
        c.extra = extra
        c.expire = expire
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
        stop: cython.longlong = 0,
    ) -> cython.longlong:
        """Give an order a new price (0: as it is) and a new total quantity; return as `cancel` does."""
        c: cython.pointer[Command] = self._one(AMEND, account)
        c.order = order
        c.price = price
        c.quantity = quantity
        c.flags = flags
        c.stop = stop
        return self._answer()

    def events(self):
        """Return the events of the last call as bytes: ``np.frombuffer(engine.events(), EVENT)``.

        They stay where they are and the next call overwrites them: copy what is to be kept.
        """
        return memoryview(self)

    def __getbuffer__(self, view: cython.pointer[Py_buffer], flags: cython.int):
        # What `events` shows.
        self.shape = self.e.event_count * 64
        PyBuffer_FillInfo(view, self, self.e.events, self.shape, 1, flags)

    @cython.cfunc
    def _ladder(self, symbol: cython.uint, side: cython.uint) -> cython.pointer[Ladder]:
        if not has_book(cython.address(self.e), symbol) or side > 1:
            raise LookupError(f"There is no side {side} of symbol {symbol}: open the symbol first; sides are 0 and 1.")
        return ladder_at(cython.address(self.e), 2 * symbol + side)

    def depth(self, symbol: cython.uint, side: cython.uint, levels: cython.Py_ssize_t) -> list:
        """Return [(price, lots shown, orders), ...] of the best levels of one side, best first."""
        ladder: cython.pointer[Ladder] = self._ladder(symbol, side)
        level: cython.pointer[Level]
        index: cython.uint = ladder.best
        found: list = []
        while index != 0 and len(found) < levels:
            level = level_at(cython.address(self.e), index)
            found.append((key_of(side, level.key), _shown(cython.address(self.e), symbol, level), level.count))
            index = level_after(cython.address(self.e), ladder, level.key)
        return found

    def queue(self, symbol: cython.uint, side: cython.uint) -> list:
        """Return [(price, order, lots shown, lots open), ...] of one side, best first, then first come."""
        ladder: cython.pointer[Ladder] = self._ladder(symbol, side)
        level: cython.pointer[Level]
        order: cython.pointer[Order]
        shown: cython.longlong
        index: cython.uint = ladder.best
        slot: cython.uint
        found: list = []
        while index != 0:
            level = level_at(cython.address(self.e), index)
            slot = level.head
            while slot != 0:
                order = order_at(cython.address(self.e), slot)
                shown = order.open
                if order.extension != 0:
                    shown = shown_of(extension_at(cython.address(self.e), order.extension), order)
                found.append((order.price, order.id, shown, order.open))
                slot = order.next
            index = level_after(cython.address(self.e), ladder, level.key)
        return found

    def account(self, account: cython.uint) -> tuple:
        """Return (cash, buying power, killed) of an account, in units; those of fees and of the house have no power."""
        balance: cython.pointer[Balance] = balance_of(cython.address(self.e), account)
        free: int128 = 0
        if balance == cython.NULL:
            raise LookupError(f"There is no account {account}: open it first.")
        if account != FEES and account != HOUSE:
            free = available(cython.address(self.e), balance)
        return _as_int(balance.cash), _as_int(free), balance.killed != 0

    @cython.overflowcheck(False)  # of 128 bits
    def position(self, account: cython.uint, symbol: cython.uint) -> tuple:
        """Return (lots, cost, realised, unrealised, fees, open lots of buys, of sells) of an account in a symbol."""
        index: cython.uint
        p: cython.pointer[Position]
        book: cython.pointer[Book]
        value: int128
        if not has_book(cython.address(self.e), symbol):
            raise LookupError(f"There is no symbol {symbol}: open it first.")
        if balance_of(cython.address(self.e), account) == cython.NULL:
            raise LookupError(f"There is no account {account}: open it first.")
        index = find_position(cython.address(self.e), account, symbol)
        if index == 0:
            return 0, 0, 0, 0, 0, 0, 0
        p = position_at(cython.address(self.e), index)
        book = book_at(cython.address(self.e), symbol)
        value = cython.cast(int128, p.quantity) * mark(book) * book.tick_value - p.cost
        return (
            p.quantity,
            _as_int(p.cost),
            _as_int(p.realised),
            _as_int(value),
            _as_int(p.fees),
            p.lots[0],
            p.lots[1],
        )

    def state_hash(self) -> cython.ulonglong:
        """Return the 64-bit hash of everything that decides the future."""
        word: cython.ulonglong
        with cython.nogil:
            word = state_hash(cython.address(self.e))
        return word

    def save(self, file: cython.int) -> cython.ulonglong:
        """Write the state to a file descriptor; return its hash.

        Raises:
            OSError: the file cannot be written.
        """
        hash: cython.ulonglong = 0
        done: cython.bint
        with cython.nogil:
            done = save_state(cython.address(self.e), file, cython.address(hash))
        if not done:
            raise OSError("The state of the engine cannot be written; see to room on the disk.")
        return hash

    def fork_and_save(self, file: cython.int) -> cython.int:
        """Write the state as it is now from a child process, synced; return its id, to be waited for: it ends with 0.

        Raises:
            OSError: there is no child.
        """
        child: cython.int
        with cython.nogil:
            child = fork_and_save(cython.address(self.e), file)
        if child < 0:
            raise OSError("The engine cannot fork to write its state; see to memory and processes.")
        return child

    def load(self, words: cython.const[cython.ulonglong][::1]) -> cython.ulonglong:
        """Take over a state that was written; this engine is new. Return the state's hash.

        Raises:
            ValueError: the words are not those of a state: damaged, cut off, or of something else.
        """
        count: cython.Py_ssize_t = words.shape[0]
        i: cython.Py_ssize_t
        hash: cython.ulonglong = 0
        done: cython.bint = False
        if count > 2 and words[0] == SNAPSHOT_MARK:
            with cython.nogil:
                for i in range(1, count - 1):
                    hash = mixed(hash, words[i])
                done = hash == words[count - 1] and load_state(
                    cython.address(self.e), cython.address(words[1]), count - 2
                )
        if not done:
            raise ValueError("These are not the words of an engine's state, or they are damaged.")
        return hash

    def next_due(self) -> cython.longlong:
        """Return when the next order expires or dead-man switch acts, ms; 0: nothing is due."""
        due: cython.longlong = self.e.due.best_key
        if self.e.next_dead_man < due:
            due = self.e.next_dead_man
        return 0 if due == NO_KEY else due

    def memory(self) -> dict:
        """Return how many records of each pool have been used and are in use, and the bytes of one."""
        return {
            "orders": _use(cython.address(self.e.orders)),
            "extensions": _use(cython.address(self.e.extensions)),
            "levels": _use(cython.address(self.e.levels)),
            "nodes": _use(cython.address(self.e.nodes)),
            "pages": _use(cython.address(self.e.pages)),
            "positions": _use(cython.address(self.e.positions)),
            "client ids": _use(cython.address(self.e.client_ids)),
            "symbols": (self.e.symbols, self.e.symbol_count, 2 * cython.sizeof(Ladder) + cython.sizeof(Book)),
        }


def fold_events(hash: cython.ulonglong, events: cython.const[cython.ulonglong][::1]) -> cython.ulonglong:
    """Return a running hash with more events taken in: (8 n,) their words."""
    i: cython.Py_ssize_t
    with cython.nogil:
        for i in range(events.shape[0]):
            hash = mixed(hash, events[i])
    return hash


@cython.cfunc
def _use(p: cython.pointer[Pool]) -> tuple:
    return p.made, p.made - p.left, p.size
