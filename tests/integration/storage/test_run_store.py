"""Runs in and out of PostgreSQL: byte-equal, once, newest first, and readable with plain SQL."""

import hashlib
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import numpy as np
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from psycopg import sql

import arbitrax
from arbitrax.backtest.engine import run_backtest
from arbitrax.backtest.spec import RunSpec, StrategyRef
from arbitrax.domain.bars import Bars
from arbitrax.domain.corporate_actions import CorporateAction
from arbitrax.domain.errors import DataError, StoreError, UnknownNameError
from arbitrax.domain.ids import new_uuid
from arbitrax.domain.intervals import DAY
from arbitrax.domain.orders import EventKind
from arbitrax.kernels.ledger import EVENT_DTYPE, FILL_DTYPE, ORDER_DTYPE, TRADE_DTYPE
from arbitrax.market_data.resample import resample
from arbitrax.services.backtests import reproduce, run_stored, stored_result
from arbitrax.services.ports import StoredAsset, StoredMetric, StoredRun
from arbitrax.storage.postgres.asset_store import PostgresAssetStore
from arbitrax.storage.postgres.connection import Database
from arbitrax.storage.postgres.run_rows import row_ids
from arbitrax.storage.postgres.run_store import PostgresRunStore
from arbitrax.storage.postgres.times import moment
from arbitrax.strategies.buy_and_hold import BuyAndHold
from arbitrax.strategies.sma_cross import SmaCross
from tests.integration.conftest import TEMPLATE, new_database

CREATED = 1_700_000_000_123_456_789
AS_OF = 1_690_000_000_000_001_000
PLAIN_FIELDS = (
    *("id", "created_at", "spec", "strategy_source", "assets", "metrics", "metrics_basis", "notices"),
    *("bankrupt_bar", "engine_version", "result_hash", "tags"),
)


@pytest.fixture
def run_store(database: Database) -> PostgresRunStore:
    return PostgresRunStore(database)


def make_run(
    orders: np.ndarray, trades: np.ndarray, fills: np.ndarray | None = None, events: np.ndarray | None = None, *,
    bars: int = 50, number: int = 0,
) -> StoredRun:  # fmt: skip
    random = np.random.default_rng(number)
    curves = {"timestamp": np.arange(bars, dtype=np.int64) * DAY}
    curves |= {name: random.normal(1e5, 1e3, bars) for name in ("equity", "exposure", "benchmark", "close")}
    curves["exposure"][:3] = (np.nan, -0.0, np.inf)[:bars]
    return StoredRun(
        id=new_uuid(CREATED + number * 10**6, bytes([number]) * 10),
        created_at=CREATED + number * 10**6,
        spec=RunSpec(
            strategy=StrategyRef("mine", "Mine", {"z": 1.0, "a": 1e22, "flag": True, "text": "é'\"%s"}, "a" * 64),
            symbols=("AAPL",),
            cash=123_456.789,
        ),
        strategy_source="class Mine:\n    ...  # é %s\n",
        assets=(
            StoredAsset("AAPL", "1d", "traded", AS_OF, "b" * 64),
            StoredAsset("SPX", "1d", "benchmark", AS_OF + 1000, "c" * 64),
        ),
        metrics={
            "total_return": StoredMetric(0.1 + 0.2),
            "sharpe": StoredMetric(None, "fewer than two returns"),
            "alpha": StoredMetric(1e300),
            "max_drawdown": StoredMetric(-0.25),
        },
        metrics_basis="252 sessions a year",
        notices=("Costs are zero.", "é"),
        bankrupt_bar=7,
        basis="adjusted",
        engine_version="0.1.0",
        result_hash="d" * 64,
        curves=curves,
        tags=("dip", "é'%s"),
        orders=orders,
        fills=np.zeros(0, FILL_DTYPE) if fills is None else fills,
        events=np.zeros(0, EVENT_DTYPE) if events is None else events,
        trades=trades,
    )


