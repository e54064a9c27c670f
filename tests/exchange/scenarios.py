"""The rules of the exchange as scenarios, in the order of the rules. Numbers are ticks, lots and units of cash."""

from arbitrax.exchange.records import AccountKind, Flag, Happening, Kind, SelfTrade, TimeInForce, Type
from tests.exchange.scenario import SCENARIOS, scenario
from tests.exchange.venue import ACCOUNTS, SYMBOL, Side

__all__ = ["SCENARIOS"]

BUY, SELL = Side.BUY, Side.SELL
ICEBERG, PEG, STOP, STOP_LIMIT, TRAILING = Type.ICEBERG, Type.PEG, Type.STOP, Type.STOP_LIMIT, Type.TRAILING_STOP
IOC, FOK, DAY, GTD = TimeInForce.IOC, TimeInForce.FOK, TimeInForce.DAY, TimeInForce.GTD
POST_ONLY = Flag.POST_ONLY
FREE = {"rules": {"flags": 1}}


@scenario(1, "A maker that fills in part keeps its place")
def partial_fill(venue):
    venue.buy(3, at=100)
    venue.buy(2, at=100, by="bob")
    venue.shows("bids 100 x 5 (#1 3, #2 2) | asks none")
    venue.sell(1, at=100, by="carol")
    venue.says("#3 accepted", "#3 trades 1 with #1 at 100")
    venue.shows("bids 100 x 4 (#1 2, #2 2) | asks none")
    venue.sell(3, at=100, by="carol")
    venue.says("#4 accepted", "#4 trades 2 with #1 at 100", "#4 trades 1 with #2 at 100")
    venue.shows("bids 100 x 1 (#2 1) | asks none")


@scenario(1, "The better price first, and the improvement is the taker's")
def price_improvement(venue):
    venue.sell(2, at=102)
    venue.sell(2, at=101, by="bob")
    venue.shows("bids none | asks 101 x 2 (#2 2); 102 x 2 (#1 2)")
    venue.buy(5, at=105, by="carol")
    venue.says("#3 accepted", "#3 trades 2 with #2 at 101", "#3 trades 2 with #1 at 102")
    venue.shows("bids 105 x 1 (#3 1) | asks none")
    venue.holds("carol", quantity=4, cost=406)


@scenario(2, "Less keeps the place; more, or another price, loses it")
def amend_priority(venue):
    for name in ACCOUNTS:
        venue.buy(5, at=100, by=name)
    venue.shows("bids 100 x 15 (#1 5, #2 5, #3 5) | asks none")
    venue.amend(1, 2)
    venue.says("#1 amended, 2 of 2 open")
    venue.shows("bids 100 x 12 (#1 2, #2 5, #3 5) | asks none")
    venue.amend(2, 6, by="bob")
    venue.shows("bids 100 x 13 (#1 2, #3 5, #2 6) | asks none")
    venue.amend(3, 5, by="carol", price=99)
    venue.amend(3, 5, by="carol", price=100)
    venue.shows("bids 100 x 13 (#1 2, #2 6, #3 5) | asks none")


@scenario(2, "An amend that crosses trades as a taker, under its own id")
def amend_crosses(venue):
    venue.buy(5, at=99)
    venue.sell(2, at=101, by="bob")
    venue.shows("bids 99 x 5 (#1 5) | asks 101 x 2 (#2 2)")
    venue.amend(1, 5, price=102)
    venue.says("#1 amended, 5 of 5 open", "#1 trades 2 with #2 at 101")
    venue.shows("bids 102 x 3 (#1 3) | asks none")


@scenario(3, "A total counts what filled meanwhile: 10 amended to 6 never fills 14")
def amend_total(venue):
    venue.buy(10, at=100)
    venue.sell(4, at=100, by="bob")
    venue.shows("bids 100 x 6 (#1 6) | asks none")
    venue.amend(1, 6)
    venue.says("#1 amended, 2 of 6 open")
    venue.shows("bids 100 x 2 (#1 2) | asks none")
    venue.amend(1, 4)
    venue.says("#1 cancelled, 2 left: replaced")
    venue.shows("bids none | asks none")
    venue.holds("alice", quantity=4)


@scenario(3, "By open quantity, for streams that say so")
def amend_open(venue):
    venue.buy(10, at=100)
    venue.sell(4, at=100, by="bob")
    venue.shows("bids 100 x 6 (#1 6) | asks none")
    venue.amend(1, 3, flags=Flag.BASIS_OPEN)
    venue.says("#1 amended, 3 of 7 open")
    venue.shows("bids 100 x 3 (#1 3) | asks none")


@scenario(4, "An iceberg shows its display; each refill goes to the back")
def iceberg(venue):
    venue.sell(6, at=100, kind=ICEBERG, extra=2)
    venue.sell(3, at=100, by="bob")
    venue.shows("bids none | asks 100 x 5 (#1 2+4, #2 3)")
    venue.buy(3, at=100, by="carol")
    venue.says("#3 accepted", "#3 trades 2 with #1 at 100", "#1 shows 2 more", "#3 trades 1 with #2 at 100")
    venue.shows("bids none | asks 100 x 4 (#2 2, #1 2+2)")


@scenario(4, "A peg follows the best price that is no peg, and never crosses")
def peg(venue):
    venue.buy(1, at=98)
    venue.buy(5, at=103, by="bob", kind=PEG, extra=1)
    venue.shows("bids 98 x 1 (#1 1); 97 x 5 (#2 5) | asks none")
    venue.buy(1, at=100)
    venue.says("#3 accepted", "#2 moves to 99")
    venue.shows("bids 100 x 1 (#3 1); 99 x 5 (#2 5); 98 x 1 (#1 1) | asks none")
    venue.cancel(3)
    venue.says("#3 cancelled, 1 left: by_owner", "#2 moves to 97")
    venue.cancel(1)
    venue.says("#1 cancelled, 1 left: by_owner", "#2 is parked")
    venue.shows("bids none | asks none")
    venue.buy(1, at=110)
    venue.says("#4 accepted", "#2 moves to 103")
    venue.shows("bids 110 x 1 (#4 1); 103 x 5 (#2 5) | asks none")


