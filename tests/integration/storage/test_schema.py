"""Migrations, the version check, and what the constraints refuse."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from alembic.script import ScriptDirectory
from psycopg import errors

from arbitrax.domain.errors import SchemaError, StoreError, StoreUnavailableError
from arbitrax.exchange.records import Code
from arbitrax.storage.postgres import migrations, schema
from arbitrax.storage.postgres.bar_store import PostgresBarStore
from arbitrax.storage.postgres.connection import Database, connect
from arbitrax.storage.postgres.summary import database_summary

STAMPS = dict.fromkeys(("created_at", "updated_at"), "timestamp with time zone")
SEED = {
    "assets": dict.fromkeys(("symbol", "name", "asset_type"), "character varying") | {"id": "uuid"} | STAMPS,
    "historical_prices": {"id": "bigint", "asset_id": "uuid"}
    | dict.fromkeys(("timestamp", "created_at"), "timestamp with time zone")
    | dict.fromkeys(("open", "high", "low", "close", "volume", "adj_close"), "numeric"),
    "strategies": {"id": "uuid", "name": "character varying", "strategy_type": "character varying"}
    | {"parameters": "jsonb"}
    | STAMPS,
    "backtests": {"id": "uuid", "strategy_id": "uuid", "asset_id": "uuid", "results": "jsonb"}
    | dict.fromkeys(("sharpe_ratio", "max_drawdown"), "double precision")
    | STAMPS,
    "orders": {"id": "uuid", "backtest_id": "uuid", "order_type": "character varying", "side": "character varying"}
    | {"status": "character varying", "quantity": "numeric", "price": "numeric"}
    | STAMPS,
    "trades": {"id": "uuid", "backtest_id": "uuid"}
    | dict.fromkeys(("entry_price", "exit_price", "quantity", "pnl", "pnl_percentage"), "numeric")
    | STAMPS,
}


def shape(url: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(
            "SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns "
            "WHERE table_schema = 'public' ORDER BY 1, 2"
        ).fetchall()


def tables(url: str) -> set[str]:
    return {str(row[0]) for row in shape(url)}


def test_head_is_alembics_newest_revision() -> None:
    scripts = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert scripts.get_heads() == [schema.HEAD]
    assert [revision.revision for revision in scripts.walk_revisions()] == sorted(
        (revision.revision for revision in scripts.walk_revisions()), reverse=True
    )


def test_migrations_go_up_down_and_up(empty_postgres_url: str) -> None:
    assert schema.check(empty_postgres_url) == "empty"
    assert schema.upgrade(empty_postgres_url) == "empty"
    first = shape(empty_postgres_url)
    assert schema.check(empty_postgres_url) == "current"
    assert schema.downgrade(empty_postgres_url, "base") == "current"
    assert tables(empty_postgres_url) == {"alembic_version"}
    assert schema.check(empty_postgres_url) == "empty"
    assert schema.upgrade(empty_postgres_url) == "empty"
    assert shape(empty_postgres_url) == first
    assert schema.upgrade(empty_postgres_url) == "current"


def test_the_second_schema_keeps_corporate_actions_both_ways(postgres_url: str) -> None:
    said = "SELECT kind, ratio::int, ts_recv = created_at FROM corporate_actions ORDER BY kind"
    add = (
        "INSERT INTO corporate_actions (id, asset_id, kind, ex_date, ratio, source, ts_recv, withdrawn) "
        "SELECT gen_random_uuid(), id, %s, '2020-08-31', %s, 'test', %s, %s FROM assets"
    )
    with psycopg.connect(postgres_url) as connection:
        connection.execute("INSERT INTO assets (symbol) VALUES ('AAPL')")
        for row in (
            ("split", 5, "2020-01-01Z", False),
            ("split", 4, "2021-01-01Z", False),
            ("stock_dividend", 2, "2020-01-01Z", False),
            ("stock_dividend", 2, "2021-01-01Z", True),
        ):
            connection.execute(add, row)
    schema.downgrade(postgres_url, "0001")
    assert schema.check(postgres_url) == "older"
    assert schema.upgrade(postgres_url) == "older"
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute(said).fetchall() == [("split", 4, True)]


def test_the_fifth_schema_keeps_assets_and_counts_both_ways(postgres_url: str) -> None:
    kinds = "SELECT symbol, asset_type FROM assets ORDER BY symbol"
    with psycopg.connect(postgres_url) as connection:
        connection.execute(VALID)
        connection.execute("INSERT INTO assets (symbol, asset_type) VALUES ('EURUSD', 'fx'), ('MSFT', 'equity')")
        connection.execute("INSERT INTO assets (symbol, released_on) VALUES ('MSFT', '2001-01-01')")
        connection.execute(
            "UPDATE ingestion_chunks SET status = 'done', done_at = now(), asset_id = ingestion_run_id, added = 7"
        )
    schema.downgrade(postgres_url, "0004")
    with psycopg.connect(postgres_url) as connection:
        first, *rest = connection.execute(kinds).fetchall()
        assert first == ("AAPL", "unknown")
        assert [kind for _, kind in rest] == ["forex", "stock", "unknown"]
        assert rest[2][0].startswith("MSFT~")
        assert connection.execute("SELECT rows_added FROM ingestion_runs").fetchone() == (7,)
    schema.upgrade(postgres_url)
    with psycopg.connect(postgres_url) as connection:
        assert [kind for _, kind in connection.execute(kinds)] == ["unknown", "fx", "equity", "unknown"]
        assert connection.execute("SELECT count(DISTINCT content_hash) FROM quarantined_rows").fetchone() == (1,)
        assert connection.execute("SELECT symbol FROM backtest_assets").fetchone() == ("AAPL",)


def test_the_founding_tables_have_their_columns_and_types(postgres_url: str) -> None:
    found = {(table, column): kind for table, column, kind, *_ in shape(postgres_url)}
    wanted = {(table, column): kind for table, columns in SEED.items() for column, kind in columns.items()}
    assert {key: found.get(key) for key in wanted} == wanted
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute(
            "SELECT partstrat, (SELECT count(*) FROM pg_inherits WHERE inhparent = partrelid) "
            "FROM pg_partitioned_table WHERE partrelid = 'historical_prices'::regclass"
        ).fetchone() == ("h", 8)


def test_upgrades_at_the_same_time_take_turns(empty_postgres_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        before = list(pool.map(schema.upgrade, [empty_postgres_url] * 4))
    assert sorted(before) == ["current", "current", "current", "empty"]
    assert schema.check(empty_postgres_url) == "current"


@pytest.mark.parametrize(
    ("revision", "state", "advice"),
    [("0000", "older", "run `arbitrax db upgrade`"), ("9999", "newer", "upgrade arbitrax")],
)
def test_another_schema_is_refused_with_what_to_do(postgres_url: str, revision: str, state: str, advice: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = %s", [revision])
    assert schema.check(postgres_url) == state
    with Database(postgres_url) as database, pytest.raises(SchemaError, match=f"{revision}, {state} than.*{advice}"):
        PostgresBarStore(database).catalogue()
    assert database_summary(postgres_url).schema == state
    if state == "newer":
        with pytest.raises(SchemaError, match="upgrade arbitrax"):
            schema.upgrade(postgres_url)


def test_an_empty_database_is_refused_with_what_to_do(empty_postgres_url: str) -> None:
    with Database(empty_postgres_url) as database, pytest.raises(SchemaError, match=r"no ArbitraX schema.*db upgrade"):
        PostgresBarStore(database).catalogue()


def test_the_summary_counts(postgres_url: str) -> None:
    summary = database_summary(postgres_url)
    assert (summary.schema, summary.assets, summary.series, summary.bars, summary.runs) == ("current", 0, 0, 0, 0)
    assert summary.server_version.split(".")[0].isdecimal()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda url: url.replace("/test_", "/absent_"), "has no such database"),
        (lambda url: url.replace("host=", "host=%2Fnowhere"), "does not answer"),
        (lambda url: url.replace("//arbitrax:", "//arbitrax:x"), "refuses the user arbitrax"),
        (lambda url: url.replace("//arbitrax:", "//stranger:"), "refuses the user stranger"),
        (lambda url: "postgresql://me:hunter2@127.0.0.1:1/prices", r"127\.0\.0\.1:1/prices does not answer"),
    ],
)
def test_a_database_that_cannot_be_reached_is_named_without_its_password(postgres_url, change, sentence) -> None:
    url = change(postgres_url)
    with pytest.raises(StoreUnavailableError, match=sentence) as caught:
        connect(url)
    said = str(caught.value) + str(caught.value.__cause__)
    assert "hunter2" not in said
    assert url.split(":")[2].split("@")[0] not in said
    assert said.count("\n") == 0


@pytest.mark.parametrize("url", ["postgresql://me:hunter2@:host:1/x", "me:hunter2@host", "postgresql://a?hunter2=1"])
def test_a_malformed_url_is_refused_without_quoting_it(url: str) -> None:
    with pytest.raises(StoreError) as caught:
        connect(url)
    assert "hunter2" not in str(caught.value)
    assert "URL" in str(caught.value)


def test_a_connection_that_breaks_says_so_and_the_next_use_opens_another(postgres_url: str) -> None:
    with Database(postgres_url) as database:
        with (
            pytest.raises(StoreUnavailableError, match="broke, and what was under way is undone"),
            database.connection() as connection,
        ):
            connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        assert PostgresBarStore(database).catalogue() == []


VALID = """
INSERT INTO assets (id, symbol) VALUES ('00000000-0000-0000-0000-000000000001', 'AAPL');
INSERT INTO price_series (asset_id, interval, source) SELECT id, '1d', 'test' FROM assets;
INSERT INTO ingestion_runs (id, source, started_at) SELECT id, 'a.csv', now() FROM assets;
INSERT INTO ingestion_chunks (ingestion_run_id, position, symbol, interval, start, "end")
    SELECT id, 0, 'AAPL', '1d', '2020-01-01Z', '2021-01-01Z' FROM assets;
