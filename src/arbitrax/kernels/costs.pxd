# What a fill costs. Rates are fractions of value, amounts quote currency, volumes units as traded.

cdef struct Tier:
    double traded              # from this value traded in the calendar month on
    double rate

cdef struct Costs:
    double taker               # commission rates
    double maker
    double per_share
    double per_order
    double minimum             # of an order; 0: none
    double maximum             # of an order, rate of its value; 0: none
    double slippage            # rate
    double half_spread         # price
    double volume_share        # price impact = this x (quantity / volume)^2
    double square_root         # price impact = this x volatility x sqrt(quantity / volume)
    double participation       # largest share of volume; 0: no cap
    double currency_unit       # fees and cash are rounded to it; 0: not
    const Tier* tiers
    long long tier_count
    bint linear                # commission is one rate, and the price does not depend on the quantity

cdef double slipped(const Costs* costs, double reference, double side, double quantity, double volume,
                    double volatility) noexcept nogil
cdef double commission(const Costs* costs, double value, double shares, bint maker, double traded) noexcept nogil
cdef double charged(const Costs* costs, double raw, double value) noexcept nogil