@scenario(4, "Pegs are repriced in order of their ids")
def peg_order(venue):
    venue.buy(1, at=100)
    venue.buy(2, at=150, by="bob", kind=PEG)
    venue.buy(3, at=150, by="carol", kind=PEG)
    venue.shows("bids 100 x 6 (#1 1, #2 2, #3 3) | asks none")
    venue.amend(1, 1, price=101)
    venue.says("#1 amended, 1 of 1 open", "#2 moves to 101", "#3 moves to 101")
    venue.shows("bids 101 x 6 (#1 1, #2 2, #3 3) | asks none")


@scenario(4, "A market order by funds buys whole lots for at most that much")
def market_by_funds(venue):
    venue.sell(2, at=100)
    venue.sell(9, at=101)
    venue.shows("bids none | asks 100 x 2 (#1 2); 101 x 9 (#2 9)")
    venue.buy(0, by="bob", extra=450)
    venue.says(
        "#3 accepted", "#3 trades 2 with #1 at 100", "#3 trades 2 with #2 at 101", "#3 cancelled, 0 left: funds_spent"
    )
    venue.shows("bids none | asks 101 x 7 (#2 7)")
    venue.holds("bob", quantity=4, cost=402)


@scenario(4, "A trailing stop follows the price one way")
def trailing_stop(venue):
    def trade(price):
        venue.buy(1, at=price, by="bob")
        venue.sell(1, at=price, by="carol")

    trade(100)
    venue.buy(1, at=80, by="bob")
    venue.sell(1, kind=TRAILING, stop=5)
    venue.says("#4 accepted")
    trade(110)
    trade(107)
    venue.shows("bids 80 x 1 (#3 1) | asks none")
    venue.amend(3, 5, by="bob", price=104)
    venue.shows("bids 104 x 5 (#3 5) | asks none")
    trade(105)
    venue.says("#10 accepted", "#10 trades 1 with #9 at 105", "#4 triggered at 105", "#4 trades 1 with #3 at 104")
    venue.shows("bids 104 x 4 (#3 4) | asks none")


@scenario(4, "A trailing stop sees the first and the last print of a sweep")
def trailing_sweep(venue):
    venue.buy(1, at=100, by="bob")
    venue.sell(1, at=100, by="carol")
    venue.buy(1, at=106, by="bob")
    venue.buy(1, at=99, by="bob")
    venue.buy(1, at=98, by="bob")
    venue.sell(1, kind=TRAILING, stop=7)
    venue.shows("bids 106 x 1 (#3 1); 99 x 1 (#4 1); 98 x 1 (#5 1) | asks none")
    venue.sell(2, at=99, by="carol")
    venue.says(
        "#7 accepted",
        "#7 trades 1 with #3 at 106",
        "#7 trades 1 with #4 at 99",
        "#6 triggered at 99",
        "#6 trades 1 with #5 at 98",
    )
    venue.shows("bids none | asks none")


@scenario(4, "An amended iceberg shows no more than it has")
def iceberg_amend(venue):
    venue.sell(10, at=100, kind=ICEBERG, extra=4)
    venue.shows("bids none | asks 100 x 4 (#1 4+6)")
    venue.amend(1, 3)
    venue.shows("bids none | asks 100 x 3 (#1 3)")


@scenario(5, "Immediate or cancel")
def immediate_or_cancel(venue):
    venue.sell(2, at=100)
    venue.shows("bids none | asks 100 x 2 (#1 2)")
    venue.buy(5, at=100, by="bob", time_in_force=IOC)
    venue.says("#2 accepted", "#2 trades 2 with #1 at 100", "#2 cancelled, 3 left: not_at_once")
    venue.shows("bids none | asks none")


@scenario(5, "Fill or kill: all, or not one lot")
def fill_or_kill(venue):
    venue.sell(2, at=100)
    venue.sell(2, at=101)
    venue.shows("bids none | asks 100 x 2 (#1 2); 101 x 2 (#2 2)")
    venue.buy(5, at=101, by="bob", time_in_force=FOK)
    venue.says("refused: not_all_at_once")
    venue.buy(3, at=100, by="bob", time_in_force=FOK)
    venue.says("refused: not_all_at_once")
    venue.shows("bids none | asks 100 x 2 (#1 2); 101 x 2 (#2 2)")
    venue.buy(4, at=101, by="bob", time_in_force=FOK)
    venue.says("#5 accepted", "#5 trades 2 with #1 at 100", "#5 trades 2 with #2 at 101")
    venue.shows("bids none | asks none")


@scenario(5, "Fill or kill counts what an iceberg hides")
def fill_or_kill_iceberg(venue):
    venue.sell(6, at=100, kind=ICEBERG, extra=1)
    venue.shows("bids none | asks 100 x 1 (#1 1+5)")
    venue.buy(6, at=100, by="bob", time_in_force=FOK)
    venue.shows("bids none | asks none")
    venue.holds("bob", quantity=6)


@scenario(5, "Post-only never takes: refused, or it slides behind the touch")
def post_only(venue):
    venue.sell(2, at=101)
    venue.shows("bids none | asks 101 x 2 (#1 2)")
    venue.buy(1, at=101, by="bob", flags=POST_ONLY)
    venue.says("refused: would_trade")
    venue.buy(1, at=105, by="bob", flags=POST_ONLY | Flag.SLIDE)
    venue.says("#3 accepted")
    venue.shows("bids 100 x 1 (#3 1) | asks 101 x 2 (#1 2)")
    venue.amend(3, 1, by="bob", price=99)
    venue.sell(1, at=103, flags=POST_ONLY, by="carol")
    venue.amend(4, 1, price=99, by="carol")
    venue.says("refused: would_trade")
    venue.cancel(4, by="carol")
    venue.sell(1, at=98, flags=POST_ONLY)
    venue.says("refused: would_trade")
    venue.shows("bids 99 x 1 (#3 1) | asks 101 x 2 (#1 2)")


