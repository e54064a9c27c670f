# Declarations every kernel may cimport. Part of each module's source hash.
cdef extern from *:
    """
    #ifndef ARBITRAX_SOURCE_HASH
    #define ARBITRAX_SOURCE_HASH "unknown"
    #endif
    typedef __int128 arbitrax_int128;
    """
    const char* ARBITRAX_SOURCE_HASH
    ctypedef long long int128 "arbitrax_int128"