def some_orders() -> np.ndarray:
    orders = np.zeros(4, ORDER_DTYPE)
    nan = np.nan
    # Bars, symbol and links; codes; size and prices; what filled.
    orders[0] = (
        3,
        3,
        -1,
        4,
        0,
        -1,
        -1,
        0,
        1,
        0,
        0,
        4,
        0,
        1,
        0,
        0,
        0.95,
        nan,
        nan,
        nan,
        0,
        100,
        10,
        10.005,
        1.0005,
        0.5,
    )
    orders[1] = (
        *(5, 5, 6, 6, 0, 0, 1, 1, -1, 3, 2, 0, 1, 1, 4, 1),
        *(-0.0, 10.02, 10.03, nan, CREATED, 1 / 3, 10.01, 10.02, 0.1 + 0.2, -0.0),
    )
    orders[2] = (9, 9, -1, 9, 0, -1, -1, -1, 0, 0, 0, 4, 0, 2, 3, 0, nan, nan, nan, nan, 0, 0, nan, nan, 0, 0)
    orders[3] = (49, -1, -1, -1, 0, 2, -1, -1, 0, 5, 1, 5, 3, 5, 1, 9, 1, nan, 9, 0.05, 0, -0.0, nan, nan, -0.0, -0.0)
    return orders


def some_fills() -> np.ndarray:
    fills = np.zeros(2, FILL_DTYPE)
    fills[0] = (0, 4, 0, 0, 0, 0, 100.0, 10.0, 10.005, 1.0005)
    fills[1] = (1, 6, 0, 1, 1, 0, -1 / 3, 10.01, 10.02, -0.0)
    return fills


def some_events() -> np.ndarray:
    events = np.zeros(2, EVENT_DTYPE)
    events[0] = (4, 0, 0, -1, 100.0, 0.25, 25.0)
    events[1] = (5, -1, 5, -1, -0.0, -1000.0, 1 / 3)
    return events


def some_trades() -> np.ndarray:
    trades = np.zeros(2, TRADE_DTYPE)
    trades[0] = (4, 6, 0, 0, 1, 1, 1, 0, 0, 100.0, 10.005, 11.1, 109.5, 1.5, 0.5, 0.25)
    trades[1] = (6, 49, 0, 1, -1, -1, 0, 1, 0, 1 / 3, 10.02, 10.02, -0.0, 0.0, -0.0, -0.0)
    return trades


@pytest.fixture
def run() -> StoredRun:
    return make_run(some_orders(), some_trades(), some_fills(), some_events())


def assert_same(found: StoredRun | None, wanted: StoredRun) -> None:
    assert found is not None
    for field in PLAIN_FIELDS:
        assert getattr(found, field) == getattr(wanted, field), field
    assert found.spec.hash == wanted.spec.hash
    assert list(found.metrics) == list(wanted.metrics)
    assert list(found.curves) == list(wanted.curves)
    for name, curve in wanted.curves.items():
        assert found.curves[name].dtype == curve.dtype
        assert found.curves[name].tobytes() == curve.tobytes(), name
    for name in ("orders", "fills", "events", "trades"):
        ours, theirs = getattr(found, name), getattr(wanted, name)
        assert ours.dtype == theirs.dtype
        assert ours.tobytes() == theirs.tobytes(), name


def counts(url: str) -> dict[str, tuple[int, str]]:
    """Return the rows of each table and a hash of what they hold."""
    names = ("assets", "strategies", "backtests", "backtest_assets", "backtest_curves", "orders", "fills")
    names += ("account_events", "trades")
    query = "SELECT count(*), coalesce(md5(string_agg(t::text, '' ORDER BY t::text)), '') FROM {} AS t"
    with psycopg.connect(url) as connection:
        return {name: connection.execute(sql.SQL(query).format(sql.Identifier(name))).fetchone() for name in names}


def test_a_run_comes_back_byte_for_byte_and_saving_it_twice_changes_nothing(run_store, run, postgres_url) -> None:
    run_store.save(run)
    assert_same(run_store.load(run.id), run)
    before = counts(postgres_url)
    assert {name: rows for name, (rows, _) in before.items()} == {
        "assets": 2,
        "strategies": 1,
        "backtests": 1,
        "backtest_assets": 2,
        "backtest_curves": 5,
        "orders": 4,
        "fills": 2,
        "account_events": 2,
        "trades": 2,
    }
    run_store.save(run)
    assert counts(postgres_url) == before