@scenario(5, "Reduce-only closes and never opens")
def reduce_only(venue):
    venue.sell(5, at=100, by="bob")
    venue.sell(1, at=101, flags=Flag.REDUCE_ONLY)
    venue.says("refused: not_reducing")
    venue.buy(5, at=100)
    venue.sell(4, at=101, flags=Flag.REDUCE_ONLY)
    venue.says("#4 accepted")
    venue.shows("bids none | asks 101 x 4 (#4 4)")
    venue.sell(2, at=102, flags=Flag.REDUCE_ONLY)
    venue.says("refused: not_reducing")
    venue.sell(2, at=100)
    venue.says("refused: not_reducing")
    venue.shows("bids none | asks 101 x 4 (#4 4)")


@scenario(5, "DAY ends with the session, GTD with its time")
def day_and_gtd(venue):
    venue.buy(1, at=98)
    venue.buy(1, at=99, time_in_force=DAY)
    venue.buy(1, at=100, time_in_force=GTD, expire=5_000)
    venue.shows("bids 100 x 1 (#3 1); 99 x 1 (#2 1); 98 x 1 (#1 1) | asks none")
    venue.wait(3_999)
    venue.send(Kind.TICK)
    venue.says()
    venue.wait(1)
    venue.send(Kind.TICK)
    venue.says("#3 cancelled, 1 left: expired")
    venue.phase(Kind.CLOSE)
    venue.says("#2 cancelled, 1 left: session_ended", "closed")
    venue.shows("bids 98 x 1 (#1 1) | asks none")
    venue.buy(1, at=99)
    venue.says("refused: closed")


@scenario(6, "Fill or kill does not count what self-trade prevention would remove")
def fill_or_kill_self_trade(venue):
    venue.sell(3, at=100)
    venue.sell(3, at=100, by="bob")
    venue.shows("bids none | asks 100 x 6 (#1 3, #2 3)")
    venue.buy(4, at=100, time_in_force=FOK, self_trade=SelfTrade.CANCEL_OLDEST)
    venue.says("refused: not_all_at_once")
    venue.buy(3, at=100, time_in_force=FOK, self_trade=SelfTrade.CANCEL_NEWEST)
    venue.says("refused: not_all_at_once")
    venue.shows("bids none | asks 100 x 6 (#1 3, #2 3)")
    venue.buy(3, at=100, time_in_force=FOK, self_trade=SelfTrade.CANCEL_OLDEST)
    venue.says("#5 accepted", "#1 cancelled, 3 left: self_trade", "#5 trades 3 with #2 at 100")
    venue.shows("bids none | asks none")


@scenario(6, "Post-only behind one's own order does not trade, so it may enter")
def post_only_self_trade(venue):
    venue.sell(3, at=100)
    venue.shows("bids none | asks 100 x 3 (#1 3)")
    venue.buy(2, at=100, flags=POST_ONLY, self_trade=SelfTrade.CANCEL_OLDEST)
    venue.says("#2 accepted", "#1 cancelled, 3 left: self_trade")
    venue.shows("bids 100 x 2 (#2 2) | asks none")
    venue.sell(1, at=100, flags=POST_ONLY, by="bob", self_trade=SelfTrade.CANCEL_OLDEST)
    venue.says("refused: would_trade")


@scenario(6, "Post-only that would trade once it is decremented is refused")
def post_only_decremented(venue):
    venue.sell(3, at=100)
    venue.sell(4, at=100, by="bob")
    venue.shows("bids none | asks 100 x 7 (#1 3, #2 4)")
    venue.buy(8, at=100, flags=POST_ONLY, self_trade=SelfTrade.DECREMENT)
    venue.says("refused: would_trade")
    venue.shows("bids none | asks 100 x 7 (#1 3, #2 4)")
    venue.buy(3, at=100, flags=POST_ONLY, self_trade=SelfTrade.DECREMENT)
    venue.says("#4 accepted", "#1 cancelled, 3 left: self_trade", "#4 cancelled, 3 left: self_trade")
    venue.shows("bids none | asks 100 x 4 (#2 4)")


@scenario(6, "Of an iceberg, fill or kill counts only what comes before one's own order")
def fill_or_kill_scan_order(venue):
    venue.sell(10, at=100, by="bob", kind=ICEBERG, extra=2)
    venue.sell(5, at=100)
    venue.shows("bids none | asks 100 x 7 (#1 2+8, #2 5)")
    venue.buy(6, at=100, time_in_force=FOK)
    venue.says("refused: not_all_at_once")
    venue.buy(6, at=100)
    venue.says("#4 accepted", "#4 trades 2 with #1 at 100", "#1 shows 2 more", "#4 cancelled, 4 left: self_trade")
    venue.shows("bids none | asks 100 x 7 (#2 5, #1 2+6)")


def self_trade_book(venue):
    venue.sell(2, at=100, by="bob")
    venue.sell(3, at=100)
    venue.sell(4, at=100, by="carol")
    venue.shows("bids none | asks 100 x 9 (#1 2, #2 3, #3 4)")


@scenario(7, "Cancel newest, the default")
def cancel_newest(venue):
    self_trade_book(venue)
    venue.buy(8, at=100)
    venue.says("#4 accepted", "#4 trades 2 with #1 at 100", "#4 cancelled, 6 left: self_trade")
    venue.shows("bids none | asks 100 x 7 (#2 3, #3 4)")


@scenario(7, "Cancel oldest")
def cancel_oldest(venue):
    self_trade_book(venue)
    venue.buy(8, at=100, self_trade=SelfTrade.CANCEL_OLDEST)
    venue.says(
        "#4 accepted",
        "#4 trades 2 with #1 at 100",
        "#2 cancelled, 3 left: self_trade",
        "#4 trades 4 with #3 at 100",
    )
    venue.shows("bids 100 x 2 (#4 2) | asks none")


@scenario(7, "Cancel both")
def cancel_both(venue):
    self_trade_book(venue)
    venue.buy(8, at=100, self_trade=SelfTrade.CANCEL_BOTH)
    venue.says(
        "#4 accepted",
        "#4 trades 2 with #1 at 100",
        "#2 cancelled, 3 left: self_trade",
        "#4 cancelled, 6 left: self_trade",
    )
    venue.shows("bids none | asks 100 x 4 (#3 4)")


