"""The rules of validation: numbers, names, levels, what each says and where it was met."""

from functools import cache

from msgspec import Struct

from arbitrax.market_data.validation import (
    adjustment,
    basis,
    cross_checks,
    events,
    identity,
    jumps,
    order,
    prices,
    sessions,
    stamps,
    units,
    volume,
)
from arbitrax.market_data.validation.findings import Level
from arbitrax.market_data.validation.rows import Rule

ERROR, WARN, INFO = Level.ERROR, Level.WARN, Level.INFO


class RuleEntry(Struct, frozen=True):
    """A rule as the documentation and the command line show it."""

    number: int
    name: str
    levels: tuple[Level, ...]
    functions: tuple[Rule, ...]
    example: str
    """Where it was met in real data."""

    @property
    def text(self) -> str:
        """Return what the rule says, from the documentation of its functions."""
        said = (" ".join((each.__doc__ or "").split()).removeprefix(f"Rule {self.number}: ") for each in self.functions)
        return " ".join(each[:1].upper() + each[1:] for each in said)


RULES = (
    RuleEntry(
        1, "duplicate_timestamp", (WARN,), (order.duplicate_timestamp,),
        "Yahoo, AMZN 2019-01-25: two rows, with highs of 1683.449951 and 1683.47998.",
    ),
    RuleEntry(2, "not_in_order", (INFO,), (order.not_in_order,), "Alpha Vantage: always newest first."),
    RuleEntry(
        3, "price_missing", (ERROR,), (prices.price_missing,),
        "Yahoo, 1398.HK 2024-07-05: a row without prices before an ex-date.",
    ),
    RuleEntry(
        4, "price_not_positive", (ERROR,), (prices.price_not_positive,),
        "Yahoo, JNJ in the 1960s: open 0 beside a valid high, low and close.",
    ),
    RuleEntry(
        5, "price_outside_range", (ERROR, WARN), (prices.price_outside_range,),
        "Yahoo, SPY 2015-03-05: open 209.42 below the low of 209.85.",
    ),
    RuleEntry(6, "wick", (WARN,), (prices.wick,), "AAPL 2009-09-21: a low of 10.59 of a share at 184."),
    RuleEntry(
        7, "unit_switch", (ERROR,), (units.unit_switch, units.price_in_row),
        "Yahoo, AET.L in May 2022: rows at 0.1455 among others at 14.55.",
    ),
    RuleEntry(
        8, "jump", (ERROR, WARN, INFO), (jumps.jump, jumps.split_not_applied),
        "Yahoo, CNE.L 2023-05-09: one row adjusted twice. AAPL 2000-09-29: down 51.9%, and true.",
    ),
    RuleEntry(
        9, "mixed_basis", (ERROR,), (basis.price_basis, basis.volume_basis),
        "A bundle of AAPL with raw prices and adjusted volumes across the 7:1 split of 2014-06-09.",
    ),
    RuleEntry(
        10, "adjusted_close", (WARN,), (adjustment.adjusted_close,),
        "Yahoo, 8TRA.DE 2023-06-02: a dividend of 0.70 and no step.",
    ),
    RuleEntry(
        11, "event", (WARN,), (events.event,),
        "Yahoo, KEN.TA in January 2022: a dividend of 3.50 on the 18th and on the 19th.",
    ),
    RuleEntry(
        12, "session", (ERROR, WARN), (sessions.bar_without_session, sessions.session_missing),
        "A bundle of DELL: bars on 20 holidays, such as 2011-11-24.",
    ),
    RuleEntry(13, "intraday_gap", (WARN, INFO), (sessions.intraday_gap,), "The trading halts of March 2020."),
    RuleEntry(
        14, "partial_bar", (ERROR, INFO), (stamps.partial_bar,),
        "Yahoo: while a market is open the newest row is stamped with the time of the last trade.",
    ),
    RuleEntry(
        15, "not_final", (INFO,), (stamps.not_final,),
        'Alpha Vantage: "Last Refreshed 2018-05-31 14:43:40", and a row for that day.',
    ),
    RuleEntry(
        16, "time_zone", (ERROR,), (stamps.time_zone,),
        "A file whose stamps turn from New York's clock to UTC on 2025-02-14.",
    ),
    RuleEntry(
        17, "volume", (ERROR, WARN, INFO), (volume.volume_zero, volume.volume_impossible),
        "Yahoo, IXIC 2015-05-12: volume 0 on an open session.",
    ),
    RuleEntry(
        18, "foreign_row", (ERROR,), (identity.outside_request, identity.other_symbol),
        "A vendor that answers a range it does not have with the nearest one it has.",
    ),
    RuleEntry(
        19, "identity_break", (ERROR, WARN), (identity.identity_break,),
        "WM was Washington Mutual until 2008-09-26 and is Waste Management from 2009-08-05.",
    ),
    RuleEntry(
        20, "minutes_against_day", (INFO,), (cross_checks.minutes_against_day,),
        "US shares: the closing auction is in the day and in no minute; 7 to 10 bp on most days.",
    ),
    RuleEntry(
        21, "multi_day_bar", (ERROR,), (stamps.multi_day_bar,),
        "Yahoo, I3E.L: a weekly adjusted close of 23.36 where the day's is 23.50.",
    ),
    RuleEntry(22, "auction_bar", (INFO,), (sessions.auction_bar,), "Minute files with a bar at 16:00 on some days."),
    RuleEntry(
        23, "sources_differ", (INFO,), (cross_checks.sources_differ,),
        "GOOG 2007-11-07: half the volume of two other sources, as a later split was applied to it alone.",
    ),
)  # fmt: skip


@cache
def rules_by_name() -> dict[str, RuleEntry]:
    """Return the rules by the name that findings carry."""
    return {each.name: each for each in RULES}
