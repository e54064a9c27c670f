"""Ingestions through the command line: whole processes, a stand-in for the vendors, a real PostgreSQL and Valkey."""

import contextlib
import random
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg
import pytest

from arbitrax.market_data.validation.findings import score_text
from arbitrax.storage.embedded import EmbeddedServers
from tests.integration.test_command_line import Program
from tests.vendors import KEY, StandIn
from tests.vendors.answer import cut_off, edited, garbage, hang, page_for_people, rate_limited, reply

RANGE = ("--from", "2019-01-01", "--to", "2024-12-31")
STORED = """
SELECT
    assets.symbol, prices.interval, prices.timestamp, open, high, low, close, volume, adj_close, prices.source, is_final
FROM historical_prices AS prices JOIN assets ON assets.id = prices.asset_id
ORDER BY 1, 2, 3
"""
REVISED = "SELECT count(*) FROM historical_price_revisions"
ACTIONS = """
SELECT assets.symbol, kind, ex_date, ratio, amount FROM corporate_actions
JOIN assets ON assets.id = corporate_actions.asset_id ORDER BY 1, 2, 3
"""
ASIDE = """
SELECT assets.symbol, timestamp, row::text, rule FROM quarantined_rows
JOIN assets ON assets.id = quarantined_rows.asset_id ORDER BY 1, 2, 3
"""


@pytest.fixture(scope="module")
def vendors():
    with StandIn() as server:
        yield server


@pytest.fixture(scope="module")
def cache_url():
    # Not pytest's tmp_path: root's servers run as another user, who must reach it.
    home = Path(tempfile.mkdtemp(prefix="arbitrax-cache-"))
    home.chmod(0o711)
    try:
        with EmbeddedServers(home) as servers:
            yield servers.cache_url()
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def program(vendors, cache_url, postgres_url, tmp_path):
    """The program on a fresh database; the vendors are the stand-in."""
    made = Program(tmp_path / "home")
    made.environment |= {
        **vendors.environment,
        "ARBITRAX_DATABASE_URL": postgres_url,
        "ARBITRAX_CACHE_URL": cache_url,
    }
    return made


def stored(url):
    with psycopg.connect(url) as connection:
        return [connection.execute(each).fetchall() for each in (STORED, ACTIONS, ASIDE)]


def counts(outcomes, symbol):
    found = next(each for each in outcomes[-1]["symbols"] if each["symbol"] == symbol)
    return {name: found[name] for name in ("added", "updated", "unchanged", "quarantined")}


def first_of(url, symbol):
    return next(row for row in stored(url)[0] if row[0] == symbol)


@pytest.mark.parametrize("source", ["polygon", "yahoo", "alpha_vantage"])
def test_every_vendor_gives_the_prices_as_traded(program, postgres_url, source):
    outcomes = program.json("data", "ingest", "AAPL", "MSFT", *RANGE, "--source", source)
    assert [each["failed"] for each in outcomes[0]["symbols"]] == [None, None]
    assert counts(outcomes, "AAPL")["added"] > 1500
    bars, actions, _ = stored(postgres_url)
    close = {(row[0], f"{row[2]:%Y-%m-%d}"): float(row[6]) for row in bars}
    # The split of 4:1 on 2020-08-31 is in the prices, whatever the vendor made of them.
    ratio = close["AAPL", "2020-08-28"] / close["AAPL", "2020-08-31"]
    assert 3.2 < ratio < 5
    assert ("AAPL", "split", 4.0) in {(row[0], row[1], float(row[3] or 0)) for row in actions}
    assert {row[9] for row in bars} == {source}


def test_three_vendors_tell_the_same(program, postgres_url):
    told = []
    for source in ("polygon", "yahoo", "alpha_vantage"):
        program.json("data", "ingest", "AAPL", *RANGE, "--source", source, "--replace")
        told.append([(row[2], *map(float, row[3:7])) for row in stored(postgres_url)[0]])
    assert told[0] == told[1] == told[2]


def test_doing_it_again_changes_nothing(program, postgres_url):
    program.json("data", "ingest", "AAPL", *RANGE, "--source", "polygon")
    before = stored(postgres_url)
    again = program.json("data", "ingest", "AAPL", *RANGE, "--source", "polygon")
    assert counts(again, "AAPL") == {"added": 0, "updated": 0, "unchanged": len(before[0]), "quarantined": 0}
    assert stored(postgres_url) == before
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute(REVISED).fetchone() == (0,)


