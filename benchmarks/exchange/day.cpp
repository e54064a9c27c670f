// A day of a large exchange, one block of commands at a time: what an engine is fed while its clock stands.
//
// day FILE_DESCRIPTOR BLOCK MESSAGES SYMBOLS OPEN SEED SHARD SHARDS
//
// FILE_DESCRIPTOR: shared memory of BLOCK commands. For each line read it writes the next block and prints
// "COMMANDS TRADES HASH OPEN"; 0 commands: the day is over. Same arguments, same bytes, on every machine: no floating
// point but sums, products and quotients.
//
// Symbols are drawn by Zipf's law (exponent 1); a shard has those whose number leaves SHARD when divided by SHARDS, and
// its share of MESSAGES and OPEN. A symbol starts with new orders alone, then holds its open orders near its share.
// New orders lie a geometric distance (p = 0.08) from a middle that wanders in its bounds. Of cancels and amends half are
// for an order drawn from all of the symbol, half for a young one (its rank from the newest log-uniform): most orders
// die young, a few live for hours. The generator keeps the books, to know what is open: its trades are what an engine's
// must equal.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sys/mman.h>
#include <vector>

namespace {
constexpr uint32_t window = 2048, words = window / 64, nobody = window;
constexpr int reach = 480, farthest = 500, accounts = 512;
constexpr uint64_t day = 23'400'000;  // milliseconds

#pragma pack(push, 1)
struct Command {
    int64_t time, order, price, quantity, stop, extra, expire, deadline;
    uint64_t seq;
    uint32_t symbol, account, producer, producer_epoch;
    uint8_t kind, side, type, time_in_force, self_trade, flags;
    uint16_t spare;
    char client[32];
};
#pragma pack(pop)
static_assert(sizeof(Command) == 128);
enum { submit = 1, cancel = 2, amend = 3, market = 1, requeue = 128 };

class Random {
  public:
    explicit Random(uint64_t seed) : state(seed) {}
    uint64_t draw() {  // SplitMix64: Steele, Lea and Flood, Fast splittable pseudorandom number generators, 2014
        uint64_t z = state += 0x9e3779b97f4a7c15ull;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
        z = (z ^ z >> 27) * 0x94d049bb133111ebull;
        return z ^ z >> 31;
    }
    uint32_t below(uint32_t bound) { return uint32_t((draw() >> 32) * bound >> 32); }
    double share() { return double(draw() >> 11) * 0x1p-53; }

  private:
    uint64_t state;
};

// Quantiles of a geometric distribution on 1, 2, ...: drawing is one look.
struct Geometric {
    uint16_t values[4096];
    explicit Geometric(double p) {
        double left = 1 - p;
        uint16_t value = 1;
        for (int i = 0; i < 4096; ++i) {
            while (1 - left < (i + 0.5) / 4096) left *= 1 - p, ++value;
            values[i] = value;
        }
    }
    int draw(Random &random) const { return values[random.draw() >> 52]; }
};

struct Order { uint32_t after, before, id, open, filled, place, symbol; uint16_t at; uint8_t side; };
struct Queue { uint32_t front, back; };

struct Symbol {
    int64_t first;  // price of the window's start
    int middle = window / 2;
    uint32_t best[2] = {nobody, nobody}, target;
    uint64_t lots[2] = {0, 0}, bits[2][words] = {};
    Queue *queues;
    std::vector<uint32_t> live;
};

class Day {
  public:
    uint64_t trades = 0, hash = 0, open = 0, sent = 0, messages;
    Day(uint64_t all, uint32_t count, uint64_t wanted, uint64_t seed, uint32_t shard, uint32_t shards)
        : random(seed + shard), near(0.08), small(1.0 / 50), large(1.0 / 80) {
        double whole = 0, share = 0;
        std::vector<double> weights;
        for (uint32_t i = 0; i < count; ++i) {
            whole += 1.0 / (i + 1);
            if (i % shards == shard) weights.push_back(1.0 / (i + 1)), share += weights.back();
        }
        messages = uint64_t(all * (share / whole));
        filling = uint64_t(wanted * (share / whole));
        symbols.resize(weights.size());
        auto *levels = static_cast<Queue *>(std::calloc(symbols.size() * 2 * window, sizeof(Queue)));
        if (!levels) std::exit(3);
        for (size_t i = 0; i < symbols.size(); ++i) {
            symbols[i].first = 50'000 + random.below(1'000'000);
            symbols[i].queues = levels + i * 2 * window;
            symbols[i].target = uint32_t(wanted * (weights[i] / whole));
            if (symbols[i].target < 24) symbols[i].target = 24;
        }
        make_alias(weights, share);
        orders.resize(1);
    }

    uint32_t write(Command *commands, uint32_t block) {
        uint32_t count = 0;
        for (; count < block && sent < messages; ++count, ++sent) {
            std::memset(commands + count, 0, sizeof(Command));
            next(commands[count]);
        }
        return count;
    }

  private:
    Random random;
    Geometric near, small, large;
    std::vector<Symbol> symbols;
    std::vector<Order> orders;
    std::vector<uint32_t> aliases;
    std::vector<double> keeps;
    uint32_t unused = 0, ids = 0;
    uint64_t filling;