INSERT INTO quarantined_rows (
    ingestion_run_id, asset_id, interval, timestamp, row, rule, reason, source, ts_recv, content_hash
) SELECT id, id, '1d', '2020-01-01Z', '{"close": "-1"}', 'price', 'close is -1', 'a.csv', now(), repeat('a', 64)
    FROM assets;
INSERT INTO quality_reports (asset_id, interval, as_of, score, report) SELECT id, '1d', now(), 99, '{}' FROM assets;
INSERT INTO data_repairs (
    id, asset_id, interval, rule, reason, before, after, proposed_at, applied_at, applied_by
) SELECT id, id, '1d', 'split', 'a split was not applied', '{}', '{}', now(), now(), 'ann' FROM assets;
INSERT INTO ingestion_schedules (name, symbols, source, interval, calendar)
    VALUES ('daily', '{AAPL}', 'yahoo', '1d', 'XNYS');
INSERT INTO corporate_actions (id, asset_id, kind, ex_date, ratio, source)
    SELECT id, id, 'split', '2020-08-31', 4, 'test' FROM assets;
INSERT INTO asset_symbols (asset_id, symbol, valid_from, valid_to)
    SELECT id, 'OLD', '2010-01-01'::date, '2020-01-01'::date FROM assets
    UNION ALL SELECT id, 'AAPL', '2020-01-01', NULL FROM assets;
