"""What a page shows of a backtest: figures with formulas, its account, prices, its source; what one would run on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, JSONBody, Parameter

from arbitrax.api.messages.backtest_validation import BacktestValidation
from arbitrax.api.messages.backtests import RunSource
from arbitrax.api.messages.new_backtest import NewBacktest
from arbitrax.api.parameters import SYMBOL, BacktestId, CurvePoints, End, Start, end_of, nanoseconds_of
from arbitrax.api.requests import GatewayRequest
from arbitrax.api.routes.backtest_results import answer_result, result_of
from arbitrax.backtest.chart_prices import bars_seen, chart_prices, require_traded
from arbitrax.backtest.documents.account import RunAccount
from arbitrax.backtest.documents.figures import RunFigures
from arbitrax.backtest.documents.prices import RunPrices, prices_message
from arbitrax.backtest.documents.run import PATH
from arbitrax.domain.ids import decode
from arbitrax.services.backtest_records import find_backtest
from arbitrax.services.backtests import RUN, find_run
from arbitrax.services.foreseen_backtest import foresee
from arbitrax.services.run_documents import ACCOUNT, FIGURES
from arbitrax.services.run_prices import kept_bars
from arbitrax.services.run_tables import told

OneSymbol = Annotated[
    str | None, Parameter(min_length=1, max_length=64, pattern=SYMBOL, description="Left out: the first it traded.")
]


@get(
    f"{PATH}/{{backtest:str}}/figures",
    opt={"access": "read"},
    tags=["backtests"],
    operation_id="get_backtest_figures",
    summary="Get a backtest's figures with their formulas",
)
async def get_backtest_figures(request: GatewayRequest, backtest: FromPath[BacktestId]) -> Response[RunFigures]:
    """Return every metric with formula, sample and the benchmark's; the returns counted; what the run rests on."""

    def make() -> bytes:
        return told(request.parts.store, decode(RUN, backtest), FIGURES)

    return await _answer(request, backtest, make, "figures")


@get(
    f"{PATH}/{{backtest:str}}/account",
    opt={"access": "read"},
    tags=["backtests"],
    operation_id="get_backtest_account",
    summary="Get a backtest's exposure and the events of its account",
)
async def get_backtest_account(request: GatewayRequest, backtest: FromPath[BacktestId]) -> Response[RunAccount]:
    """Return long and short exposure, the largest weights, and what happened to the account besides trades.

    The curves have at most 2,000 points. The tables `equity` and `events` have every bar and every event.
    """

    def make() -> bytes:
        return told(request.parts.store, decode(RUN, backtest), ACCOUNT)

    return await _answer(request, backtest, make, "account")


@get(
    f"{PATH}/{{backtest:str}}/prices",
    opt={"access": "read"},
    tags=["backtests"],
    operation_id="get_backtest_prices",
    summary="Get a backtest's prices for a chart",
)
async def get_backtest_prices(
    request: GatewayRequest,
    backtest: FromPath[BacktestId],
    *,
    symbol: OneSymbol = None,
    start: Start = None,
    end: End = None,
    points: CurvePoints = 1000,
) -> Response[RunPrices]:
    """Return prices as the run saw them in at most `points` points, with what its strategy shows over them."""
    begin, stop = nanoseconds_of("start", start), end_of("end", end)

    def make() -> bytes:
        runs, id = request.parts.store.runs, decode(RUN, backtest)
        found = find_backtest(request.parts.store.backtest_records, id, sees=None)
        require_traded(found.spec, symbol)
        bars = kept_bars(runs, request.parts.store.actions, found)
        if bars is None:
            bars = bars_seen(result_of(request, backtest), symbol)
        prices = chart_prices(bars, found.spec.strategy, begin, stop, points)
        return msgspec.json.encode(prices_message(backtest, prices))

    return await _answer(request, backtest, make, f"prices {symbol} {begin} {stop} {points}")


@get(
    f"{PATH}/{{backtest:str}}/source",
    opt={"access": "read"},
    tags=["backtests"],
    operation_id="get_backtest_source",
    summary="Get the source that a backtest executed",
)
async def get_backtest_source(request: GatewayRequest, backtest: FromPath[BacktestId]) -> Response[RunSource]:
    """Return the text of the strategy as it was when the backtest ran; that of today may be another."""

    def make() -> bytes:
        found = find_run(request.parts.store.runs, backtest, records=False)
        return msgspec.json.encode(RunSource(backtest, found.strategy_source, found.spec.strategy.source_hash))

    return await _answer(request, backtest, make, "source")


@post(
    f"{PATH}/validations",
    opt={"access": "read"},
    tags=["backtests"],
    operation_id="validate_backtest",
    status_code=200,
    summary="See what a backtest would run on",
)
async def validate_backtest(request: GatewayRequest, data: JSONBody[NewBacktest]) -> BacktestValidation:
    """Run nothing; tell how many bars there are and are needed, or what is wrong, as asking for it would."""
    spec = data.spec()
    found = await request.run(foresee, request.parts.store.bars, spec)
    return BacktestValidation(found.warmup, found.bars, found.first, found.last)


async def _answer(request: GatewayRequest, backtest: str, make: Callable[[], bytes], what: str) -> Response[Any]:
    return await request.run(answer_result, request, backtest, "json", make, what)


ROUTES: list[Any] = [
    get_backtest_figures,
    get_backtest_account,
    get_backtest_prices,
    get_backtest_source,
    validate_backtest,
]
