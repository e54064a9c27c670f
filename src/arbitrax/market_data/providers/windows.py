"""Split a request into those that a vendor answers whole."""

from arbitrax.domain.dates import date_text
from arbitrax.domain.errors import InputError
from arbitrax.domain.intervals import DAY, nanoseconds
from arbitrax.market_data.providers.limits import Plan, Vendor, Window
from arbitrax.market_data.providers.provider import BarRequest


def split(request: BarRequest, vendor: Vendor, plan: str, *, now: int) -> list[BarRequest]:
    """Return requests of at most the vendor's days each, oldest first; none for an empty range.

    Raises:
        InputError: the vendor has no bars of that interval, or the plan none so old.
    """
    window = bars_of(request.interval, vendor)
    check_reach(request, window, vendor, plan, now=now)
    step = request.end - request.start if window.request_days is None else window.request_days * DAY
    starts = range(request.start, request.end, step) if request.end > request.start else ()
    return [BarRequest(request.symbol, request.interval, start, min(start + step, request.end)) for start in starts]


def bars_of(interval: str, vendor: Vendor) -> Window:
    """Return what the vendor has of an interval.

    Raises:
        InputError: nothing.
    """
    if interval in vendor.windows:
        return vendor.windows[interval]
    offered = ", ".join(vendor.windows)
    if nanoseconds(interval) > DAY:
        advice = "bars of several days are made here from daily ones, so ingest 1d and resample"
    else:
        advice = f"ask for one of {offered}"
    raise InputError(f"{vendor.title} has no bars of {interval} to take ({offered}); {advice}.")


def check_reach(request: BarRequest, window: Window, vendor: Vendor, plan: str, *, now: int) -> None:
    """Refuse a start before the oldest bars.

    Raises:
        InputError: names the first day that can be had.
    """
    bought: Plan = vendor.plan(plan)
    for days, whose, advice in (
        (window.history_days, f"{vendor.title}'s bars of {request.interval} go", "or take a longer interval"),
        (
            bought.history_days,
            f"{vendor.title}'s plan {plan} goes",
            f"or set {vendor.settings}_PLAN to the plan of your key if it is a larger one",
        ),
    ):
        if days is not None and request.start < now - days * DAY:
            first = now - days * DAY
            first += -first % DAY
            raise InputError(
                f"{whose} back {days} days, and {request.symbol} was asked for from {date_text(request.start)}; start "
                f"on {date_text(first)} or later, {advice}."
            )
