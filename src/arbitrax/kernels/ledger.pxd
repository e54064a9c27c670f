# The records of a simulation and the accounting of a fill. Prices in quote currency, quantities in units.

# Codes in the records. `arbitrax.domain.orders` has the same numbers with their names for people.
cdef enum OrderStatus:
    PENDING = 0
    FILLED = 1
    CANCELLED = 2

cdef enum OrderReason:
    NO_REASON = 0
    END_OF_DATA = 1
    REPLACED = 2
    AT_TARGET = 3
    SCALED_TO_CASH = 4
    BANKRUPT = 5

cdef enum ExitReason:
    STILL_OPEN = 0
    EXIT_SIGNAL = 1
    EXIT_BANKRUPT = 2

cdef packed struct OrderRecord:
    long long created_bar      # the bar whose close decided it
    long long filled_bar       # -1 while not filled
    int symbol                 # column of the price arrays
    signed char side           # 1 buy, -1 sell, 0 not known (never filled)
    signed char kind           # OrderKind; 0 market
    signed char status         # OrderStatus
    signed char reason         # OrderReason
    double target              # weight asked for
    double quantity            # units filled, unsigned
    double reference_price     # before slippage; NaN while not filled
    double price               # after slippage; NaN while not filled
    double fee                 # quote currency
    double slippage            # quote currency, >= 0

cdef packed struct TradeRecord:
    long long entry_bar
    long long exit_bar         # the last bar of the run while open
    int symbol
    signed char side           # 1 long, -1 short
    signed char exit_reason    # ExitReason
    signed char is_open        # 1: never closed, exit marked at the last close
    signed char unused
    double quantity            # units bought (long) or sold short (short) in all
    double entry_price         # mean, after slippage
    double exit_price          # mean, after slippage
    double pnl                 # quote currency, after fees and slippage
    double fees
    double slippage

cdef struct Position:
    double quantity            # signed
    double entered             # units in, in all
    double entry_value
    double exited              # units out, in all
    double exit_value
    double fees
    double slippage
    long long entry_bar

cdef struct Book:
    double cash
    TradeRecord* trades
    long long trade_count

cdef void fill(
    Book* book,
    Position* position,
    int symbol,
    long long bar,
    double signed_quantity,
    double price,
    double fee,
    double slippage,
    bint closes,
    signed char exit_reason,
) noexcept nogil

cdef void mark_open_trade(
    Book* book, Position* position, int symbol, long long bar, double close
) noexcept nogil
