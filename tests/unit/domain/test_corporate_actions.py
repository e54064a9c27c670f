import pytest

from arbitrax.domain.corporate_actions import CorporateAction, in_order
from arbitrax.domain.dates import start_of_day
from arbitrax.domain.errors import DataError
from arbitrax.domain.intervals import DAY

DAY_OF = start_of_day("2014-06-09")
SPLIT = {"symbol": "AAPL", "kind": "split", "ex_date": DAY_OF, "ratio": 7.0}
DIVIDEND = {"symbol": "AAPL", "kind": "dividend", "ex_date": DAY_OF, "amount": 3.05, "currency": "USD"}


@pytest.mark.parametrize(
    ("valid", "change", "sentence"),
    [
        (SPLIT, {"symbol": ""}, "names the symbol ''"),
        (SPLIT, {"symbol": " AAPL"}, "without blanks"),
        (SPLIT, {"kind": "party"}, "'party' is no kind of corporate action; use split, stock_dividend"),
        (SPLIT, {"ex_date": DAY_OF + 1}, "which is no date"),
        (SPLIT, {"ratio": None}, "has the ratio None"),
        (SPLIT, {"ratio": 0.0}, "above zero"),
        (SPLIT, {"ratio": float("nan")}, "above zero"),
        (SPLIT, {"ratio": float("inf")}, "above zero"),
        (SPLIT, {"ratio": 1.0}, "which changes nothing"),
        (SPLIT, {"amount": 1.0}, "give a ratio alone"),
        (SPLIT, {"pay_date": DAY_OF}, "give a ratio alone"),
        (SPLIT, {"kind": "stock_dividend", "ratio": 0.05}, "such as 1.05 for 5%"),
        (DIVIDEND, {"ratio": 7.0}, "give an amount alone"),
        (DIVIDEND, {"amount": None}, "has the amount None"),
        (DIVIDEND, {"amount": -1.0}, "cash per share above zero"),
        (DIVIDEND, {"amount": float("nan")}, "cash per share above zero"),
        (DIVIDEND, {"currency": None}, "has the currency None"),
        (DIVIDEND, {"currency": "usd"}, "in capitals"),
        (DIVIDEND, {"pay_date": DAY_OF + 3600}, "pay date"),
    ],
)
def test_what_no_company_can_do_is_refused(valid, change, sentence):
    CorporateAction(**valid)
    with pytest.raises(DataError) as caught:
        CorporateAction(**{**valid, **change})
    assert sentence in str(caught.value)
    assert str(caught.value).endswith(".")


def test_the_message_names_the_action():
    with pytest.raises(DataError, match=r"^The stock dividend of AAPL on 2014-06-09 has"):
        CorporateAction(**{**SPLIT, "kind": "stock_dividend", "ratio": 0.05})


@pytest.mark.parametrize(
    ("kind", "ratio", "factor"),
    [("split", 7.0, 7.0), ("split", 0.1, 0.1), ("stock_dividend", 1.05, 1.05), ("spin_off", 0.5, 1.0)],
)
def test_only_splits_and_stock_dividends_change_the_number_of_shares(kind, ratio, factor):
    assert CorporateAction(symbol="A", kind=kind, ex_date=0, ratio=ratio).share_factor == factor
    assert CorporateAction(**DIVIDEND).share_factor == 1.0


def test_a_large_dividend_may_be_paid_before_its_ex_date():
    assert CorporateAction(**DIVIDEND, pay_date=DAY_OF - DAY).pay_date == DAY_OF - DAY


def test_order_is_by_symbol_date_and_kind():
    actions = [
        CorporateAction(**{**DIVIDEND, "symbol": "B"}),
        CorporateAction(**DIVIDEND),
        CorporateAction(**SPLIT),
        CorporateAction(**{**DIVIDEND, "ex_date": 0}),
    ]
    assert in_order(actions) == (actions[3], actions[2], actions[1], actions[0])