INSERT INTO users (id, name, password_hash) SELECT id, 'ann', '$argon2id$x' FROM assets;
INSERT INTO api_keys (id, user_id, name, key_hash, scopes) SELECT id, id, 'bot', repeat('a', 64), '{read}' FROM assets;
INSERT INTO logins (id, user_id, expires_at, created_at) SELECT id, id, '2100-01-01Z', '2024-01-01Z' FROM assets;
INSERT INTO refresh_tokens (token_hash, login_id, expires_at, created_at)
SELECT repeat('b', 64), id, '2100-01-01Z', '2024-01-01Z' FROM assets;
INSERT INTO signing_keys (id, public_key, expires_at, created_at)
VALUES ('a', decode(repeat('00', 32), 'hex'), '2100-01-01Z', '2024-01-01Z');
INSERT INTO audit_log (id, user_id, actor, action, created_at)
    SELECT id, id, 'ann', 'user.add', '2024-01-01Z' FROM assets;
INSERT INTO idempotency_keys (user_id, key, request_hash, expires_at)
    SELECT id, 'k', repeat('a', 64), now() + interval '1 day' FROM assets;
INSERT INTO accounts (id, owner_id, name, currency, kind) SELECT id, id, 'main', 'USD', 'paper' FROM assets;
INSERT INTO strategies (id, name, class_name, strategy_type) SELECT id, 'x', 'X', 'signals' FROM assets;
INSERT INTO sessions (id, account_id, strategy_id, status, started_at) SELECT id, id, id, 'running', now() FROM assets;
INSERT INTO sweeps (id, spec, runs_wanted) SELECT id, '{}', 9 FROM assets;
INSERT INTO historical_prices (asset_id, interval, timestamp, open, high, low, close, volume, adj_close, source)
    SELECT id, '1d', '2020-01-01Z', 10, 12, 9, 11, 0, NULL, 'test' FROM assets;
INSERT INTO backtests (
    id, strategy_id, asset_id, sweep_id, run_hash, result_hash, engine_version, spec, metrics, results, as_of,
    created_at
) SELECT id, id, id, id, repeat('a', 64), repeat('b', 64), '1', '{}', '{}', '{}', now(), now() FROM assets;
INSERT INTO backtest_assets (backtest_id, position, asset_id, symbol, interval, role, as_of, data_hash)
    SELECT id, 0, id, 'AAPL', '1d', 'traded', now(), repeat('a', 64) FROM assets;
INSERT INTO backtest_curves (backtest_id, position, name, dtype, data)
    SELECT id, 0, 'equity', '<f8', '\\x0000000000000000' FROM assets;
