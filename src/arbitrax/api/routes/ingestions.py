"""Ingestions: what was asked of vendors, and how far it got."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import get
from litestar.params import FromPath

from arbitrax.api.messages.ingestion_jobs import IngestionJob, ingestion_job_message
from arbitrax.api.messages.market_data import INGESTION, IngestionMessage, ingestion_message
from arbitrax.api.pages import DEFAULT, Cursor, Limit, Page, page, read_cursor
from arbitrax.api.parameters import IngestionId
from arbitrax.api.requests import GatewayRequest
from arbitrax.domain.ids import decode
from arbitrax.services.ingestion_jobs import KIND
from arbitrax.services.jobs import find_job

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
async def get_ingestion(request: GatewayRequest, ingestion: FromPath[IngestionId]) -> IngestionMessage | IngestionJob:
    """Return an ingestion; or one's own that was asked for here, with how far it is and what came of it."""
    id = decode(INGESTION, ingestion)
    found = await request.run(request.parts.store.ingestions.find, id)
    if found is not None:
        return ingestion_message(found)
    sees = request.principal.sees
    return ingestion_job_message(
        await request.run(find_job, request.parts.store.jobs, id, owner=sees, kind=KIND, prefix=INGESTION)
    )


ROUTES: list[Any] = [list_ingestions, get_ingestion]