    // Walker's alias method (Vose, 1991): one draw a symbol.
    void make_alias(std::vector<double> weights, double sum) {
        const size_t n = weights.size();
        aliases.assign(n, 0), keeps.assign(n, 1);
        std::vector<uint32_t> less, more;
        for (size_t i = 0; i < n; ++i) (weights[i] *= n / sum) < 1 ? less.push_back(i) : more.push_back(i);
        while (!less.empty() && !more.empty()) {
            uint32_t low = less.back(), high = more.back();
            less.pop_back();
            keeps[low] = weights[low], aliases[low] = high;
            if ((weights[high] -= 1 - weights[low]) < 1) more.pop_back(), less.push_back(high);
        }
    }
    uint32_t drawn_symbol() {
        uint32_t at = random.below(uint32_t(aliases.size()));
        return random.share() < keeps[at] ? at : aliases[at];
    }
    uint32_t drawn_order(Symbol &s) {
        const uint32_t count = uint32_t(s.live.size());
        if (random.draw() >> 63) return s.live[random.below(count)];
        uint32_t bits = random.below(32 - __builtin_clz(count));
        uint32_t rank = (1u << bits | (uint32_t(random.draw()) & ((1u << bits) - 1))) - 1;
        return s.live[count - 1 - (rank < count ? rank : rank % count)];
    }

    void next(Command &c) {
        const uint32_t number = drawn_symbol();
        Symbol &s = symbols[number];
        c.time = int64_t(sent * day / messages);
        c.symbol = number;
        if (random.below(50) == 0) {
            s.middle += random.draw() >> 63 ? 1 : -1;
            if (s.middle < int(window) / 2 - reach) s.middle += 2;
            if (s.middle > int(window) / 2 + reach) s.middle -= 2;
        }
        double lean = (double(s.target) - double(s.live.size())) / s.target * 2;
        const double adds = 0.45 + (lean < -0.2 ? -0.2 : lean > 0.2 ? 0.2 : lean), what = random.share();
        if (sent < filling || what < adds || s.live.size() < 20) add(s, c);
        else if (what < 0.93) take_back(s, c);
        else if (what < 0.965) change(s, c);
        else take(s, c);
    }
    void add(Symbol &s, Command &c) {
        const uint8_t side = random.draw() >> 63;
        enter(s, c, submitted(c, side), side, passive(s, side), small.draw(random));
    }
    uint32_t submitted(Command &c, uint8_t side) {
        c.kind = submit, c.side = side;
        c.account = account_of(++ids, side);
        return ids;
    }
    static uint32_t account_of(uint32_t id, uint8_t side) { return 1 + id % accounts + accounts * side; }
    uint32_t passive(Symbol &s, uint8_t side) {
        int distance = near.draw(random);
        if (distance > farthest) distance = farthest;
        const int other = int(s.best[1 - side]);
        int at = side ? s.middle + distance : s.middle - distance;
        if (other != nobody && (side ? at <= other : at >= other)) at = side ? other + 1 : other - 1;
        return uint32_t(at < 0 ? 0 : at >= int(window) ? window - 1 : at);
    }
    void take_back(Symbol &s, Command &c) {
        const uint32_t slot = drawn_order(s);
        name(c, orders[slot], cancel);
        remove(s, slot);
        finish(s, slot);
    }
    void name(Command &c, const Order &o, uint8_t kind) {
        c.kind = kind, c.order = o.id, c.side = o.side, c.account = account_of(o.id, o.side);
    }
    void change(Symbol &s, Command &c) {
        const uint32_t slot = drawn_order(s);
        Order &o = orders[slot];
        name(c, o, amend);
        if (random.draw() >> 63 && o.open > 1) {  // fewer lots: its place stays
            const uint32_t lots = 1 + random.below(o.open - 1);
            s.lots[o.side] -= o.open - lots;
            o.open = lots;
            c.quantity = int64_t(o.filled) + lots;
            return;
        }
        remove(s, slot);
        o.open = uint32_t(small.draw(random));
        o.at = uint16_t(passive(s, o.side));
        c.price = s.first + o.at, c.quantity = int64_t(o.filled) + o.open, c.flags = requeue;
        o.open = trade(s, c.symbol, o.id, o.side, o.at, o.open, o.filled);
        if (o.open) rest(s, slot); else finish(s, slot);
    }
    void take(Symbol &s, Command &c) {
        const int leaning = s.best[0] == nobody || s.best[1] == nobody ? 0 : 2 * s.middle - int(s.best[0] + s.best[1]);
        const uint8_t side = random.below(10) < 6 ? leaning < 0 : random.draw() >> 63;
        const uint64_t available = s.lots[1 - side];
        if (available < 2) return add(s, c);
        uint32_t lots = uint32_t(large.draw(random));
        if (random.draw() >> 63) {
            if (lots > available / 2) lots = uint32_t(available / 2);
            const uint32_t id = submitted(c, side);
            uint32_t filled = 0;
            c.type = market, c.quantity = lots;
            trade(s, c.symbol, id, side, side ? 0 : window - 1, lots, filled);
            return;
        }
        const int step = int(random.below(3)), at = int(s.best[1 - side]) + (side ? -step : step);
        enter(s, c, submitted(c, side), side, uint32_t(at < 0 ? 0 : at >= int(window) ? window - 1 : at), lots);
    }

