"""Hand-computed scenarios of the loop. Prices are chosen so that every number can be checked on paper."""

import numpy as np
import pytest

from arbitrax.domain.orders import ExitReason, OrderReason, OrderStatus
from tests.simulation import matrix, open_engine

NAN = float("nan")


def run(open_, targets, *, commission=0.0, **options):
    """Follow target weights; a flat list is one symbol."""
    engine = open_engine(open_, taker=commission, maker=commission, **options)
    engine.run_targets(matrix(targets))
    orders, _, _, trades = engine.records()
    return engine.equity, engine.exposure, orders, trades, engine.bankrupt_bar


def test_signal_fills_at_the_next_open_and_not_before():
    equity, exposure, orders, trades, _ = run([10, 20, 40], [1, NAN, NAN])
    assert list(equity) == [1000, 1000, 2000]  # bought 50 at 20, not at 10
    assert list(exposure) == [0, 1000, 2000]
    assert (orders["created_bar"][0], orders["ended_bar"][0], orders["quantity"][0]) == (0, 1, 50)
    assert trades["is_open"][0] == 1
    assert trades["pnl"][0] == 1000


def test_round_trip_books_fees_on_both_sides():
    equity, _, orders, trades, _ = run([10, 10, 20, 20], [1, 0, NAN, NAN], commission=0.01)
    bought = 1000 / (10 * 1.01)
    assert orders["quantity"][0] == pytest.approx(bought, rel=1e-15)
    assert equity[-1] == pytest.approx(bought * 20 * 0.99, rel=1e-15)
    assert trades["pnl"][0] == pytest.approx(equity[-1] - 1000, rel=1e-12)
    assert trades["fees"][0] == pytest.approx(bought * 10 * 0.01 + bought * 20 * 0.01, rel=1e-12)


def test_slippage_moves_the_price_against_the_order():
    _, _, orders, trades, _ = run([10, 10, 10], [1, 0, NAN], slippage=0.1)
    assert orders["price"][0] == 11
    assert orders["price"][1] == 9
    assert orders["reference_price"].tolist() == [10, 10]
    assert trades["slippage"][0] == pytest.approx(2 * orders["quantity"][0], rel=1e-12)


def test_last_signal_has_no_bar_to_fill_in():
    _, _, orders, trades, _ = run([10, 10], [NAN, 1])
    assert orders["status"][0] == OrderStatus.CANCELLED
    assert orders["reason"][0] == OrderReason.END_OF_DATA
    assert orders["quantity"][0] == 0
    assert np.isnan(orders["price"][0])
    assert len(trades) == 0


def test_reversal_is_one_order_and_two_trades():
    _, _, orders, trades, _ = run([10, 10, 20, 10, 10], [1, -1, NAN, 0, NAN])
    assert orders["side"].tolist() == [1, -1, 1]
    assert orders["quantity"].tolist() == [100, 200, 200 - 100]  # 100 to close, 2000 / 20 = 100 short
    assert trades["side"].tolist() == [1, -1]
    assert trades["pnl"].tolist() == [1000, 1000]


def test_partial_exit_stays_one_trade():
    _, _, orders, trades, _ = run([10, 10, 20, 40, 40], [1, 0.5, 0, NAN, NAN])
    assert orders["quantity"].tolist() == [100, 50, 50]
    assert len(trades) == 1
    assert trades["exit_price"][0] == 30
    assert trades["pnl"][0] == 2000


def test_same_target_again_makes_no_order():
    assert len(run([10, 11, 12, 13], [0.5, 0.5, NAN, 0.5])[2]) == 1


def test_change_smaller_than_its_costs_is_cancelled():
    # At the open 45.45 units are worth 47.6% of equity, below the target; at the slipped price of 11, 50%, above it.
    _, _, orders, _, _ = run([10, 10, 10, 10], [0.5, 0.49, NAN, NAN], slippage=0.1)
    assert orders["reason"][1] == OrderReason.AT_TARGET


def test_sells_pay_for_buys_of_the_same_bar():
    prices = [[10, 10], [10, 10], [10, 10], [10, 10]]
    equity, _, orders, _, _ = run(prices, [[1, 0], [0, 1], [NAN, NAN], [NAN, NAN]])
    assert orders["side"].tolist() == [1, -1, 1]
    assert orders["status"].tolist() == [OrderStatus.FILLED] * 3
    assert equity[-1] == 1000


def test_shortfall_scales_the_buys_and_is_logged():
    # Symbol 0 doubles from half the equity to 1000 of 1500; half of 1500 for symbol 1 is more than the 500 left.
    opens = [[10, 10], [10, 10], [20, 10], [20, 10]]
    _, _, orders, _, _ = run(opens, [[0.5, 0], [NAN, 0.5], [NAN, NAN], [NAN, NAN]])
    assert orders["quantity"].tolist() == [50, 50]
    assert orders["reason"][1] == OrderReason.SCALED_TO_CASH


def test_order_waits_for_the_first_bar_of_a_symbol():
    opens = [[10, NAN], [10, NAN], [10, 20], [10, 20]]
    _, _, orders, _, _ = run(opens, [[0, 1], [NAN, NAN], [NAN, NAN], [NAN, NAN]])
    assert orders["ended_bar"].tolist() == [2]
    assert orders["quantity"].tolist() == [50]


def test_short_that_eats_the_account_is_liquidated_at_the_adverse_extreme():
    equity, exposure, orders, trades, bankrupt = run(
        [10, 10, 15, 10],
        [-1, NAN, NAN, NAN],
        high=[10, 12, 25, 10],
        low=[10, 10, 10, 10],
        close=[10, 10, 10, 10],
    )
    assert bankrupt == 2
    assert equity.tolist() == [1000, 1000, 1000 + 1000 - 100 * 25, -500]
    assert exposure[-1] == 0
    assert orders["reason"][-1] == OrderReason.BANKRUPT
    assert trades["exit_reason"][0] == ExitReason.BANKRUPT


def test_gap_through_bankruptcy_liquidates_at_the_open():
    equity, _, orders, _, bankrupt = run([10, 10, 30, 10], [-1, NAN, 0, NAN], close=[10, 10, 30, 10])
    assert bankrupt == 2
    assert orders["price"][-1] == 30
    assert equity[-1] == -1000
