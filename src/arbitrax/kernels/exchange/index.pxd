# Records found by a hash, in a table that grows by one bucket at a time (linear hashing, Litwin 1980): no record moves
# and no insertion waits for all others. A record begins with two 32-bit words: the link of its bucket, and its hash.
cimport cython
from arbitrax.kernels.build cimport check
from arbitrax.kernels.exchange.reserved cimport Pool, give, rounded_up

cdef struct Index:
    unsigned int* buckets     # a reserved range
    unsigned int room         # buckets that have memory
    unsigned int count        # buckets in use, a power of two and the ones split since
    unsigned int whole        # that power of two
    unsigned int records

cdef struct Entry:
    unsigned int link
    unsigned int hash

cdef inline Entry* entry_at(Pool* p, unsigned int record) noexcept nogil:
    check(0 < record < p.made)
    return <Entry*> (p.records + record * p.size)

@cython.overflowcheck(False)
cdef inline unsigned long long mixed(unsigned long long word, unsigned long long value) noexcept nogil:
    word = (word ^ value) * 0x9FB21C651E98DF25ULL
    return word ^ (word >> 32)

cdef inline unsigned int bucket_of(const Index* x, unsigned int hash) noexcept nogil:
    cdef unsigned int bucket = hash & (2 * x.whole - 1)
    return bucket if bucket < x.count else hash & (x.whole - 1)

cdef inline unsigned int first_of(const Index* x, unsigned int hash) noexcept nogil:
    # The first record of the bucket of a hash; 0: none.
    return x.buckets[bucket_of(x, hash)]

cdef inline bint make_buckets(Index* x, unsigned int more) noexcept nogil:
    # See that so many more records find their buckets.
    cdef size_t end
    if x.count + more > x.room:
        end = rounded_up((x.count + more) * sizeof(unsigned int))
        if not give(x.buckets, rounded_up(x.room * sizeof(unsigned int)), end):
            return False
        x.room = <unsigned int> (end // sizeof(unsigned int))
    return True

cdef inline void start_index(Index* x) noexcept nogil:
    x.count = x.whole = 1

cdef inline void add_to_index(Index* x, Pool* p, unsigned int record, unsigned int hash) noexcept nogil:
    cdef Entry* entry = entry_at(p, record)
    cdef unsigned int bucket = bucket_of(x, hash)
    cdef unsigned int each, after
    entry.hash = hash
    entry.link = x.buckets[bucket]
    x.buckets[bucket] = record
    x.records += 1
    if x.records <= x.count:
        return
    check(x.count < x.room)
    bucket = x.count - x.whole
    each = x.buckets[bucket]
    x.buckets[bucket] = 0
    x.buckets[x.count] = 0
    while each != 0:
        entry = entry_at(p, each)
        after = entry.link
        bucket = entry.hash & (2 * x.whole - 1)
        entry.link = x.buckets[bucket]
        x.buckets[bucket] = each
        each = after
    x.count += 1
    if x.count == 2 * x.whole:
        x.whole = x.count

cdef inline void remove_from_index(Index* x, Pool* p, unsigned int record) noexcept nogil:
    cdef unsigned int* place = &x.buckets[bucket_of(x, entry_at(p, record).hash)]
    while place[0] != record:
        place = &entry_at(p, place[0]).link
    place[0] = entry_at(p, record).link
    x.records -= 1
