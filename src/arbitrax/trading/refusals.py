"""Why the exchange refuses, for those outside: one stable code, sentence and HTTP status for each `records.Code`."""

from msgspec import Struct

from arbitrax.exchange.records import Code

RISK_EXIT = 4
"""Exit code of the command line when risk refuses."""


class Refusal(Struct, frozen=True):
    """What a caller is told. ``retryable``: the same order may be taken later."""

    code: str
    sentence: str
    http_status: int = 422
    retryable: bool = False
    exit_code: int = 1


def _risk(code: str, sentence: str, status: int = 403, *, retryable: bool = False) -> Refusal:
    return Refusal(f"risk.{code}", sentence, status, retryable, RISK_EXIT)


def _phase(code: str, sentence: str) -> Refusal:
    return Refusal(f"market.{code}", sentence, 409, retryable=True)


REFUSALS: dict[Code, Refusal] = {
    Code.UNKNOWN_KIND: Refusal("command.unknown", "The exchange does not know this command; use one release for all."),
    Code.UNKNOWN_SYMBOL: Refusal("order.symbol_unknown", "The exchange does not list this symbol.", 404),
    Code.UNKNOWN_ACCOUNT: Refusal("order.account_unknown", "The exchange has no such account.", 404),
    Code.BAD_FIELD: Refusal("order.invalid", "The order's fields contradict each other or are out of range."),
    Code.STALE: Refusal("order.stale", "It came after its deadline and was not executed; send it again.", 409, True),
    Code.REPEATED: Refusal(
        "command.superseded", "A later command of this client came first; this one was not executed.", 409, True
    ),
    Code.NO_ROOM: Refusal("exchange.no_memory", "The exchange has no memory left; try again later.", 503, True),
    Code.PRICE_NOT_POSITIVE: Refusal("order.price_not_positive", "The price must be above 0."),
    Code.PRICE_OUT_OF_BAND: Refusal("order.price_out_of_band", "The price is too far from the reference price."),
    Code.QUANTITY_NOT_POSITIVE: Refusal("order.quantity_not_positive", "The quantity must be above 0."),
    Code.QUANTITY_TOO_LARGE: Refusal("order.quantity_too_large", "The quantity is above the instrument's maximum."),
    Code.NOTIONAL_TOO_SMALL: Refusal("order.notional_too_small", "Price times quantity is below the minimum."),
    Code.OFF_TICK: Refusal("order.price_off_tick", "The price is not a multiple of the tick size."),
    Code.OFF_LOT: Refusal("order.quantity_off_lot", "The quantity is not a multiple of the lot size."),
    Code.UNKNOWN_ORDER: Refusal("order.unknown", "There is no such order.", 404),
    # Somebody else's is as if it were not there.
    Code.NOT_OWNER: Refusal("order.unknown", "There is no such order.", 404),
    Code.CLIENT_ID_USED: Refusal(
        "order.client_id_used", "This client order id was used for another order; choose a new one."
    ),
    Code.NOTHING_OPEN: Refusal("order.closed", "The order is filled, cancelled or expired already.", 409),
    Code.RUNNING: Refusal("order.triggering", "The stop was triggered and can only be cancelled.", 409),
    Code.WOULD_TRADE: Refusal("order.would_trade", "A post-only order would trade at once at this price.", 409),
    Code.NOT_ALL_AT_ONCE: Refusal("order.not_all_at_once", "Fill-or-kill: the book cannot fill all of it now.", 409),
    Code.NO_LIQUIDITY: Refusal("order.no_liquidity", "There is nothing on the other side to trade with.", 409),
    Code.BEYOND_COLLAR: Refusal("order.beyond_collar", "The rest would trade too far from the best price.", 409),
    Code.NOT_AT_ONCE: Refusal("order.not_at_once", "Immediate-or-cancel: the rest found nothing to trade with.", 409),
    Code.SELF_TRADE: Refusal("order.self_trade", "It would trade with an order of the same account.", 409),
    Code.NOT_REDUCING: Refusal("order.not_reducing", "Reduce-only: it would do more than close the position.", 409),
    Code.NO_BUYING_POWER: _risk("no_buying_power", "The account's buying power does not cover it."),
    Code.POSITION_LIMIT: _risk("position_limit", "It could take the position beyond the account's limit."),
    Code.ORDER_LIMIT: _risk("order_limit", "The account has as many open orders as it may."),
    Code.NOTIONAL_LIMIT: _risk("notional_limit", "Its value is above what the account may order at once."),
    Code.RATE_LIMIT: _risk("rate_limit", "The account sent too many orders this second.", 429, retryable=True),
    Code.KILLED: _risk("killed", "The kill switch is on: no new orders."),
    Code.NO_SHORTING: _risk("no_shorting", "A cash account sells only what it holds."),
    Code.HALTED: _phase("halted", "Trading in the symbol is halted."),
    Code.CLOSED: _phase("closed", "The market is closed."),
    Code.IN_AUCTION: _phase("in_auction", "Such orders are not taken in an auction."),
    Code.NOT_IN_AUCTION: _phase("not_in_auction", "The symbol is in no auction."),
    Code.BY_OWNER: Refusal("ended.by_owner", "Its owner cancelled it."),
    Code.BY_CANCEL_ALL: Refusal("ended.by_cancel_all", "Its owner cancelled all orders."),
    Code.EXPIRED: Refusal("ended.expired", "Its time was over.", 409),
    Code.SESSION_ENDED: Refusal("ended.session_ended", "The session ended."),
    Code.DISCONNECTED: Refusal("ended.disconnected", "Its owner's connection was lost."),
    Code.DEAD_MAN: Refusal("ended.dead_man", "The dead-man switch acted."),
    Code.REPLACED: Refusal("ended.replaced", "It was amended to what had filled, or less."),
    Code.FUNDS_SPENT: Refusal("ended.funds_spent", "What is left of its funds buys no further lot."),
    Code.EXTERNAL_CROSSED: Refusal("ended.external_crossed", "The external market was crossed."),
    Code.WITHDRAWN_BY_HOUSE: Refusal("ended.withdrawn", "The external market took it back."),
}
"""Codes below 700 refuse; of those, 400 to 499 also end orders, and 700 to 799 only do."""

PAUSED = Refusal("exchange.paused", "", 503, True)
"""Entry is paused; the sentence says why. Cancels still pass."""
BUSY = Refusal("exchange.busy", "", 503, True)
"""It did not leave this process in time; nothing was done. The sentence says why."""
MISDATED = Refusal(
    "order.client_id_misdated",
    "The client order id says that it was made in the future; correct the clock of the machine that makes ids.",
)
NO_JOURNAL = Refusal(
    "exchange.no_journal", "The journal's server has not answered for 5 seconds; try again when it is back.", 503, True
)
NO_WORKER = Refusal(
    "exchange.no_worker",
    "No exchange worker of shard {shard} is running; try again when one is.",
    503,
    True,
)
