"""docs/concepts/exchange-rules.md, from the rules, the scenarios as they ran, and the reference's own words."""

import inspect

from arbitrax.exchange import reference
from arbitrax.exchange.reference import (
    accounts,
    amend,
    auction,
    configure,
    engine,
    filters,
    hashing,
    house,
    pegs,
    risk,
    stops,
    submit,
)
from tests.exchange.scenarios import SCENARIOS

RULES = {
    1: ("Price, then time. A trade is at the resting order's price; the improvement goes to the taker.",
        "a partial fill sent the maker to the back of its queue"),
    2: ("An amend to less keeps its place; to more, or to another price, loses it.", "re-queued on every reduce"),
    3: ("An amend names the new total; open = total - filled. At or below what has filled, it cancels the rest.",
        "an amended 10-lot filled 14"),
    4: ("Limit, market (by quantity or funds), stop, stop-limit, trailing stop, iceberg, peg.", ""),
    5: ("GTC, DAY, GTD, IOC, FOK; post-only, refused or sliding on request; reduce-only.",
        "post-only checked, then crossed; FOK filled in part"),
    6: ("FOK and post-only are decided before the first fill, self-trade prevention included.",
        "FOK counted liquidity that self-trade prevention then removed"),
    7: ("Self-trade prevention by the taker's instruction: newest, oldest, both, decrement.",
        "scan order and consume order differed"),
    8: ("A market order that meets nothing ends with a reason; a collar bounds it.", "no fill and no cancel"),
    9: ("Refuse, never round: tick, lot, notional, quantity, band, symbol, halt.",
        "a replay without the filters rebuilt another book; here configuration is commands"),
    10: ("A client order id is unique per account over the window; a producer's repeat executes nothing.",
         "unique only among live orders"),
    11: ("Only the owner cancels or amends; a filled or unknown order is a refusal with a code.", "a crash"),
    12: ("Cancel on disconnect, cancel all, dead-man switch, in order of ids.", "hash-map order leaked"),
    13: ("Halts, auctions, expiry are commands; time is the command's.", ""),
    14: ("Stops run by price, then time, in the same step, at most 1,024 a command.", ""),
    15: ("The feed is derivable from the events.", "full depth only"),
    16: ("The same commands give the same events and the same state hash, which covers all that decides the future.",
         "comparing level totals hid a reversed queue"),
    17: ("The state needs nothing but the journal; ids continue in a new epoch.", ""),
    18: ("Limits and buying power are checked in the same step as matching.",
         "checked in the gateway, so two gateways overspend"),
    19: ("Cash and lots are conserved to the unit; the book is never crossed after a command in continuous trading.",
         "the same order filled twice"),
    20: ("The external market is a house participant; its liquidity is used once.",
         "queue position reset by any delete"),
}  # fmt: skip
CHAPTERS = (engine, submit, filters, amend, stops, pegs, auction, house, accounts, risk, configure, hashing)
MARKS = {"do": "", "event": "    ", "book": "        ", "account": "        "}


def rule_section(number):
    """Return a rule with its scenarios."""
    text, broken = RULES[number]
    lines = [f"## {number}. {text}", ""]
    if broken:
        lines += [f"Seen broken elsewhere: {broken}.", ""]
    for each in SCENARIOS:
        if each.rule == number:
            log = each.run(reference.MatchingEngine())
            lines += [f"**{each.title}**", "", "```text", *(MARKS[kind] + line for kind, line in log), "```", ""]
    return lines


def rules_page():
    """Return the page."""
    lines = [
        "# The exchange's rules",
        "",
        "Written by `scripts/write_docs.py` from `tests/exchange/scenarios.py`, which run on every engine, and the",
        "docstrings of `arbitrax/exchange/reference`; do not edit.",
        "",
        "Each scenario lists what was asked, indented the events, and further in the book: levels best first, the lots",
        "shown, then the queue, first come first. `#1 2+4` shows 2 and hides 4; `house` is the external market.",
        "",
    ]
    for number in RULES:
        lines += rule_section(number)
    lines += ["# What a command does, exactly", "", inspect.cleandoc(reference.__doc__ or ""), ""]
    for module in CHAPTERS:
        name = module.__name__.rpartition(".")[2]
        lines += [f"## `{name}`", "", inspect.cleandoc(module.__doc__ or ""), ""]
    return "\n".join(lines)
