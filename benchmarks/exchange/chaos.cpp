// orderly-chaos's C++ core, driven natively through the shared library in its wheel: no Python in the clock.
//
// chaos LIBRARY FILE REPEATS; FILE as floor.cpp's. Prints nanoseconds a message of the fastest round, and the hash of
// the trades that its callback told.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <vector>

namespace {
struct Row { int64_t op, id, side, price, lots; };
struct Trade { uint64_t taker, maker, price; uint32_t lots, left; int32_t side; };
struct Order { uint64_t id, price; uint32_t lots; int32_t side; };
void *library;

template <class Function> Function *find(const char *name) {
    void *found = dlsym(library, name);
    if (!found) std::fprintf(stderr, "%s\n", dlerror()), std::exit(1);
    return reinterpret_cast<Function *>(found);
}
void told(const Trade *trade, void *where) {
    uint64_t &hash = *static_cast<uint64_t *>(where);
    for (uint64_t value : {trade->maker, trade->taker, trade->price, uint64_t(trade->lots)})
        hash = (hash ^ value) * 0x100000001b3ull;
}
}  // namespace

int main(int count, char **arguments) {
    if (count != 4 || !(library = dlopen(arguments[1], RTLD_NOW))) return 2;
    auto *open = find<void *()>("oc_book_new");
    auto *close = find<void(void *)>("oc_book_free");
    auto *limit = find<int(void *, int, uint64_t, uint32_t, uint64_t, uint32_t *)>("oc_book_limit");
    auto *market = find<int(void *, int, uint64_t, uint32_t, uint32_t *)>("oc_book_market");
    auto *cancel = find<int(void *, uint64_t)>("oc_book_cancel");
    auto *reduce = find<int(void *, uint64_t, uint32_t)>("oc_book_reduce");
    auto *get = find<int(void *, uint64_t, Order *)>("oc_book_get");
    auto *listen = find<int(void *, void (*)(const Trade *, void *), void *)>("oc_book_set_trade_callback");
    std::FILE *file = std::fopen(arguments[2], "rb");
    if (!file) return 1;
    std::vector<Row> rows;
    for (Row row; std::fread(&row, sizeof row, 1, file) == 1;) rows.push_back(row);
    std::fclose(file);
    double best = 1e18;
    uint64_t hash = 0;
    for (int round = std::atoi(arguments[3]); round > 0; --round) {
        void *book = open();
        hash = 0xcbf29ce484222325ull;
        listen(book, told, &hash);
        uint32_t filled;
        auto started = std::chrono::steady_clock::now();
        for (const Row &row : rows) {
            const int side = row.side == 0;  // theirs: 1 buys
            if (row.op == 0) limit(book, side, row.id, uint32_t(row.lots), row.price, &filled);
            else if (row.op == 1) market(book, side, row.id, uint32_t(row.lots), &filled);
            else if (row.op == 2) cancel(book, row.id);
            else if (row.op == 3) {
                Order order;
                if (!get(book, row.id, &order)) reduce(book, row.id, order.lots - uint32_t(row.lots));
            } else {
                cancel(book, row.id);
                limit(book, side, row.id, uint32_t(row.lots), row.price, &filled);
            }
        }
        const double took = std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - started).count();
        best = took < best ? took : best;
        close(book);
    }
    std::printf("{\"nanoseconds\": %.2f, \"trades\": \"%016llx\"}\n", best / rows.size(), (unsigned long long)hash);
}
