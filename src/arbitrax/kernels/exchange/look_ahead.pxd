# Asking memory for what the commands ahead will read, a step at a time: each step reads only what the one before, some
# commands earlier, asked for. The looks do the same for every kind, without a branch that would be guessed wrong: what a
# command does not have is record 0, which nobody uses. They change nothing and believe nothing: a page of order ids may
# have become one of accounts meanwhile, so a slot is used only where it is one.
from arbitrax.kernels.exchange.order_ids cimport PAGE_BITS, PAGE_IDS, sequence
from arbitrax.kernels.exchange.records cimport Command
from arbitrax.kernels.exchange.state cimport (
    REMEMBERED, Account, Balance, Engine, Extension, Ladder, Level, Node, Order, Position, SlotPage, account_at, key_of,
    prefetch,
)

cdef enum:
    SMALL = 4096   # orders that are near anyway: looking ahead costs more than it saves
    MANY = 256     # symbols whose ladders do not stay near
    AHEAD = 4      # commands between two steps
    STEPS = 3
    PLACES = 16    # a power of two above AHEAD * STEPS

cdef inline unsigned int* look_up(Engine* e, const Command* c) noexcept nogil:
    # Ask for where the order of a command is, for later commands and for the events' next lines. Returns the place that
    # says where the order is.
    cdef unsigned long long number = sequence(c.order)
    cdef unsigned long long entry = number >> PAGE_BITS
    cdef unsigned int* place
    prefetch(c + 16 * AHEAD)
    prefetch(e.events + e.event_count + 8 * AHEAD)
    prefetch(&(c + 16 * AHEAD).seq)
    entry = entry * (entry < e.directory_room)
    place = &(<SlotPage*> e.pages.records)[e.directory[entry].page].slot[number & (PAGE_IDS - 1)]
    prefetch(place)
    return place

cdef inline Order* found_at(Engine* e, const unsigned int* place) noexcept nogil:
    # The order a place speaks of, if it still speaks of one.
    return &(<Order*> e.orders.records)[place[0] * (place[0] < e.orders.made)]

cdef inline void look_far(Engine* e, const Command* c, const unsigned int* place) noexcept nogil:
    # Ask for the order, or for the one a new order will follow in its account.
    cdef Account* account = account_at(e, c.account)
    prefetch(found_at(e, place))
    prefetch(&(<Order*> e.orders.records)[account.youngest])
    prefetch(&(<Balance*> e.balances.records)[account.balance])

cdef inline void look_at_neighbours(Engine* e, const Order* order) noexcept nogil:
    cdef Order* orders = <Order*> e.orders.records
    prefetch(&(<Level*> e.levels.records)[order.level])
    prefetch(orders + order.next)
    prefetch(orders + order.previous)
    prefetch(orders + order.older)
    prefetch(orders + order.younger)

cdef inline unsigned int ladder_index(Engine* e, const Command* c) noexcept nogil:
    # Of the ladder a command may be about.
    return 2 * (c.symbol * (c.symbol < e.symbols)) + (c.side & 1)

cdef inline Ladder* ladder_of(Engine* e, const Command* c) noexcept nogil:
    return &e.ladders[ladder_index(e, c)]

cdef inline Node* leaf_of(Engine* e, const Command* c) noexcept nogil:
    # The remembered leaf in which the price of a command is; node 0 if there is none.
    cdef Ladder* ladder = ladder_of(e, c)
    cdef long long key = key_of(c.side & 1, c.price)
    cdef int place = (key >> 6) & (REMEMBERED - 1)
    return &(<Node*> e.nodes.records)[ladder.leaf[place] * (ladder.block[place] == key >> 6)]

cdef inline unsigned int* child_of(Engine* e, const Command* c) noexcept nogil:
    # Where that leaf says which level has the price.
    return &leaf_of(e, c).child[key_of(c.side & 1, c.price) & 63]

cdef inline void look_at_account(Engine* e, const Command* c, const Order* order) noexcept nogil:
    cdef unsigned int balance = account_at(e, c.account).balance
    cdef Position* position = &(<Position*> e.positions.records)[(<Balance*> e.balances.records)[balance].positions]
    prefetch(position)
    prefetch(&position.quantity)
    prefetch(&(<Extension*> e.extensions.records)[order.extension])

cdef inline void look_ahead(Engine* e, const Command* c, unsigned int** places, unsigned int i) noexcept nogil:
    # At command i of a batch, which is c.
    cdef const Command* near = c + AHEAD
    cdef Order* order = found_at(e, places[(i + AHEAD) & (PLACES - 1)])
    look_at_neighbours(e, order)
    prefetch(&(<Order*> e.orders.records)[(<Level*> e.levels.records)[child_of(e, near)[0]].tail])
    if ladder_of(e, near).accounts:
        look_at_account(e, near, order)
    look_far(e, c + 2 * AHEAD, places[(i + 2 * AHEAD) & (PLACES - 1)])
    places[(i + 3 * AHEAD) & (PLACES - 1)] = look_up(e, c + 3 * AHEAD)

cdef inline void look_ahead_at_many(Engine* e, const Command* c, unsigned int** places, unsigned int i) noexcept nogil:
    # The same with many symbols, where even ladders are far away: the looks begin there and take more steps. With few
    # symbols these would only be more instructions.
    cdef Level* levels = <Level*> e.levels.records
    cdef const Command* next = c + AHEAD // 2
    cdef const Command* near = c + AHEAD
    cdef const Command* far = c + 2 * AHEAD
    cdef unsigned int ladder = ladder_index(e, c + 3 * AHEAD)
    cdef Order* order = found_at(e, places[(i + AHEAD // 2) & (PLACES - 1)])
    prefetch(&(<Order*> e.orders.records)[levels[child_of(e, next)[0]].tail])
    prefetch(e.ladders + levels[order.level].ladder)
    order = found_at(e, places[(i + AHEAD) & (PLACES - 1)])
    look_at_neighbours(e, order)
    prefetch(levels + child_of(e, near)[0])
    if ladder_of(e, near).accounts:
        look_at_account(e, near, order)
    prefetch(leaf_of(e, far))
    prefetch(child_of(e, far))
    look_far(e, far, places[(i + 2 * AHEAD) & (PLACES - 1)])
    prefetch(&e.ladders[ladder])
    prefetch(&e.ladders[ladder].leaf[0])
    prefetch(&e.ladders[ladder ^ 1])
    places[(i + 3 * AHEAD) & (PLACES - 1)] = look_up(e, c + 3 * AHEAD)