def test_a_database_that_shortens_floats_does_not_shorten_ours(run, postgres_url) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        name = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("ALTER DATABASE {} SET extra_float_digits = -3").format(name))
    with Database(postgres_url) as database:
        run_store = PostgresRunStore(database)
        run_store.save(run)
        assert_same(run_store.load(run.id), run)


def test_a_run_without_orders_or_source_comes_back(run_store) -> None:
    bare = make_run(np.zeros(0, ORDER_DTYPE), np.zeros(0, TRADE_DTYPE), bars=1)
    strategy = replace(bare.spec.strategy, source_hash=None)
    bare = replace(bare, spec=replace(bare.spec, strategy=strategy), strategy_source=None, bankrupt_bar=None)
    bare.curves["exposure"][:] = -0.0
    for _ in range(2):
        run_store.save(bare)
        assert_same(run_store.load(bare.id), bare)


AMOUNT = st.floats(min_value=0, max_value=1e300)
PRICE = st.floats(min_value=1e-300, max_value=1e300)
SIGNED = st.floats(allow_nan=False, allow_infinity=False)
RESULT = st.floats(-1e150, 1e150)
ZERO = st.just(-0.0)
BAR = st.integers(-1, 49)
ASKED = SIGNED | st.just(np.nan)
LINKS = (st.just(0), st.integers(-1, 5), st.integers(-1, 5), st.integers(-1, 1))
CODES = (st.integers(0, 9), st.integers(0, 4), st.integers(0, 5), st.integers(0, 7))
SIZE = (st.integers(0, 15), ASKED, ASKED, ASKED, ASKED, st.integers(0, 2**62))
FILLED = st.tuples(
    st.just(3), BAR, BAR, st.integers(3, 49), *LINKS, st.sampled_from([1, -1]), *CODES, st.just(1), st.integers(0, 19),
    *SIZE, PRICE, PRICE, PRICE, SIGNED | ZERO, AMOUNT | ZERO,
)  # fmt: skip
UNFILLED = st.tuples(
    st.integers(0, 49), BAR, BAR, BAR, *LINKS, st.sampled_from([0, 1, -1]), *CODES, st.sampled_from([0, 2, 3, 4, 5]),
    st.integers(0, 19), *SIZE, AMOUNT | ZERO, st.just(np.nan), st.just(np.nan), SIGNED | ZERO, AMOUNT,
)  # fmt: skip
FILL = st.tuples(
    st.integers(0, 3), st.integers(0, 49), st.just(0), st.integers(0, 2), st.integers(0, 1), st.just(0),
    SIGNED.filter(bool), PRICE, PRICE, SIGNED | ZERO,
)  # fmt: skip
EVENT = st.tuples(
    st.integers(0, 49), st.integers(-1, 0), st.integers(0, 7), st.integers(-1, 5), SIGNED | ZERO, SIGNED, SIGNED,
)  # fmt: skip
TRADE = st.tuples(
    st.just(3), st.integers(3, 49), st.just(0), st.integers(-1, 5), st.integers(-1, 5), st.sampled_from([1, -1]),
    st.integers(0, 8), st.integers(0, 1), st.just(0), st.floats(1e-6, 1e6), st.floats(1e-6, 1e6), PRICE, RESULT | ZERO,
    SIGNED | ZERO, AMOUNT | ZERO, SIGNED | ZERO,
)  # fmt: skip


@pytest.fixture(scope="module")
def shared_store(postgres_server: str):
    with new_database(postgres_server, TEMPLATE) as url, Database(url) as database:
        yield PostgresRunStore(database)


@given(
    st.lists(FILLED | UNFILLED, min_size=4, max_size=30),
    st.lists(FILL, max_size=20),
    st.lists(EVENT, max_size=20),
    st.lists(TRADE, max_size=30),
)
def test_any_records_come_back_byte_for_byte(
    shared_store: PostgresRunStore, orders: list, fills: list, events: list, trades: list
) -> None:
    made = make_run(
        np.array(orders, ORDER_DTYPE),
        np.array(trades, TRADE_DTYPE),
        np.array(fills, FILL_DTYPE),
        np.array(events, EVENT_DTYPE),
    )
    made = replace(made, id=new_uuid(CREATED))
    shared_store.save(made)
    assert_same(shared_store.load(made.id), made)


