# Declarations every kernel may cimport. Part of each module's source hash.
cdef extern from *:
    """
    #ifndef ARBITRAX_SOURCE_HASH
    #define ARBITRAX_SOURCE_HASH "unknown"
    #endif
    typedef __int128 arbitrax_int128;
    #ifdef ARBITRAX_CHECKED
    #include <stdio.h>
    #include <stdlib.h>
    #define arbitrax_check(holds) ((holds) ? (void)0 : (fprintf(stderr, "%s:%d: a check failed\\n", __FILE__, __LINE__), abort()))
    #else
    #define arbitrax_check(holds) ((void)0)
    #endif
    """
    const char* ARBITRAX_SOURCE_HASH
    ctypedef long long int128 "arbitrax_int128"
    void check "arbitrax_check"(bint holds) noexcept nogil  # of the debug build: what Cython's own checks do not see
