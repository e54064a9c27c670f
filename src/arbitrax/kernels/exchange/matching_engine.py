"""One shard of the exchange, compiled: commands in, events out, as arrays or one call at a time.

Prices are int64 ticks, quantities int64 lots, cash Python ints of units. Commands and events have the layouts of
`arbitrax.exchange.records`; what they mean is in `arbitrax.exchange.reference`.
"""

import cython
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH, int128
from cython.cimports.arbitrax.kernels.exchange.batch import execute, execute_batch
from cython.cimports.arbitrax.kernels.exchange.events import shown_of
from cython.cimports.arbitrax.kernels.exchange.index import first_of, mixed
from cython.cimports.arbitrax.kernels.exchange.matching import book_of
from cython.cimports.arbitrax.kernels.exchange.memory import close_engine, make_room, open_engine
from cython.cimports.arbitrax.kernels.exchange.order_ids import find_order
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
from cython.cimports.arbitrax.kernels.exchange.sorting import put_in_order
from cython.cimports.arbitrax.kernels.exchange.state import (
    IN_BOOK,
    NO_KEY,
    PARKED,
    Balance,
    Book,
    Engine,
    Extension,
    Ladder,
    Level,
    Order,
    Position,
    account_at,
    balance_of,
    book_at,
    extension_at,
    has_book,
    key_of,
    ladder_at,
    level_at,
    order_at,
    position_at,
    producer_at,
    symbol_of,
)
from cython.cimports.arbitrax.kernels.exchange.state_hash import (
    SNAPSHOT_MARK,
    fork_and_save,
    save_state,
    state_hash,
)
from cython.cimports.arbitrax.kernels.exchange.state_load import load_state
from cython.cimports.arbitrax.kernels.exchange.submission import judge
from cython.cimports.arbitrax.kernels.exchange.verdict import Verdict
from cython.cimports.cpython.buffer import PyBuffer_FillInfo
from cython.cimports.cpython.bytes import PyBytes_FromStringAndSize
from cython.cimports.libc.string import memset

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()

ONE_BY_ONE = cython.declare(cython.uint, 8)
"""Calls between two looks at the room: so few that a look seldom touches more than one new page of each kind."""


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


@cython.cfunc
def _ahead(e: cython.pointer[Engine], order: cython.pointer[Order], in_book: cython.bint) -> cython.longlong:
    """Return the lots in front of an order in its queue: in the book those shown, elsewhere those open."""
    slot: cython.uint = order.previous
    lots: cython.longlong = 0
    other: cython.pointer[Order]
    while slot != 0:
        other = order_at(e, slot)
        if in_book and other.extension != 0:
            lots += shown_of(extension_at(e, other.extension), other)
        else:
            lots += other.open
        slot = other.previous
    return lots


