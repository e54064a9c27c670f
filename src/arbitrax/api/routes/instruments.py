"""Instruments: what is known, stored and traded under which symbol."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import get
from litestar.params import FromPath, Parameter

from arbitrax.api.messages.market_data import InstrumentMessage, instrument_message
from arbitrax.api.pages import DEFAULT, Cursor, Limit, Page, page, read_cursor
from arbitrax.api.parameters import Symbol
from arbitrax.api.requests import GatewayRequest
from arbitrax.bootstrap import Store
from arbitrax.services.catalogue import find_asset

PATH = "/api/v1/instruments"
Text = Annotated[
    str | None, Parameter(min_length=1, max_length=64, pattern=r"^[^\x00]+$", description="Part of a symbol or name.")
]


@get(PATH, opt={"access": "read"}, tags=["instruments"], operation_id="list_instruments", summary="List instruments")
async def list_instruments(
    request: GatewayRequest, search: Text = None, limit: Limit = DEFAULT, cursor: Cursor = None
) -> Page[InstrumentMessage]:
    """Return instruments by symbol, all or those whose symbol or name holds a text."""
    after = read_cursor(cursor, str)

    def load() -> Page[InstrumentMessage]:
        store = request.parts.store
        found = store.assets.page(search, after, limit + 1)
        traded = {each.symbol: each for each in store.registry.instruments()}
        return page(
            found,
            limit,
            lambda each: instrument_message(each, traded.get(each.asset.symbol)),
            lambda each: each.asset.symbol,
        )

    return await request.run(load)


@get(
    f"{PATH}/{{symbol:str}}",
    opt={"access": "read"},
    tags=["instruments"],
    operation_id="get_instrument",
    summary="Get an instrument",
)
async def get_instrument(request: GatewayRequest, symbol: FromPath[Symbol]) -> InstrumentMessage:
    """Return an instrument by its symbol, one of today or, as long as nobody else has it, of the past."""
    return await request.run(_instrument, request.parts.store, symbol)


def _instrument(store: Store, symbol: str) -> InstrumentMessage:
    found = find_asset(store.assets, store.bars, symbol)
    traded = {each.symbol: each for each in store.registry.instruments()}
    return instrument_message(found, traded.get(found.asset.symbol))


ROUTES: list[Any] = [list_instruments, get_instrument]
