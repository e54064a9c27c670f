# Memory that grows in place. A range of addresses is reserved once and costs nothing; its pages are given when a record
# pool grows, so that no record moves, no pointer goes stale, and growing copies nothing.
cdef extern from *:
    """
    #include <sys/mman.h>
    #include <stddef.h>
    #ifndef MAP_NORESERVE
    #define MAP_NORESERVE 0
    #endif
    static void *arbitrax_reserve(size_t size) {
        void *range = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        return range == MAP_FAILED ? NULL : range;
    }
    static int arbitrax_give(void *range, size_t from, size_t to) {
        return mprotect((char *)range + from, to - from, PROT_READ | PROT_WRITE) == 0;
    }
    static void arbitrax_release(void *range, size_t size) {
        if (range != NULL) munmap(range, size);
    }
    """
    void* reserve_range "arbitrax_reserve"(size_t size) noexcept nogil  # NULL: none left
    bint give "arbitrax_give"(void* range, size_t start, size_t end) noexcept nogil  # zeroed pages
    void release_range "arbitrax_release"(void* range, size_t size) noexcept nogil

cdef enum:
    GIVEN_AT_ONCE = 65536  # bytes, or a multiple: what a pool grows by, a multiple of every page size in use

cdef struct Pool:
    # Records of one size, taken and given back one at a time. Record 0 is never used: 0 says "none".
    char* records
    size_t size            # bytes of a record, a multiple of 8; the first four link the free ones
    unsigned int limit     # records the range has addresses for
    unsigned int made      # records that have memory
    unsigned int free      # the first free one
    unsigned int left      # how many are free

cdef inline bint open_pool(Pool* p, size_t size, unsigned int limit) noexcept nogil:
    p.size = size
    p.limit = limit
    p.made = p.free = p.left = 0
    p.records = <char*> reserve_range(size * limit)
    return p.records != NULL

cdef inline void close_pool(Pool* p) noexcept nogil:
    release_range(p.records, p.size * p.limit)
    p.records = NULL

cdef inline bint make_records(Pool* p, unsigned int wanted) noexcept nogil:
    # At a batch edge: see that so many are free. Linking them touches their pages, so that no message has to.
    cdef size_t start, end
    cdef unsigned int first, last, i
    if p.left >= wanted:
        return True
    start = (p.made * p.size + GIVEN_AT_ONCE - 1) // GIVEN_AT_ONCE * GIVEN_AT_ONCE
    end = ((p.made + wanted - p.left + 1) * p.size + GIVEN_AT_ONCE - 1) // GIVEN_AT_ONCE * GIVEN_AT_ONCE
    if end > p.size * p.limit or not give(p.records, start, end):
        return False
    first = p.made if p.made > 0 else 1
    last = <unsigned int> (end // p.size)
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

cdef inline void put_back(Pool* p, unsigned int index, size_t size) noexcept nogil:
    (<unsigned int*> (p.records + index * size))[0] = p.free
    p.free = index
    p.left += 1