@cython.final
@cython.cclass
class MatchingEngine:
    """All books, accounts and limits of a shard. It reads no clock: commands bring the time.

    One thread at a time: `run`, `state_hash`, `save` and `load` let other threads go on, whose calls raise RuntimeError
    meanwhile.
    """

    e: Engine
    command: Command
    until_edge: cython.uint
    shape: cython.Py_ssize_t
    busy: cython.bint

    def __cinit__(self):
        memset(cython.address(self.e), 0, cython.sizeof(Engine))
        memset(cython.address(self.command), 0, cython.sizeof(Command))
        self.until_edge = 0
        self.busy = False
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
        self._check_free()
        if count == 0:
            self.e.event_count = 0
            offsets[0] = 0
            return 0
        self.busy = True
        with cython.nogil:
            execute_batch(cython.address(self.e), cython.address(commands[0]), count, cython.address(offsets[0]))
        self.busy = False
        self.until_edge = 0
        self._check_memory()
        return self.e.event_count

    def execute(self, command: bytes) -> bytes:
        """Do one COMMAND of 128 bytes; return its events, 64 bytes each."""
        where: cython.p_const_char = command
        if len(command) != cython.sizeof(Command):
            raise ValueError(f"A command has {cython.sizeof(Command)} bytes, not {len(command)}.")
        self._see_to_room()
        execute(cython.address(self.e), cython.cast(cython.pointer[cython.const[Command]], where))
        self._check_memory()
        return PyBytes_FromStringAndSize(cython.cast(cython.p_const_char, self.e.events), self.e.event_count * 64)

    @cython.cfunc
    @cython.inline
    def _check_free(self):
        if self.busy:
            raise RuntimeError(
                "Another thread is running this engine; one at a time may, so let it end, or use a lock."
            )

    @cython.cfunc
    @cython.inline
    def _see_to_room(self):
        """Look at the room now and then, for calls."""
        self._check_free()
        if self.until_edge == 0:
            make_room(cython.address(self.e), ONE_BY_ONE)
            self.until_edge = ONE_BY_ONE
        self.until_edge -= 1
        self.e.event_count = 0

    @cython.cfunc
    @cython.inline
    def _check_memory(self):
        if self.e.failed == 2:
            raise MemoryError("There is no memory for the events; what the engine holds is not to be used any more.")

    @cython.cfunc
    @cython.inline
    def _one(self, kind: cython.int, account: cython.uint) -> cython.pointer[Command]:
        """Return the command of a call, cleared."""
        self._see_to_room()
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

    def judge(self, command: bytes):
        """Make every check of a submission as if it came now, and change nothing.

        (engine's time, order that was sent under its client id before or 0, lots that would trade at once or -1,
        [(check, code, value, limit), ...] in the engine's order): a code of 0 passed, the first other one is what the
        order would be refused with. None: there is no room at this moment for what the check needs.
        """
        verdict: Verdict
        where: cython.p_const_char = command
        found: list = []
        i: cython.int
        if len(command) != cython.sizeof(Command):
            raise ValueError(f"A command has {cython.sizeof(Command)} bytes, not {len(command)}.")
        self._check_free()
        if not judge(
            cython.address(self.e),
            cython.cast(cython.pointer[cython.const[Command]], where),
            cython.address(verdict),
        ):
            return None
        for i in range(verdict.count):
            found.append(
                (
                    verdict.findings[i].check,
                    verdict.findings[i].code,
                    _as_int(verdict.findings[i].value),
                    _as_int(verdict.findings[i].limit),
                )
            )
        return (self.e.now, verdict.repeats, verdict.fills, found)

    def events(self):
        """Return the events of the last call as bytes: ``np.frombuffer(engine.events(), EVENT)``.

        They stay where they are and the next call overwrites them: copy what is to be kept.
        """
        self._check_free()
        return memoryview(self)

    def __getbuffer__(self, view: cython.pointer[Py_buffer], flags: cython.int):
        # What `events` shows.
        self.shape = self.e.event_count * 64
        PyBuffer_FillInfo(view, self, self.e.events, self.shape, 1, flags)

    @cython.cfunc
    def _book(self, symbol: cython.uint) -> cython.pointer[Book]:
        self._check_free()
        if not has_book(cython.address(self.e), symbol):
            raise LookupError(f"There is no symbol {symbol}: open it first.")
        return book_at(cython.address(self.e), symbol)

    @cython.cfunc
    def _ladder(self, symbol: cython.uint, side: cython.uint) -> cython.pointer[Ladder]:
        self._check_free()
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

    def order(self, order: cython.longlong):
        """Return an open order, or None.

        (symbol, account, side, type, time in force, price, limit, stop, total, open, shown, place, ahead, expiry): the
        price is 0 outside the book; ahead are the lots in front of it in its queue, which is walked: that takes
        time in proportion to the orders there.
        """
        e: cython.pointer[Engine] = cython.address(self.e)
        slot: cython.uint
        o: cython.pointer[Order]
        x: cython.pointer[Extension]
        symbol: cython.uint
        in_book: cython.bint
        self._check_free()
        slot = find_order(e, order)
        if slot == 0:
            return None
        o = order_at(e, slot)
        symbol = symbol_of(e, book_of(e, o))
        known: tuple = (symbol, o.account, o.side, o.type, o.terms & 15)
        if o.extension == 0:
            return (*known, o.price, o.price, 0, o.total, o.open, o.open, IN_BOOK, _ahead(e, o, True), 0)
        x = extension_at(e, o.extension)
        in_book = x.place == IN_BOOK
        return (
            *known,
            o.price if in_book else 0,
            x.limit,
            x.stop,
            o.total,
            o.open,
            shown_of(x, o) if in_book else 0,
            x.place,
            0 if x.place == PARKED else _ahead(e, o, in_book),
            x.expire,
        )

    def total(self, order: cython.longlong) -> cython.longlong:
        """Return the lots of an open order, filled ones included, without a walk; 0: it is not open."""
        slot: cython.uint
        self._check_free()
        slot = find_order(cython.address(self.e), order)
        return 0 if slot == 0 else order_at(cython.address(self.e), slot).total

    def orders(self, account: cython.uint) -> list:
        """Return the ids of an account's open orders, ascending; none of the house, whose lots have no ids."""
        found: list = []
        slot: cython.uint
        self._check_free()
        slot = account_at(cython.address(self.e), account).oldest
        while slot != 0:
            found.append(order_at(cython.address(self.e), slot).id)
            slot = order_at(cython.address(self.e), slot).younger
        return found

    def symbols(self) -> list:
        """Return the symbols that were opened, ascending."""
        self._check_free()
        put_in_order(self.e.symbol_list, self.e.symbol_count)
        return [self.e.symbol_list[at] for at in range(self.e.symbol_count)]

    def phase(self, symbol: cython.uint) -> cython.uint:
        """Return the phase of a symbol."""
        return self._book(symbol).phase

    def last(self, symbol: cython.uint) -> cython.longlong:
        """Return the price of a symbol's last trade, ticks; 0: none yet."""
        return self._book(symbol).last

    def reference(self, symbol: cython.uint) -> cython.longlong:
        """Return the reference price of a symbol, ticks; 0: none."""
        return self._book(symbol).reference

    def account(self, account: cython.uint) -> tuple:
        """Return (cash, buying power, killed) of an account, in units; those of fees and of the house have no power."""
        balance: cython.pointer[Balance] = balance_of(cython.address(self.e), account)
        free: int128 = 0
        self._check_free()
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
        book = self._book(symbol)
        if balance_of(cython.address(self.e), account) == cython.NULL:
            raise LookupError(f"There is no account {account}: open it first.")
        index = find_position(cython.address(self.e), account, symbol)
        if index == 0:
            return 0, 0, 0, 0, 0, 0, 0
        p = position_at(cython.address(self.e), index)
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
        self._check_free()
        self.busy = True
        with cython.nogil:
            word = state_hash(cython.address(self.e))
        self.busy = False
        return word

    def save(self, file: cython.int) -> cython.ulonglong:
        """Write the state to a file descriptor; return its hash.

        Raises:
            OSError: the file cannot be written.
        """
        hash: cython.ulonglong = 0
        done: cython.bint
        self._check_free()
        self.busy = True
        with cython.nogil:
            done = save_state(cython.address(self.e), file, cython.address(hash))
        self.busy = False
        if not done:
            raise OSError("The state of the engine cannot be written; see to room on the disk.")
        return hash

    def fork_and_save(self, file: cython.int) -> cython.int:
        """Write the state as it is now from a child process, synced; return its id, to be waited for: it ends with 0.

        Raises:
            OSError: there is no child.
        """
        child: cython.int
        self._check_free()
        self.busy = True
        with cython.nogil:
            child = fork_and_save(cython.address(self.e), file)
        self.busy = False
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
        self._check_free()
        if count > 2 and words[0] == SNAPSHOT_MARK:
            self.busy = True
            with cython.nogil:
                for i in range(1, count - 1):
                    hash = mixed(hash, words[i])
                done = hash == words[count - 1] and load_state(
                    cython.address(self.e), cython.address(words[1]), count - 2
                )
        self.busy = False
        if not done:
            raise ValueError("These are not the words of an engine's state, or they are damaged.")
        return hash

    def next_due(self) -> cython.longlong:
        """Return when the next order expires or dead-man switch acts, ms; 0: nothing is due."""
        due: cython.longlong = self.e.due.best_key
        if self.e.next_dead_man < due:
            due = self.e.next_dead_man
        return 0 if due == NO_KEY else due

    def sequence(self, producer: cython.uint) -> cython.ulonglong:
        """Return the sequence number of the last command of a producer; 0: it sent none."""
        hash: cython.uint = cython.cast(cython.uint, mixed(self.e.salt, producer))
        index: cython.uint = first_of(cython.address(self.e.producer_index), hash)
        while index != 0:
            if producer_at(cython.address(self.e), index).number == producer:
                return producer_at(cython.address(self.e), index).seq
            index = producer_at(cython.address(self.e), index).link
        return 0

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
