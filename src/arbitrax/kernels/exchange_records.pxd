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

cdef enum Kind:
    SUBMIT = 1
    CANCEL = 2
    AMEND = 3
    CANCEL_ALL = 4

cdef enum Side:
    BUY = 0
    SELL = 1
    BOTH = 2

cdef enum Type:
    LIMIT = 0
    MARKET = 1

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
    BASIS_OPEN = 16
    ALL_SYMBOLS = 64
    REQUEUE = 128

cdef enum Happening:
    ACCEPTED = 1
    FILLED = 2
    CANCELLED = 3
    AMENDED = 4
    REFUSED = 5
    DECREMENTED = 9

cdef enum Code:
    OK = 0
    UNKNOWN_KIND = 100
    UNKNOWN_SYMBOL = 101
    UNKNOWN_ACCOUNT = 102
    BAD_FIELD = 103
    NO_ROOM = 106
    PRICE_NOT_POSITIVE = 200
    QUANTITY_NOT_POSITIVE = 202
    QUANTITY_TOO_LARGE = 203
    PRICE_OUT_OF_BAND = 201
    UNKNOWN_ORDER = 300
    NOT_OWNER = 301
    NOTHING_OPEN = 303
    WOULD_TRADE = 400
    NOT_ALL_AT_ONCE = 401
    NO_LIQUIDITY = 402
    BEYOND_COLLAR = 403
    NOT_AT_ONCE = 404
    SELF_TRADE = 405
    BY_OWNER = 700
    BY_CANCEL_ALL = 701
    REPLACED = 706

cdef extern from *:
    """
    #define ARBITRAX_MAX_PRICE (1LL << 44)
    #define ARBITRAX_MAX_QUANTITY (1LL << 40)
    #define ARBITRAX_HOUSE 0xffffffffU
    """
    const long long MAX_PRICE "ARBITRAX_MAX_PRICE"
    const long long MAX_QUANTITY "ARBITRAX_MAX_QUANTITY"
    const unsigned int HOUSE "ARBITRAX_HOUSE"

cdef enum:
    DEFAULT_COLLAR = 500