@scenario(7, "Decrement and cancel: the smaller ends, the larger loses as much")
def decrement(venue):
    self_trade_book(venue)
    venue.buy(8, at=100, self_trade=SelfTrade.DECREMENT)
    venue.says(
        "#4 accepted",
        "#4 trades 2 with #1 at 100",
        "#2 cancelled, 3 left: self_trade",
        "#4 loses 3, 3 open: self_trade",
        "#4 trades 3 with #3 at 100",
    )
    venue.shows("bids none | asks 100 x 1 (#3 1)")


@scenario(7, "A decremented iceberg shows no more than it has")
def decrement_iceberg(venue):
    venue.sell(6, at=100, kind=ICEBERG, extra=4)
    venue.shows("bids none | asks 100 x 4 (#1 4+2)")
    venue.buy(3, at=100, self_trade=SelfTrade.DECREMENT)
    venue.says("#2 accepted", "#1 loses 3, 3 open: self_trade", "#2 cancelled, 3 left: self_trade")
    venue.shows("bids none | asks 100 x 3 (#1 3)")


@scenario(7, "The taker's instruction rules, not the maker's")
def taker_rules(venue):
    venue.sell(3, at=100, self_trade=SelfTrade.CANCEL_OLDEST)
    venue.shows("bids none | asks 100 x 3 (#1 3)")
    venue.buy(1, at=100)
    venue.says("#2 accepted", "#2 cancelled, 1 left: self_trade")
    venue.shows("bids none | asks 100 x 3 (#1 3)")


@scenario(8, "A market order without liquidity ends with a reason and never rests")
def market_order_empty(venue):
    venue.shows("bids none | asks none")
    venue.buy(2)
    venue.says("#1 accepted", "#1 cancelled, 2 left: no_liquidity")
    venue.sell(1, at=100, by="bob")
    venue.buy(2)
    venue.says("#3 accepted", "#3 trades 1 with #2 at 100", "#3 cancelled, 1 left: no_liquidity")
    venue.shows("bids none | asks none")


@scenario(8, "The collar: 5% from the touch")
def collar(venue):
    venue.sell(1, at=100)
    venue.sell(1, at=105)
    venue.sell(1, at=106)
    venue.shows("bids none | asks 100 x 1 (#1 1); 105 x 1 (#2 1); 106 x 1 (#3 1)")
    venue.buy(3, by="bob")
    venue.says(
        "#4 accepted",
        "#4 trades 1 with #1 at 100",
        "#4 trades 1 with #2 at 105",
        "#4 cancelled, 1 left: beyond_collar",
    )
    venue.shows("bids none | asks 106 x 1 (#3 1)")


@scenario(
    9,
    "What does not fit is refused, not rounded",
    rules={
        "price_step": 5,
        "quantity_step": 10,
        "min_notional": 2_000,
        "max_quantity": 100,
        "band": 1_000,
        "reference": 100,
    },
)
def filters(venue):
    for quantity, price, why in (
        (20, 0, "price_not_positive"),
        (20, -5, "price_not_positive"),
        (20, 101, "off_tick"),
        (20, 115, "price_out_of_band"),
        (0, 100, "quantity_not_positive"),
        (110, 100, "quantity_too_large"),
        (25, 100, "off_lot"),
        (10, 100, "notional_too_small"),
    ):
        venue.buy(quantity, at=price, kind=Type.LIMIT)
        venue.says(f"refused: {why}")
    venue.shows("bids none | asks none")
    venue.buy(20, at=110)
    venue.says("#9 accepted")
    venue.shows("bids 110 x 20 (#9 20) | asks none")


@scenario(9, "An unknown symbol, a halted one")
def unknown_and_halted(venue):
    venue.buy(1, at=100)
    venue.send(Kind.SUBMIT, text="alice: buy 1 at 100 of symbol 77", symbol=77, account=1, price=100, quantity=1)
    venue.says("refused: unknown_symbol")
    venue.phase(Kind.HALT)
    venue.says("halted")
    venue.buy(1, at=100)
    venue.says("refused: halted")
    venue.amend(1, 2)
    venue.says("refused: halted")
    venue.shows("bids 100 x 1 (#1 1) | asks none")
    venue.cancel(1)
    venue.says("#1 cancelled, 1 left: by_owner")
    venue.shows("bids none | asks none")


@scenario(10, "A retry gets the first result, another body is refused, even after the order is closed")
def client_ids(venue):
    venue.buy(2, at=100, client=b"a-1")
    venue.says("#1 accepted")
    venue.buy(2, at=100, client=b"a-1")
    venue.says("repeated: #1 ok")
    venue.buy(3, at=100, client=b"a-1")
    venue.says("refused: client_id_used")
    venue.buy(2, at=99, by="bob", client=b"a-1")
    venue.shows("bids 100 x 2 (#1 2); 99 x 2 (#4 2) | asks none")
    venue.cancel(1)
    venue.buy(2, at=100, client=b"a-1")
    venue.says("repeated: #1 ok")
    venue.buy(3, at=100, client=b"a-1")
    venue.says("refused: client_id_used")
    venue.shows("bids 99 x 2 (#4 2) | asks none")


@scenario(10, "A refusal is remembered too; the window ends by time and by number, whichever is later")
def client_window(venue):
    venue.send(Kind.WINDOW, text="window of 1,000 ms and 1 order", extra=1_000, quantity=1)
    venue.buy(1, at=100, client=b"one")
    venue.cancel(1)
    venue.wait(5_000)
    venue.buy(1, at=100, client=b"one")
    venue.says("repeated: #1 ok")
    venue.buy(0, at=100, client=b"two")
    venue.says("refused: quantity_not_positive")
    venue.buy(0, at=100, client=b"two")
    venue.says("repeated: #3 quantity_not_positive")
    venue.buy(1, at=100, client=b"one")
    venue.says("#5 accepted")
    for name in (b"three", b"four"):
        venue.cancel(venue.buy(1, at=99, client=name))
    venue.buy(0, at=100, client=b"two")
    venue.says("repeated: #3 quantity_not_positive")
    venue.shows("bids 100 x 1 (#5 1) | asks none")


