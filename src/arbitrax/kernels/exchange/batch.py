"""Commands one after the other, each the shortest way that will do; a batch looks ahead.

A limit order that only rests, and the cancel of a plain order, are done here; other limit and market orders and amends
in `plain_orders`; what these do not know in `dispatch.execute_any`. What they do is the same, event by event.
"""

import cython
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH
from cython.cimports.arbitrax.kernels.exchange.batch import EDGE
from cython.cimports.arbitrax.kernels.exchange.dispatch import execute_any
from cython.cimports.arbitrax.kernels.exchange.look_ahead import (
    AHEAD,
    GROUP,
    MANY,
    PLACES,
    SMALL,
    STEPS,
    Looks,
    look_ahead,
    look_ahead_at_many,
    look_at_lines,
    look_near,
)
from cython.cimports.arbitrax.kernels.exchange.memory import make_room
from cython.cimports.arbitrax.kernels.exchange.order_ids import remember_order
from cython.cimports.arbitrax.kernels.exchange.plain_orders import (
    MOST_LOTS,
    amend_plain,
    end_plain,
    outcome_of,
    plain_order,
    submit_plain,
)
from cython.cimports.arbitrax.kernels.exchange.queues import join_account, join_level, level_of
from cython.cimports.arbitrax.kernels.exchange.records import (
    ACCEPTED,
    AMEND,
    BY_OWNER,
    CANCEL,
    HOUSE,
    MAX_PRICE,
    MAX_QUANTITY,
    MAX_TIME,
    OK,
    SUBMIT,
    UNUSUAL,
    Command,
    EventWords,
    client_word,
    form_word,
)
from cython.cimports.arbitrax.kernels.exchange.reserved import take
from cython.cimports.arbitrax.kernels.exchange.state import (
    Engine,
    Ladder,
    Order,
    OrderWords,
    key_of,
    ladder_at,
    next_event,
    order_at,
)

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _is_simple(e: cython.pointer[Engine], c: cython.pointer[cython.const[Command]]) -> cython.bint:
    """Tell whether a command has no deadline, producer or client id, and nothing is left over from earlier ones."""
    return (
        cython.cast(cython.ulonglong, c.deadline)
        | client_word(c, 0)
        | client_word(c, 1)
        | client_word(c, 2)
        | client_word(c, 3)
        | c.producer
        | e.first_in_line
        | e.failed
    ) == 0 and cython.cast(cython.ulonglong, c.time) <= MAX_TIME


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _rest(e: cython.pointer[Engine], c: cython.pointer[cython.const[Command]]) -> cython.bint:
    """Do a submission of the usual form that trades with nobody, in a symbol without accounts.

    False: it is something else, and nothing has happened.
    """
    side: cython.uint = c.side
    account: cython.ulonglong = c.account
    price: cython.longlong = c.price
    quantity: cython.longlong = c.quantity
    number: cython.longlong = e.next_id
    index: cython.uint
    key: cython.longlong = key_of(side, price)
    terms: cython.ulonglong = c.time_in_force | c.self_trade << 4
    own: cython.pointer[Ladder]
    order: cython.pointer[OrderWords]
    event: cython.pointer[EventWords]
    slot: cython.uint
    level: cython.uint
    if c.symbol >= e.symbols or not 0 < price <= MAX_PRICE or not 0 < quantity <= MAX_QUANTITY or account == HOUSE:
        return False
    index = 2 * c.symbol + side
    own = ladder_at(e, index)
    if not own.plain or own.accounts or own.quantity > MOST_LOTS or ladder_at(e, index ^ 1).best_key <= -key:
        return False
    e.next_id = number + 1
    event = cython.cast(cython.pointer[EventWords], next_event(e))
    event.order = number
    event.maker = 0
    event.price = price
    event.quantity = quantity
    event.open = quantity
    event.maker_open = quantity
    event.symbol_and_account = c.symbol | account << 32
    event.outcome = outcome_of(ACCEPTED, OK, side)
    slot = take(cython.address(e.orders), cython.sizeof(Order))
    level = level_of(e, own, index, key, slot)
    order = cython.cast(cython.pointer[OrderWords], order_at(e, slot))
    order.neighbours = cython.cast(cython.ulonglong, join_level(e, own, level, slot, quantity)) << 32
    order.level_and_account = level | account << 32
    order.id = number
    order.price = price
    order.open = quantity
    order.total = quantity
    order.list = join_account(e, cython.cast(cython.uint, account), slot)
    order.form = (side | terms << 16 | cython.cast(cython.ulonglong, c.flags) << 24) << 32
    remember_order(e, number, slot)
    return True


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _execute(e: cython.pointer[Engine], c: cython.pointer[cython.const[Command]]) -> cython.void:
    slot: cython.uint
    if _is_simple(e, c):
        e.now = c.time if c.time > e.now else e.now
        if form_word(c) & UNUSUAL == SUBMIT and _rest(e, c):
            return
        if c.kind == CANCEL:
            slot = plain_order(e, c)
            if slot != 0:
                end_plain(e, slot, BY_OWNER)
                return
        elif (c.kind == SUBMIT and submit_plain(e, c)) or (c.kind == AMEND and amend_plain(e, c)):
            return
    execute_any(e, c)


def execute(e, command):
    """Do one command; there is room."""
    _execute(e, command)


def execute_batch(e, commands, count, offsets):
    """Do many; ``offsets``: (count + 1,) where the events of each begin, the first at 0."""
    i: cython.longlong = 0
    j: cython.int
    end: cython.longlong
    stop: cython.longlong
    last: cython.longlong
    none: cython.uint = 0
    small: cython.bint
    many: cython.bint = e.symbols > MANY
    looks: Looks
    for j in range(PLACES):
        looks.place[j] = cython.address(none)
        looks.order[j] = 0
    e.event_count = 0
    while i < count:
        end = i + EDGE if i + EDGE < count else count
        make_room(e, cython.cast(cython.uint, end - i))
        last = count - (STEPS + 1) * AHEAD
        small = e.orders.made <= SMALL
        while i < end:
            stop = i + GROUP if i + GROUP < end else end
            look_at_lines(e, cython.address(commands[i]))
            if i <= last:
                if small:
                    look_near(e, cython.address(commands[i]), cython.address(looks), cython.cast(cython.uint, i))
                elif many:
                    look_ahead_at_many(
                        e, cython.address(commands[i]), cython.address(looks), cython.cast(cython.uint, i)
                    )
                else:
                    look_ahead(e, cython.address(commands[i]), cython.address(looks), cython.cast(cython.uint, i))
            while i < stop:
                offsets[i] = e.event_count
                _execute(e, cython.address(commands[i]))
                i += 1
    offsets[count] = e.event_count
