"""A command of any kind, whole before the next: `arbitrax.exchange.reference.engine`, compiled."""

import cython
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH
from cython.cimports.arbitrax.kernels.exchange.amendment import amend
from cython.cimports.arbitrax.kernels.exchange.cancellation import (
    cancel_after,
    cancel_all,
    cancel_one,
    disconnect,
    kill,
    revive,
    tick,
)
from cython.cimports.arbitrax.kernels.exchange.configuration import (
    account,
    change_phase,
    instrument,
    limits,
    move_cash,
    set_epoch,
    set_reference,
    set_window,
)
from cython.cimports.arbitrax.kernels.exchange.events import blank, refuse
from cython.cimports.arbitrax.kernels.exchange.house import check_outside, print_trade, quote
from cython.cimports.arbitrax.kernels.exchange.index import add_to_index, first_of, mixed
from cython.cimports.arbitrax.kernels.exchange.matching import mark_touched
from cython.cimports.arbitrax.kernels.exchange.pegs import reprice
from cython.cimports.arbitrax.kernels.exchange.records import (
    ACCOUNT,
    AMEND,
    AUCTION,
    BAD_FIELD,
    CANCEL,
    CANCEL_AFTER,
    CANCEL_ALL,
    CLOSE,
    CLOSED_PHASE,
    CONTINUOUS,
    DEPOSIT,
    DISCONNECT,
    EPOCH,
    FEES,
    HALT,
    HALTED_PHASE,
    HOUSE,
    IN_AUCTION_PHASE,
    INSTRUMENT,
    KILL,
    LIMITS,
    MAX_TIME,
    MAX_TRIGGERS,
    NO_ROOM,
    NOT_IN_AUCTION,
    OK,
    PRINT,
    QUOTE,
    REFERENCE,
    REFUSED,
    REPEATED,
    REPEATED_BEFORE,
    RESUME,
    REVIVE,
    SUBMIT,
    TICK,
    UNCROSS,
    UNKNOWN_ACCOUNT,
    UNKNOWN_KIND,
    UNKNOWN_SYMBOL,
    WINDOW,
    Command,
    Event,
)
from cython.cimports.arbitrax.kernels.exchange.reserved import take_spare
from cython.cimports.arbitrax.kernels.exchange.sorting import put_in_order
from cython.cimports.arbitrax.kernels.exchange.state import (
    Book,
    Engine,
    Producer,
    balance_of,
    book_at,
    has_book,
    producer_at,
)
from cython.cimports.arbitrax.kernels.exchange.stops import collect, run_lines
from cython.cimports.arbitrax.kernels.exchange.submission import submit

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()


def execute_any(e, c):
    """Execute one command: stops left over, the command, the stops and pegs of what it touched."""
    budget: cython.int = MAX_TRIGGERS
    if e.first_in_line != 0:
        budget = run_lines(e, budget)
    _check_producer(e, c)
    after_command(e, budget)


def after_command(e, budget):
    """Look at the stops of what was touched, run at most so many, and move pegs."""
    i: cython.uint = 0
    put_in_order(e.touched, e.touched_count)
    while i < e.touched_count:
        collect(e, book_at(e, e.touched[i]))
        i += 1
    if e.first_in_line != 0:
        run_lines(e, budget)
    put_in_order(e.touched, e.touched_count)
    for i in range(e.touched_count):
        book_at(e, e.touched[i]).touched = False
        reprice(e, book_at(e, e.touched[i]))
    e.touched_count = 0


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _find_producer(e: cython.pointer[Engine], number: cython.uint) -> cython.pointer[Producer]:
    """Return what is known of a producer; NULL: nothing."""
    hash: cython.uint = cython.cast(cython.uint, mixed(e.salt, number))
    index: cython.uint = first_of(cython.address(e.producer_index), hash)
    while index != 0:
        if producer_at(e, index).number == number:
            return producer_at(e, index)
        index = producer_at(e, index).link
    return cython.NULL


