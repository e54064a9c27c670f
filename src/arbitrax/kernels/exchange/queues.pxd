# Where orders stand: in the queue of a level, and in the list of their account.
from arbitrax.kernels.build cimport check
from arbitrax.kernels.exchange.order_ids cimport forget_order, remember_order
from arbitrax.kernels.exchange.price_tree cimport add_level, find_level, remove_level
from arbitrax.kernels.exchange.reserved cimport take_spare
from arbitrax.kernels.exchange.state cimport (
    Account, Engine, Ladder, Level, Order, account_at, level_at, open_account, order_at,
)

cdef extern from *:
    """
    static inline unsigned int *arbitrax_link(unsigned int slot, unsigned int *in_order, unsigned int *at_end) {
        size_t none = -(size_t)(slot == 0);
        __asm__ ("" : "+r" (none));  /* or the compiler makes a branch of it, which is guessed wrong */
        return (unsigned int *)((size_t)in_order ^ (((size_t)in_order ^ (size_t)at_end) & none));
    }
    """
    # Where a neighbour is noted: in its order, or at the end of the list where there is none (slot 0).
    unsigned int* link "arbitrax_link"(unsigned int slot, unsigned int* in_order, unsigned int* at_end) noexcept nogil

cdef inline unsigned int level_of(
    Engine* e, Ladder* ladder, unsigned int index_of_ladder, long long key, unsigned int slot
) noexcept nogil:
    # The level of a key, made with an order at its head if there was none.
    cdef unsigned int index = find_level(e, ladder, key)
    cdef Level* level
    if index == 0:
        index = take_spare(&e.levels, sizeof(Level))
        level = level_at(e, index)
        level.head = slot
        level.tail = 0
        level.count = 0
        level.ladder = index_of_ladder
        level.key = key
        level.quantity = 0
        add_level(e, ladder, key, index)
    return index

cdef inline unsigned int join_level(
    Engine* e, Ladder* ladder, unsigned int index, unsigned int slot, long long lots
) noexcept nogil:
    # Note an order with so many lots at the back of a level; returns the one before it. That of none is record 0, which
    # takes what nobody reads.
    cdef Level* level = level_at(e, index)
    cdef unsigned int last = level.tail
    check(last < e.orders.made)
    (<Order*> e.orders.records)[last].next = slot
    level.tail = slot
    level.count += 1
    level.quantity += lots
    ladder.quantity += lots
    return last

cdef inline void queue(
    Engine* e, Ladder* ladder, unsigned int index_of_ladder, long long key, unsigned int slot
) noexcept nogil:
    # Put an order at the back of the queue of a key.
    cdef Order* order = order_at(e, slot)
    order.level = level_of(e, ladder, index_of_ladder, key, slot)
    order.previous = join_level(e, ladder, order.level, slot, order.open)
    order.next = 0

cdef inline void unqueue(Engine* e, Ladder* ladder, Order* order) noexcept nogil:
    # Take an order out of its queue, with what it has open.
    cdef Order* orders = <Order*> e.orders.records
    cdef Level* level = level_at(e, order.level)
    cdef unsigned int next = order.next
    cdef unsigned int previous = order.previous
    cdef long long lots = order.open
    check(next < e.orders.made)
    check(previous < e.orders.made)
    ladder.quantity -= lots
    level.count -= 1
    if level.count == 0:
        remove_level(e, ladder, order.level)
        return
    level.quantity -= lots
    link(previous, &orders[previous].next, &level.head)[0] = next
    link(next, &orders[next].previous, &level.tail)[0] = previous

cdef inline unsigned int join_account(Engine* e, unsigned int number, unsigned int slot) noexcept nogil:
    # Note an order as the last of an account, as ids rise; returns the one before it.
    cdef Order* orders = <Order*> e.orders.records
    cdef Account* account = open_account(e, number)
    cdef unsigned int older = account.youngest
    check(older < e.orders.made)
    link(older, &orders[older].younger, &account.oldest)[0] = slot
    account.youngest = slot
    account.orders += 1
    return older

cdef inline void append_to_account(Engine* e, Order* order, unsigned int slot) noexcept nogil:
    order.older = join_account(e, order.account, slot)
    order.younger = 0

cdef inline void enlist(Engine* e, Order* order, unsigned int slot) noexcept nogil:
    # Make an order known by its id and to its account.
    append_to_account(e, order, slot)
    remember_order(e, order.id, slot)

cdef inline void unlist(Engine* e, Order* order) noexcept nogil:
    # Take an order that ends out of both.
    cdef Order* orders = <Order*> e.orders.records
    cdef Account* account = account_at(e, order.account)
    cdef unsigned int older = order.older
    cdef unsigned int younger = order.younger
    check(older < e.orders.made)
    check(younger < e.orders.made)
    account.orders -= 1
    link(older, &orders[older].younger, &account.oldest)[0] = younger
    link(younger, &orders[younger].older, &account.youngest)[0] = older
    forget_order(e, order.id)
