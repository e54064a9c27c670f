# Numbers in ascending order.
cdef extern from *:
    """
    #include <stdlib.h>
    static inline int arbitrax_ascending(const void *a, const void *b) {
        const unsigned long long x = *(const unsigned long long *)a, y = *(const unsigned long long *)b;
        return (x > y) - (x < y);
    }
    static inline int arbitrax_lower_first(const void *a, const void *b) {
        const unsigned int x = *(const unsigned int *)a, y = *(const unsigned int *)b;
        return (x > y) - (x < y);
    }
    /* Mostly they are in order, and nothing moves. */
    static inline void arbitrax_put_in_order(unsigned int *numbers, unsigned int count) {
        unsigned int i;
        for (i = 1; i < count; i++)
            if (numbers[i] < numbers[i - 1]) {
                qsort(numbers, count, sizeof(unsigned int), arbitrax_lower_first);
                return;
            }
    }
    #define arbitrax_sort(values, count) qsort(values, count, sizeof(unsigned long long), arbitrax_ascending)
    """
    void sort "arbitrax_sort"(unsigned long long* values, size_t count) noexcept nogil
    void put_in_order "arbitrax_put_in_order"(unsigned int* numbers, unsigned int count) noexcept nogil
