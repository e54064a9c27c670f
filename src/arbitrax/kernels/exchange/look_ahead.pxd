# Asking memory for what the commands ahead will read, a GROUP of them at a time and a step at a time: each step reads only
# what the one before, AHEAD commands earlier, asked for. The looks do the same for every kind, without a branch that
# would be guessed wrong: what a command does not have is record 0, which nobody uses. They change nothing and believe
# nothing: a page of order ids may have become one of accounts meanwhile, so a slot is used only where it is one.
cimport cython
from arbitrax.kernels.exchange.order_ids cimport PAGE_BITS, PAGE_IDS, sequence
from arbitrax.kernels.exchange.records cimport Command
from arbitrax.kernels.exchange.state cimport (
    REMEMBERED, Account, AccountPage, Balance, Engine, Extension, IdPage, Ladder, Level, Node, Order, Position,
    SlotPage, account_at, key_of, prefetch,
)

cdef enum:
    SMALL = 4096   # orders that are near anyway: asking for more than themselves costs more than it saves
    MANY = 16      # symbols whose ladders and levels do not stay near
    GROUP = 2      # commands looked at together
    AHEAD = 4      # commands between two steps
    STEPS = 4
    PLACES = 16    # AHEAD * STEPS

cdef struct Looks:
    # What is known of the commands ahead, each at its number modulo PLACES.
    unsigned int* place[16]    # says where its order is
    unsigned int order[16]     # which it was then; 0: none

@cython.overflowcheck(False)
cdef inline unsigned long long only_if(bint holds, unsigned long long value) noexcept nogil:
    # value if holds else 0, without a branch.
    return value & (0ULL - <unsigned long long> holds)

cdef inline void look_at_lines(Engine* e, const Command* c) noexcept nogil:
    # Ask for later commands, and for where their events will be.
    cdef int j
    for j in range(GROUP):
        prefetch(c + 16 * AHEAD + j)
        prefetch(&(c + 16 * AHEAD + j).seq)
        prefetch(e.events + e.event_count + 8 * AHEAD + j)

cdef inline void look_up(Engine* e, const Command* c, unsigned int** places) noexcept nogil:
    # Ask for what says where the orders are.
    cdef IdPage* directory = e.directory
    cdef SlotPage* pages = <SlotPage*> e.pages.records
    cdef unsigned long long room = e.directory_room
    cdef unsigned long long number, entry
    cdef int j
    for j in range(GROUP):
        number = sequence(c[j].order)
        entry = number >> PAGE_BITS
        entry = only_if(entry < room, entry)
        places[j] = &pages[directory[entry].page].slot[number & (PAGE_IDS - 1)]
        prefetch(places[j])

cdef inline void look_far(Engine* e, const Command* c, unsigned int** places, unsigned int* found) noexcept nogil:
    # Ask for the orders, or for those that new ones will follow in their accounts.
    cdef Order* orders = <Order*> e.orders.records
    cdef AccountPage* pages = <AccountPage*> e.pages.records
    cdef unsigned int* account_pages = e.account_pages
    cdef unsigned int made = e.orders.made
    cdef unsigned int account, slot
    cdef int j
    for j in range(GROUP):
        slot = places[j][0]
        slot = <unsigned int> only_if(slot < made, slot)
        found[j] = slot
        prefetch(orders + slot)
        account = c[j].account
        prefetch(orders + pages[account_pages[account >> 8]].account[account & 255].youngest)

cdef inline void look_at_neighbours(Engine* e, const unsigned int* found) noexcept nogil:
    cdef Order* orders = <Order*> e.orders.records
    cdef Level* levels = <Level*> e.levels.records
    cdef Order* order
    cdef int j
    for j in range(GROUP):
        order = orders + found[j]
        prefetch(levels + order.level)
        prefetch(orders + order.next)
        prefetch(orders + order.previous)
        prefetch(orders + order.older)
        prefetch(orders + order.younger)

cdef inline unsigned int ladder_index(Engine* e, const Command* c) noexcept nogil:
    # Of the ladder a command may be about.
    return 2 * <unsigned int> only_if(c.symbol < e.symbols, c.symbol) + (c.side & 1)

