# The state of an engine: records in pools that all symbols share, referred to by 32-bit indices. The fields a message
# touches come first; what few orders have lives in an extension. The exchange's contract: arbitrax.exchange.reference.
cimport cython
from arbitrax.kernels.build cimport check, int128
from arbitrax.kernels.exchange.index cimport Index
from arbitrax.kernels.exchange.records cimport BUY, NO_ACCOUNTS, Event
from arbitrax.kernels.exchange.reserved cimport Pool, give, rounded_up, take_spare

cdef struct Order:
    # 64 bytes, a cache line.
    unsigned int next          # in the queue of its level, or of the stops that run, towards the back
    unsigned int previous
    unsigned int level
    unsigned int account
    long long id
    long long price            # ticks; of what is not in the book its limit
    long long open             # lots
    long long total            # lots, filled ones included
    unsigned int older         # in the list of its account, which is in order-id order
    unsigned int younger
    unsigned int extension     # 0: a limit or market order in a book without accounts
    unsigned char side
    unsigned char type
    unsigned char terms        # time in force | self-trade instruction << 4
    unsigned char flags

cdef struct OrderWords:
    # The same in words of 64 bits, the first field of each lowest: half of the stores.
    unsigned long long neighbours
    unsigned long long level_and_account
    long long id
    long long price
    long long open
    long long total
    unsigned long long list
    unsigned long long form        # extension, side, type, terms, flags

cdef enum Place:
    NOWHERE = 0
    IN_BOOK = 1
    WAITING = 2
    IN_LINE = 3                # a stop that triggered and waits for its turn
    PARKED = 4

cdef struct Extension:
    # 128 bytes, of which a limit order uses the first 64.
    unsigned int link          # of the free ones
    unsigned int symbol
    unsigned int place
    unsigned int position      # of its account in its symbol; 0: the symbol keeps none
    long long lot_reserve
    long long limit
    long long shown            # of an iceberg
    long long display          # 0: all of it
    long long expire
    unsigned int client        # record of its client id
    unsigned int due_level
    long long due_order        # its id
    unsigned int due_next      # with the same expiry
    unsigned int due_previous
    unsigned int follower      # next and previous in the list of pegs or of trailing stops, in order-id order
    unsigned int leader
    long long bound
    long long funds
    long long stop
    long long distance
    long long offset

cdef struct Level:
    # 32 bytes. Orders at one price of one side of one symbol, first come first; or stops at one trigger, or extensions
    # of orders with one expiry, or (quantity only) what the external market shows.
    unsigned int head
    unsigned int tail
    unsigned int count
    unsigned int ladder        # of which book it is: 2 symbol + side
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
    unsigned int plain         # no stops and pegs, continuous trading, no filters: the short way will do
    unsigned int accounts      # the symbol keeps them
    long long block[4]         # key >> 6 of the remembered leaves
    unsigned int leaf[4]
    unsigned long long unused[6]

cdef struct Waiting:
    # What few symbols have: stops by (on quote, side), and the external market by side.
    unsigned int link
    unsigned int spare
    Ladder stops[4]            # 2 on_quote + side
    Ladder external[2]
    unsigned int first[4]      # trailing stops in order-id order
    unsigned int last[4]
    long long followed[4]      # the price they followed last; 0: look again

cdef struct Book:
    # One symbol, beside its two ladders.
    unsigned int exists
    unsigned int flags
    unsigned int phase
    unsigned int touched       # by this command: its stops and pegs are to be looked at
    unsigned int waiting       # record; 0: it never had a stop or an external market
    unsigned int stops         # that wait
    unsigned int icebergs      # orders that may hide lots
    unsigned int pegs
    unsigned int first_peg     # in order-id order
    unsigned int last_peg
    unsigned int first_in_line
    unsigned int last_in_line
    unsigned int in_line
    unsigned int next_in_line  # next symbol with stops in line, +1
    unsigned int collar        # basis points
    unsigned int band
    long long last             # ticks; 0: no trade yet
    long long reference
    long long first_print      # of the pass in progress; 0: none
    long long last_print
    long long pegged[2]        # the prices pegs stood by at the last look; -1: look again
    long long tick_value
    long long min_notional
    long long max_quantity
    long long price_step
    long long quantity_step
    int maker_fee
    int taker_fee
    unsigned int margin
    unsigned int spare

cdef struct Account:
    unsigned int oldest        # its open orders, in order-id order
    unsigned int youngest
    unsigned int orders
    unsigned int balance       # record; 0: not opened