def test_an_update_asks_for_what_is_missing_only(program, vendors):
    program.json("data", "ingest", "IBM", "--from", "2019-01-01", "--to", "2023-12-31", "--source", "polygon")
    vendors.seen.clear()
    program.json("data", "ingest", "IBM", *RANGE, "--source", "polygon", "--update")
    asked = [each.path for each in vendors.seen if "/range/" in each.path]
    assert len(asked) == 1
    assert asked[0].endswith("/2023-12-30/2024-12-31")
    vendors.seen.clear()
    program.json("data", "ingest", "IBM", *RANGE, "--source", "polygon", "--update")
    assert not [each for each in vendors.seen if "/range/" in each.path]


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (garbage, "Polygon"),
        (page_for_people(), "Polygon"),
        (cut_off, "Polygon"),
        (rate_limited(3600), "Polygon"),
    ],
)
def test_a_vendor_that_fails_stores_nothing_and_says_so(program, vendors, postgres_url, spoil, says):
    vendors.always("GE", spoil)
    try:
        out, err = program.run("data", "ingest", "GE", *RANGE, "--source", "polygon", code=1)
    finally:
        vendors.always("GE")
    assert says in err
    assert "GE" in err
    assert KEY not in out + err
    assert stored(postgres_url)[0] == []
    outcomes = program.json("data", "ingest", "GE", *RANGE, "--source", "polygon")
    assert counts(outcomes, "GE")["added"] > 1500


def test_auto_asks_the_next_vendor_for_what_one_does_not_give(program, vendors, postgres_url):
    vendors.always("GE", rate_limited(3600))
    try:
        _, err = program.run("data", "ingest", "GE", *RANGE, "--source", "auto", "--json", code=1)
    finally:
        vendors.always("GE")
    assert "Asking alpha_vantage for GE." in err
    assert "Asking yahoo for GE." in err


@pytest.mark.parametrize(("source", "known"), [("yahoo", "AAPL"), ("synthetic", "SYN-A")])
def test_unknown_symbols_leave_the_others_alone(program, postgres_url, source, known):
    _, err = program.run("data", "ingest", known, "ZZZZ", *RANGE, "--source", source, code=3)
    assert "ZZZZ" in err
    assert {row[0] for row in stored(postgres_url)[0]} == {known}


def kill_rounds(program, fresh_url, rounds):
    """Kill ingestions at random moments, then let one end; return what is stored."""
    dice = random.Random(11)  # noqa: S311 - moments, not secrets
    words = ("data", "ingest", "AAPL", "MSFT", "--from", "2021-01-01", "--to", "2021-12-31", "--interval", "1m")
    for _ in range(rounds):
        process = program.start(*words, "--source", "polygon", ARBITRAX_DATABASE_URL=fresh_url)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=dice.uniform(0.3, 3.0))
        process.kill()
        process.communicate()
    program.run(*words, "--source", "polygon", ARBITRAX_DATABASE_URL=fresh_url)
    return stored(fresh_url)


@pytest.mark.parametrize("rounds", [3, pytest.param(50, marks=pytest.mark.nightly)])
def test_killed_ingestions_end_as_if_nothing_had_happened(program, postgres_url, postgres_server, rounds):
    from tests.integration.conftest import TEMPLATE, new_database

    words = ("data", "ingest", "AAPL", "MSFT", "--from", "2021-01-01", "--to", "2021-12-31", "--interval", "1m")
    program.run(*words, "--source", "polygon")
    with new_database(postgres_server, TEMPLATE) as other:
        assert kill_rounds(program, other, rounds) == stored(postgres_url)


