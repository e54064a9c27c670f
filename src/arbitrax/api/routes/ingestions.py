"""Ingestions of the user who asks: submit, list, show, cancel. Workers do them (docs/concepts/jobs.md)."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, JSONBody

from arbitrax.api.messages.ingestions import IngestionMessage, NewIngestion, ingestion_message
from arbitrax.api.pages import DEFAULT, Cursor, Limit, Page, page, read_cursor
from arbitrax.api.parameters import IngestionId
from arbitrax.api.requests import GatewayRequest, changed
from arbitrax.domain.ids import decode, encode
from arbitrax.services import ingestion_records
from arbitrax.services.ingestion_jobs import submit_ingestion
from arbitrax.services.ingestion_records import INGESTION, find_ingestion
from arbitrax.services.jobs import OVER, Status
from arbitrax.services.mutations import Change

PATH = "/api/v1/ingestions"


@get(PATH, opt={"access": "read"}, tags=["ingestions"], operation_id="list_ingestions", summary="List ingestions")
async def list_ingestions(
    request: GatewayRequest, status: FromQuery[Status | None] = None, limit: Limit = DEFAULT, cursor: Cursor = None
) -> Page[IngestionMessage]:
    """Return one's own ingestions, in every status or in one, the newest first; an admin everybody's.

    Those of the command line belong to the operator, which admins see.
    """
    sees, after = request.principal.sees, read_cursor(cursor, UUID)
    records = request.parts.store.ingestion_records
    found = await request.run(records.newest, limit + 1, owner=sees, status=status, before=after)
    return page(found, limit, ingestion_message, lambda each: each.id)


@get(
    f"{PATH}/{{ingestion:str}}",
    opt={"access": "read"},
    tags=["ingestions"],
    operation_id="get_ingestion",
    summary="Get an ingestion",
)
async def get_ingestion(request: GatewayRequest, ingestion: FromPath[IngestionId]) -> Response[IngestionMessage]:
    """Return an ingestion: how far it is, and what came of it."""
    id, sees, records = decode(INGESTION, ingestion), request.principal.sees, request.parts.store.ingestion_records
    found = await request.run(find_ingestion, records, id, sees=sees)
    headers = {} if found.progress.status in OVER else {"Retry-After": "1"}
    body = msgspec.json.encode(ingestion_message(found))
    return Response(body, media_type="application/json", headers=headers)  # type: ignore[arg-type]  # encoded


@post(
    PATH,
    opt={"access": "trade"},
    tags=["ingestions"],
    operation_id="add_ingestion",
    status_code=202,
    summary="Bring bars of a vendor",
)
async def add_ingestion(request: GatewayRequest, data: JSONBody[NewIngestion]) -> Response[IngestionMessage]:
    """Take an ingestion: it waits for a worker. Its address tells how far it is and what came of it.

    Who is no admin brings new series, goes on with a vendor's, and changes those of their own uploads. Where bars of
    others would be replaced the answer is 403.
    """
    spec, writer, store = data.spec(), request.principal.writer, request.parts.store

    def effect() -> Change:
        if data.start is None:
            data.require_start({each.symbol for each in store.bars.catalogue() if each.interval == data.interval})
        job = submit_ingestion(store, spec, writer=writer, now=time.time_ns())
        id, found = encode(INGESTION, job.id), find_ingestion(store.ingestion_records, job.id, sees=writer.user)
        message = ingestion_message(found)
        told: dict[str, Any] = {"symbols": list(spec.symbols), "interval": spec.interval}
        if spec.replace_source:
            told["replace_source"] = True
        return changed(202, message, location=f"{PATH}/{id}", subject=id, source=data.source, **told)

    return await request.change("ingestion.add", effect)


@post(
    f"{PATH}/{{ingestion:str}}/cancellation",
    opt={"access": "trade"},
    tags=["ingestions"],
    operation_id="cancel_ingestion",
    status_code=202,
    summary="Cancel an ingestion",
)
async def cancel_ingestion(request: GatewayRequest, ingestion: FromPath[IngestionId]) -> Response[IngestionMessage]:
    """Ask for the end of an ingestion that was asked for here; what it has stored stays. One that is over: 409."""
    id, sees, store = decode(INGESTION, ingestion), request.principal.sees, request.parts.store

    def effect() -> Change:
        found = ingestion_records.cancel_ingestion(store.ingestion_records, store.jobs, id, sees=sees)
        return changed(202, ingestion_message(found), location=f"{PATH}/{ingestion}", subject=ingestion)

    return await request.change("ingestion.cancel", effect)


ROUTES: list[Any] = [list_ingestions, get_ingestion, add_ingestion, cancel_ingestion]