@scenario(10, "A producer's repeat returns the outcome and executes nothing")
def producers(venue):
    fields = {"symbol": SYMBOL, "account": 1, "price": 100, "quantity": 2, "producer": 5, "producer_epoch": 1}
    venue.send(Kind.SUBMIT, text="producer 5, seq 8: buy 2 at 100", seq=8, **fields)
    venue.says("#1 accepted")
    venue.send(Kind.SUBMIT, text="producer 5, seq 8 again", seq=8, **fields)
    venue.says("repeated: #1 ok")
    venue.send(Kind.SUBMIT, text="producer 5, seq 7", seq=7, **fields)
    venue.says("refused: repeated")
    venue.shows("bids 100 x 2 (#1 2) | asks none")
    venue.send(Kind.SUBMIT, text="producer 5, its next epoch, seq 1", seq=1, **fields | {"producer_epoch": 2})
    venue.says("#2 accepted")
    venue.shows("bids 100 x 4 (#1 2, #2 2) | asks none")


@scenario(11, "Only the owner; a filled or unknown order is a refusal")
def owners(venue):
    venue.buy(2, at=100)
    venue.cancel(1, by="bob")
    venue.says("refused: not_owner")
    venue.amend(1, 1, by="bob")
    venue.says("refused: not_owner")
    venue.shows("bids 100 x 2 (#1 2) | asks none")
    venue.sell(2, at=100, by="bob")
    venue.cancel(1)
    venue.says("refused: nothing_open")
    venue.amend(1, 5)
    venue.says("refused: nothing_open")
    venue.cancel(99)
    venue.says("refused: unknown_order")
    venue.shows("bids none | asks none")


@scenario(12, "Cancel all goes in order of ids, whatever the prices")
def cancel_all(venue):
    for price in (98, 100, 99):
        venue.buy(1, at=price)
    venue.sell(1, at=105)
    venue.buy(1, at=97, by="bob")
    venue.shows("bids 100 x 1 (#2 1); 99 x 1 (#3 1); 98 x 1 (#1 1); 97 x 1 (#5 1) | asks 105 x 1 (#4 1)")
    venue.send(Kind.CANCEL_ALL, text="alice: cancel all buys", account=1, symbol=SYMBOL, side=BUY)
    venue.says(*[f"#{each} cancelled, 1 left: by_cancel_all" for each in (1, 2, 3)])
    venue.shows("bids 97 x 1 (#5 1) | asks 105 x 1 (#4 1)")


@scenario(12, "Cancel on disconnect, for orders that asked for it")
def on_disconnect(venue):
    venue.buy(1, at=98, flags=Flag.CANCEL_ON_DISCONNECT)
    venue.buy(1, at=99)
    venue.buy(1, at=100, flags=Flag.CANCEL_ON_DISCONNECT)
    venue.shows("bids 100 x 1 (#3 1); 99 x 1 (#2 1); 98 x 1 (#1 1) | asks none")
    venue.send(Kind.DISCONNECT, text="alice: disconnect", account=1)
    venue.says("#1 cancelled, 1 left: disconnected", "#3 cancelled, 1 left: disconnected")
    venue.shows("bids 99 x 1 (#2 1) | asks none")


@scenario(12, "The dead-man switch acts unless it is asked again")
def dead_man(venue):
    venue.buy(1, at=100)
    venue.send(Kind.CANCEL_AFTER, text="alice: cancel after 2,000 ms", account=1, extra=2_000)
    venue.wait(1_500)
    venue.send(Kind.CANCEL_AFTER, text="alice: cancel after 2,000 ms, again", account=1, extra=2_000)
    venue.wait(1_999)
    venue.send(Kind.TICK)
    venue.says()
    venue.shows("bids 100 x 1 (#1 1) | asks none")
    venue.wait(1)
    venue.send(Kind.TICK)
    venue.says("#1 cancelled, 1 left: dead_man")
    venue.shows("bids none | asks none")


@scenario(13, "An auction collects, then trades the most at one price")
def auction(venue):
    venue.phase(Kind.AUCTION)
    venue.says("auction")
    venue.buy(4, at=103)
    venue.buy(4, at=101)
    venue.sell(5, at=100, by="bob")
    venue.sell(3, at=102, by="carol")
    venue.buy(1, at=105, time_in_force=IOC)
    venue.says("refused: in_auction")
    venue.shows("bids 103 x 4 (#1 4); 101 x 4 (#2 4) | asks 100 x 5 (#3 5); 102 x 3 (#4 3)")
    venue.phase(Kind.UNCROSS)
    venue.says(
        "#1 trades 4 with #3 at 100 in the auction", "#2 trades 1 with #3 at 100 in the auction", "continuous at 100"
    )
    venue.shows("bids 101 x 3 (#2 3) | asks 102 x 3 (#4 3)")


@scenario(13, "Of equal volumes the smallest imbalance decides")
def auction_imbalance(venue):
    venue.phase(Kind.AUCTION)
    venue.buy(5, at=102)
    venue.buy(3, at=100, by="carol")
    venue.sell(5, at=99, by="bob")
    venue.shows("bids 102 x 5 (#1 5); 100 x 3 (#2 3) | asks 99 x 5 (#3 5)")
    venue.phase(Kind.UNCROSS)
    venue.says("#1 trades 5 with #3 at 101 in the auction", "continuous at 101")
    venue.shows("bids 100 x 3 (#2 3) | asks none")


@scenario(13, "Then the price nearest to the reference, even between the orders' prices", rules={"reference": 104})
def auction_reference(venue):
    venue.phase(Kind.AUCTION)
    venue.buy(5, at=107)
    venue.sell(5, at=99, by="bob")
    venue.shows("bids 107 x 5 (#1 5) | asks 99 x 5 (#2 5)")
    venue.phase(Kind.UNCROSS)
    venue.says("#1 trades 5 with #2 at 104 in the auction", "continuous at 104")
    venue.shows("bids none | asks none")


@scenario(13, "A halt keeps the book, and a resume after an auction never leaves it crossed")
def halt_and_resume(venue):
    venue.phase(Kind.AUCTION)
    venue.buy(1, at=101)
    venue.sell(1, at=100, by="bob")
    venue.phase(Kind.HALT)
    venue.says("halted")
    venue.shows("bids 101 x 1 (#1 1) | asks 100 x 1 (#2 1)")
    venue.phase(Kind.RESUME)
    venue.says("#1 trades 1 with #2 at 100 in the auction", "continuous at 100")
    venue.shows("bids none | asks none")


