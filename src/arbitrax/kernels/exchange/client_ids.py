"""Client order ids: one order each for an account, remembered after it closed. `reference.identity`, compiled."""

import cython
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH
from cython.cimports.arbitrax.kernels.exchange.index import add_to_index, first_of, mixed, remove_from_index
from cython.cimports.arbitrax.kernels.exchange.records import FORGOTTEN_AT_ONCE, OK, Command, client_word
from cython.cimports.arbitrax.kernels.exchange.reserved import put_back, take_spare
from cython.cimports.arbitrax.kernels.exchange.state import ClientId, Engine, client_at

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()


def is_client_id(c):
    """Tell whether it is printable ASCII without spaces or zeros inside; empty is fine: none."""
    text: cython.p_uchar = cython.cast(cython.p_uchar, cython.address(c.client[0]))
    at: cython.int = 32
    while at > 0 and text[at - 1] == 0:
        at -= 1
    while at > 0:
        at -= 1
        if text[at] < 0x21 or text[at] > 0x7E:
            return False
    return True


def body_of(c):
    """Fold what makes two submissions the same: all but time, deadline and who carried it."""
    word: cython.ulonglong = mixed(0, c.symbol)
    word = mixed(
        word,
        c.side
        | cython.cast(cython.ulonglong, c.type) << 8
        | cython.cast(cython.ulonglong, c.time_in_force) << 16
        | cython.cast(cython.ulonglong, c.self_trade) << 24
        | cython.cast(cython.ulonglong, c.flags) << 32,
    )
    word = mixed(word, cython.cast(cython.ulonglong, c.price))
    word = mixed(word, cython.cast(cython.ulonglong, c.quantity))
    word = mixed(word, cython.cast(cython.ulonglong, c.stop))
    word = mixed(word, cython.cast(cython.ulonglong, c.extra))
    return mixed(word, cython.cast(cython.ulonglong, c.expire))


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _hash(e: cython.pointer[Engine], c: cython.pointer[cython.const[Command]]) -> cython.uint:
    word: cython.ulonglong = mixed(e.salt, c.account)
    word = mixed(mixed(word, client_word(c, 0)), client_word(c, 1))
    word = mixed(mixed(word, client_word(c, 2)), client_word(c, 3))
    return cython.cast(cython.uint, mixed(word, word >> 29))


def find_client(e, c):
    """Return the record of the account's client id; 0: it is not known."""
    index: cython.uint = first_of(cython.address(e.client_index), _hash(e, c))
    known: cython.pointer[ClientId]
    while index != 0:
        known = client_at(e, index)
        if (
            known.account == c.account
            and known.name[0] == client_word(c, 0)
            and known.name[1] == client_word(c, 1)
            and known.name[2] == client_word(c, 2)
            and known.name[3] == client_word(c, 3)
        ):
            return index
        index = known.link
    return 0


def add_client(e, c, order, body):
    """Note the client id of a submission; there is room. Return its record."""
    index: cython.uint = take_spare(cython.address(e.client_ids), cython.sizeof(ClientId))
    known: cython.pointer[ClientId] = client_at(e, index)
    i: cython.int
    known.account = c.account
    known.next = 0
    for i in range(4):
        known.name[i] = client_word(c, i)
    known.order = order
    known.body = body
    known.time = 0
    known.code = OK
    known.is_closed = False
    add_to_index(cython.address(e.client_index), cython.address(e.client_ids), index, _hash(e, c))
    return index


def close_client(e, index, code):
    """Its order is closed, or was refused with a code: remember it for the window."""
    known: cython.pointer[ClientId] = client_at(e, index)
    known.is_closed = True
    known.code = code
    known.time = e.now
    if e.first_closed == 0:
        e.first_closed = index
    else:
        client_at(e, e.last_closed).next = index
    e.last_closed = index
    e.closed += 1


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _is_outlived(e: cython.pointer[Engine], index: cython.uint, closed: cython.uint) -> cython.bint:
    """Tell whether the first of so many closed ones is outside both windows."""
    return closed > e.window_orders and client_at(e, index).time + e.window_time <= e.now


def forget_clients(e):
    """Drop from the front what is outside both windows, FORGOTTEN_AT_ONCE at most."""
    gone: cython.int = 0
    index: cython.uint
    while gone < FORGOTTEN_AT_ONCE and _is_outlived(e, e.first_closed, e.closed):
        index = e.first_closed
        e.first_closed = client_at(e, index).next
        e.closed -= 1
        remove_from_index(cython.address(e.client_index), cython.address(e.client_ids), index)
        put_back(cython.address(e.client_ids), index, cython.sizeof(ClientId))
        gone += 1


def is_forgotten(e, index):
    """Tell whether `forget_clients` would drop a record now."""
    gone: cython.uint = 0
    at: cython.uint = e.first_closed
    while gone < FORGOTTEN_AT_ONCE and _is_outlived(e, at, e.closed - gone):
        if at == index:
            return True
        at = client_at(e, at).next
        gone += 1
    return False
