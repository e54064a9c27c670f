"""One run on real prices, looked at once and pinned: every machine computes the same bytes.

The first trade was checked on paper: 100,000 / (3.8233 x 1.001) buys 26,129.357 at the open of 2000-04-12.
Change the hash only when a rule changes on purpose, and say so in the commit.
"""

import arbitrax as ax
from arbitrax.domain.dates import date_text
from tests.market import sample

GOLDEN = "57ebd24dad3539843302c82ea2ee1dd84f075f6ff1dbe9cad30bc6fa0a239c02"


def test_sma_cross_on_apple_gives_the_golden_hash():
    result = ax.backtest(ax.SmaCross(fast=10, slow=30), sample("AAPL"), commission_bps=10)
    first = result.trade_records[0]
    assert date_text(int(result.bars.timestamp[first["entry_bar"]])) == "2000-04-12"
    assert round(float(first["quantity"]), 3) == 26129.357
    assert len(result.trade_records) == 60
    assert result.hash == GOLDEN