@scenario(13, "A closing auction: what crosses trades at one price, then the session ends")
def closing_auction(venue):
    venue.phase(Kind.AUCTION)
    venue.buy(4, at=103, time_in_force=TimeInForce.DAY)
    venue.buy(2, at=99)
    venue.sell(3, at=100, by="bob")
    venue.shows("bids 103 x 4 (#1 4); 99 x 2 (#2 2) | asks 100 x 3 (#3 3)")
    venue.phase(Kind.CLOSE)
    venue.says("#1 trades 3 with #3 at 100 in the auction", "#1 cancelled, 1 left: session_ended", "closed at 100")
    venue.shows("bids 99 x 2 (#2 2) | asks none")


@scenario(13, "Time is the journal's: an order that comes too late is stale")
def stale(venue):
    venue.buy(1, at=100, deadline=900)
    venue.says("refused: stale")
    venue.buy(1, at=100, deadline=1_000)
    venue.says("#2 accepted")
    venue.buy(1, at=100, time=500, deadline=700)
    venue.says("refused: stale")
    venue.shows("bids 100 x 1 (#2 1) | asks none")


@scenario(14, "Stops trigger by price, then by time, cascades in the same step")
def stop_cascade(venue):
    for price in (100, 101, 102, 103):
        venue.sell(1, at=price, by="bob")
    venue.buy(1, kind=STOP, stop=101)
    venue.buy(1, kind=STOP, stop=100)
    venue.buy(1, kind=STOP, stop=100, by="carol")
    venue.shows("bids none | asks 100 x 1 (#1 1); 101 x 1 (#2 1); 102 x 1 (#3 1); 103 x 1 (#4 1)")
    venue.buy(1, at=100, by="carol")
    venue.says(
        "#8 accepted",
        "#8 trades 1 with #1 at 100",
        "#6 triggered at 100",
        "#6 trades 1 with #2 at 101",
        "#7 triggered at 100",
        "#7 trades 1 with #3 at 102",
        "#5 triggered at 101",
        "#5 trades 1 with #4 at 103",
    )
    venue.shows("bids none | asks none")


@scenario(14, "A stop-limit rests when its limit is not reached; a stop on quotes watches the touch")
def stop_limit_and_quotes(venue):
    venue.sell(1, at=105, by="bob")
    venue.buy(1, at=103, kind=STOP_LIMIT, stop=104, flags=Flag.ON_QUOTE)
    venue.says("#2 accepted", "#2 triggered at 104")
    venue.shows("bids 103 x 1 (#2 1) | asks 105 x 1 (#1 1)")
    venue.sell(1, at=99, kind=STOP_LIMIT, stop=98, by="carol", flags=Flag.ON_QUOTE)
    venue.says("#3 accepted")
    venue.buy(1, at=97)
    venue.cancel(2)
    venue.says("#2 cancelled, 1 left: by_owner", "#3 triggered at 98")
    venue.shows("bids 97 x 1 (#4 1) | asks 99 x 1 (#3 1); 105 x 1 (#1 1)")


@scenario(14, "A stop buys no dearer than the collar of its trigger, which is what it reserved")
def stop_bound(venue):
    venue.sell(1, at=100, by="bob")
    venue.sell(1, at=106, by="bob")
    venue.buy(1, kind=STOP, stop=100)
    venue.shows("bids none | asks 100 x 1 (#1 1); 106 x 1 (#2 1)")
    venue.buy(1, at=100, by="carol")
    venue.says(
        "#4 accepted", "#4 trades 1 with #1 at 100", "#3 triggered at 100", "#3 cancelled, 1 left: beyond_collar"
    )
    venue.shows("bids none | asks 106 x 1 (#2 1)")


@scenario(14, "At most 1,024 stops run in a command; the rest runs before the next, and counts there", **FREE)
def trigger_budget(venue):
    venue.sell(1_031, at=100, by="bob")
    venue.sell(2_000, at=101, by="bob")
    for stop in (100, 101):
        for _ in range(1_030):
            venue.send(Kind.SUBMIT, symbol=SYMBOL, account=1, type=STOP, stop=stop, quantity=1)
        del venue.log[-1_030:]
        venue.log.append(("do", f"alice: 1,030 times buy 1 stop {stop}"))
    venue.shows("bids none | asks 100 x 1031 (#1 1031); 101 x 2000 (#2 2000)")
    venue.buy(1, at=100, by="carol")
    assert (venue.events["kind"] == Happening.TRIGGERED).sum() == 1_024
    venue.shows("bids none | asks 100 x 6 (#1 6); 101 x 2000 (#2 2000)")
    venue.buy(1, at=101, by="carol")
    assert (venue.events["kind"] == Happening.TRIGGERED).sum() == 1_024
    assert venue.events["order"][0] == 1_027
    venue.shows("bids none | asks 101 x 981 (#2 981)")
    venue.amend(2_062, 2)
    venue.shows("bids none | asks 101 x 969 (#2 969)")


@scenario(15, "Depth follows from events: what an order shows is in them")
def depth(venue):
    venue.sell(9, at=100, kind=ICEBERG, extra=2)
    assert venue.events["maker_open"].tolist() == [2]
    venue.buy(3, by="bob")
    venue.says("#2 accepted", "#2 trades 2 with #1 at 100", "#1 shows 2 more", "#2 trades 1 with #1 at 100")
    assert venue.events["maker_open"].tolist() == [0, 7, 2, 6]
    venue.shows("bids none | asks 100 x 1 (#1 1+5)")


@scenario(16, "The hash sees a reversed queue that level totals hide")
def reversed_queue(venue):
    venue.buy(1, at=100)
    venue.buy(1, at=100, by="bob")
    venue.shows("bids 100 x 2 (#1 1, #2 1) | asks none")
    before, depth = venue.engine.state_hash(), venue.engine.depth(SYMBOL, BUY, 9)
    venue.amend(1, 1, flags=Flag.REQUEUE)
    venue.shows("bids 100 x 2 (#2 1, #1 1) | asks none")
    assert venue.engine.depth(SYMBOL, BUY, 9) == depth
    assert venue.engine.state_hash() != before
    venue.amend(2, 1, by="bob", flags=Flag.REQUEUE)
    assert venue.engine.state_hash() == before


