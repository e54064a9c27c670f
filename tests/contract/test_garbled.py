"""Good documents with anything anywhere: an adapter answers, or raises an error of a vendor's, and nothing else."""

import asyncio
import contextlib
import copy
import json

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arbitrax.domain.errors import VendorError
from arbitrax.market_data.providers.access import Access
from arbitrax.market_data.providers.choice import provider_named
from arbitrax.market_data.providers.provider import Fetched
from tests.contract.asking import KEYS, NOW, PLANS, QUICK, OpenBucket, days
from tests.vendors import KEY, alpha_vantage, polygon, yahoo

VENDORS = {"polygon": polygon, "alpha_vantage": alpha_vantage, "yahoo": yahoo}
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
REQUEST = days("AAPL", "2020-08-24", "2020-09-02")


class Server:
    """What the documents of the stand-in want to know of it."""

    key, url, premium, page_rows, polygon_status = KEY, "https://x.invalid", True, 50_000, "OK"

    @staticmethod
    def now():
        return NOW


def places(document, here=()):
    """Return the path to each value of a document."""
    found = [here]
    inside = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for key, value in inside:
        found += places(value, (*here, key))
    return found


def spoil(document, place, value):
    if not place:
        return value
    spoiled = copy.deepcopy(document)
    at = spoiled
    for key in place[:-1]:
        at = at[key]
    at[place[-1]] = value
    return spoiled


QUESTIONS = {
    "bars": lambda adapter: adapter.bars(REQUEST),
    "actions": lambda adapter: adapter.actions("AAPL", REQUEST.start, REQUEST.end),
    "search": lambda adapter: adapter.search("apple"),
}


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("name", VENDORS)
@given(data=st.data())
def test_anything_anywhere(name, question, data):
    vendor = VENDORS[name]

    def handle(request):
        query = {"apikey": KEY, **dict(request.url.params)}
        answer = vendor.answer(Server, request.url.path, query, request.headers)
        document = json.loads(answer.body)
        place = data.draw(st.sampled_from(places(document)))
        body = json.dumps(spoil(document, place, data.draw(ANYTHING)))
        return httpx2.Response(answer.status, content=body.encode("utf-8", "surrogatepass"))

    access = Access(
        key=KEYS[name], plan=PLANS[name], transport=httpx2.MockTransport(handle), bucket=OpenBucket(),
        clock=lambda: NOW, retries=QUICK,
    )  # fmt: skip

    async def ask():
        adapter = provider_named(name, access)
        try:
            return await QUESTIONS[question](adapter)
        finally:
            await adapter.close()

    with contextlib.suppress(VendorError):
        found = asyncio.run(ask())
        if isinstance(found, Fetched):
            candidate = found.candidate
            assert {len(candidate), len(candidate.close), len(candidate.volume)} == {len(candidate)}
            assert candidate.symbol == "AAPL"
