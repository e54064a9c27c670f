# The simulated broker: one struct that all phases of a bar share. Market arrays are (bars, symbols), C order.
from arbitrax.kernels.costs cimport Costs
from arbitrax.kernels.ledger cimport Book, EventRecord, FillRecord, OrderRecord, Position

cdef enum AccountKind:
    CASH_ACCOUNT = 0
    MARGIN_ACCOUNT = 1

cdef enum Fault:
    NO_FAULT = 0
    OUT_OF_MEMORY = 1
    TOO_MANY_ORDERS = 2
    LOOKED_AHEAD = 3
    BAD_ORDER = 4
    STRATEGY_STOPPED = 5       # the run is over: no more orders
    CANCELLED_RUN = 6          # from outside, between two bars

cdef packed struct ActionRecord:
    int bar
    int symbol
    int pay_bar                # -1: paid on the ex-date; bars: after the run
    int unused
    double ratio               # 1: no split
    double amount              # dividend a share, before that split

cdef packed struct ExitRecord:
    # What an entry's fill makes live; NaN, or 0 bars: none.
    double stop_loss
    double take_profit
    double trailing
    int bars
    bint relative              # fractions of the fill price, not prices

cdef struct OrderState:
    # What the engine needs of an order beside its record.
    double remaining           # unsigned units; NaN until a size in money or weight is known
    double raw_fee             # before minimum and maximum
    double value               # of its fills
    double extreme             # of a trailing stop
    double planned             # signed, at this open
    double plan_held           # the position that a target's plan, or its rest, counts on
    double plan_price
    double plan_reference
    int due_bar                # not before this bar
    int children               # orders that wait for this one
    int first_child            # the oldest of them; a replaced order hands its children on
    bint ready
    bint fixed                 # refused rather than scaled when it cannot be paid
    ExitRecord exits

cdef struct Broker:
    const double* open_
    const double* high
    const double* low
    const double* close
    const double* volume       # NULL: unknown
    const double* factor       # adjusted / raw price; NULL: raw
    const long long* time      # (bars,) ns UTC
    const signed char* session # (bars,) bit 0: first bar of a session, bit 1: last one, bit 2: a symbol ends before the run
    const int* last_bar        # (symbols,) last bar that has a price
    const double* tick         # (symbols,) 0: none
    const double* lot          # (symbols,) 0: fractions
    const double* multiplier   # (symbols,)
    const double* borrow_rate  # (symbols,) a year
    const double* fine_open    # (rows, symbols) of finer bars; NULL without
    const double* fine_high
    const double* fine_low
    const double* fine_close
    const long long* fine_rows # (bars, 2) first row of each bar, and the one after its last
    const unsigned char* fine_tells # (bars, symbols) 1: the finer bars are those of this bar
    const double* in_open      # what the phase inside a bar looks at: the bar, or one of its finer ones
    const double* in_high
    const double* in_low
    const double* in_close
    long long in_row
    long long bars
    long long symbols
    long long t
    double equity              # at the last mark
    double exposure            # gross
    double start_cash
    double accrued             # dividends not paid yet
    int account_kind
    double leverage            # 1 / initial margin
    double maintenance         # of gross value
    double credit_rate         # a year
    double debit_rate
    double traded              # in this calendar month
    int month
    Costs costs
    Book book
    Position* positions
    double* used               # (symbols,) volume taken in this bar; NULL without a cap
    int* held
    long long held_count
    long long short_count
    OrderRecord* orders
    OrderState* states
    long long order_count
    long long order_room
    int* working               # orders in the market, oldest first; those that ended stay until `compact`
    long long working_count
    long long working_room
    long long held_orders      # that wait for a parent
    FillRecord* fills
    long long fill_count
    long long fill_room
    EventRecord* events
    long long event_count
    long long event_room
    int* changes               # orders whose status changed, for callbacks
    long long change_count
    long long change_room
    bint keep_changes
    const ActionRecord* actions # sorted by bar
    long long action_count
    long long next_action
    double* payable            # (bars + 1,) dividends to be paid at a bar; NULL without actions
    int groups
    int bankrupt_bar           # -1
    int fault
