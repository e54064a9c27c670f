# Where an order is, by its id: pages of slots, each given back when the last order of its ids is gone.
from arbitrax.kernels.build cimport check
from arbitrax.kernels.exchange.state cimport Engine, IdPage, SlotPage, order_at
from arbitrax.kernels.exchange.reserved cimport put_back, take_spare

cdef enum:
    PAGE_BITS = 10
    PAGE_IDS = 1024

cdef inline unsigned long long sequence(long long id) noexcept nogil:
    # Without the epoch and the shard: ids go on counting over epochs.
    return <unsigned long long> id & <unsigned long long> 0xffffffffffULL

cdef inline unsigned int* slot_of(Engine* e, unsigned long long number) noexcept nogil:
    # NULL: no order of its page is open.
    cdef unsigned long long entry = number >> PAGE_BITS
    cdef unsigned int page
    if entry >= e.directory_room:
        return NULL
    page = e.directory[entry].page
    if page == 0:
        return NULL
    check(page < e.pages.given)
    return &(<SlotPage*> e.pages.records)[page].slot[number & (PAGE_IDS - 1)]

cdef inline unsigned int find_order(Engine* e, long long id) noexcept nogil:
    cdef unsigned int* place = slot_of(e, sequence(id))
    if place == NULL or place[0] == 0 or order_at(e, place[0]).id != id:
        return 0
    return place[0]

cdef inline void remember_order(Engine* e, long long id, unsigned int slot) noexcept nogil:
    cdef unsigned long long number = sequence(id)
    cdef IdPage* entry = &e.directory[number >> PAGE_BITS]
    check(number >> PAGE_BITS < e.directory_room)
    if entry.page == 0:
        entry.page = take_spare(&e.pages, sizeof(SlotPage))
        (<SlotPage*> e.pages.records)[entry.page].slot[0] = 0
    entry.live += 1
    (<SlotPage*> e.pages.records)[entry.page].slot[number & (PAGE_IDS - 1)] = slot

cdef inline void forget_order(Engine* e, long long id) noexcept nogil:
    cdef unsigned long long number = sequence(id)
    cdef IdPage* entry = &e.directory[number >> PAGE_BITS]
    check(number >> PAGE_BITS < e.directory_room and entry.live > 0)
    (<SlotPage*> e.pages.records)[entry.page].slot[number & (PAGE_IDS - 1)] = 0
    entry.live -= 1
    if entry.live == 0:
        put_back(&e.pages, entry.page, sizeof(SlotPage))
        entry.page = 0