cdef inline Node* leaf_of(Engine* e, const Command* c) noexcept nogil:
    # The remembered leaf in which the price of a command is; node 0 if there is none.
    cdef Ladder* ladder = e.ladders + ladder_index(e, c)
    cdef long long key = key_of(c.side & 1, c.price)
    cdef int place = (key >> 6) & (REMEMBERED - 1)
    return <Node*> e.nodes.records + only_if(ladder.block[place] == key >> 6, ladder.leaf[place])

cdef inline unsigned int* child_of(Engine* e, const Command* c) noexcept nogil:
    # Where that leaf says which level has the price.
    return &leaf_of(e, c).child[key_of(c.side & 1, c.price) & 63]

cdef inline void look_at_balances(Engine* e, const Command* c) noexcept nogil:
    cdef int j
    for j in range(GROUP):
        prefetch(<Balance*> e.balances.records + account_at(e, c[j].account).balance)

cdef inline void look_at_positions(Engine* e, const Command* c, const unsigned int* found) noexcept nogil:
    # Of accounts that hold something, and what their orders have more.
    cdef Position* position
    cdef int j
    for j in range(GROUP):
        position = <Position*> e.positions.records
        position += (<Balance*> e.balances.records)[account_at(e, c[j].account).balance].positions
        prefetch(position)
        prefetch(&position.quantity)
        prefetch(<Extension*> e.extensions.records + (<Order*> e.orders.records)[found[j]].extension)

cdef inline unsigned int place_of(unsigned int i) noexcept nogil:
    return i & (PLACES - 1)

cdef inline void look_near(Engine* e, const Command* c, Looks* looks, unsigned int i) noexcept nogil:
    # At command i of a batch, which is c, with few orders.
    cdef Order* orders = <Order*> e.orders.records
    cdef unsigned int made = e.orders.made
    cdef unsigned int far = place_of(i + AHEAD)
    cdef unsigned int slot
    cdef int j
    for j in range(GROUP):
        slot = looks.place[far + j][0]
        slot = <unsigned int> only_if(slot < made, slot)
        prefetch(orders + slot)
    look_up(e, c + 2 * AHEAD, looks.place + place_of(i + 2 * AHEAD))

cdef inline void look_ahead(Engine* e, const Command* c, Looks* looks, unsigned int i) noexcept nogil:
    # The same with more.
    cdef unsigned int near = place_of(i + AHEAD)
    cdef unsigned int far = place_of(i + 2 * AHEAD)
    if e.balances.made > 3:
        look_at_positions(e, c + AHEAD, looks.order + near)
        look_at_balances(e, c + 2 * AHEAD)
    look_at_neighbours(e, looks.order + near)
    look_far(e, c + 2 * AHEAD, looks.place + far, looks.order + far)
    look_up(e, c + 3 * AHEAD, looks.place + place_of(i + 3 * AHEAD))

cdef inline void look_ahead_at_many(Engine* e, const Command* c, Looks* looks, unsigned int i) noexcept nogil:
    # The same with many symbols, where even ladders and levels are far away: the looks begin there and take a step more.
    # With few symbols these would only be more instructions.
    cdef Level* levels = <Level*> e.levels.records
    cdef Order* orders = <Order*> e.orders.records
    cdef unsigned int next = place_of(i + AHEAD)
    cdef unsigned int near = place_of(i + 2 * AHEAD)
    cdef unsigned int far = place_of(i + 3 * AHEAD)
    cdef unsigned int ladder
    cdef int j
    for j in range(GROUP):
        prefetch(orders + levels[child_of(e, c + AHEAD + j)[0]].tail)
        prefetch(e.ladders + levels[orders[looks.order[next + j]].level].ladder)
        prefetch(levels + child_of(e, c + 2 * AHEAD + j)[0])
        prefetch(leaf_of(e, c + 3 * AHEAD + j))
        prefetch(child_of(e, c + 3 * AHEAD + j))
        ladder = ladder_index(e, c + 4 * AHEAD + j)
        prefetch(e.ladders + ladder)
        prefetch(&e.ladders[ladder].leaf[0])
        prefetch(e.ladders + (ladder ^ 1))
    if e.balances.made > 3:
        look_at_positions(e, c + 2 * AHEAD, looks.order + near)
        look_at_balances(e, c + 3 * AHEAD)
    look_at_neighbours(e, looks.order + near)
    look_far(e, c + 3 * AHEAD, looks.place + far, looks.order + far)
    look_up(e, c + 4 * AHEAD, looks.place + place_of(i + 4 * AHEAD))
