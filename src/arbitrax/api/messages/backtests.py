"""Messages of backtests, from being asked for to their end."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from arbitrax.api.messages.jobs import JobState, state_fields
from arbitrax.api.messages.strategies import HASH
from arbitrax.backtest.documents.fields import BacktestId
from arbitrax.backtest.documents.run import BacktestSpec, MetricMessage, RunResult, links, spec_message
from arbitrax.domain.ids import encode
from arbitrax.services.backtest_records import BacktestRecord, FinishedRun
from arbitrax.services.backtests import RUN
from arbitrax.services.run_reports import asset_message


class BacktestMessage(JobState, frozen=True):
    """A backtest, from being asked for to its end. The times of one without a job are when it was made."""

    id: BacktestId
    spec: BacktestSpec
    channel: str
    """Of the web socket, where progress and the equity curve are while it runs."""
    result: RunResult | None
    """Once it has succeeded."""


class RunSource(Struct, frozen=True):
    """The text of the strategy that a run executed, as it was then."""

    backtest: BacktestId
    source: Annotated[str | None, Meta(examples=["class SmaCross(Strategy): ..."])]
    """null: it was defined in a console, and has no text."""
    source_sha256: Annotated[str | None, Meta(examples=[HASH])]


def backtest_message(record: BacktestRecord) -> BacktestMessage:
    """Return a backtest's message."""
    id = encode(RUN, record.id)
    return BacktestMessage(
        **state_fields(RUN, record.id, record.owner, record.progress, has_job=record.has_job),  # type: ignore[arg-type]
        spec=spec_message(record.spec),
        channel=f"runs.{id}",
        result=None if record.run is None else _result(record.run, id),
    )


def _result(run: FinishedRun, id: str) -> RunResult:
    return RunResult(
        run_hash=run.run_hash,
        result_hash=run.result_hash,
        engine_version=run.engine_version,
        bars=run.bars,
        first_bar=run.first,
        last_bar=run.last,
        assets=[asset_message(each) for each in run.assets],
        metrics={name: MetricMessage(each.value, each.undefined) for name, each in run.metrics.items()},
        metrics_basis=run.metrics_basis,
        notices=list(run.notices),
        bankrupt=run.bankrupt_bar is not None,
        **links(id),
    )
