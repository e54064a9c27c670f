# The records of a simulation and the accounting of a fill. Prices in quote currency, quantities in units.
# Bars are indices into the run's bars. `arbitrax.domain.orders` has the same codes with their names for people.

cdef enum OrderKind:
    MARKET = 0
    LIMIT = 1
    STOP = 2
    STOP_LIMIT = 3
    TRAILING_STOP = 4          # distance in price
    TRAILING_PERCENT = 5       # distance as a fraction of the extreme
    MARKET_ON_OPEN = 6
    LIMIT_ON_OPEN = 7
    MARKET_ON_CLOSE = 8
    LIMIT_ON_CLOSE = 9

cdef enum TimeInForce:
    GTC = 0
    DAY = 1
    GTD = 2
    IOC = 3
    FOK = 4

cdef enum SizeKind:
    QUANTITY = 0
    VALUE = 1
    TARGET_QUANTITY = 2
    TARGET_VALUE = 3
    TARGET_WEIGHT = 4
    WHOLE_POSITION = 5

cdef enum OrderRole:
    PLAIN = 0
    STOP_LOSS = 1
    TAKE_PROFIT = 2
    TRAILING_EXIT = 3
    TIME_EXIT = 4
    LIQUIDATION = 5
    DELISTING = 6
    BANKRUPTCY = 7

cdef enum OrderStatus:
    PENDING = 0                # works in the market
    FILLED = 1
    CANCELLED = 2
    EXPIRED = 3
    REFUSED = 4
    HELD = 5                   # waits for its parent's fill

cdef enum OrderReason:
    NO_REASON = 0
    END_OF_DATA = 1
    REPLACED = 2
    AT_TARGET = 3
    SCALED_TO_CASH = 4
    BANKRUPT = 5
    NO_CASH = 6
    NO_MARGIN = 7
    NO_SHORTING = 8
    NO_POSITION = 9            # reduce-only, and nothing to reduce
    OTHER_FILLED = 10          # one cancels the other
    PARENT_ENDED = 11
    BY_STRATEGY = 12
    SESSION_ENDED = 13
    DATE_PASSED = 14
    NOT_AT_ONCE = 15           # immediate or cancel, fill or kill
    AUCTION_PASSED = 16        # on open, on close
    BELOW_LOT = 17
    DELISTED = 18
    MARGIN_CALLED = 19

cdef enum ExitReason:
    STILL_OPEN = 0
    EXIT_SIGNAL = 1
    EXIT_BANKRUPT = 2
    EXIT_STOP_LOSS = 3
    EXIT_TAKE_PROFIT = 4
    EXIT_TRAILING_STOP = 5
    EXIT_TIME_STOP = 6
    EXIT_LIQUIDATION = 7
    EXIT_DELISTED = 8
    EXIT_CASH_IN_LIEU = 9

cdef enum Phase:
    AT_OPEN = 0
    INSIDE = 1
    AT_CLOSE = 2

cdef enum EventKind:
    DIVIDEND = 0               # accrued on the ex-date; amount signed
    DIVIDEND_PAID = 1
    SPLIT = 2                  # quantity: after it; price: ratio
    CASH_IN_LIEU = 3
    BORROW_FEE = 4
    INTEREST = 5               # amount > 0 earned, < 0 paid
    MARGIN_CALL = 6            # amount: requirement - equity
    BANKRUPTCY_EVENT = 7

cdef enum OrderFlag:
    REDUCE_ONLY = 1
    KEEP_PRICE = 2             # do not reduce on the ex-date
    RELATIVE = 4               # limit and stop are fractions of the parent's fill until it fills
    ENTERED_INSIDE = 8         # parent filled inside the bar

cdef packed struct OrderRecord:
    int created_bar            # the bar whose close decided it
    int accepted_bar           # live from then on; -1 while held or refused at once
    int triggered_bar          # stops; -1
    int ended_bar              # filled, cancelled, expired or refused; -1 while pending
    int symbol                 # column of the price arrays
    int parent                 # its fill makes this order live; -1
    int group                  # orders of a group cancel each other; -1
    int tag                    # index of the strategy's tags; -1
    signed char side           # 1 buy, -1 sell, 0 not known (target never filled)
    signed char kind           # OrderKind
    signed char time_in_force  # TimeInForce
    signed char size_kind      # SizeKind
    signed char role           # OrderRole
    signed char status         # OrderStatus
    signed char reason         # OrderReason
    signed char flags          # OrderFlag
    double size                # as asked, in the unit of size_kind
    double limit               # NaN: none
    double stop                # NaN: none; of a trailing stop its present level
    double trail               # NaN: none
    long long expires          # ns UTC of good till date; 0: none
    double quantity            # units filled, unsigned
    double reference_price     # mean before slippage; NaN while not filled
    double price               # mean after slippage; NaN while not filled
    double fee                 # quote currency
    double slippage            # quote currency, >= 0

cdef packed struct FillRecord:
    int order
    int bar
    int symbol
    signed char phase          # Phase
    signed char maker          # 1: rested at its limit
    short unused
    double quantity            # signed
    double reference_price
    double price
    double fee

cdef packed struct EventRecord:
    int bar
    int symbol                 # -1: the account
    int kind                   # EventKind
    int order                  # -1
    double quantity
    double price
    double amount              # quote currency

cdef packed struct TradeRecord:
    int entry_bar
    int exit_bar               # the last bar of the run while open
    int symbol
    int entry_order
    int exit_order             # -1 while open
    signed char side           # 1 long, -1 short
    signed char exit_reason    # ExitReason
    signed char is_open        # 1: never closed, exit marked at the last close
    signed char unused
    double quantity            # units bought (long) or sold short (short) in all
    double entry_price         # mean, after slippage
    double exit_price          # mean, after slippage
    double pnl                 # quote currency, after fees, slippage, dividends and borrow fees
    double fees
    double slippage
    double income              # dividends less borrow fees

cdef struct Position:
    double quantity            # signed
    double mark                # last known price
    double entered             # units in, in all
    double entry_value
    double exited              # units out, in all
    double exit_value
    double fees
    double slippage
    double income
    int entry_bar
    int entry_order
    int slot                   # place in the list of held symbols
    int protected_by           # working reduce-only orders

cdef struct Book:
    double cash
    TradeRecord* trades
    long long trade_count
    long long trade_room

cdef void fill(
    Book* book,
    Position* position,
    int symbol,
    int bar,
    int order,
    double signed_quantity,
    double price,
    double multiplier,
    double fee,
    double slippage,
    bint closes,
    signed char exit_reason,
) noexcept nogil

cdef void mark_open_trade(
    Book* book, Position* position, int symbol, int bar, double close, double multiplier
) noexcept nogil