INSERT INTO backtest_documents (backtest_id, name, engine_version, data) SELECT id, 'honesty', '1', '{}' FROM assets;
INSERT INTO orders (
    id, backtest_id, asset_id, position, order_type, side, quantity, price, status, reason, fee, slippage, created_bar,
    ended_bar, symbol_index, created_at, filled_at, size_unit, time_in_force, role, flags
) SELECT id, id, id, 0, 'market', 'buy', 1, 10, 'filled', 'none', 0, 0, 0, 1, 0, '2020-01-01Z', '2020-01-02Z',
    'quantity', 'gtc', 'plain', 0 FROM assets;
INSERT INTO fills (
    id, backtest_id, order_id, asset_id, position, order_position, symbol_index, bar, phase, is_maker, quantity,
    reference_price, price, fee, filled_at
) SELECT id, id, id, id, 0, 0, 0, 1, 'open', false, 1, 10, 10, 0, '2020-01-02Z' FROM assets;
INSERT INTO account_events (
    id, backtest_id, asset_id, position, kind, bar, symbol_index, order_position, quantity, price, amount, happened_at
) SELECT id, id, id, 0, 'dividend', 1, 0, -1, 1, 1, 1, '2020-01-02Z' FROM assets;
INSERT INTO trades (
    id, backtest_id, asset_id, position, side, quantity, entry_price, exit_price, pnl, fees, slippage, is_open,
    exit_reason, entry_bar, exit_bar, symbol_index, entry_at, exit_at
) SELECT id, id, id, 0, 'long', 1, 10, 11, 1, 0, 0, false, 'signal', 1, 2, 0, '2020-01-01Z', '2020-01-02Z'
    FROM assets;