def test_keys_are_nowhere_to_be_found(program, postgres_url, vendors):
    program.run("data", "ingest", "AAPL", *RANGE, "--source", "polygon")
    with psycopg.connect(postgres_url) as connection:
        tables = connection.execute(
            "SELECT table_name FROM information_schema.tables "
            "WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        ).fetchall()
        for (name,) in tables:
            rows = connection.execute(f"SELECT t::text FROM {name} AS t").fetchall()  # noqa: S608 - names of our own
            assert not any(KEY in str(row) for row in rows), name


def with_low(document):
    """The tenth bar's low at half of what it was, as bad ticks are; lists of other things stay."""
    if "queryCount" in document:
        document["results"][9]["l"] = round(document["results"][9]["l"] / 2, 2)
    return document


def test_what_is_doubtful_in_a_series_stands_in_every_result_that_uses_it(program, vendors):
    vendors.always("IBM", edited(with_low))
    try:
        program.run("data", "ingest", "IBM", "--from", "2023-01-01", "--to", "2023-12-31", "--source", "polygon")
    finally:
        vendors.always("IBM")
    report = program.json("data", "check", "IBM")["report"]
    assert [(each["rule"], each["level"], each["count"]) for each in report["lines"]] == [("wick", "warn", 1)]
    assert 99 < report["score"] < 100
    run = program.json("backtest", "run", "buy_and_hold", "--symbol", "IBM", "--prices", "raw")
    said = [each for each in run["notices"] if "quality" in each]
    assert said == [
        f"The 1d bars of IBM have the quality {score_text(report['score'])} of 100 (wick 1); `arbitrax data check IBM "
        "--interval 1d` shows the rows."
    ]
    # The bars are mended by the vendor; the run stays what it was.
    program.run("data", "ingest", "IBM", "--from", "2023-01-01", "--to", "2023-12-31", "--source", "polygon")
    assert program.json("data", "check", "IBM")["report"]["score"] == 100
    assert program.json("backtest", "reproduce", run["id"])["reproduced"]
    assert program.json("backtest", "show", run["id"])["notices"] == run["notices"]


def test_a_schedule_does_what_is_due_once(program, vendors):
    program.run("data", "ingest", "IBM", "--from", "2024-01-01", "--to", "2024-01-31", "--source", "polygon")
    program.run("data", "schedule", "add", "daily", "IBM", "--source", "polygon", "--calendar", "XNYS")
    out, _ = program.run("data", "schedule", "run", "--once")
    assert "daily: the session of" in out
    assert program.json("data", "schedule", "list")[0]["schedule"]["last_done"]
    newest = program.json("data", "list")[0]["last"]
    assert newest > "2026-01-01"
    vendors.seen.clear()
    program.run("data", "schedule", "run", "--once")
    assert vendors.seen == []


def cheaper(document):
    """Another company's prices: a twentieth; lists of other things stay."""
    if "queryCount" in document:
        for row in document["results"]:
            row.update({name: round(row[name] / 20 + 1, 4) for name in "ohlc"})
    return document


def test_a_company_that_takes_over_a_symbol_is_judged_by_its_own_bars_and_actions(program, vendors, postgres_url):
    program.run("data", "ingest", "IBM", "--from", "2020-01-01", "--to", "2024-06-28", "--source", "polygon")
    old = [row for row in stored(postgres_url)[0] if row[0] == "IBM"]
    run = program.json("backtest", "run", "buy_and_hold", "--symbol", "IBM", "--prices", "raw")["id"]
    program.run("data", "symbol", "release", "IBM", "--on", "2024-07-01")
    _, err = program.run("data", "ingest", "IBM", "--update", "--source", "polygon", code=2)
    assert "Nothing is stored of IBM" in err
    vendors.always("IBM", edited(cheaper))
    try:
        outcomes = program.json(
            "data", "ingest", "IBM", "--from", "2024-07-01", "--to", "2024-12-31", "--source", "polygon"
        )
    finally:
        vendors.always("IBM")
    assert counts(outcomes, "IBM") == {"added": 128, "updated": 0, "unchanged": 0, "quarantined": 0}
    (listed,) = [each for each in program.json("data", "list") if each["symbol"] == "IBM"]
    assert (listed["first"][:10], listed["rows"]) == ("2024-07-01", 128)
    actions = program.json("data", "actions", "list", "IBM")["actions"]
    assert min(each["ex_date"] for each in actions) >= "2024-07-01"
    assert [row for row in stored(postgres_url)[0] if row[0] == "IBM"][: len(old)] == old
    assert program.json("backtest", "reproduce", run)["reproduced"]


def test_a_file_under_a_symbol_that_is_free_is_another_companys(program, tmp_path):
    program.run("data", "ingest", "IBM", "--from", "2024-01-01", "--to", "2024-06-28", "--source", "polygon")
    program.run("data", "symbol", "release", "IBM", "--on", "2024-07-01")
    path = tmp_path / "IBM.csv"
    # A Saturday among them: the exchange of the other company says nothing about this one.
    rows = "".join(f"2024-07-{day:02},5,5,5,5,100\n" for day in range(1, 13))
    path.write_text("date,open,high,low,close,volume\n" + rows)
    (outcome,) = program.json("data", "import", path)
    assert (outcome["added"], outcome["quarantined"]) == (12, 0)


def crossed(document):
    if "queryCount" in document:
        for row in document["results"]:
            row["h"], row["l"] = row["l"] - 1, row["h"] + 1
    return document


def test_rows_none_of_which_can_be_trusted_are_shown_and_no_success(program, vendors):
    vendors.always("GE", edited(crossed))
    try:
        _, err = program.run("data", "ingest", "GE", *RANGE, "--source", "polygon", code=1)
    finally:
        vendors.always("GE")
    assert "rows of GE from polygon can be trusted; `arbitrax data check GE --interval 1d` shows why" in err
    out, _ = program.run("data", "check", "GE")
    assert "GE 1d: no bars; whatever came was set aside" in out
    assert "price outside range" in out
    document = program.json("data", "check", "GE")
    assert document["report"] is None
    assert len(document["set_aside"]) > 1500


def test_a_killed_ingestion_is_listed_as_stopped_until_it_goes_on(program, vendors):
    words = ("data", "ingest", "AAPL", "--from", "2021-01-01", "--to", "2021-12-31", "--interval", "1m")
    vendors.always("AAPL", hang)
    process = program.start(*words, "--source", "polygon")
    try:
        while not program.json("data", "ingestions"):
            assert process.poll() is None
        assert program.json("data", "ingestions")[0]["status"] == "running"
    finally:
        process.kill()
        process.communicate()
        vendors.always("AAPL")
    while (found := program.json("data", "ingestions")[0])["status"] == "running":
        pass  # the server needs a moment to notice
    assert found["status"] == "stopped"
    program.run(*words, "--source", "polygon")
    assert [each["status"] for each in program.json("data", "ingestions")] == ["finished"]


def test_a_schedule_goes_on_beside_a_symbol_of_which_nothing_is_stored(program):
    program.run("data", "ingest", "IBM", "--from", "2024-01-01", "--to", "2024-01-31", "--source", "polygon")
    out, err = program.run("data", "schedule", "add", "daily", "IBM", "TSLA", "--source", "polygon")
    assert "it is due at" in out
    assert "Nothing is stored of TSLA at 1d" in err
    _, err = program.run("data", "schedule", "run", "--once", code=1)
    assert "daily: nothing is stored of TSLA at 1d; begin with `arbitrax data ingest TSLA" in err
    assert program.json("data", "list")[0]["last"] > "2026-01-01"
    program.run("data", "ingest", "TSLA", "--from", "2024-01-01", "--source", "polygon")
    program.run("data", "schedule", "run", "--once")
    assert "Nothing is due" in program.run("data", "schedule", "run", "--once")[0]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--source", "polgon"), "'polgon' is not a vendor of market data; did you mean 'polygon'?"),
        (("--source", "yahoo", "--interval", "4h"), "yahoo has no bars of 4h; take one of 1m,"),
        (("--interval", "7m"), "No vendor that is configured has bars of 7m"),
    ],
)
def test_a_schedule_that_no_vendor_can_do_is_refused_at_once(program, words, sentence):
    _, err = program.run("data", "schedule", "add", "never", "IBM", *words, code=2)
    assert sentence in err
    assert program.json("data", "schedule", "list") == []


