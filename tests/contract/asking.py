"""Ask adapters of the stand-in: on its clock, without waiting for anything that a test did not spoil."""

import asyncio
import traceback
from dataclasses import dataclass, field

import numpy as np
import pytest

from arbitrax.domain.dates import start_of_day
from arbitrax.domain.errors import VendorError
from arbitrax.domain.intervals import DAY, HOUR
from arbitrax.market_data.providers.access import Access, Retries, Timeouts
from arbitrax.market_data.providers.choice import provider_named
from arbitrax.market_data.providers.provider import BarRequest
from tests.vendors import KEY, market

NOW = start_of_day("2020-12-31") + 23 * HOUR
PLANS = {"polygon": "advanced", "alpha_vantage": "premium_1200", "yahoo": "free"}
KEYS = {"polygon": KEY, "alpha_vantage": KEY, "yahoo": None}
QUICK = Retries(attempts=3, first=0.0, longest=0.0, jitter=0.0, patience=15.0)


@dataclass
class OpenBucket:
    """Lets everybody through, and remembers who came; ``wait`` is what it tells them to wait."""

    wait: float = 0.0
    taken: list = field(default_factory=list)
    closed: bool = False

    async def take(self, name, *, rate, burst):
        self.taken.append((name, rate, burst))
        return self.wait

    async def close(self):
        self.closed = True


def access_to(stand_in, name, **changes):
    given = {
        "key": KEYS[name], "plan": PLANS[name], "base_url": stand_in.url, "bucket": OpenBucket(), "clock": lambda: NOW,
        "retries": QUICK, "timeouts": Timeouts(connect=10.0, read=30.0, total=60.0),
    }  # fmt: skip
    return Access(**{**given, **changes})


def ask(name, access, question):
    """Return the answer to a question (a function of the adapter), on a loop of its own."""

    async def asked():
        adapter = provider_named(name, access)
        try:
            return await question(adapter)
        finally:
            await adapter.close()

    return asyncio.run(asked())


def days(symbol, first, last):
    return BarRequest(symbol, "1d", start_of_day(first), start_of_day(last))


def as_traded(fetched):
    """Return a candidate's rows oldest first, in prices as traded: what a split-adjusted one says by its own splits."""
    bars = fetched.candidate.take(np.argsort(fetched.candidate.timestamp, kind="stable"))
    factor = np.ones(len(bars))
    if bars.basis == "split_adjusted":
        for each in fetched.actions:
            factor[bars.timestamp // DAY * DAY < each.ex_date] *= each.share_factor
    prices = [np.round(getattr(bars, column) * factor, 2) for column in ("open", "high", "low", "close")]
    return market.Rows(bars.timestamp, *prices, np.floor(bars.volume / factor))


def equal(found, expected):
    assert len(found) == len(expected)
    for column in market.Rows.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(found, column), getattr(expected, column), err_msg=column)


def refusal(name, access, question, kind):
    """Return the sentence of the error that is raised, after looking that neither it nor its past holds the key."""
    with pytest.raises(VendorError) as caught:
        ask(name, access, question)
    assert type(caught.value) is kind, repr(caught.value)
    told = "".join(traceback.format_exception(caught.value))
    earlier = caught.value.__context__
    while earlier is not None:  # what a chain hides is still there for who logs it
        told += repr(earlier) + repr(getattr(earlier, "request", ""))
        earlier = earlier.__context__
    without_key(told)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def without_key(text):
    for form in (KEY, "K3Y%2Bnot", "K3Y+not"):
        assert form not in text
