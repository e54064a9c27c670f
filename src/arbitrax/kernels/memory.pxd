# Memory for what a run writes once from end to end. A fresh page costs some 2 us the first time it is touched, which
# for a million bars was a third of a run; Linux gives 2 MiB at once where a block is aligned to them and asks for it.
cdef extern from *:
    """
    #include <stdlib.h>
    #ifdef __linux__
    #include <sys/mman.h>
    #endif
    #define ARBITRAX_LARGE_PAGE ((size_t)1 << 21)
    static void *arbitrax_allocate(size_t size) {
    #if defined(__linux__) && defined(MADV_HUGEPAGE)
        void *block = NULL;
        if (size >= ARBITRAX_LARGE_PAGE / 2) {
            size = (size + ARBITRAX_LARGE_PAGE - 1) & ~(ARBITRAX_LARGE_PAGE - 1);
            if (posix_memalign(&block, ARBITRAX_LARGE_PAGE, size)) return NULL;
            (void)madvise(block, size, MADV_HUGEPAGE);
            return block;
        }
    #endif
        return malloc(size);
    }
    """
    void* allocate "arbitrax_allocate"(size_t size) noexcept nogil  # not zeroed; for free() and realloc()
