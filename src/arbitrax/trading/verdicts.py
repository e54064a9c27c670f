"""What every check says of an order before it is sent, for those outside: names, decimals, and whether it passed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from arbitrax.exchange.identifiers import order_text
from arbitrax.exchange.records import Check, Code, Phase
from arbitrax.exchange.views import Finding, Verdict
from arbitrax.trading.orders import CheckState, Refused, Validation
from arbitrax.trading.refusals import REFUSALS
from arbitrax.trading.registry import Account, Instrument

EXACT, ENTRY, PAST = "exact_decimals", "entry_open", "client_id"
"""Checks that are made before the order leaves this process."""
PRICES = {
    Check.PRICE, Check.PRICE_STEP, Check.PRICE_BAND, Check.TRIGGER, Check.TRIGGER_STEP, Check.STARTING_PRICE,
    Check.POST_ONLY,
}  # fmt: skip
LOTS = {
    Check.QUANTITY, Check.MAX_QUANTITY, Check.QUANTITY_STEP, Check.DISPLAY, Check.REDUCE_ONLY, Check.MAX_POSITION,
    Check.SHORTING, Check.FILL_OR_KILL,
}  # fmt: skip
CASH = {Check.MIN_NOTIONAL, Check.MAX_NOTIONAL, Check.BUYING_POWER}
COUNTS = {Check.RATE, Check.OPEN_ORDERS}
TIMES = {Check.DEADLINE, Check.EXPIRY}
NO_LIMIT_AT_0 = {
    Check.PRICE, Check.TRIGGER, Check.STARTING_PRICE, Check.QUANTITY, Check.MIN_NOTIONAL, Check.MAX_POSITION,
    Check.RATE, Check.OPEN_ORDERS, Check.POST_ONLY,
}  # fmt: skip
"""Checks whose limit is none when it is 0; of the others 0 is a limit."""


def passed(name: str) -> CheckState:
    """Return a check of this process that passed."""
    return CheckState(name, True)


def failed(name: str, refusal: Refused) -> CheckState:
    """Return one that failed."""
    return CheckState(name, False, refusal.code, refusal.sentence)


def refused_here(checks: list[CheckState], time: int) -> Validation:
    """Return what is said of an order that would not leave this process."""
    last = checks[-1]
    return Validation(accepted=False, code=last.code, sentence=last.sentence, time=time, checks=tuple(checks))


def validation(before: list[CheckState], verdict: Verdict, owner: Account, instrument: Instrument) -> Validation:
    """Return what the engine says, after what was checked before."""
    checks = (*before, *(_state(each, owner, instrument) for each in verdict.findings))
    first = next((each for each in checks if not each.passed), None)
    fills = verdict.fills if first is None and verdict.fills >= 0 else None
    return Validation(
        accepted=first is None,
        code=None if first is None else first.code,
        sentence=None if first is None else first.sentence,
        time=verdict.time,
        repeats=order_text(verdict.repeats) if verdict.repeats else None,
        fills=None if fills is None else instrument.quantities.write(fills),
        checks=checks,
    )


def _state(finding: Finding, owner: Account, instrument: Instrument) -> CheckState:
    write = _unit(finding.check, owner, instrument)
    refusal = None if finding.code == Code.OK else REFUSALS[finding.code]
    value = limit = None
    if write is not None:
        value = write(finding.value)
        if finding.limit or finding.check not in NO_LIMIT_AT_0:
            limit = write(finding.limit)
    elif finding.check == Check.PHASE:
        value = Phase(finding.value).name.lower()
    name = finding.check.name.lower()
    if refusal is None:
        return CheckState(name, True, value=value, limit=limit)
    return CheckState(name, False, refusal.code, refusal.sentence, value, limit)


def _unit(check: Check, owner: Account, instrument: Instrument) -> Callable[[int], str] | None:
    """Return what writes a check's numbers; None: they are none."""
    if check in PRICES:
        return instrument.prices.write
    if check in LOTS:
        return instrument.quantities.write
    if check in CASH:
        return owner.cash.write
    if check in COUNTS:
        return str
    return _written_time if check in TIMES else None


def _written_time(ms: int) -> str:
    at = datetime.fromtimestamp(ms // 1000, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{ms % 1000:03}Z"