cdef struct Balance:
    # An opened account.
    unsigned int link
    unsigned int account
    unsigned int kind
    unsigned int killed
    int128 cash
    int128 set_aside           # for buys, of a cash account
    long long max_position
    long long max_notional
    long long max_orders
    long long max_rate
    long long second
    long long submitted        # in that second
    long long dead_man         # ms; 0: off
    unsigned int orders        # open, in symbols with accounts
    unsigned int positions     # the first

cdef struct Position:
    # Begins as `index` wants it.
    unsigned int link
    unsigned int hash
    unsigned int account
    unsigned int symbol
    int128 cost
    int128 realised
    int128 fees
    int128 reserves[2]
    long long quantity
    long long lots[2]
    unsigned int reducing[2]   # open reduce-only orders
    unsigned int balance
    unsigned int next          # of the account
    unsigned long long unused

cdef struct ClientId:
    # Begins as `index` wants it. Of an open order, or closed and remembered.
    unsigned int link
    unsigned int hash
    unsigned int account
    unsigned int next          # closed after this one
    unsigned long long name[4]
    long long order
    unsigned long long body
    long long time             # when it closed
    unsigned int code
    unsigned int is_closed

cdef struct Producer:
    # Begins as `index` wants it.
    unsigned int link
    unsigned int hash
    unsigned int number
    unsigned int epoch
    unsigned long long seq
    long long order
    unsigned int code
    unsigned int spare

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
    Pool extensions
    IdPage* directory
    unsigned int directory_room
    unsigned int symbols         # the largest and one
    unsigned int failed          # to get memory: 1: what needs it is refused, 2: events were lost
    unsigned int first_in_line   # the first symbol with stops in line, +1
    Ladder* ladders              # (2 symbols,)
    Book* books                  # (symbols,)
    unsigned int* account_pages  # (2^24,) by the high bits of the account
    long long next_id
    long long now
    Event* events
    unsigned long long event_count
    unsigned long long event_room
    # What few messages touch.
    Pool waiting
    Pool balances
    Pool positions
    Pool client_ids
    Pool producers
    Index position_index
    Index client_index
    Index producer_index
    Ladder due                   # orders by expiry
    unsigned int first_closed    # client ids, oldest first
    unsigned int last_closed
    unsigned int closed
    unsigned int specials        # stops and pegs: each may come to another level without a command of its own
    unsigned int all_killed
    unsigned int touched_count
    unsigned int symbol_count
    unsigned int page_count
    unsigned int* touched        # (touched_count,) symbols
    unsigned int* symbol_list    # (symbol_count,) put in order by who walks them, as the next is
    unsigned int* page_list      # (page_count,) of accounts
    long long window_time
    long long window_orders
    long long next_dead_man      # no switch acts before; NO_KEY: none is set
    long long deposits
    unsigned long long salt      # of the indexes
    char* scratch
    size_t scratch_room

cdef extern from *:
    """
    #define ARBITRAX_NO_KEY 0x7fffffffffffffffLL
    /* A function that does nothing but prefetch would be dropped as one that does nothing. */
    #define arbitrax_prefetch(place) ({ __builtin_prefetch(place); __asm__ volatile (""); })
    #define ARBITRAX_NO_BLOCK (-0x7fffffffffffffffLL)
    #define ARBITRAX_MOST_EVENTS ((unsigned long long)1 << 27)
    #define ARBITRAX_SCRATCH ((size_t)1 << 30)
    /* 128 bytes that begin a cache line. Of memset the compiler makes a loop. */
    static inline void arbitrax_clear(void *record) {
        typedef long long pair __attribute__((vector_size(16), may_alias));
        pair *at = (pair *)__builtin_assume_aligned(record, 16);
        const pair none = {0, 0};
        at[0] = none; at[1] = none; at[2] = none; at[3] = none; at[4] = none; at[5] = none; at[6] = none; at[7] = none;
    }
    """
    const long long NO_KEY "ARBITRAX_NO_KEY"
    const long long NO_BLOCK "ARBITRAX_NO_BLOCK"
    const unsigned long long MOST_EVENTS "ARBITRAX_MOST_EVENTS"
    const size_t SCRATCH "ARBITRAX_SCRATCH"
    void clear_extension "arbitrax_clear"(Extension* x) noexcept nogil
    int lowest_bit "__builtin_ctzll"(unsigned long long x) noexcept nogil  # of x != 0
    int leading_zeros "__builtin_clzll"(unsigned long long x) noexcept nogil  # of x != 0
    void prefetch "arbitrax_prefetch"(const void* place) noexcept nogil

