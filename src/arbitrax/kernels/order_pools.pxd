# The state of all books of an engine: orders, levels and tree nodes in pools that the symbols share, referred to by
# 32-bit indices. The fields a message touches come first; what few orders have lives elsewhere.
cimport cython
from arbitrax.kernels.build cimport check
from arbitrax.kernels.exchange_records cimport Event
from arbitrax.kernels.reserved cimport Pool, take_spare

cdef struct Order:
    # 64 bytes, a cache line.
    unsigned int next          # in the queue of its level, towards the back
    unsigned int previous
    unsigned int level
    unsigned int account
    long long id
    long long price            # ticks
    long long open             # lots
    long long total            # lots, filled ones included
    unsigned int older         # in the list of its account, which is in order-id order
    unsigned int younger
    unsigned int extension     # what few orders have; 0: nothing
    unsigned char side
    unsigned char type
    unsigned char terms        # time in force | self-trade instruction << 4
    unsigned char flags

cdef struct Level:
    # 32 bytes. Orders at one price of one side of one symbol, first come first.
    unsigned int head
    unsigned int tail
    unsigned int count
    unsigned int ladder        # of which it is: 2 symbol + side
    long long key              # price of a sell, -price of a buy: the best is always the smallest
    long long quantity         # lots, all orders

cdef struct Node:
    # Of the tree of a ladder's levels: the 64 ways a key goes on in the six bits from `shift` up.
    unsigned int link          # of the free ones
    unsigned int shift
    unsigned long long occupied
    long long start            # the least key below it
    unsigned long long unused[5]
    unsigned int child[64]     # 0, a level, or a node with IS_NODE

cdef enum:
    IS_NODE = 0x80000000U
    REMEMBERED = 4             # leaves a ladder finds without the tree

cdef struct Ladder:
    # 128 bytes. All levels of one side of one symbol.
    long long best_key         # NO_KEY: empty
    unsigned int best          # level
    unsigned int root
    long long quantity         # lots, all levels
    long long block[4]         # key >> 6 of the remembered leaves
    unsigned int leaf[4]
    unsigned long long unused[7]

cdef struct Account:
    unsigned int oldest        # its open orders, in order-id order
    unsigned int youngest
    unsigned int orders
    unsigned int unused

cdef struct IdPage:
    unsigned int page          # of slots, by the low bits of the order id
    unsigned int live          # slots in use

cdef struct SlotPage:
    # The first word links the free pages and is cleared when one is taken.
    unsigned int slot[1024]

cdef struct AccountPage:
    # As large as the other, of the same pool.
    Account account[256]

cdef struct Engine:
    Pool orders
    Pool levels
    Pool nodes
    Pool pages
    IdPage* directory
    unsigned int directory_room
    unsigned int symbols
    unsigned int failed        # to get memory
    Ladder* ladders            # (2 symbols,)
    unsigned int* account_pages  # (2^24,) by the high bits of the account
    unsigned int unused
    long long next_id
    Event* events
    unsigned long long event_count
    unsigned long long event_room
    unsigned long long event_limit

cdef extern from *:
    """
    #define ARBITRAX_NO_KEY 0x7fffffffffffffffLL
    /* A function that does nothing but prefetch would be dropped as one that does nothing. */
    #define arbitrax_prefetch(place) ({ __builtin_prefetch(place); __asm__ volatile (""); })
    #define ARBITRAX_NO_BLOCK (-0x7fffffffffffffffLL)
    """
    const long long NO_KEY "ARBITRAX_NO_KEY"
    const long long NO_BLOCK "ARBITRAX_NO_BLOCK"
    int lowest_bit "__builtin_ctzll"(unsigned long long x) noexcept nogil  # of x != 0
    int leading_zeros "__builtin_clzll"(unsigned long long x) noexcept nogil  # of x != 0
    void prefetch "arbitrax_prefetch"(const void* place) noexcept nogil

cdef inline Order* order_at(Engine* e, unsigned int slot) noexcept nogil:
    check(0 < slot < e.orders.made)
    return &(<Order*> e.orders.records)[slot]

cdef inline Order* linked(Engine* e, unsigned int slot) noexcept nogil:
    # The neighbour to write to, which may be none: record 0 takes what nobody reads, and no branch is guessed wrong.
    check(slot < e.orders.made)
    return &(<Order*> e.orders.records)[slot]

@cython.overflowcheck(False)
cdef inline unsigned int pick(bint first, unsigned int a, unsigned int b) noexcept nogil:
    # a if first else b, without a branch.
    return b ^ ((a ^ b) & (0U - <unsigned int> first))

cdef inline Level* level_at(Engine* e, unsigned int index) noexcept nogil:
    check(0 < index < e.levels.made)
    return &(<Level*> e.levels.records)[index]

cdef inline Node* node_at(Engine* e, unsigned int index) noexcept nogil:
    check(0 < index < e.nodes.made)
    return &(<Node*> e.nodes.records)[index]

cdef inline Ladder* ladder_at(Engine* e, unsigned int index) noexcept nogil:
    check(index < 2 * e.symbols)
    return &e.ladders[index]

cdef inline Account* account_at(Engine* e, unsigned int number) noexcept nogil:
    # Of an account that never had an order: of record 0, to be read only.
    cdef unsigned int page = e.account_pages[number >> 8]
    check(page < e.pages.given)
    return &(<AccountPage*> e.pages.records)[page].account[number & 255]

cdef inline Account* open_account(Engine* e, unsigned int number) noexcept nogil:
    cdef unsigned int page = e.account_pages[number >> 8]
    if page == 0:
        page = take_spare(&e.pages, sizeof(AccountPage))
        (<AccountPage*> e.pages.records)[page].account[0].oldest = 0
        e.account_pages[number >> 8] = page
    return &(<AccountPage*> e.pages.records)[page].account[number & 255]

@cython.overflowcheck(False)  # of a price nobody has checked yet: the batch looks ahead
cdef inline long long key_of(unsigned int side, long long price) noexcept nogil:
    # Without a branch on the side: -price of a buy.
    cdef long long mask = <long long> side - 1
    return (price ^ mask) - mask

cdef inline Event* next_event(Engine* e) noexcept nogil:
    check(e.event_count < e.event_room)
    e.event_count += 1
    return &e.events[e.event_count - 1]
