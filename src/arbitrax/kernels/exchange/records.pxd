# What the exchange is told and what it says: the layouts and numbers of arbitrax.exchange.records, which a test compares.

cdef packed struct Command:
    long long time
    long long order
    long long price
    long long quantity
    long long stop
    long long extra
    long long expire
    long long deadline
    unsigned long long seq
    unsigned int symbol
    unsigned int account
    unsigned int producer
    unsigned int producer_epoch
    unsigned char kind
    unsigned char side
    unsigned char type
    unsigned char time_in_force
    unsigned char self_trade
    unsigned char flags
    unsigned short spare
    char client[32]

cdef packed struct InstrumentRules:
    long long time
    long long tick_value
    long long min_notional
    long long max_quantity
    long long reference
    long long price_step
    long long quantity_step
    long long deadline
    unsigned long long seq
    unsigned int symbol
    unsigned int account
    unsigned int producer
    unsigned int producer_epoch
    unsigned char kind
    unsigned char spare[4]
    unsigned char flags
    unsigned short more
    unsigned int band
    unsigned int collar
    int maker_fee
    int taker_fee
    unsigned int margin
    unsigned int unused[3]

cdef packed struct AccountLimits:
    long long time
    long long max_position
    long long max_notional
    long long max_orders
    long long max_rate

cdef packed struct Event:
    long long order
    long long maker
    long long price
    long long quantity
    long long open
    long long maker_open
    unsigned int symbol
    unsigned int account
    unsigned int maker_account
    unsigned short code
    unsigned char kind
    unsigned char side

cdef packed struct EventWords:
    # The same in words of 64 bits, the first field of each lowest: a third of the stores.
    long long order
    long long maker
    long long price
    long long quantity
    long long open
    long long maker_open
    unsigned long long symbol_and_account
    unsigned long long outcome     # maker's account, code, kind and side

cdef enum Kind:
    SUBMIT = 1
    CANCEL = 2
    AMEND = 3
    CANCEL_ALL = 4
    TICK = 5
    CANCEL_AFTER = 6
    DISCONNECT = 7
    HALT = 16
    RESUME = 17
    AUCTION = 18
    UNCROSS = 19
    CLOSE = 20
    REFERENCE = 21
    QUOTE = 22
    PRINT = 23
    INSTRUMENT = 32
    ACCOUNT = 33
    DEPOSIT = 34
    WITHDRAW = 35
    LIMITS = 36
    KILL = 37
    REVIVE = 38
    WINDOW = 39
    EPOCH = 40

cdef enum Side:
    BUY = 0
    SELL = 1
    BOTH = 2

cdef enum Type:
    LIMIT = 0
    MARKET = 1
    STOP = 2
    STOP_LIMIT = 3
    TRAILING_STOP = 4
    ICEBERG = 5
    PEG = 6

cdef enum TimeInForce:
    GTC = 0
    DAY = 1
    GTD = 2
    IOC = 3
    FOK = 4

cdef enum SelfTrade:
    CANCEL_NEWEST = 0
    CANCEL_OLDEST = 1
    CANCEL_BOTH = 2
    DECREMENT = 3

cdef enum Flag:
    POST_ONLY = 1
    SLIDE = 2
    REDUCE_ONLY = 4
    ON_QUOTE = 8
    BASIS_OPEN = 16
    CANCEL_ON_DISCONNECT = 32
    ALL_SYMBOLS = 64
    REQUEUE = 128

cdef enum InstrumentFlag:
    NO_ACCOUNTS = 1

cdef enum AccountKind:
    CASH_ACCOUNT = 0
    MARGIN_ACCOUNT = 1

cdef enum Happening:
    ACCEPTED = 1
    FILLED = 2
    CANCELLED = 3
    AMENDED = 4
    REFUSED = 5
    TRIGGERED = 6
    REFILLED = 7
    REPRICED = 8
    DECREMENTED = 9
    STATE = 16
    CONFIGURED = 17
    CASH = 18
    REPEATED = 19
    QUOTED = 20

cdef enum Phase:
    CONTINUOUS = 0
    IN_AUCTION_PHASE = 1
    HALTED_PHASE = 2
    CLOSED_PHASE = 3