cdef inline Order* order_at(Engine* e, unsigned int slot) noexcept nogil:
    check(0 < slot < e.orders.made)
    return &(<Order*> e.orders.records)[slot]

cdef inline Extension* extension_at(Engine* e, unsigned int index) noexcept nogil:
    check(0 < index < e.extensions.made)
    return &(<Extension*> e.extensions.records)[index]

cdef inline Level* level_at(Engine* e, unsigned int index) noexcept nogil:
    check(0 < index < e.levels.made)
    return &(<Level*> e.levels.records)[index]

cdef inline Node* node_at(Engine* e, unsigned int index) noexcept nogil:
    check(0 < index < e.nodes.made)
    return &(<Node*> e.nodes.records)[index]

cdef inline Ladder* ladder_at(Engine* e, unsigned int index) noexcept nogil:
    check(index < 2 * e.symbols)
    return &e.ladders[index]

cdef inline Book* book_at(Engine* e, unsigned int symbol) noexcept nogil:
    check(symbol < e.symbols)
    return &e.books[symbol]

cdef inline bint has_book(Engine* e, unsigned int symbol) noexcept nogil:
    return symbol < e.symbols and e.books[symbol].exists

@cython.overflowcheck(False)  # which knows no pointers
cdef inline unsigned int symbol_of(Engine* e, Book* book) noexcept nogil:
    return <unsigned int> (book - e.books)

cdef inline Waiting* waiting_at(Engine* e, unsigned int index) noexcept nogil:
    check(0 < index < e.waiting.made)
    return &(<Waiting*> e.waiting.records)[index]

cdef inline Balance* balance_at(Engine* e, unsigned int index) noexcept nogil:
    check(0 < index < e.balances.made)
    return &(<Balance*> e.balances.records)[index]

cdef inline Position* position_at(Engine* e, unsigned int index) noexcept nogil:
    check(0 < index < e.positions.made)
    return &(<Position*> e.positions.records)[index]

cdef inline ClientId* client_at(Engine* e, unsigned int index) noexcept nogil:
    check(0 < index < e.client_ids.made)
    return &(<ClientId*> e.client_ids.records)[index]

cdef inline Producer* producer_at(Engine* e, unsigned int index) noexcept nogil:
    check(0 < index < e.producers.made)
    return &(<Producer*> e.producers.records)[index]

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
        e.page_list[e.page_count] = number >> 8
        e.page_count += 1
    return &(<AccountPage*> e.pages.records)[page].account[number & 255]

cdef inline Balance* balance_of(Engine* e, unsigned int number) noexcept nogil:
    # NULL: not opened.
    cdef unsigned int index = account_at(e, number).balance
    return NULL if index == 0 else balance_at(e, index)

@cython.overflowcheck(False)  # of a price nobody has checked yet: the batch looks ahead
cdef inline long long key_of(unsigned int side, long long price) noexcept nogil:
    # Without a branch on the side: -price of a buy.
    cdef long long mask = <long long> side - 1
    return (price ^ mask) - mask

cdef inline bint more_events(Engine* e) noexcept nogil:
    # Give the events more memory; pages are touched only when written.
    cdef unsigned long long room = 2 * e.event_room + 1024
    if room > MOST_EVENTS:
        room = MOST_EVENTS
    if room == e.event_room or not give(e.events, e.event_room * 64, room * 64):
        return False
    e.event_room = room
    return True

cdef inline Event* next_event(Engine* e) noexcept nogil:
    if e.event_count == e.event_room and not more_events(e):
        e.failed = 2  # the caller is told; the last event is overwritten
        return &e.events[e.event_count - 1]
    e.event_count += 1
    return &e.events[e.event_count - 1]

cdef inline void* scratch(Engine* e, size_t size) noexcept nogil:
    # Memory for so many bytes until the next call; NULL: there is none.
    cdef size_t end
    if size > e.scratch_room:
        end = rounded_up(size)
        if end > SCRATCH or not give(e.scratch, e.scratch_room, end):
            return NULL
        e.scratch_room = end
    return e.scratch

cdef inline bint keeps_accounts(Book* book) noexcept nogil:
    return not book.flags & NO_ACCOUNTS

cdef inline long long filled(const Order* order) noexcept nogil:
    return order.total - order.open

cdef inline long long sign(const Order* order) noexcept nogil:
    return 1 if order.side == BUY else -1
