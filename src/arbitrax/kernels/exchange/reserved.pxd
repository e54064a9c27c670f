# Memory that grows in place. A range of addresses is reserved once and costs nothing; its pages are given when a record
# pool grows, so that no record moves, no pointer goes stale, and growing copies nothing.
cdef extern from *:
    """
    #include <sys/mman.h>
    #include <stddef.h>
    #include <unistd.h>
    #ifndef MAP_NORESERVE
    #define MAP_NORESERVE 0
    #endif
    #define ARBITRAX_RANGE_UNIT ((size_t)1 << 21)
    #define ARBITRAX_SMALL_PART ((size_t)1 << 19)
    /* The end of the small part is where a large page may begin, so steps may end a large page beyond the size. */
    static void *arbitrax_reserve(size_t size) {
        const int kind = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
        const size_t kept = size + ARBITRAX_RANGE_UNIT;
        char *range = mmap(NULL, kept + ARBITRAX_RANGE_UNIT, PROT_NONE, kind, -1, 0);
        size_t over;
        if (range == MAP_FAILED) return NULL;
        over = ARBITRAX_RANGE_UNIT - (((size_t)range + ARBITRAX_SMALL_PART) & (ARBITRAX_RANGE_UNIT - 1));
        munmap(range, over);
        if (over < ARBITRAX_RANGE_UNIT) munmap(range + over + kept, ARBITRAX_RANGE_UNIT - over);
        return range + over;
    }
    static int arbitrax_give(void *range, size_t from, size_t to) {
    #ifdef MADV_HUGEPAGE
        if (from >= ARBITRAX_SMALL_PART) (void)madvise((char *)range + from, to - from, MADV_HUGEPAGE);
    #endif
        return mprotect((char *)range + from, to - from, PROT_READ | PROT_WRITE) == 0;
    }
    static size_t arbitrax_step(void) {
        static size_t step;
        if (!step) step = sysconf(_SC_PAGESIZE) > 65536 ? (size_t)sysconf(_SC_PAGESIZE) : 65536;
        return step;
    }
    static void arbitrax_release(void *range, size_t size) {
        if (range != NULL) munmap(range, size + ARBITRAX_RANGE_UNIT);
    }
    """
    void* reserve_range "arbitrax_reserve"(size_t size) noexcept nogil  # NULL: none left
    bint give "arbitrax_give"(void* range, size_t start, size_t end) noexcept nogil  # zeroed pages
    void release_range "arbitrax_release"(void* range, size_t size) noexcept nogil

    size_t step "arbitrax_step"() noexcept nogil  # bytes of addresses a small pool gets at once

cdef enum:
    SMALL_PART = 524288    # bytes a pool gets by such steps
    LARGE_STEP = 2097152   # the same beyond these, where Linux gives one page for it
    PAGE = 4096            # bytes that are touched together; larger pages only make it cheaper

cdef inline size_t rounded_up(size_t size) noexcept nogil:
    # To where a range may end. Scattered records on small pages cost as much in translation as in memory.
    if size <= SMALL_PART:
        return (size + step() - 1) // step() * step()
    return SMALL_PART + (size - SMALL_PART + LARGE_STEP - 1) // LARGE_STEP * LARGE_STEP

cdef struct Pool:
    # Records of one size, taken and given back one at a time. Record 0 is never used: 0 says "none".
    char* records
    size_t size            # bytes of a record, a multiple of 8; the first four link the free ones
    unsigned int limit     # records the range has addresses for
    unsigned int given     # records that have memory
    unsigned int made      # records that were free once; those after have never been touched
    unsigned int free      # the first free one
    unsigned int left      # how many are free

cdef inline bint open_pool(Pool* p, size_t size, unsigned int limit) noexcept nogil:
    p.size = size
    p.limit = limit
    p.given = p.free = p.left = 0
    p.made = 1
    p.records = <char*> reserve_range(size * limit)
    return p.records != NULL

cdef inline void close_pool(Pool* p) noexcept nogil:
    release_range(p.records, p.size * p.limit)
    p.records = NULL

cdef inline bint make_records(Pool* p, unsigned int wanted, unsigned int spare) noexcept nogil:
    # At a batch edge: see that so many are free, and that so many more have memory. Linking the free ones touches their
    # pages, so that no message has to, and no page before it is needed: each costs a pause.
    cdef size_t end
    cdef unsigned int first, last, page, i
    cdef unsigned int lacking = wanted - p.left if p.left < wanted else 0
    if p.made + lacking + spare + 1 > p.given:
        end = rounded_up((p.made + lacking + spare + 1) * p.size)
        if end > p.size * p.limit or not give(p.records, rounded_up(p.given * p.size), end):
            return False
        p.given = <unsigned int> (end // p.size)
    if lacking == 0:
        return True
    first = p.made
    last = first + lacking
    page = <unsigned int> ((last * p.size + PAGE - 1) // PAGE * PAGE // p.size)  # to the end of the last one touched
    if page > last:
        last = page if page < p.given else p.given
    for i in range(first, last):
        (<unsigned int*> (p.records + i * p.size))[0] = i + 1 if i + 1 < last else p.free
    p.free = first
    p.left += last - first
    p.made = last
    return True

cdef inline unsigned int take(Pool* p, size_t size) noexcept nogil:
    # `size` is that of the pool, once more: known to the compiler, a shift instead of a multiplication.
    cdef unsigned int index = p.free
    p.free = (<unsigned int*> (p.records + index * size))[0]
    p.left -= 1
    return index

cdef inline unsigned int take_spare(Pool* p, size_t size) noexcept nogil:
    # The same of a pool with spare records, which may have no free one.
    if p.left > 0:
        return take(p, size)
    p.made += 1
    return p.made - 1

cdef inline void put_back(Pool* p, unsigned int index, size_t size) noexcept nogil:
    (<unsigned int*> (p.records + index * size))[0] = p.free
    p.free = index
    p.left += 1
