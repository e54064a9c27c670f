import json

import msgspec
import pytest

import arbitrax as ax
from arbitrax.backtest.documents.columns import column_csv, column_rows, table_columns
from arbitrax.backtest.documents.csv_table import encode_csv
from arbitrax.backtest.documents.tables import TABLES, arrow_table, table_frame, table_rows
from tests.market import random_walk
from tests.report_page import cells_of


@pytest.fixture(scope="module")
def result():
    return ax.backtest(ax.SmaCross(fast=3, slow=8), random_walk(300))


@pytest.mark.parametrize("table", TABLES)
def test_every_table_is_rows_and_csv(result, table):
    frame = table_frame(result, table)
    rows = table_rows(frame, table)
    assert len(rows) == len(frame)
    assert json.loads(msgspec.json.encode(rows)) == rows
    assert encode_csv(arrow_table(frame)).count(b"\n") == len(frame) + 1


def test_money_is_text_that_reads_back_to_the_same_bits(result):
    rows = table_rows(table_frame(result, "trades"), "trades")
    assert [float(each["pnl"]) for each in rows] == result.trade_records["pnl"].tolist()
    assert rows[0]["entry_time"].endswith("Z")
    assert rows[0]["entry_tag"] is None
    assert rows[0]["duration_seconds"] % 86_400 == 0


def test_returns_are_numbers_and_months_without_a_bar_are_missing(result):
    first, *_, last = table_rows(table_frame(result, "monthly"), "monthly")
    assert isinstance(first["1"], float)
    assert last["12"] is None


@pytest.mark.parametrize("table", ["trades", "orders", "rolling", "returns", "monthly", "drawdowns", "contributions"])
def test_columns_are_told_as_frames_are(result, table):
    frame, columns = table_frame(result, table), table_columns(result, table)
    assert list(columns) == [str(name) for name in frame.columns]
    assert column_rows(columns, table) == table_rows(frame, table)
    assert cells_of(column_csv(columns)) == cells_of(encode_csv(arrow_table(frame)).decode())