def test_a_real_run_reads_back_with_the_hash_it_had(run_store, bar_store, action_store, make_bars) -> None:
    bars = make_bars(rows=600)
    close = 50 + np.cumsum(np.random.default_rng(4).normal(0, 0.5, 600)).round(2) + 20
    bars = replace(bars, open=close, high=close * 1.01, low=close * 0.99, close=close, adj_close=close / 3)
    bar_store.store([bars], source="x", received=AS_OF, rows_done=lambda _rows: None)
    strategy = SmaCross(fast=3, slow=9)
    source = Path(sys.modules[SmaCross.__module__].__file__ or "").read_bytes()
    reference = StrategyRef("sma_cross", "SmaCross", {"fast": 3, "slow": 9}, hashlib.sha256(source).hexdigest())
    spec = RunSpec(strategy=reference, symbols=("AAPL",), benchmark="AAPL")
    run_id, result = run_stored(bar_store, action_store, run_store, spec, strategy, now=CREATED)
    stored = run_store.load(run_id)
    assert stored is not None
    assert (
        stored_result(stored).hash == stored.result_hash == result.hash == run_backtest(spec, strategy, bars, bars).hash
    )
    assert len(stored.orders) > 20
    later = replace(bars, close=bars.close * 2, high=bars.high * 3)
    bar_store.store([later], source="x", received=AS_OF, rows_done=lambda _rows: None)
    assert reproduce(bar_store, action_store, stored).differences == ()


def test_a_run_keeps_the_symbol_it_used_when_the_asset_gets_another(
    run_store, bar_store, action_store, make_bars, database
) -> None:
    bar_store.store([make_bars("FB", rows=60)], source="x", received=AS_OF, rows_done=lambda _rows: None)
    source = Path(sys.modules[BuyAndHold.__module__].__file__ or "").read_bytes()
    reference = StrategyRef("buy_and_hold", "BuyAndHold", {}, hashlib.sha256(source).hexdigest())
    spec = RunSpec(strategy=reference, symbols=("FB",), interval="1d")
    before, _ = run_stored(bar_store, action_store, run_store, spec, BuyAndHold(), now=CREATED)
    PostgresAssetStore(database).rename("FB", "META", on=date(2022, 6, 9))
    after, _ = run_stored(bar_store, action_store, run_store, spec, BuyAndHold(), now=CREATED + 1)
    for run_id in (before, after):
        stored = run_store.load(run_id)
        assert [each.symbol for each in stored.assets] == ["FB"]
        assert reproduce(bar_store, action_store, stored).differences == ()
    assert [each.asset.symbol for each in PostgresAssetStore(database).search("", limit=9)] == ["META"]


def test_a_run_on_weeks_made_of_stored_days_says_so_and_reproduces(
    run_store, bar_store, action_store, make_bars
) -> None:
    days = make_bars(rows=600)
    close = 70 + np.cumsum(np.random.default_rng(4).normal(0, 0.5, 600)).round(2)
    days = replace(days, open=close, high=close * 1.01, low=close * 0.99, close=close, adj_close=close / 3)
    bar_store.store([days], source="x", received=AS_OF, rows_done=lambda _rows: None)
    source = Path(sys.modules[SmaCross.__module__].__file__ or "").read_bytes()
    reference = StrategyRef("sma_cross", "SmaCross", {"fast": 3, "slow": 9}, hashlib.sha256(source).hexdigest())
    spec = RunSpec(strategy=reference, symbols=("AAPL",), interval="1w", benchmark="AAPL")
    run_id, result = run_stored(bar_store, action_store, run_store, spec, SmaCross(fast=3, slow=9), now=CREATED)
    assert result.notices.count("AAPL: 1w bars were made of 1d bars.") == 1
    assert result.bars.interval == "1w"
    assert result.bars.close.tolist() == resample(days.adjusted(), "1w").close.tolist()
    stored = run_store.load(run_id)
    assert stored is not None
    # Weeks imported later do not change what the run saw.
    weeks = resample(days, "1w")
    bar_store.store([weeks], source="x", received=AS_OF + 10**9, rows_done=lambda _rows: None)
    assert reproduce(bar_store, action_store, stored).differences == ()
    with pytest.raises(UnknownNameError, match="has no 1h bars"):
        run_stored(bar_store, action_store, run_store, replace(spec, interval="1h"), SmaCross(), now=CREATED)


