"""Strategies: those that are registered, built in or installed."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any

from litestar import get
from litestar.params import FromPath, Parameter

from arbitrax.api.messages.strategies import StrategyDetail, StrategyMessage, strategy_detail, strategy_message
from arbitrax.api.pages import DEFAULT, Cursor, Limit, Page, page, read_cursor
from arbitrax.api.requests import GatewayRequest
from arbitrax.domain.errors import StrategyError, UnknownNameError, did_you_mean
from arbitrax.strategies.registry import BUILT_IN, find_strategy, installed
from arbitrax.strategies.strategy import Strategy

PATH = "/api/v1/strategies"
Name = Annotated[str, Parameter(max_length=64, pattern=r"^[A-Za-z0-9_.-]+$(?!\n)")]


@get(PATH, opt={"access": "read"}, tags=["strategies"], operation_id="list_strategies", summary="List strategies")
async def list_strategies(
    request: GatewayRequest, limit: Limit = DEFAULT, cursor: Cursor = None
) -> Page[StrategyMessage]:
    """Return the registered strategies by name."""
    after = read_cursor(cursor, str) or ""
    found = _registered()
    rows = [each for each in found if each[0] > after][: limit + 1]
    return page(rows, limit, lambda each: strategy_message(*each), lambda each: each[0])


@get(
    f"{PATH}/{{name:str}}",
    opt={"access": "read"},
    tags=["strategies"],
    operation_id="get_strategy",
    summary="Get a strategy",
)
async def get_strategy(request: GatewayRequest, name: FromPath[Name]) -> StrategyDetail:
    """Return a registered strategy with its text, the text's hash, parameters, bounds and warm-up."""
    found = dict(_registered())
    if name not in found:
        hint = did_you_mean(name, found)
        raise UnknownNameError(f"There is no strategy '{name}'{hint or '; GET /api/v1/strategies lists them.'}")
    return await request.run(strategy_detail, name, found[name])


@cache
def _registered() -> list[tuple[str, type[Strategy]]]:
    """Return what is registered, by name, since the process began; never what a path or file would name."""
    found = []
    for name in sorted({**BUILT_IN, **installed()}):
        try:
            found.append((name, find_strategy(name)))
        except (StrategyError, UnknownNameError):
            continue  # one broken package must not hide the others; `arbitrax strategy list` says which
    return found


ROUTES: list[Any] = [list_strategies, get_strategy]
