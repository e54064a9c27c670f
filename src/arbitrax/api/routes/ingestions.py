"""Ingestions: what was asked of vendors, and how far it got."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import get
from litestar.params import FromPath

from arbitrax.api.messages.market_data import INGESTION, IngestionMessage, ingestion_message
from arbitrax.api.pages import DEFAULT, Cursor, Limit, Page, page, read_cursor
from arbitrax.api.parameters import IngestionId
from arbitrax.api.requests import GatewayRequest
from arbitrax.domain.errors import UnknownNameError
from arbitrax.domain.ids import decode

PATH = "/api/v1/ingestions"


@get(PATH, opt={"access": "read"}, tags=["ingestions"], operation_id="list_ingestions", summary="List ingestions")
async def list_ingestions(
    request: GatewayRequest, limit: Limit = DEFAULT, cursor: Cursor = None
) -> Page[IngestionMessage]:
    """Return ingestions, the newest first."""
    after = read_cursor(cursor, UUID)
    found = await request.run(request.parts.store.ingestions.newest, limit + 1, after=after)
    return page(found, limit, ingestion_message, lambda each: each.id)


@get(
    f"{PATH}/{{ingestion:str}}",
    opt={"access": "read"},
    tags=["ingestions"],
    operation_id="get_ingestion",
    summary="Get an ingestion",
)
async def get_ingestion(request: GatewayRequest, ingestion: FromPath[IngestionId]) -> IngestionMessage:
    """Return an ingestion."""
    found = await request.run(request.parts.store.ingestions.find, decode(INGESTION, ingestion))
    if found is None:
        raise UnknownNameError(f"There is no ingestion {ingestion}.")
    return ingestion_message(found)


ROUTES: list[Any] = [list_ingestions, get_ingestion]