def test_the_rows_say_the_same_to_plain_sql(run_store, run, postgres_url) -> None:
    run_store.save(run)
    with psycopg.connect(postgres_url) as connection:
        orders = connection.execute(
            "SELECT status, side, quantity, price, reason, symbol FROM orders JOIN assets ON assets.id = asset_id "
            "ORDER BY position"
        ).fetchall()
        trades = connection.execute(
            "SELECT side, entry_price, exit_price, pnl, pnl_percentage, exit_at - entry_at FROM trades "
            "ORDER BY position"
        ).fetchall()
        metrics = connection.execute(
            "SELECT sharpe_ratio, max_drawdown, total_return, results->>'bankrupt_bar' FROM backtests"
        ).fetchone()
    assert orders[0] == ("filled", "buy", Decimal(100), Decimal("10.005"), "none", "AAPL")
    assert orders[1][2] == Decimal(repr(1 / 3))
    assert orders[2] == ("cancelled", None, 0, None, "at_target", "AAPL")
    assert trades[0][:3] == ("long", Decimal("10.005"), Decimal("11.1"))
    assert float(trades[0][4]) == pytest.approx(10.9445277361)
    assert trades[0][5].days == 2
    assert metrics == (None, -0.25, 0.1 + 0.2, "7")


METRICS = {
    "total_return": "total_return",
    "annual_return": "annual_return",
    "cagr": "cagr",
    "volatility": "volatility",
    "sharpe": "sharpe_ratio",
    "sortino": "sortino_ratio",
    "calmar": "calmar_ratio",
    "max_drawdown": "max_drawdown",
    "win_rate": "win_rate",
    "profit_factor": "profit_factor",
}


@given(st.lists(st.none() | st.floats(-1e308, 0), min_size=8, max_size=8), st.floats(0, 1))
def test_the_columns_of_metrics_have_their_bits(shared_store, values: list, win_rate: float) -> None:
    given_values = dict(zip([name for name in METRICS if name not in ("win_rate", "cagr")], values, strict=True))
    given_values["win_rate"] = win_rate  # cagr is left out
    made = make_run(some_orders(), some_trades())
    made = replace(
        made,
        id=new_uuid(CREATED),
        metrics={name: StoredMetric(value, None if value is not None else "x") for name, value in given_values.items()},
    )
    shared_store.save(made)
    query = sql.SQL("SELECT {} FROM backtests WHERE id = %s").format(
        sql.SQL(", ").join(map(sql.Identifier, METRICS.values()))
    )
    with shared_store._database.connection() as connection:
        row = connection.execute(query, [made.id]).fetchone()
    assert list(map(repr, row)) == [repr(given_values.get(name)) for name in METRICS]


def test_runs_of_one_strategy_share_its_row(run_store, run, postgres_url) -> None:
    run_store.save(run)
    run_store.save(make_run(some_orders(), some_trades(), number=1))
    changed = replace(run.spec, strategy=replace(run.spec.strategy, parameters={"z": 2.0}))
    run_store.save(replace(run, id=new_uuid(CREATED), spec=changed))
    assert counts(postgres_url)["strategies"][0] == 2
    assert counts(postgres_url)["backtests"][0] == 3


def test_a_strategy_is_its_class_source_and_parameters_whatever_path_was_typed(run_store, run, postgres_url) -> None:
    def saved_as(number: int, **changes: object) -> list[tuple[object, ...]]:
        made = make_run(some_orders(), some_trades(), number=number)
        run_store.save(replace(made, spec=replace(made.spec, strategy=replace(made.spec.strategy, **changes))))
        with psycopg.connect(postgres_url) as connection:
            return connection.execute(
                "SELECT name, class_name, updated_at > created_at FROM strategies ORDER BY created_at, id"
            ).fetchall()

    assert saved_as(0, name="brk.py:Mine") == [("brk.py:Mine", "Mine", False)]
    assert saved_as(0, name="brk.py:Mine") == [("brk.py:Mine", "Mine", False)]
    assert saved_as(1, name="./brk.py:Mine") == [("./brk.py:Mine", "Mine", True)]
    long = "/deep" * 100 + "/brk.py"
    assert saved_as(2, name=long) == [(long, "Mine", True)]
    assert len(saved_as(3, class_name="Other")) == 2
    assert len(saved_as(4, source_hash="e" * 64)) == 3
    assert [each.strategy for each in run_store.newest(5)][2:] == [long, "./brk.py:Mine", "brk.py:Mine"]