@scenario(16, "The hash covers configuration, stops and producers")
def hashed_state(venue):
    hashes = [venue.engine.state_hash()]

    def differs():
        hashes.append(venue.engine.state_hash())
        assert len(set(hashes)) == len(hashes)

    venue.buy(1, kind=STOP, stop=100)
    differs()
    venue.send(Kind.REFERENCE, symbol=SYMBOL, price=100)
    differs()
    venue.send(Kind.LIMITS, account=1, max_orders=7)
    differs()
    venue.send(Kind.TICK, producer=3, seq=1)
    differs()
    venue.send(Kind.EPOCH, extra=1, quantity=2)
    differs()
    venue.shows("bids none | asks none")


@scenario(17, "A new epoch gives new ids; orders of the old one live on")
def epochs(venue):
    venue.buy(1, at=100)
    venue.send(Kind.EPOCH, text="epoch 1 of shard 2", extra=1, quantity=2)
    assert venue.buy(1, at=99) == (1 << 48) + (2 << 40) + 2
    venue.cancel(1)
    venue.says("#1 cancelled, 1 left: by_owner")
    venue.send(Kind.EPOCH, text="epoch 1 again", extra=1, quantity=2)
    venue.says("refused: bad_field")
    venue.shows(f"bids 99 x 1 (#{(1 << 48) + (2 << 40) + 2} 1) | asks none")


@scenario(
    18, "A cash account pays for every order before it stands, and nothing twice", kind=AccountKind.CASH, cash=1_000
)
def cash_account(venue):
    venue.buy(6, at=100)
    venue.holds("alice", cash=1_000, available=400)
    venue.buy(5, at=100)
    venue.says("refused: no_buying_power")
    venue.amend(1, 11)
    venue.says("refused: no_buying_power")
    venue.amend(1, 5)
    venue.holds("alice", available=500)
    venue.sell(1, at=100)
    venue.says("refused: no_shorting")
    venue.cancel(1)
    venue.holds("alice", cash=1_000, available=1_000)
    venue.shows("bids none | asks none")


@scenario(18, "A market buy reserves its quantity at the collar", kind=AccountKind.MARGIN, cash=1_000)
def market_reserve(venue):
    venue.sell(10, at=100, by="bob")
    venue.buy(10)
    venue.says("refused: no_buying_power")
    venue.shows("bids none | asks 100 x 10 (#1 10)")
    venue.buy(9)
    venue.says("#3 accepted", "#3 trades 9 with #1 at 100")
    venue.holds("alice", cash=100, quantity=9, cost=900)
    venue.shows("bids none | asks 100 x 1 (#1 1)")


@scenario(
    18,
    "A short reserves margin at the higher of its limit and the reference",
    rules={"margin": 5_000, "reference": 200},
    cash=1_000,
)
def short_margin(venue):
    venue.sell(10, at=100)
    venue.says("#1 accepted")
    venue.holds("alice", available=0)
    venue.sell(1, at=100)
    venue.says("refused: no_buying_power")
    venue.shows("bids none | asks 100 x 10 (#1 10)")


@scenario(18, "What only closes is never refused for buying power", rules={"margin": 10_000}, cash=1_000)
def closing(venue):
    venue.sell(10, at=100, by="bob")
    venue.buy(10, at=100)
    venue.holds("alice", cash=0, available=0, quantity=10)
    venue.sell(10, at=90)
    venue.says("#3 accepted")
    venue.sell(1, at=90)
    venue.says("refused: no_buying_power")
    venue.shows("bids none | asks 90 x 10 (#3 10)")


@scenario(18, "A loss takes buying power; closing is still allowed", rules={"margin": 5_000}, cash=1_000)
def loss(venue):
    venue.sell(20, at=100, by="bob")
    venue.buy(20, at=100)
    venue.sell(1, at=90, by="carol")
    venue.buy(1, at=90, by="bob")
    venue.holds("alice", quantity=20, unrealised=-200, available=-100)
    venue.buy(1, at=90)
    venue.says("refused: no_buying_power")
    venue.sell(20, at=90)
    venue.says("#6 accepted")
    venue.shows("bids none | asks 90 x 20 (#6 20)")


@scenario(
    18,
    "A reservation holds the fee as well",
    kind=AccountKind.CASH,
    cash=1_000,
    rules={"maker_fee": 1_000, "taker_fee": 2_000},
)
def fee_reserve(venue):
    venue.buy(10, at=100)
    venue.says("refused: no_buying_power")
    venue.buy(9, at=100)
    venue.says("#2 accepted")
    venue.holds("alice", available=1_000 - 9 * 101)
    venue.shows("bids 100 x 9 (#2 9) | asks none")


@scenario(18, "Limits: orders, notional, position, rate")
def limits(venue):
    venue.send(Kind.LIMITS, text="alice: at most 2 orders", account=1, max_orders=2)
    venue.buy(1, at=99)
    venue.buy(1, at=98)
    venue.buy(1, at=97)
    venue.says("refused: order_limit")
    venue.send(Kind.LIMITS, text="alice: at most 400 an order", account=1, max_notional=400)
    venue.buy(5, at=97)
    venue.says("refused: notional_limit")
    venue.send(Kind.LIMITS, text="alice: at most 4 lots", account=1, max_position=4)
    venue.buy(3, at=97)
    venue.says("refused: position_limit")
    venue.amend(2, 4)
    venue.says("refused: position_limit")
    venue.send(Kind.LIMITS, text="alice: at most 7 submissions a second", account=1, max_rate=7)
    for _ in range(2):
        venue.sell(1, at=110)
    venue.sell(1, at=110)
    venue.says("refused: rate_limit")
    venue.wait(1_000)
    venue.sell(1, at=110)
    venue.says("#9 accepted")
    venue.shows("bids 99 x 1 (#1 1); 98 x 1 (#2 1) | asks 110 x 3 (#6 1, #7 1, #9 1)")