INSERT INTO jobs (id, kind, owner_id, spec) SELECT id, 'backtest', id, '{}' FROM assets;
INSERT INTO job_turns (owner) SELECT id FROM assets;
INSERT INTO job_attempts (job_id, attempt, fence, holder) SELECT id, 1, 1, 'one' FROM assets;
INSERT INTO job_logs (job_id, lines) SELECT id, '[]' FROM assets;
INSERT INTO job_outbox (job_id) SELECT id FROM assets;
INSERT INTO vendor_keys (vendor, sealed) VALUES ('polygon', decode(repeat('00', 40), 'hex'));
"""
NOBODY = "'00000000-0000-0000-0000-00000000000f'"

WRONG = {
    "assets": [
        "symbol = ''",
        "symbol = ' AAPL'",
        "symbol = NULL",
        "asset_type = 'spoon'",
        "asset_type = 'stock'",
        "name = ''",
        "exchange = ''",
        "currency = 'usd'",
        "tick_size = 0",
        "tick_size = 'NaN'",
        "lot_size = -1",
        "lot_size = 'Infinity'",
    ],
    "price_series": [
        "interval = '1y'",
        "interval = ''",
        "source = ''",
        "rows = -1",
        "rows = 5",
        "content_hash = 'abc'",
        f"asset_id = {NOBODY}",
    ],
    "historical_prices": [
        *(f"{column} = {value}" for column in ("open", "high", "low", "close") for value in (0, -1, "NULL", "'NaN'")),
        *(f"{column} = 'Infinity'" for column in ("open", "high", "low", "close", "volume", "adj_close")),
        "low = 12.5",
        "high = 8",
        "volume = -1",
        "volume = 'NaN'",
        "adj_close = 0",
        "adj_close = 'NaN'",
        "source = NULL",
        f"asset_id = {NOBODY}",
    ],
    "ingestion_runs": [
        "source = ''",
        "status = 'lost'",
        "status = 'finished'",
        "finished_at = now()",
        "status = 'failed', finished_at = started_at - interval '1 day'",
        "request = '{}'",
        "request_hash = repeat('a', 64)",
        "request = '[]', request_hash = repeat('a', 64)",
        "request = '{}', request_hash = 'abc'",
        "epoch = 0",
    ],
    "ingestion_chunks": [
        "symbol = ''",
        "interval = '1y'",
        '"end" = start',
        "status = 'lost'",
        "status = 'done'",
        "status = 'done', done_at = now()",
        "done_at = now()",
        "asset_id = ingestion_run_id",
        "status = 'done', done_at = now(), asset_id = ingestion_run_id, error = 'x'",
        f"status = 'done', done_at = now(), asset_id = {NOBODY}",
        "added = -1",
        "quarantined = -1",
        f"ingestion_run_id = {NOBODY}",
    ],
    "quality_reports": [
        "interval = '1y'",
        "score = -1",
        "score = 100.5",
        "score = 'NaN'",
        "report = '[]'",
        "as_of = NULL",
        f"asset_id = {NOBODY}",
    ],
    "data_repairs": [
        "interval = '1y'",
        "rule = ''",
        "reason = ''",
        "before = '[]'",
        "after = NULL",
        "applied_by = NULL",
        "applied_by = ''",
        "undone_at = now() + interval '1 day'",
        "undone_at = applied_at, undone_by = 'ann'",
        "applied_at = NULL, applied_by = NULL, undone_at = now(), undone_by = 'ann'",
        f"asset_id = {NOBODY}",
    ],
    "ingestion_schedules": [
        "name = ''",
        "symbols = NULL",
        "symbols = '{}'",
        "symbols = '{NULL}'",
        "watchlist = 'mine.txt'",
        "symbols = NULL, watchlist = ''",
        "source = ''",
        "interval = '1y'",
        "calendar = ''",
    ],
    "quarantined_rows": [
        "interval = '1y'",
        "row = '[]'",
        "rule = ''",
        "reason = NULL",
        "released_at = created_at - interval '1 day'",
        "timestamp = NULL",
        "content_hash = 'abc'",
        f"asset_id = {NOBODY}",
        f"ingestion_run_id = {NOBODY}",
    ],
    "corporate_actions": [
        "kind = 'party'",
        "kind = 'dividend'",
        "ratio = 0",
        "ratio = NULL",
        "ratio = 'NaN'",
        "amount = 1",
        "kind = 'dividend', ratio = NULL, amount = 1",
        "kind = 'dividend', ratio = NULL, amount = 0, currency = 'USD'",
        "kind = 'dividend', ratio = NULL, amount = 1, currency = 'usd'",
        "ex_date = NULL",
        "pay_date = ex_date",
        "withdrawn = NULL",
        "ts_recv = NULL",
        "source = ''",
        f"asset_id = {NOBODY}",
    ],
    "asset_symbols": ["symbol = ''", "valid_to = valid_from", "valid_to = NULL", f"asset_id = {NOBODY}"],
    "users": ["name = ''", "name = ' ann'", "name = 'Ann'", "password_hash = 'hunter2'", "role = 'king'"],
    "logins": [
        "expires_at = created_at",
        "revoked_at = now()",
        "reason = 'logout'",
        "revoked_at = now(), reason = 'x'",
    ],
    "refresh_tokens": ["token_hash = 'b'", "expires_at = created_at"],
    "signing_keys": ["public_key = 'x'", "expires_at = created_at"],
    "identity_version": ["only_row = false"],
    "audit_log": ["actor = ''", "action = ''", "detail = '[]'"],
    "api_keys": [
        "key_hash = 'secret'",
        "scopes = '{}'",
        "scopes = '{read,fly}'",
        "expires_at = created_at",
        f"user_id = {NOBODY}",
    ],
    "idempotency_keys": [
        "key = ''",
        "request_hash = 'abc'",
        "status_code = 200",
        "response = '{}'",
        "status_code = 7, response = '{}'",
        "expires_at = created_at",
        f"user_id = {NOBODY}",
    ],
    "jobs": [
        "kind = ''",
        "status = 'lost'",
        "status = 'running'",
        "status = 'succeeded'",
        "status = 'failed', finished_at = now()",
        "error = '{}'",
        "lease_holder = 'one'",
        "finished_at = now()",
        "progress = 1.1",
        "progress = 'NaN'",
        "losses = 1",
        "attempt = -1",
        "spec = NULL",
        f"owner_id = {NOBODY}",
    ],
    "job_turns": ["owner = NULL", "fence = NULL"],
    "job_attempts": [
        "outcome = 'odd', finished_at = now()",
        "outcome = 'lost'",
        "finished_at = now()",
        "holder = NULL",
        f"job_id = {NOBODY}",
    ],
    "job_logs": ["lines = '{}'", "lines = NULL", "cut = -1", f"job_id = {NOBODY}"],
    "job_outbox": [f"job_id = {NOBODY}", "due_at = NULL"],
    "vendor_keys": ["vendor = ''", "sealed = 'too short'", f"set_by = {NOBODY}"],
    "accounts": ["name = ''", "currency = 'usd'", "kind = 'imaginary'", f"owner_id = {NOBODY}"],
    "sessions": [
        "status = 'lost'",
        "status = 'stopped'",
        "stopped_at = now()",
        "status = 'failed', stopped_at = started_at - interval '1 day'",
        f"account_id = {NOBODY}",
        f"strategy_id = {NOBODY}",
    ],
    "sweeps": ["spec = '[]'", "status = 'lost'", "runs_wanted = 0", "runs_done = 10", "runs_done = -1"],
    "strategies": [
        "name = ''",
        "class_name = ''",
        "strategy_type = 'astrology'",
        "parameters = '[]'",
        "source_hash = 'abc'",
    ],
    "backtests": [
        "run_hash = 'abc'",
        "result_hash = ''",
        "spec = '[]'",
        "metrics = '1'",
        "results = '[]'",
        """metrics = '{"max_drawdown": {"value": 0.1}}'""",
        """metrics = '{"win_rate": {"value": 1.1}}'""",
        "created_nanoseconds = 1000",
        f"strategy_id = {NOBODY}",
        f"asset_id = {NOBODY}",
        f"sweep_id = {NOBODY}",
    ],
    "backtest_assets": [
        "symbol = ''",
        "position = -1",
        "role = 'spectator'",
        "data_hash = 'abc'",
        f"asset_id = {NOBODY}",
    ],
    "backtest_documents": ["name = ''", f"backtest_id = {NOBODY}"],
    "backtest_curves": ["dtype = '<f4'", "data = '\\x00'", f"backtest_id = {NOBODY}"],
    "orders": [
        "order_type = 'wish'",
        "side = 'hold'",
        "status = 'lost'",
        "reason = 'mood'",
        "quantity = -1",
        "quantity = 'NaN'",
        "price = 0",
        "price = 'NaN'",
        "fee = 'NaN'",
        "size = 'NaN'",
        "size_unit = 'spoons'",
        "time_in_force = 'ever'",
        "role = 'clown'",
        "slippage = 'Infinity'",
        "price = NULL",
        "filled_at = NULL",
        "filled_at = created_at - interval '1 day'",
        "backtest_id = NULL",
        "account_id = backtest_id",
        "created_bar = NULL",
        "symbol_index = NULL",
        f"backtest_id = NULL, account_id = {NOBODY}",
        f"backtest_id = {NOBODY}",
        f"asset_id = {NOBODY}",
    ],
    "fills": [
        "phase = 'dawn'",
        "quantity = 0",
        "price = 0",
        "reference_price = 'NaN'",
        "fee = 'NaN'",
        "bar = NULL",
        "backtest_id = NULL",
        "account_id = backtest_id",
        f"order_id = {NOBODY}",
        f"asset_id = {NOBODY}",
    ],
    "account_events": ["kind = 'mood'", "amount = 'NaN'", "bar = NULL", "backtest_id = NULL", f"asset_id = {NOBODY}"],
    "trades": [
        "side = 'up'",
        "exit_reason = 'mood'",
        "quantity = 0",
        "entry_price = 0",
        "exit_price = 'NaN'",
        "pnl = 'NaN'",
        "fees = 'NaN'",
        "income = 'Infinity'",
        "exit_at = entry_at - interval '1 day'",
        "exit_bar = 0",
        "backtest_id = NULL",
        "account_id = backtest_id",
        "entry_bar = NULL",
        "exit_bar = NULL",
        "symbol_index = NULL",
        f"backtest_id = {NOBODY}",
    ],
}


def test_constraints_refuse_each_wrong_row(postgres_url: str) -> None:
    refused, accepted = (errors.IntegrityError,), []
    with psycopg.connect(postgres_url) as connection:
        connection.execute(VALID)
        for table, changes in WRONG.items():
            for change in changes:
                try:
                    with connection.transaction():
                        connection.execute(f"UPDATE {table} SET {change}".encode())  # noqa: S608 -- texts of this file
                        connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
                except refused:
                    continue
                accepted.append(f"{table}: {change}")
        assert accepted == []
        # A warning, not an error: vendors do send a close outside the day's range.
        connection.execute("UPDATE historical_prices SET open = 20, close = 1")
        connection.rollback()


def test_every_table_has_a_wrong_row(postgres_url: str) -> None:
    partitions = {f"historical_prices_{number}" for number in range(8)}
    assert tables(postgres_url) - partitions == {
        *WRONG,
        *WRONG_OF_ACCOUNT,
        "historical_price_revisions",
        "alembic_version",
    }


OF_ACCOUNT = """
INSERT INTO exchange_currencies (shard, currency, cash_scale) VALUES (0, 'USD', 10000);
INSERT INTO exchange_instruments (shard, number, asset_id, currency, cash_scale, tick_size, lot_size)
    SELECT 0, 1, id, 'USD', 10000, 0.01, 1 FROM assets;
