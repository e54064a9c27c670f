# Which prices of a ladder have orders: a tree over the bits of the key, six at a time, that has no node with fewer than
# two ways on. So n levels need fewer than n nodes, a search passes as many nodes as prices near it need to be told
# apart (two for a dense book, at most 11), and a far-away price costs one. The next best is a bit scan in the leaf.
cimport cython
from arbitrax.kernels.build cimport check
from arbitrax.kernels.exchange.state cimport (
    IS_NODE, NO_BLOCK, NO_KEY, REMEMBERED, Engine, Ladder, Level, Node, leading_zeros, level_at, lowest_bit, node_at,
)
from arbitrax.kernels.exchange.reserved cimport put_back, take_spare

cdef inline void clear_ladder(Ladder* ladder) noexcept nogil:
    cdef int i
    ladder.best_key = NO_KEY
    ladder.best = ladder.root = 0
    ladder.quantity = 0
    for i in range(REMEMBERED):
        ladder.block[i] = NO_BLOCK

cdef inline unsigned int search(Engine* e, Ladder* ladder, long long key) noexcept nogil:
    # The level of a key, 0 if there is none; remembers the leaf.
    cdef unsigned int at = ladder.root
    cdef unsigned long long way
    cdef Node* node
    while at & IS_NODE:
        node = node_at(e, at & ~IS_NODE)
        way = (<unsigned long long> key ^ <unsigned long long> node.start) >> node.shift
        if way >= 64:
            return 0
        if node.shift == 0:
            ladder.block[(key >> 6) & (REMEMBERED - 1)] = key >> 6
            ladder.leaf[(key >> 6) & (REMEMBERED - 1)] = at & ~IS_NODE
            return node.child[way]
        at = node.child[way]
    return at if at != 0 and level_at(e, at).key == key else 0

cdef inline unsigned int find_level(Engine* e, Ladder* ladder, long long key) noexcept nogil:
    cdef long long block = key >> 6
    cdef int place = block & (REMEMBERED - 1)
    if ladder.block[place] == block:
        return node_at(e, ladder.leaf[place]).child[key & 63]
    return search(e, ladder, key)

cdef inline void part(Engine* e, unsigned int* place, long long old, long long key, unsigned int index) noexcept nogil:
    # Put a node where the keys of what is at `place` and a new one go different ways.
    cdef unsigned long long apart = <unsigned long long> old ^ <unsigned long long> key
    cdef unsigned int shift = (63 - leading_zeros(apart)) // 6 * 6
    cdef unsigned int made = take_spare(&e.nodes, sizeof(Node))
    cdef Node* node = node_at(e, made)
    cdef unsigned int a = (<unsigned long long> old >> shift) & 63
    cdef unsigned int b = (<unsigned long long> key >> shift) & 63
    node.shift = shift
    node.start = key & ~((<long long> 64 << shift) - 1) if shift < 58 else 0
    node.occupied = (<unsigned long long> 1 << a) | (<unsigned long long> 1 << b)
    node.child[a] = place[0]
    node.child[b] = index
    place[0] = made | IS_NODE

cdef inline void add_level(Engine* e, Ladder* ladder, long long key, unsigned int index) noexcept nogil:
    cdef unsigned int* place = &ladder.root
    cdef unsigned long long way
    cdef Node* node
    if key < ladder.best_key:
        ladder.best_key = key
        ladder.best = index
    while place[0] & IS_NODE:
        node = node_at(e, place[0] & ~IS_NODE)
        way = (<unsigned long long> key ^ <unsigned long long> node.start) >> node.shift
        if way >= 64:
            part(e, place, node.start, key, index)
            return
        if node.child[way] == 0:
            node.child[way] = index
            node.occupied |= <unsigned long long> 1 << way
            return
        place = &node.child[way]
    if place[0] == 0:
        place[0] = index
    else:
        part(e, place, level_at(e, place[0]).key, key, index)

cdef inline unsigned int lowest(Engine* e, unsigned int at) noexcept nogil:
    # The level of the least key below.
    cdef Node* node
    while at & IS_NODE:
        node = node_at(e, at & ~IS_NODE)
        at = node.child[lowest_bit(node.occupied)]
    return at

cdef inline void forget_leaf(Ladder* ladder, long long key) noexcept nogil:
    cdef int place = (key >> 6) & (REMEMBERED - 1)
    if ladder.block[place] == key >> 6:
        ladder.block[place] = NO_BLOCK

cdef inline void remove_from_tree(Engine* e, Ladder* ladder, long long key) noexcept nogil:
    # A node left with one way on gives its place to what is there.
    cdef unsigned int* place = &ladder.root
    cdef unsigned long long way, left
    cdef unsigned int index
    cdef Node* node
    if not place[0] & IS_NODE:
        place[0] = 0
        return
    while True:
        index = place[0] & ~IS_NODE
        node = node_at(e, index)
        way = (<unsigned long long> key ^ <unsigned long long> node.start) >> node.shift
        check(way < 64 and node.child[way] != 0)
        if not node.child[way] & IS_NODE:
            break
        place = &node.child[way]
    node.child[way] = 0
    left = node.occupied & ~(<unsigned long long> 1 << way)
    node.occupied = left
    if left & (left - 1) == 0:
        way = lowest_bit(left)
        place[0] = node.child[way]
        node.child[way] = 0
        if node.shift == 0:
            forget_leaf(ladder, key)
        put_back(&e.nodes, index, sizeof(Node))

cdef inline void remove_level(Engine* e, Ladder* ladder, unsigned int index) noexcept nogil:
    cdef Level* level = level_at(e, index)
    cdef long long key = level.key
    cdef int place = (key >> 6) & (REMEMBERED - 1)
    cdef unsigned long long left
    cdef Node* node
    if ladder.block[place] == key >> 6:
        node = node_at(e, ladder.leaf[place])
        left = node.occupied & ~(<unsigned long long> 1 << (key & 63))
        if left & (left - 1) != 0:
            node.child[key & 63] = 0
            node.occupied = left
            if index == ladder.best:
                ladder.best = node.child[lowest_bit(left)]
                ladder.best_key = level_at(e, ladder.best).key
            put_back(&e.levels, index, sizeof(Level))
            return
    remove_from_tree(e, ladder, key)
    if index == ladder.best:
        ladder.best = lowest(e, ladder.root)
        ladder.best_key = level_at(e, ladder.best).key if ladder.best != 0 else NO_KEY
    put_back(&e.levels, index, sizeof(Level))

@cython.overflowcheck(False)  # beyond the last way nothing is left, which is what the shift then says
cdef inline unsigned int level_after(Engine* e, Ladder* ladder, long long key) noexcept nogil:
    # The level of the least key beyond one; 0: none. Passes each node once on the way down, and one branch again.
    cdef unsigned int at = ladder.root
    cdef unsigned int beyond = 0
    cdef unsigned long long way, rest
    cdef Node* node
    while at & IS_NODE:
        node = node_at(e, at & ~IS_NODE)
        way = (<unsigned long long> key ^ <unsigned long long> node.start) >> node.shift
        if way >= 64:
            return lowest(e, at if node.start > key else beyond)
        rest = node.occupied & ~((<unsigned long long> 2 << way) - 1)
        if rest != 0:
            beyond = node.child[lowest_bit(rest)]
        at = node.child[way]
    if at != 0 and level_at(e, at).key > key:
        return at
    return lowest(e, beyond)