    void enter(Symbol &s, Command &c, uint32_t id, uint8_t side, uint32_t at, uint32_t lots) {
        c.price = s.first + at, c.quantity = lots;
        uint32_t filled = 0;
        lots = trade(s, c.symbol, id, side, at, lots, filled);
        if (!lots) return;
        uint32_t slot = unused;
        if (slot) unused = orders[slot].after; else slot = uint32_t(orders.size()), orders.emplace_back();
        orders[slot] = {0, 0, id, lots, filled, uint32_t(s.live.size()), c.symbol, uint16_t(at), side};
        s.live.push_back(slot);
        ++open;
        rest(s, slot);
    }
    uint32_t trade(Symbol &s, uint32_t symbol, uint32_t id, uint8_t side, uint32_t limit, uint32_t lots,
                   uint32_t &filled) {
        const int other = 1 - side;
        while (lots && s.best[other] != nobody && (side ? s.best[other] >= limit : s.best[other] <= limit)) {
            const uint32_t slot = s.queues[other * window + s.best[other]].front;
            Order &maker = orders[slot];
            const uint32_t traded = lots < maker.open ? lots : maker.open;
            note(maker.id, id, uint64_t(s.first) + maker.at, traded, symbol);
            lots -= traded, filled += traded, maker.filled += traded;
            if (traded == maker.open) remove(s, slot), finish(s, slot);
            else maker.open -= traded, s.lots[other] -= traded;
        }
        return lots;
    }
    void note(uint64_t maker, uint64_t taker, uint64_t price, uint64_t lots, uint64_t symbol) {
        constexpr uint64_t prime = 0x100000001b3ull;
        hash += ((((maker * prime ^ taker) * prime ^ price) * prime ^ lots) * prime ^ symbol) * (2 * trades++ + 1);
    }
    void rest(Symbol &s, uint32_t slot) {
        Order &o = orders[slot];
        Queue &queue = s.queues[o.side * window + o.at];
        o.after = 0, o.before = queue.back;
        s.lots[o.side] += o.open;
        if (queue.back) orders[queue.back].after = slot;
        else {
            queue.front = slot;
            s.bits[o.side][o.at >> 6] |= 1ull << (o.at & 63);
            uint32_t &best = s.best[o.side];
            if (best == nobody || (o.side ? o.at < best : o.at > best)) best = o.at;
        }
        queue.back = slot;
    }
    void remove(Symbol &s, uint32_t slot) {
        Order &o = orders[slot];
        Queue &queue = s.queues[o.side * window + o.at];
        s.lots[o.side] -= o.open;
        if (o.before) orders[o.before].after = o.after; else queue.front = o.after;
        if (o.after) orders[o.after].before = o.before; else queue.back = o.before;
        if (queue.front) return;
        s.bits[o.side][o.at >> 6] &= ~(1ull << (o.at & 63));
        if (s.best[o.side] == o.at) s.best[o.side] = o.side ? upwards(s.bits[1], o.at) : downwards(s.bits[0], o.at);
    }
    static uint32_t upwards(const uint64_t *bits, uint32_t at) {
        for (uint32_t word = at >> 6; word < words; ++word)
            if (bits[word]) return word << 6 | __builtin_ctzll(bits[word]);
        return nobody;
    }
    static uint32_t downwards(const uint64_t *bits, uint32_t at) {
        for (uint32_t word = (at >> 6) + 1; word-- > 0;)
            if (bits[word]) return word << 6 | (63 - __builtin_clzll(bits[word]));
        return nobody;
    }
    void finish(Symbol &s, uint32_t slot) {  // the last takes its place
        const uint32_t place = orders[slot].place, last = s.live.back();
        s.live[place] = last, orders[last].place = place;
        s.live.pop_back();
        orders[slot].after = unused, unused = slot;
        --open;
    }
};
}  // namespace

int main(int count, char **arguments) {
    if (count != 9) return 2;
    uint64_t given[8];
    for (int i = 0; i < 8; ++i) given[i] = std::strtoull(arguments[i + 1], nullptr, 10);
    const uint32_t block = uint32_t(given[1]);
    void *shared = mmap(nullptr, block * sizeof(Command), PROT_READ | PROT_WRITE, MAP_SHARED, int(given[0]), 0);
    if (shared == MAP_FAILED) return 1;
    Day whole(given[2], uint32_t(given[3]), given[4], given[5], uint32_t(given[6]), uint32_t(given[7]));
    for (char line[16]; std::fgets(line, sizeof line, stdin);) {
        const uint32_t written = whole.write(static_cast<Command *>(shared), block);
        std::printf("%u %llu %llu %llu\n", written, (unsigned long long)whole.trades, (unsigned long long)whole.hash,
                    (unsigned long long)whole.open);
        std::fflush(stdout);
    }
}
