"""Ingestions asked for: submit, watch, cancel. Workers do them (docs/concepts/jobs.md)."""

from __future__ import annotations

import time
from typing import Any

from litestar import Response, post
from litestar.params import FromPath, JSONBody

from arbitrax.api.messages.ingestion_jobs import IngestionJob, NewIngestion, ingestion_job_message
from arbitrax.api.messages.market_data import INGESTION
from arbitrax.api.parameters import IngestionId
from arbitrax.api.requests import GatewayRequest, changed
from arbitrax.domain.ids import decode, encode
from arbitrax.services.ingestion_jobs import KIND, submit_ingestion
from arbitrax.services.jobs import cancel_job
from arbitrax.services.mutations import Change

PATH = "/api/v1/ingestions"


@post(
    PATH,
    opt={"access": "trade"},
    tags=["ingestions"],
    operation_id="add_ingestion",
    status_code=202,
    summary="Bring bars of a vendor",
)
async def add_ingestion(request: GatewayRequest, data: JSONBody[NewIngestion]) -> Response[IngestionJob]:
    """Take an ingestion: it waits for a worker. Its address tells how far it is and what came of it."""
    spec, owner = data.spec(), request.principal.user

    def effect() -> Change:
        job = submit_ingestion(request.parts.store.jobs, spec, owner=owner, now=time.time_ns())
        id = encode(INGESTION, job.id)
        return changed(202, ingestion_job_message(job), location=f"{PATH}/{id}", subject=id, source=data.source)

    return await request.change("ingestion.add", effect)


@post(
    f"{PATH}/{{ingestion:str}}/cancellation",
    opt={"access": "trade"},
    tags=["ingestions"],
    operation_id="cancel_ingestion",
    status_code=202,
    summary="Cancel an ingestion",
)
async def cancel_ingestion(request: GatewayRequest, ingestion: FromPath[IngestionId]) -> Response[IngestionJob]:
    """Ask for the end of an ingestion that was asked for here; what it has stored stays."""
    id, sees = decode(INGESTION, ingestion), request.principal.sees

    def effect() -> Change:
        job = cancel_job(request.parts.store.jobs, id, owner=sees, kind=KIND, prefix=INGESTION)
        return changed(202, ingestion_job_message(job), location=f"{PATH}/{ingestion}", subject=ingestion)

    return await request.change("ingestion.cancel", effect)


ROUTES: list[Any] = [add_ingestion, cancel_ingestion]
