// The floor: what is left of an order book without features. One symbol, prices in a window known beforehand, one array
// of levels a side, queues linked through a pool, orders found by id, the best price by scanning bits. Nothing is
// checked and nothing is written but the hash of the trades. Prints nanoseconds a message and that hash.
//
// floor FILE REPEATS; FILE: rows of five int64 (op, id, side, price, lots), op as in stream.py.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {
constexpr int64_t first_price = 90'000;
constexpr uint32_t window = 1u << 15;

struct Row { int64_t op, id, side, price, lots; };
struct Message { uint32_t id, lots, price; uint8_t op, side; };
struct Order { uint32_t after, before, id, lots, price; uint8_t side; };
struct Queue { uint32_t front = 0, back = 0; };

class Side {
  public:
    std::vector<Queue> queues = std::vector<Queue>(window);
    void mark(uint32_t at) { bits[at >> 6] |= 1ull << (at & 63); summary[at >> 12] |= 1ull << (at >> 6 & 63); }
    void clear(uint32_t at) {
        bits[at >> 6] &= ~(1ull << (at & 63));
        if (!bits[at >> 6]) summary[at >> 12] &= ~(1ull << (at >> 6 & 63));
    }
    uint32_t least() const {
        for (uint32_t top = 0; top < window >> 12; ++top)
            if (summary[top]) {
                uint32_t word = top << 6 | __builtin_ctzll(summary[top]);
                return word << 6 | __builtin_ctzll(bits[word]);
            }
        return window;
    }
    uint32_t greatest() const {
        for (uint32_t top = window >> 12; top-- > 0;)
            if (summary[top]) {
                uint32_t word = top << 6 | (63 - __builtin_clzll(summary[top]));
                return word << 6 | (63 - __builtin_clzll(bits[word]));
            }
        return window;
    }

  private:
    uint64_t bits[window >> 6] = {}, summary[window >> 12] = {};
};

class Book {
  public:
    uint64_t hash = 0xcbf29ce484222325ull;
    explicit Book(size_t messages) : orders(messages + 1), places(messages + 1) { refresh(0); refresh(1); }
    void execute(const Message &m) {
        switch (m.op) {
        case 0: enter(m.id, m.side, m.price, m.lots); break;
        case 1: trade(m.id, m.side, m.side ? 0 : window - 1, m.lots); break;
        case 2: remove(places[m.id]); break;
        case 3: orders[places[m.id]].lots = m.lots; break;
        default: { uint8_t side = orders[places[m.id]].side; remove(places[m.id]); enter(m.id, side, m.price, m.lots); }
        }
    }

  private:
    Side sides[2];
    uint32_t best[2];
    std::vector<Order> orders;
    std::vector<uint32_t> places;
    uint32_t unused = 0, made = 0;

    void refresh(int side) { best[side] = side ? sides[1].least() : sides[0].greatest(); }
    void fold(uint64_t value) { hash = (hash ^ value) * 0x100000001b3ull; }
    void enter(uint32_t id, uint8_t side, uint32_t price, uint32_t lots) {
        lots = trade(id, side, price, lots);
        if (!lots) return;
        uint32_t at = unused;
        if (at) unused = orders[at].after; else at = ++made;
        Queue &queue = sides[side].queues[price];
        orders[at] = {0, queue.back, id, lots, price, side};
        if (queue.back) orders[queue.back].after = at;
        else {
            queue.front = at;
            sides[side].mark(price);
            if (best[side] == window || (side ? price < best[side] : price > best[side])) best[side] = price;
        }
        queue.back = at;
        places[id] = at;
    }
    uint32_t trade(uint32_t id, uint8_t side, uint32_t limit, uint32_t lots) {
        const int other = 1 - side;
        while (lots && best[other] != window && (side ? best[other] >= limit : best[other] <= limit)) {
            uint32_t at = sides[other].queues[best[other]].front;
            Order &maker = orders[at];
            uint32_t traded = lots < maker.lots ? lots : maker.lots;
            fold(maker.id), fold(id), fold(uint64_t(first_price) + maker.price), fold(traded);
            lots -= traded;
            if (!(maker.lots -= traded)) remove(at);
        }
        return lots;
    }
    void remove(uint32_t at) {
        Order &order = orders[at];
        Queue &queue = sides[order.side].queues[order.price];
        if (order.before) orders[order.before].after = order.after; else queue.front = order.after;
        if (order.after) orders[order.after].before = order.before; else queue.back = order.before;
        if (!queue.front) {
            sides[order.side].clear(order.price);
            if (best[order.side] == order.price) refresh(order.side);
        }
        order.after = unused;
        unused = at;
    }
};
}  // namespace

int main(int count, char **arguments) {
    if (count != 3) return 2;
    std::FILE *file = std::fopen(arguments[1], "rb");
    if (!file) return 1;
    std::vector<Message> messages;
    for (Row row; std::fread(&row, sizeof row, 1, file) == 1;)
        messages.push_back({uint32_t(row.id), uint32_t(row.lots), uint32_t(row.op == 1 ? 0 : row.price - first_price),
                            uint8_t(row.op), uint8_t(row.side)});
    std::fclose(file);
    double best = 1e18;
    uint64_t hash = 0;
    for (int round = std::atoi(arguments[2]); round > 0; --round) {
        Book book(messages.size());
        auto started = std::chrono::steady_clock::now();
        for (const Message &message : messages) book.execute(message);
        double took = std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - started).count();
        best = took < best ? took : best;
        hash = book.hash;
    }
    std::printf("{\"nanoseconds\": %.2f, \"trades\": \"%016llx\"}\n", best / messages.size(), (unsigned long long)hash);
}