def open_producer(e, number):
    """Return the record of a producer that is not known; there is room."""
    index: cython.uint = take_spare(cython.address(e.producers), cython.sizeof(Producer))
    producer: cython.pointer[Producer] = producer_at(e, index)
    producer.number = number
    add_to_index(
        cython.address(e.producer_index),
        cython.address(e.producers),
        index,
        cython.cast(cython.uint, mixed(e.salt, number)),
    )
    return producer


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _check_producer(e: cython.pointer[Engine], c: cython.pointer[cython.const[Command]]) -> cython.void:
    """Check time and producer, then do what the kind says; note the outcome for the producer."""
    producer: cython.pointer[Producer] = cython.NULL
    event: cython.pointer[Event]
    first: cython.ulonglong
    if not 0 <= c.time <= MAX_TIME:
        refuse(e, c, BAD_FIELD, 0)
        return
    if c.time > e.now:
        e.now = c.time
    if c.producer == 0:
        _perform(e, c)
        return
    producer = _find_producer(e, c.producer)
    if producer != cython.NULL:
        if c.producer_epoch < producer.epoch or (c.producer_epoch == producer.epoch and c.seq < producer.seq):
            refuse(e, c, REPEATED_BEFORE, 0)
            return
        if c.producer_epoch == producer.epoch and c.seq == producer.seq:
            event = blank(e, REPEATED, producer.code, c.symbol, c.account)
            event.order = producer.order
            event.side = c.side
            return
    elif e.failed:
        refuse(e, c, NO_ROOM, 0)
        return
    first = e.event_count
    _perform(e, c)
    if producer == cython.NULL:
        producer = open_producer(e, c.producer)
    producer.epoch = c.producer_epoch
    producer.seq = c.seq
    producer.order = 0
    producer.code = OK
    if e.event_count > first:
        event = cython.address(e.events[first])
        if c.kind == SUBMIT or c.kind == CANCEL or c.kind == AMEND:
            producer.order = event.order
        if event.kind == REFUSED or event.kind == REPEATED:
            producer.code = event.code


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _perform(e: cython.pointer[Engine], c: cython.pointer[cython.const[Command]]) -> cython.void:
    """Do what a kind says."""
    kind: cython.int = c.kind
    if kind == SUBMIT:
        submit(e, c)
    elif kind == CANCEL:
        cancel_one(e, c)
    elif kind == AMEND:
        amend(e, c)
    elif kind == CANCEL_ALL:
        cancel_all(e, c)
    elif kind == TICK:
        tick(e)
    elif kind == DISCONNECT:
        disconnect(e, c)
    elif kind == INSTRUMENT:
        instrument(e, c)
    elif kind == ACCOUNT:
        account(e, c)
    elif kind == WINDOW:
        set_window(e, c)
    elif kind == EPOCH:
        set_epoch(e, c)
    elif kind == CANCEL_AFTER or DEPOSIT <= kind <= REVIVE:
        _perform_on_account(e, c)
    elif HALT <= kind <= PRINT:
        _perform_on_symbol(e, c)
    else:
        refuse(e, c, UNKNOWN_KIND, 0)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _perform_on_account(e: cython.pointer[Engine], c: cython.pointer[cython.const[Command]]) -> cython.void:
    """Do what concerns an account that must exist (for KILL and REVIVE also 0: everybody)."""
    everybody: cython.bint = c.account == 0 and (c.kind == KILL or c.kind == REVIVE)
    if not everybody and (c.account == FEES or c.account == HOUSE or balance_of(e, c.account) == cython.NULL):
        refuse(e, c, UNKNOWN_ACCOUNT, 0)
    elif c.kind == CANCEL_AFTER:
        cancel_after(e, c)
    elif c.kind == LIMITS:
        limits(e, c)
    elif c.kind == KILL:
        kill(e, c)
    elif c.kind == REVIVE:
        revive(e, c)
    else:
        move_cash(e, c, 1 if c.kind == DEPOSIT else -1)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _perform_on_symbol(e: cython.pointer[Engine], c: cython.pointer[cython.const[Command]]) -> cython.void:
    """Do what concerns a symbol that must exist."""
    kind: cython.int = c.kind
    book: cython.pointer[Book]
    if not has_book(e, c.symbol):
        refuse(e, c, UNKNOWN_SYMBOL, 0)
        return
    book = book_at(e, c.symbol)
    mark_touched(e, book)
    if kind == UNCROSS and book.phase != IN_AUCTION_PHASE:
        refuse(e, c, NOT_IN_AUCTION, 0)
    elif kind == HALT:
        change_phase(e, book, HALTED_PHASE)
    elif kind == AUCTION:
        change_phase(e, book, IN_AUCTION_PHASE)
    elif kind == CLOSE:
        change_phase(e, book, CLOSED_PHASE)
    elif kind == RESUME or kind == UNCROSS:
        change_phase(e, book, CONTINUOUS)
    elif kind == REFERENCE:
        set_reference(e, book, c)
    else:
        _perform_of_house(e, book, c)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _perform_of_house(
    e: cython.pointer[Engine], book: cython.pointer[Book], c: cython.pointer[cython.const[Command]]
) -> cython.void:
    """Do what the external market did."""
    code: cython.int = check_outside(book, c, 0 if c.kind == QUOTE else 1)
    if code == OK and e.failed:
        code = NO_ROOM
    if code != OK:
        refuse(e, c, code, 0)
    elif c.kind == QUOTE:
        quote(e, book, c)
    else:
        print_trade(e, book, c)
