# Where orders stand: in the queue of a level, and in the list of their account.
from arbitrax.kernels.exchange.order_ids cimport forget_order, remember_order
from arbitrax.kernels.exchange.price_tree cimport add_level, find_level, remove_level
from arbitrax.kernels.exchange.reserved cimport take_spare
from arbitrax.kernels.exchange.state cimport (
    Account, Engine, Ladder, Level, Order, account_at, key_of, level_at, linked, open_account, order_at, pick,
)

cdef inline void queue(
    Engine* e, Ladder* ladder, unsigned int index_of_ladder, long long key, unsigned int slot
) noexcept nogil:
    # Put an order at the back of the queue of a key.
    cdef Order* order = order_at(e, slot)
    cdef unsigned int index = find_level(e, ladder, key)
    cdef Level* level
    if index == 0:
        index = take_spare(&e.levels, sizeof(Level))
        level = level_at(e, index)
        level.head = slot
        level.count = 1
        level.ladder = index_of_ladder
        level.key = key
        level.quantity = order.open
        order.previous = 0
        add_level(e, ladder, key, index)
    else:
        level = level_at(e, index)
        order.previous = level.tail
        order_at(e, level.tail).next = slot
        level.count += 1
        level.quantity += order.open
    level.tail = slot
    order.next = 0
    order.level = index
    ladder.quantity += order.open

cdef inline void unqueue(Engine* e, Ladder* ladder, Order* order) noexcept nogil:
    # Take an order out of its queue, with what it has open.
    cdef Level* level = level_at(e, order.level)
    ladder.quantity -= order.open
    level.count -= 1
    if level.count == 0:
        remove_level(e, ladder, order.level)
        return
    level.quantity -= order.open
    linked(e, order.previous).next = order.next
    linked(e, order.next).previous = order.previous
    level.head = pick(order.previous == 0, order.next, level.head)
    level.tail = pick(order.next == 0, order.previous, level.tail)

cdef inline void append_to_account(Engine* e, Order* order, unsigned int slot) noexcept nogil:
    # Ids rise, so the list stays in their order.
    cdef Account* account = open_account(e, order.account)
    order.older = account.youngest
    order.younger = 0
    linked(e, account.youngest).younger = slot
    account.oldest = pick(account.youngest == 0, slot, account.oldest)
    account.youngest = slot
    account.orders += 1

cdef inline void enlist(Engine* e, Order* order, unsigned int slot) noexcept nogil:
    # Make an order known by its id and to its account.
    append_to_account(e, order, slot)
    remember_order(e, order.id, slot)

cdef inline void unlist(Engine* e, Order* order) noexcept nogil:
    # Take an order that ends out of both.
    cdef Account* account = account_at(e, order.account)
    account.orders -= 1
    linked(e, order.older).younger = order.younger
    linked(e, order.younger).older = order.older
    account.oldest = pick(order.older == 0, order.younger, account.oldest)
    account.youngest = pick(order.younger == 0, order.older, account.youngest)
    forget_order(e, order.id)