@scenario(18, "The kill switch")
def kill_switch(venue):
    venue.buy(1, at=100)
    venue.buy(1, at=99, by="bob")
    venue.shows("bids 100 x 1 (#1 1); 99 x 1 (#2 1) | asks none")
    venue.send(Kind.KILL, text="kill alice", account=1)
    venue.says("configured", "#1 cancelled, 1 left: killed")
    venue.buy(1, at=100)
    venue.says("refused: killed")
    venue.send(Kind.REVIVE, text="revive alice", account=1)
    venue.buy(1, at=100)
    venue.says("#4 accepted")
    venue.shows("bids 100 x 1 (#4 1); 99 x 1 (#2 1) | asks none")


@scenario(19, "Cash, fees and lots are conserved to the unit", rules={"maker_fee": -10_000, "taker_fee": 15_000})
def conservation(venue):
    venue.sell(7, at=333)
    venue.buy(7, at=333, by="bob")
    venue.says("#2 accepted", "#2 trades 7 with #1 at 333", "bob -35: fee", "alice +23: fee")
    venue.holds("alice", cash=1_002_354, quantity=-7, cost=-2_331, fees=-23)
    venue.holds("bob", cash=997_634, quantity=7, fees=35)
    assert sum(venue.engine.account(each).cash for each in (0, 1, 2, 3)) == 3_000_000
    venue.shows("bids none | asks none")


@scenario(19, "Profit is exact when an average is not: 1 at 100 and 2 at 101, sold one by one")
def exact_profit(venue):
    venue.sell(1, at=100, by="bob")
    venue.sell(2, at=101, by="bob")
    venue.buy(3, at=101)
    venue.holds("alice", quantity=3, cost=302)
    for realised, cost in ((2, 202), (3, 101), (4, 0)):
        venue.buy(1, at=102, by="carol")
        venue.sell(1, at=102)
        venue.holds("alice", realised=realised, cost=cost)
    venue.holds("alice", quantity=0, cash=1_000_004)
    venue.shows("bids none | asks none")


@scenario(19, "Through zero: what closes makes profit, what is left opens at the trade's price")
def through_zero(venue):
    venue.sell(3, at=100, by="bob")
    venue.buy(3, at=100)
    venue.sell(5, at=110)
    venue.buy(5, at=110, by="carol")
    venue.holds("alice", quantity=-2, cost=-220, realised=30)
    venue.shows("bids none | asks none")


@scenario(20, "A static quote cannot be hit twice; a new one restores only what it adds")
def static_quote(venue):
    venue.quote(SELL, 10, at=100)
    venue.says("house has 10 of 10 at 100")
    venue.buy(4, at=100)
    venue.says("#1 accepted", "#1 trades 4 with house at 100")
    venue.shows("bids none | asks 100 x 6 (house 6)")
    venue.quote(SELL, 10, at=100)
    venue.says("house has 6 of 10 at 100")
    venue.quote(SELL, 12, at=100)
    venue.says("house has 8 of 12 at 100")
    venue.shows("bids none | asks 100 x 8 (house 8)")


@scenario(20, "Increases join behind paper orders; decreases come from before and behind")
def queue_position(venue):
    venue.quote(BUY, 10, at=100)
    venue.buy(3, at=100)
    venue.quote(BUY, 20, at=100)
    venue.shows("bids 100 x 23 (house 10, #1 3, house 10) | asks none")
    venue.quote(BUY, 12, at=100)
    venue.shows("bids 100 x 15 (house 6, #1 3, house 6) | asks none")
    venue.quote(BUY, 0, at=100)
    venue.says("house has 0 of 0 at 100")
    venue.shows("bids 100 x 3 (#1 3) | asks none")


@scenario(20, "A print serves the front of the queue")
def prints(venue):
    venue.quote(BUY, 5, at=100)
    venue.buy(3, at=100)
    venue.quote(BUY, 9, at=100)
    venue.shows("bids 100 x 12 (house 5, #1 3, house 4) | asks none")
    venue.quote(BUY, 7, at=100, kind=Kind.PRINT)
    venue.says("house trades 2 with #1 at 100", "house has 2 of 2 at 100")
    venue.shows("bids 100 x 3 (#1 1, house 2) | asks none")


@scenario(20, "A print first fills paper orders at better prices: whoever traded would have met them before")
def print_through(venue):
    venue.quote(BUY, 4, at=99)
    venue.buy(2, at=101)
    venue.buy(6, at=100, kind=Type.ICEBERG, extra=2, by="bob")
    venue.buy(3, at=99, by="carol")
    venue.shows("bids 101 x 2 (#1 2); 100 x 2 (#2 2+4); 99 x 7 (house 4, #3 3) | asks none")
    venue.quote(BUY, 13, at=99, kind=Kind.PRINT)
    venue.says(
        "house trades 2 with #1 at 101",
        "house trades 2 with #2 at 100",
        "#2 shows 2 more",
        "house trades 2 with #2 at 100",
        "#2 shows 2 more",
        "house trades 2 with #2 at 100",
        "house trades 1 with #3 at 99",
        "house has 0 of 0 at 99",
    )
    venue.shows("bids 99 x 2 (#3 2) | asks none")


@scenario(20, "A crossed external market is withdrawn")
def crossed_outside(venue):
    venue.quote(BUY, 5, at=99)
    venue.quote(SELL, 5, at=101)
    venue.buy(1, at=98)
    venue.shows("bids 99 x 5 (house 5); 98 x 1 (#1 1) | asks 101 x 5 (house 5)")
    venue.quote(BUY, 5, at=102)
    venue.says("house cancelled, 5 left: external_crossed")
    venue.shows("bids 99 x 5 (house 5); 98 x 1 (#1 1) | asks none")


@scenario(20, "Quotes trade with paper orders they reach, and paper orders with each other, in one queue")
def quotes_trade(venue):
    venue.sell(2, at=101)
    venue.quote(BUY, 5, at=101)
    venue.says("house trades 2 with #1 at 101", "house has 3 of 5 at 101")
    venue.shows("bids 101 x 3 (house 3) | asks none")
    venue.holds("alice", quantity=-2)