INSERT INTO exchange_marks (shard, epoch, entry_ms, entry_seq, hash) VALUES (0, 0, 1, 0, repeat('a', 16));
UPDATE accounts SET shard = 0, number = 7, funding = 'margin';
INSERT INTO exchange_positions (
    account_id, asset_id, shard, lots, cost, realised, fees, trip_entered, trip_paid, trip_exited, trip_received,
    trip_realised, trip_fees, trip_order, trip_began, last_event_id
) SELECT id, id, 0, 1, 1000, 0, 0, 1, 1000, 0, 0, 0, 0, 1, now(), id FROM assets;
INSERT INTO orders (
    id, account_id, asset_id, shard, order_type, side, quantity, price, filled_quantity, status, reason, fee,
    time_in_force, self_trade, flags, client_order_id, created_at, filled_at, ended_at, event_id, last_event_id
) SELECT gen_random_uuid(), id, id, 0, 'iceberg', 'buy', 1, 10, 1, 'filled', 'none', 0,
    'gtc', 'decrement', 0, 'mine', '2020-01-01Z', '2020-01-02Z', '2020-01-02Z', id, id FROM assets;
INSERT INTO fills (
    id, account_id, order_id, asset_id, shard, phase, is_maker, quantity, price, fee, filled_at
) SELECT gen_random_uuid(), account_id, id, asset_id, 0, 'auction', false, 1, 10, -1, '2020-01-02Z' FROM orders
    WHERE account_id IS NOT NULL;