cdef enum Code:
    OK = 0
    UNKNOWN_KIND = 100
    UNKNOWN_SYMBOL = 101
    UNKNOWN_ACCOUNT = 102
    BAD_FIELD = 103
    STALE = 104
    REPEATED_BEFORE = 105
    NO_ROOM = 106
    PRICE_NOT_POSITIVE = 200
    PRICE_OUT_OF_BAND = 201
    QUANTITY_NOT_POSITIVE = 202
    QUANTITY_TOO_LARGE = 203
    NOTIONAL_TOO_SMALL = 204
    OFF_TICK = 205
    OFF_LOT = 206
    UNKNOWN_ORDER = 300
    NOT_OWNER = 301
    CLIENT_ID_USED = 302
    NOTHING_OPEN = 303
    RUNNING = 304
    WOULD_TRADE = 400
    NOT_ALL_AT_ONCE = 401
    NO_LIQUIDITY = 402
    BEYOND_COLLAR = 403
    NOT_AT_ONCE = 404
    SELF_TRADE = 405
    NOT_REDUCING = 406
    NO_BUYING_POWER = 500
    POSITION_LIMIT = 501
    ORDER_LIMIT = 502
    NOTIONAL_LIMIT = 503
    RATE_LIMIT = 504
    KILLED = 505
    NO_SHORTING = 506
    HALTED = 600
    CLOSED = 601
    IN_AUCTION = 602
    NOT_IN_AUCTION = 603
    BY_OWNER = 700
    BY_CANCEL_ALL = 701
    EXPIRED = 702
    SESSION_ENDED = 703
    DISCONNECTED = 704
    DEAD_MAN = 705
    REPLACED = 706
    FUNDS_SPENT = 707
    EXTERNAL_CROSSED = 708
    WITHDRAWN_BY_HOUSE = 709
    UNCROSSED = 710
    FEE = 800
    DEPOSITED = 801
    WITHDRAWN = 802

cdef enum Check:
    CHECK_SYMBOL = 1
    CHECK_ACCOUNT = 2
    CHECK_CLIENT_ID = 3
    CHECK_MEMORY = 4
    CHECK_FORM = 5
    CHECK_DEADLINE = 6
    CHECK_EXPIRY = 7
    CHECK_PHASE = 8
    CHECK_KILL_SWITCH = 9
    CHECK_PRICE = 10
    CHECK_PRICE_STEP = 11
    CHECK_PRICE_BAND = 12
    CHECK_TRIGGER = 13
    CHECK_TRIGGER_STEP = 14
    CHECK_QUANTITY = 15
    CHECK_MAX_QUANTITY = 16
    CHECK_QUANTITY_STEP = 17
    CHECK_DISPLAY = 18
    CHECK_MIN_NOTIONAL = 19
    CHECK_STARTING_PRICE = 20
    CHECK_REDUCE_ONLY = 21
    CHECK_POST_ONLY = 22
    CHECK_RATE = 23
    CHECK_OPEN_ORDERS = 24
    CHECK_MAX_NOTIONAL = 25
    CHECK_MAX_POSITION = 26
    CHECK_SHORTING = 27
    CHECK_BUYING_POWER = 28
    CHECK_FILL_OR_KILL = 29

cdef extern from *:
    """
    #define ARBITRAX_MAX_PRICE (1LL << 44)
    #define ARBITRAX_MAX_QUANTITY (1LL << 40)
    #define ARBITRAX_MAX_TICK_VALUE (1LL << 24)
    #define ARBITRAX_MAX_NOTIONAL (1LL << 60)
    #define ARBITRAX_MAX_TIME (1LL << 62)
    #define ARBITRAX_MAX_DELAY (1LL << 40)
    #define ARBITRAX_HOUSE 0xffffffffU
    """
    const long long MAX_PRICE "ARBITRAX_MAX_PRICE"
    const long long MAX_QUANTITY "ARBITRAX_MAX_QUANTITY"
    const long long MAX_TICK_VALUE "ARBITRAX_MAX_TICK_VALUE"
    const long long MAX_NOTIONAL "ARBITRAX_MAX_NOTIONAL"
    const long long MAX_TIME "ARBITRAX_MAX_TIME"
    const long long MAX_DELAY "ARBITRAX_MAX_DELAY"
    const unsigned int HOUSE "ARBITRAX_HOUSE"

cdef enum:
    FEES = 0
    MAX_SYMBOLS = 1048576
    MAX_PARTS = 1024
    MAX_TRIGGERS = 1024
    DEFAULT_COLLAR = 500
    DEFAULT_MARGIN = 10000
    WINDOW_TIME = 600000
    WINDOW_ORDERS = 1000000
    FORGOTTEN_AT_ONCE = 16

cdef inline unsigned long long client_word(const Command* c, int i) noexcept nogil:
    # Eight of the 32 characters of a client id.
    return (<const unsigned long long*> c.client)[i]

cdef extern from *:
    """
    #define ARBITRAX_UNUSUAL 0x0000dffcfefffeffULL
    """
    const unsigned long long UNUSUAL "ARBITRAX_UNUSUAL"  # of form_word: 0 but for the kind of a limit order that may rest

cdef inline unsigned long long form_word(const Command* c) noexcept nogil:
    # Kind, side, type, time in force, self-trade instruction and flags, from the lowest byte.
    return (<const unsigned long long*> &c.kind)[0]
