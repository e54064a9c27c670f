"""Users of two gateways under kills; and that the auditor would notice what they must not be told."""

import json
import shutil
import tempfile
from pathlib import Path

import psycopg
import pytest

from arbitrax.bootstrap import database_url
from tests.gateway_fault_run.auditor import GatewayAuditor
from tests.gateway_fault_run.run import KILLED, GatewayFaultRun, run

SHORT, LONG = 20.0, 600.0


@pytest.fixture(scope="module")
def exchange():
    """Gateways, exchange and workers at rest, that were killed for a while."""
    folder = Path(tempfile.mkdtemp(prefix="arbitrax-faults-"))
    folder.chmod(0o755)
    with GatewayFaultRun(folder / "home", 1, KILLED) as made:
        made.start()
        made.trade(SHORT)
        made.judge()
        yield made
    shutil.rmtree(folder)


def findings(exchange):
    return GatewayAuditor(exchange.settings, exchange.logs).run()


def test_what_users_were_told_is_in_journal_and_database_once(exchange):
    assert exchange.report.findings == [], str(exchange.report)
    assert exchange.report.killed > 0
    assert exchange.report.told["orders"] > 0
    assert exchange.report.told["backtests"] > 0


@pytest.mark.nightly
def test_ten_minutes_of_kills_lose_and_double_nothing_that_users_were_told():
    report = run(LONG, 21)
    assert report.findings == [], str(report)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"id": "u9.9.9", "sent": True}, "1 orders never got an outcome"),
        ({"id": "u9.9.9", "order": "ord_00000000000f4240", "filled": "0"}, "the journal has []"),
        ({"job": "u9.9.9"}, "asked,"),
        ({"violation": "somebody else's order was shown"}, "somebody else's order was shown"),
    ],
)
def test_what_a_user_was_told_that_is_not_so_is_noticed(exchange, line, said):
    log = exchange.logs[0]
    before = log.read_text()
    log.write_text(f"{before}\n{json.dumps(line)}\n")
    assert any(said in each for each in findings(exchange))
    log.write_text(before)
    assert findings(exchange) == []


def test_an_order_that_was_acknowledged_and_is_told_refused_is_noticed(exchange):
    log = exchange.logs[0]
    before = log.read_text()
    told = next(each for each in map(json.loads, filter(None, before.splitlines())) if "order" in each)
    log.write_text(f"{before}\n{json.dumps({'id': told['id'], 'refused': 'risk.rate_limit'})}\n")
    assert any("was refused (risk.rate_limit), and is in the journal" in each for each in findings(exchange))
    log.write_text(before)


def test_a_result_that_is_gone_is_noticed(exchange):
    with psycopg.connect(database_url(exchange.settings), autocommit=True) as connection:
        (job,) = connection.execute("SELECT id FROM jobs WHERE status = 'succeeded' LIMIT 1").fetchone()
        connection.execute("UPDATE jobs SET status = 'cancelled' WHERE id = %s", [job])
        assert any(" is cancelled after " in each for each in findings(exchange))
        connection.execute("UPDATE jobs SET status = 'succeeded' WHERE id = %s", [job])
    assert findings(exchange) == []