def test_the_newest_come_first(run_store) -> None:
    runs = [make_run(some_orders(), some_trades(), number=number) for number in (2, 0, 4, 1, 3)]
    for each in runs:
        run_store.save(each)
    found = run_store.newest(3)
    assert [each.id for each in found] == [each.id for each in sorted(runs, key=lambda run: -run.created_at)[:3]]
    assert len(run_store.newest(100)) == 5
    line = found[0]
    assert (line.strategy, line.symbol, line.bars, line.trades, line.sharpe) == ("mine", "AAPL", 50, 1, None)
    assert list(line.parameters.items()) == [("z", 1.0), ("a", 1e22), ("flag", True), ("text", "é'\"%s")]
    assert (line.max_drawdown, line.total_return, line.run_hash) == (-0.25, 0.1 + 0.2, runs[0].spec.hash)
    assert (line.start, line.end) == (moment(0), moment(49 * DAY))


def test_an_unknown_run_is_none(run_store) -> None:
    assert run_store.load(UUID(int=5)) is None
    assert run_store.newest(10) == []


@pytest.mark.parametrize(
    ("spoil", "error", "sentence"),
    [
        (lambda run: replace(run, metrics={"sharpe": StoredMetric(float("inf"))}), StoreError, "sharpe is inf"),
        (lambda run: replace(run, assets=(replace(run.assets[0], as_of=5),)), StoreError, "as-of time"),
        (
            lambda run: replace(run, assets=(replace(run.assets[0], symbol=""),)),
            DataError,
            "a row of assets breaks the rule 'symbol has text'",
        ),
        (lambda run: replace(run, result_hash="?"), DataError, "backtests_hashes_are_sha256"),
        (lambda run: replace(run, trades=np.zeros(1, TRADE_DTYPE)), DataError, "refuses the data"),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_a_run_that_is_refused_leaves_nothing(run_store, run, postgres_url, spoil, error, sentence) -> None:
    with pytest.raises(error, match=sentence):
        run_store.save(spoil(run))
    assert {rows for rows, _ in counts(postgres_url).values()} == {0}
    run_store.save(run)
    assert_same(run_store.load(run.id), run)


def test_records_of_a_symbol_that_was_not_traded_are_refused(run_store, run) -> None:
    run.orders["symbol"] = 1
    with pytest.raises(StoreError, match="outside its 1 traded"):
        run_store.save(run)


def test_row_ids_are_distinct_valid_and_the_same_again() -> None:
    one, other = UUID(int=1), UUID(int=2)
    ids = [
        UUID(bytes=row.tobytes())
        for run in (one, other)
        for kind in ("orders", "trades")
        for row in row_ids(run, kind, 300)
    ]
    assert len(set(ids)) == 1200
    assert {(each.version, each.variant) for each in ids} == {(8, "specified in RFC 4122")}
    assert row_ids(one, "orders", 300).tobytes() == row_ids(one, "orders", 300).tobytes()
    assert sorted(ids[:300]) == ids[:300]


COLD = """
import sys
from pathlib import Path
from uuid import UUID
from arbitrax.storage.parquet.bar_cache import BarCache
from arbitrax.storage.postgres.bar_store import PostgresBarStore
from arbitrax.storage.postgres.connection import Database
from arbitrax.storage.postgres.run_store import PostgresRunStore
with Database(sys.argv[1]) as database:
    found = PostgresBarStore(database, BarCache(Path(sys.argv[2]))).load("AAPL", "1d")
    runs = PostgresRunStore(database)
    runs.save(runs.load(UUID(sys.argv[3])))
    print(len(found.bars), *{name.partition(".")[0] for name in sys.modules})
"""


def test_a_cold_process_with_a_warm_cache_loads_no_heavy_module(
    run_store, bar_store, run, make_bars, postgres_url, cache_directory
) -> None:
    bar_store.store([make_bars()], source="x", received=AS_OF, rows_done=lambda _rows: None)
    bar_store.load("AAPL", "1d")
    run_store.save(run)
    source = str(Path(arbitrax.__file__).parents[1])
    said = subprocess.run(
        [sys.executable, "-c", COLD, postgres_url, str(cache_directory), str(run.id)],
        env={"PYTHONPATH": source},
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    assert said[0] == "100"
    assert "psycopg" in said
    assert not {"sqlalchemy", "alembic", "polars", "pandas", "pyarrow", "scipy"} & set(said)


DAY_ONE = 10_957 * DAY
SPLIT = CorporateAction(symbol="AAPL", kind="split", ex_date=DAY_ONE + 30 * DAY, ratio=2.0)
DIVIDEND = CorporateAction(symbol="AAPL", kind="dividend", ex_date=DAY_ONE + 50 * DAY, amount=0.5, currency="USD")


def raw_pair() -> list[Bars]:
    """A, split 2:1 on its 31st day, and B, both raw."""
    close = np.round(70 + np.cumsum(np.random.default_rng(9).normal(0, 0.5, 120)), 2)
    halved = np.where(np.arange(120) < 30, close, close / 2)
    return [
        Bars(symbol, "1d", DAY_ONE + np.arange(120) * DAY, price, price * 1.01, price * 0.99, price, price * 0 + 1000)
        for symbol, price in (("AAPL", halved), ("B", close))
    ]


@pytest.mark.parametrize("symbols", [("AAPL",), ("AAPL", "B")])
def test_a_raw_run_applies_stored_actions_and_is_reproduced_as_they_were_known(
    run_store, bar_store, action_store, symbols
) -> None:
    bar_store.store(raw_pair(), source="x", received=AS_OF, rows_done=lambda _rows: None)
    action_store.store([SPLIT], source="file", received=AS_OF)
    source = Path(sys.modules[BuyAndHold.__module__].__file__ or "").read_bytes()
    reference = StrategyRef("buy_and_hold", "BuyAndHold", {}, hashlib.sha256(source).hexdigest())
    spec = RunSpec(strategy=reference, symbols=symbols, prices="raw")
    run_id, result = run_stored(bar_store, action_store, run_store, spec, BuyAndHold(), now=CREATED)
    assert any("1 split in the range" in each for each in result.notices)
    assert (result.event_records["kind"] == EventKind.SPLIT).sum() == 1
    assert result.equity_curve.min() > 90_000
    # What is said later changes other runs, not this one.
    action_store.store([DIVIDEND], source="file", received=AS_OF + 10**9)
    assert action_store.withdraw("AAPL", "split", SPLIT.ex_date, received=AS_OF + 2 * 10**9)
    stored = run_store.load(run_id)
    assert stored is not None
    assert [each.actions_as_of for each in stored.assets] == [AS_OF, *([0] if len(symbols) > 1 else [])]
    assert reproduce(bar_store, action_store, stored).differences == ()
    _, again = run_stored(bar_store, action_store, run_store, spec, BuyAndHold(), now=CREATED + 1)
    assert (again.event_records["kind"] == EventKind.DIVIDEND).sum() == 1
    assert (again.event_records["kind"] == EventKind.SPLIT).sum() == 0


@pytest.mark.parametrize("interval", ["1d", "1w"])
@pytest.mark.parametrize("symbols", [("AAPL",), ("AAPL", "B")])
def test_stored_actions_adjust_prices_that_no_vendor_did_and_the_run_is_reproduced(
    run_store, bar_store, action_store, symbols, interval
) -> None:
    bar_store.store(raw_pair(), source="x", received=AS_OF, rows_done=lambda _rows: None)
    action_store.store([SPLIT], source="file", received=AS_OF)
    source = Path(sys.modules[BuyAndHold.__module__].__file__ or "").read_bytes()
    reference = StrategyRef("buy_and_hold", "BuyAndHold", {}, hashlib.sha256(source).hexdigest())
    spec = RunSpec(strategy=reference, symbols=symbols, interval=interval, benchmark="AAPL")
    run_id, result = run_stored(bar_store, action_store, run_store, spec, BuyAndHold(), now=CREATED)
    assert result.bars.basis == "adjusted"
    assert result.equity_curve.min() > 90_000  # a split unseen would halve AAPL
    assert result.benchmark_curve.min() > 90_000
    said = "The prices of AAPL were adjusted for 1 split and 0 dividends as known."
    assert said in result.notices
    assert result.notices.count(said) == 1
    if len(symbols) > 1:
        assert any("B has no adjusted close, so prices are used as given" in each for each in result.notices)
    # What is said later changes other runs, not this one.
    action_store.store([DIVIDEND], source="file", received=AS_OF + 10**9)
    assert action_store.withdraw("AAPL", "split", SPLIT.ex_date, received=AS_OF + 2 * 10**9)
    stored = run_store.load(run_id)
    assert stored is not None
    assert [each.actions_as_of for each in stored.assets] == [AS_OF, *([0] if len(symbols) > 1 else []), AS_OF]
    assert reproduce(bar_store, action_store, stored).differences == ()
    _, again = run_stored(bar_store, action_store, run_store, spec, BuyAndHold(), now=CREATED + 1)
    assert any("0 splits and 1 dividend" in each for each in again.notices)
    assert again.equity_curve.min() < 90_000


def test_the_adjusted_close_of_a_vendor_comes_before_stored_actions(run_store, bar_store, action_store) -> None:
    bars = raw_pair()[0]
    vendor = replace(bars, adj_close=np.where(np.arange(120) < 30, bars.close / 2, bars.close))
    bar_store.store([vendor], source="x", received=AS_OF, rows_done=lambda _rows: None)
    action_store.store([SPLIT, DIVIDEND], source="file", received=AS_OF)
    reference = StrategyRef("buy_and_hold", "BuyAndHold", {}, None)
    spec = RunSpec(strategy=reference, symbols=("AAPL",))
    run_id, result = run_stored(bar_store, action_store, run_store, spec, BuyAndHold(), now=CREATED)
    assert (result.bars.close == vendor.adj_close).all()
    assert not any("adjusted for" in each for each in result.notices)
    stored = run_store.load(run_id)
    assert stored is not None
    assert stored.assets[0].actions_as_of is None


def test_a_dividend_above_the_price_stops_an_adjusted_run(run_store, bar_store, action_store) -> None:
    bar_store.store(raw_pair()[1:], source="x", received=AS_OF, rows_done=lambda _rows: None)
    wrong = CorporateAction(symbol="B", kind="dividend", ex_date=DIVIDEND.ex_date, amount=500.0, currency="USD")
    action_store.store([wrong], source="file", received=AS_OF)
    spec = RunSpec(strategy=StrategyRef("buy_and_hold", "BuyAndHold", {}, None), symbols=("B",))
    with pytest.raises(DataError, match=r"dividend of B on 2000-02-20, 500, is not below the close before it"):
        run_stored(bar_store, action_store, run_store, spec, BuyAndHold(), now=CREATED)
    assert run_store.newest(5) == []


def test_a_run_told_by_stored_finer_bars_is_reproduced(run_store, bar_store, action_store) -> None:
    hours = 24 * 40
    close = np.round(70 + np.cumsum(np.random.default_rng(3).normal(0, 0.4, hours)), 2)
    fine = Bars(
        "AAPL", "1h", DAY_ONE + np.arange(hours) * (DAY // 24), close, close + 0.5, close - 0.5, close, close * 0 + 1
    )
    bar_store.store([fine, resample(fine, "1d")], source="x", received=AS_OF, rows_done=lambda _rows: None)
    source = Path(sys.modules[BuyAndHold.__module__].__file__ or "").read_bytes()
    reference = StrategyRef("buy_and_hold", "BuyAndHold", {}, hashlib.sha256(source).hexdigest())
    spec = RunSpec(strategy=reference, symbols=("AAPL",), finer="1h", benchmark="AAPL")
    run_id, result = run_stored(bar_store, action_store, run_store, spec, BuyAndHold(), now=CREATED)
    assert not any("1h" in each for each in result.notices)
    stored = run_store.load(run_id)
    assert stored is not None
    assert [(each.role, each.interval) for each in stored.assets] == [
        ("traded", "1d"), ("finer", "1h"), ("benchmark", "1d"),
    ]  # fmt: skip
    later = replace(fine, high=fine.high + 1)
    bar_store.store([later], source="x", received=AS_OF + 10**9, rows_done=lambda _rows: None)
    assert reproduce(bar_store, action_store, stored).differences == ()
