# What checks of a submission found, for who asks before sending it. The engine's own checks take a verdict; NULL, as when
# an order is executed, and the first that fails ends them.
cimport cython
from arbitrax.kernels.build cimport int128
from arbitrax.kernels.exchange.records cimport OK

cdef enum:
    MOST_FINDINGS = 40     # more than any submission has

cdef struct Finding:
    int128 value
    int128 limit
    int check
    int code               # OK: it passed

cdef struct Verdict:
    long long repeats      # the order that has this client id and says the same; 0: none
    long long fills        # lots that would trade at once; -1: not known
    int count
    Finding findings[MOST_FINDINGS]

@cython.overflowcheck(False)  # of 128 bits
cdef inline void note(Verdict* v, int check, int code, int128 value, int128 limit) noexcept nogil:
    cdef Finding* finding
    if v.count < MOST_FINDINGS:
        finding = &v.findings[v.count]
        finding.check = check
        finding.code = code
        finding.value = value
        finding.limit = limit
        v.count += 1

@cython.overflowcheck(False)  # of 128 bits
cdef inline bint fails(Verdict* v, int check, int code, int128 value, int128 limit, bint failed) noexcept nogil:
    # Tell whether a check failed without which the next ones mean nothing; write it down.
    if v != NULL:
        note(v, check, code if failed else OK, value, limit)
    return failed

@cython.overflowcheck(False)  # of 128 bits
cdef inline bint stops(Verdict* v, int check, int code, int128 value, int128 limit, bint failed) noexcept nogil:
    # Tell whether a check failed and is the last one; whoever wants all of them written down has the next ones made too.
    if v == NULL:
        return failed
    note(v, check, code if failed else OK, value, limit)
    return False