@pytest.mark.parametrize("spoil", [reply(403, '{"message":"not entitled"}'), reply(500, "oops")])
def test_what_one_symbol_is_refused_stops_no_other(program, vendors, spoil):
    others = [f"A{number}" for number in range(6)]
    vendors.always("BAD", spoil)
    try:
        outcomes = program.json("data", "ingest", "BAD", *others, "--from", "2024-06-03", "--source", "polygon", code=3)
    finally:
        vendors.always("BAD")
    assert outcomes[0]["stopped"] is None
    assert [each["symbol"] for each in outcomes[0]["symbols"] if each["failed"]] == ["BAD"]
    assert all(each["score"] == 100 for each in outcomes[0]["symbols"] if each["symbol"] != "BAD")


def test_a_vendor_that_is_down_for_several_is_left_alone_and_says_who_was_not_asked_for(program, vendors):
    symbols = [f"A{number}" for number in range(7)]
    for each in symbols:
        vendors.always(each, reply(500, "oops"))
    try:
        _, err = program.run("data", "ingest", *symbols, "--from", "2024-06-03", "--source", "polygon", code=1)
    finally:
        for each in symbols:
            vendors.always(each)
    assert "Not asked for any more: A" in err
    assert "the same command goes on from there" in err


def test_a_series_taken_over_by_a_vendor_is_that_vendors_even_when_nothing_differs(program, postgres_url):
    program.run("data", "ingest", "GE", *RANGE, "--source", "polygon")
    program.run("data", "ingest", "GE", *RANGE, "--source", "yahoo", "--replace")
    outcomes = program.json("data", "ingest", "GE", *RANGE, "--source", "yahoo")
    assert outcomes[0]["symbols"][0]["notices"] == []
    assert program.json("data", "list")[0]["source"] == "yahoo"


def test_auto_asks_yahoo_for_what_only_yahoo_spells_so(program, vendors):
    _, err = program.run("data", "ingest", "^GSPC", "--from", "2024-01-01", "--to", "2024-02-01")
    assert "--source auto asks yahoo." in err
    _, err = program.run("data", "ingest", "AAPL", "--from", "2024-01-01", "--interval", "1w", code=2)
    assert "ingest 1d" in err
