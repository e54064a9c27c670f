from arbitrax.kernels.exchange.state cimport Engine

cdef extern from *:
    """
    #include <unistd.h>
    #include <errno.h>
    static inline ssize_t arbitrax_write(int file, const void *bytes, size_t count) {
        ssize_t done;
        do done = write(file, bytes, count); while (done < 0 && errno == EINTR);
        return done;
    }
    #define ARBITRAX_SNAPSHOT 0x3145544154535841ULL  /* "AXSTATE1" */
    """
    ssize_t write_file "arbitrax_write"(int file, const void* bytes, size_t count) noexcept nogil
    int fork_process "fork"() noexcept nogil
    int sync_file "fsync"(int file) noexcept nogil
    void end_process "_exit"(int code) noexcept nogil
    const unsigned long long SNAPSHOT_MARK "ARBITRAX_SNAPSHOT"  # the first word of a file

cdef enum:
    BUFFERED = 4096

cdef struct Words:
    # Where the numbers of the state go: into the hash, and into a file unless it is -1.
    unsigned long long hash
    int file
    int failed
    size_t count
    unsigned long long buffer[4096]

cdef void flush(Words* words) noexcept nogil
cdef unsigned long long state_hash(Engine* e) noexcept nogil
cdef bint save_state(Engine* e, int file, unsigned long long* hash) noexcept nogil
cdef int fork_and_save(Engine* e, int file) noexcept nogil