INSERT INTO trades (
    id, account_id, asset_id, shard, side, quantity, entry_price, exit_price, pnl, fees, is_open, exit_reason,
    entry_order, exit_order, entry_at, exit_at
) SELECT gen_random_uuid(), id, id, 0, 'long', 1, 10, 11, 1, 0, false, 'reversed', 1, 2, '2020-01-01Z', '2020-01-02Z'
    FROM assets;
INSERT INTO accounts (id, name, currency, kind, shard, number, funding)
    VALUES (gen_random_uuid(), 'another', 'USD', 'paper', 0, 9, 'cash');
INSERT INTO exchange_payments (id, account_id, shard, amount, paid_at)
    SELECT gen_random_uuid(), id, 0, 5, now() FROM accounts WHERE number = 7;
INSERT INTO exchange_transfers (id, source_id, target_id, amount)
    SELECT 'mine', one.id, other.id, 5 FROM accounts AS one, accounts AS other
    WHERE one.number = 7 AND other.number = 9;
"""

WRONG_OF_ACCOUNT = {
    "exchange_currencies": ["shard = 256", "currency = 'usd'", "cash_scale = 0", "cash_scale = 'NaN'", "shard = 1"],
    "exchange_instruments": [
        "number = -1",
        "number = 1048576",
        f"asset_id = {NOBODY}",
        "currency = 'EUR'",
        "cash_scale = 100",
        "tick_size = 0.00001",
        "tick_size = 0",
        "lot_size = 'NaN'",
        "lot_size = 200000",
        "flags = 256",
    ],
    "exchange_marks": ["shard = -1", "epoch = -1", "entry_ms = -1", "entry_seq = NULL", "hash = 'a'"],
    "exchange_payments": [f"account_id = {NOBODY}", "amount = 0", "amount = 'NaN'", "amount = NULL"],
    "exchange_transfers": [
        "id = ''",
        "id = 'a b'",
        f"source_id = {NOBODY}",
        "source_id = target_id",
        "amount = 0",
        "amount = 'NaN'",
        "state = 'lost'",
        "state = 'refused'",
        "reason = 'risk.no_buying_power'",
    ],
    "exchange_positions": ["trip_order = NULL", "trip_began = NULL", "lots = 0", f"account_id = {NOBODY}"],
    "accounts": [
        "number = 0",
        "number = 4294967295",
        "funding = 'hope'",
        "number = NULL",
        "kind = 'live'",
        "shard = 1",
    ],
    "orders": [
        "shard = NULL",
        "event_id = NULL",
        "last_event_id = NULL",
        "filled_quantity = NULL",
        "filled_quantity = -1",
        "asset_id = NULL",
        "order_type = NULL",
        "side = NULL",
        "self_trade = 'never'",
        "self_trade = NULL",
        "client_order_id = ''",
        "client_order_id = 'a b'",
        "status = 'open'",
        "status = 'pending'",
        "ended_at = NULL",
        "quantity = -1",
    ],
    "fills": ["shard = NULL", "phase = 'inside'", "quantity = 0", "price = 0"],
    "trades": ["shard = NULL", "exit_reason = 'signal'", "entry_order = NULL", "exit_order = NULL"],
}


def test_constraints_refuse_each_wrong_row_of_an_account(postgres_url: str) -> None:
    accepted = []
    with psycopg.connect(postgres_url) as connection:
        connection.execute(VALID)
        connection.execute(OF_ACCOUNT)
        for table, changes in WRONG_OF_ACCOUNT.items():
            rows = " WHERE account_id IS NOT NULL" if table in ("orders", "fills", "trades") else ""
            for change in changes:
                try:
                    with connection.transaction():
                        connection.execute(f"UPDATE {table} SET {change}{rows}".encode())  # noqa: S608 -- texts of this file
                except errors.IntegrityError:
                    continue
                accepted.append(f"{table}: {change}")
        assert accepted == []
        # A refusal is kept as it was asked for, as far as there are words for it.
        connection.execute(
            "UPDATE orders SET status = 'rejected', reason = 'bad_field', side = NULL, order_type = NULL, "
            "time_in_force = NULL, self_trade = NULL, asset_id = NULL, quantity = -5, filled_quantity = 0, "
            "client_order_id = NULL WHERE account_id IS NOT NULL"
        )


def test_every_reason_of_the_exchange_that_ends_or_refuses_an_order_has_its_word(postgres_url: str) -> None:
    never = {"UNKNOWN_KIND", "REPEATED", "UNKNOWN_ORDER", "NOT_OWNER", "NOTHING_OPEN", "RUNNING", "NO_SHORTING"}
    never |= {"SESSION_ENDED", "NOT_AT_ONCE", "REPLACED"}  # also of backtests, tested by them
    never |= {"NOT_IN_AUCTION", "EXTERNAL_CROSSED", "WITHDRAWN_BY_HOUSE", "UNCROSSED"}  # not of an account's order
    with psycopg.connect(postgres_url) as connection:
        connection.execute(VALID)
        connection.execute(OF_ACCOUNT)
        for code in Code:
            if Code.OK < code < Code.FEE and code.name not in never:
                changed = "UPDATE orders SET reason = %s WHERE account_id IS NOT NULL"
                connection.execute(changed, [code.name.lower()])


def test_the_sixth_schema_keeps_runs_and_gives_up_what_accounts_did(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute(VALID)
        connection.execute(OF_ACCOUNT)
        connection.execute(
            "INSERT INTO accounts (id, name, currency, kind, shard, number, funding) "
            "VALUES (gen_random_uuid(), 'local', 'USD', 'paper', 0, 8, 'cash')"
        )
    schema.downgrade(postgres_url, "0005")
    schema.upgrade(postgres_url)
    with psycopg.connect(postgres_url) as connection:
        for table in ("orders", "fills", "trades", "accounts"):
            counted = connection.execute(f"SELECT count(*) FROM {table}".encode())  # noqa: S608 -- likewise
            assert counted.fetchone() == (1,), table


@pytest.mark.parametrize("table", ["orders", "fills", "trades"])
def test_a_place_in_a_run_is_taken_once(postgres_url: str, table: str) -> None:
    copied = f"""
        INSERT INTO {table}
        SELECT (jsonb_populate_record({table}, jsonb_build_object('id', gen_random_uuid()))).* FROM {table}
    """  # noqa: S608 -- texts of this file
    with psycopg.connect(postgres_url) as connection:
        connection.execute(VALID)
        if table == "trades":
            connection.execute("ALTER TABLE trades ALTER pnl_percentage DROP EXPRESSION")
        with pytest.raises(errors.UniqueViolation, match="place"), connection.transaction():
            connection.execute(copied.encode())
        connection.rollback()


GENERATED = {
    "backtests": (
        *("total_return", "annual_return", "cagr", "volatility", "sharpe_ratio", "sortino_ratio", "calmar_ratio"),
        *("max_drawdown", "win_rate", "profit_factor"),
    ),
    "trades": ("pnl_percentage",),
    "exchange_instruments": ("tick_value",),
}


def test_generated_columns_cannot_be_changed(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute(VALID)
        connection.execute(OF_ACCOUNT)
        for table, columns in GENERATED.items():
            for column in columns:
                with pytest.raises(errors.GeneratedAlways), connection.transaction():
                    connection.execute(f"UPDATE {table} SET {column} = 0".encode())  # noqa: S608 -- texts of this file


@pytest.mark.parametrize(("first", "allowed"), [("2020-01-01", False), ("2019-12-31", False), ("2021-01-01", True)])
def test_a_symbol_means_one_asset_at_a_time(postgres_url: str, first: str, allowed: bool) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute(VALID)
        connection.execute("UPDATE asset_symbols SET valid_to = '2021-01-01' WHERE symbol = 'AAPL'")
        connection.execute("INSERT INTO assets (symbol) VALUES ('OTHER')")
        add = (
            "INSERT INTO asset_symbols (asset_id, symbol, valid_from, valid_to) "
            "SELECT id, 'AAPL', %s, '2022-01-01' FROM assets WHERE symbol = 'OTHER'"
        )
        if allowed:
            connection.execute(add, [first])
        else:
            with pytest.raises(errors.ExclusionViolation):
                connection.execute(add, [first])
        connection.rollback()


@pytest.mark.parametrize("table", ["assets", "strategies"])
def test_what_a_run_rests_on_cannot_be_deleted(postgres_url: str, table: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute(VALID)
        with pytest.raises(errors.IntegrityError), connection.transaction():
            connection.execute(f"DELETE FROM {table}".encode())  # noqa: S608 -- texts of this file


def test_a_deleted_run_takes_its_rows_along(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute(VALID)
        connection.execute("DELETE FROM backtests")
        for table in (
            "orders",
            "fills",
            "account_events",
            "trades",
            "backtest_assets",
            "backtest_curves",
            "backtest_documents",
        ):
            counted = connection.execute(f"SELECT count(*) FROM {table}".encode())  # noqa: S608 -- likewise
            assert counted.fetchone() == (0,), table
