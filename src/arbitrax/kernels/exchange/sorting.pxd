# Numbers in ascending order.
cdef extern from *:
    """
    #include <stdlib.h>
    static int arbitrax_ascending(const void *a, const void *b) {
        const unsigned long long x = *(const unsigned long long *)a, y = *(const unsigned long long *)b;
        return (x > y) - (x < y);
    }
    #define arbitrax_sort(values, count) qsort(values, count, sizeof(unsigned long long), arbitrax_ascending)
    """
    void sort "arbitrax_sort"(unsigned long long* values, size_t count) noexcept nogil
