"""Retries, Retry-After, and keys kept out of texts."""

from typing import Any

import pytest

from arbitrax.domain.dates import start_of_day
from arbitrax.domain.errors import BadPayload, NoData, RateLimited, Unauthorized, VendorDown
from arbitrax.market_data.providers.access import Retries
from arbitrax.market_data.providers.answers import AnswerReader, Reply
from arbitrax.market_data.providers.http_client import retry_after, worth_another
from arbitrax.market_data.providers.limits import POLYGON
from arbitrax.market_data.providers.redaction import LONGEST, Redaction

NOW = start_of_day("2026-11-26")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), (" 0 ", 0.0), ("Thu, 26 Nov 2026 00:02:00 GMT", 120.0), ("Thu, 26 Nov 2026 00:02:00 -0000", 120.0),
     ("Wed, 25 Nov 2026 00:00:00 GMT", 0.0), ("soon", None), ("-5", None), (None, None), ("9" * 400, 86400.0),
     ("\u00b2", None), ("Thu, 26 Nov 2099 00:00:00 GMT", 86400.0)],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date(header, seconds):
    assert retry_after(header, now=NOW) == seconds


def test_only_what_can_get_better_is_tried_again():
    retries = Retries(patience=15.0, jitter=1.0)
    assert worth_another(VendorDown("down"), retries) is True
    for hopeless in (BadPayload("x"), Unauthorized("x"), NoData("x"), ValueError("x"), RateLimited("x")):
        assert worth_another(hopeless, retries) is False
    assert worth_another(RateLimited("x", retry_after=15.1), retries) is False
    assert worth_another(RateLimited("x", retry_after=1.0, daily=True), retries) is False
    pauses = {worth_another(RateLimited("x", retry_after=2.0), retries) for _ in range(50)}
    assert all(2.0 <= pause < 3.0 for pause in pauses)
    assert len(pauses) > 1


def test_a_body_cut_anywhere_is_a_vendor_that_broke_off():
    answers = AnswerReader(POLYGON, Redaction("k"))
    whole = b'{"a":[{"v":1500.5,"s":"caf\\u00e9 caf\xc3\xa9","n":true,"m":null,"x":-1.5e-10,"i":12}],"b":"OK"}'
    answers.decode(Reply(200, {}, whole), dict[str, Any], "AAPL")
    for at in range(len(whole)):
        with pytest.raises(VendorDown, match="broke off its answer when asked for AAPL"):
            answers.decode(Reply(200, {}, whole[:at]), dict[str, Any], "AAPL")


@pytest.mark.parametrize(
    "text",
    ["key a+b/c= here",
     "url ?apikey=a%2Bb%2Fc%3D&x", "A+B/C= in capitals", "We have detected your API key as QQ77QQ and",
     "apikey=QQ77QQ", 'api_key: "QQ77QQ"'],
)  # fmt: skip
def test_keys_are_hidden_however_they_are_written(text):
    hidden = Redaction("a+b/c=")(text)
    assert "***" in hidden
    for form in ("a+b", "a%2b", "qq77qq"):
        assert form not in hidden.lower()


def test_texts_are_one_short_line():
    assert Redaction(None)("a\n  b\tc") == "a b c"
    assert len(Redaction("k")("x" * 1000)) == LONGEST + 3
    assert (
        Redaction(None)("Please claim your free API key on (https://x)")
        == "Please claim your free API key on (https://x)"
    )
