"""Files of bars that are sent: CSV as vendors and users write it."""

from __future__ import annotations

import hashlib
import os
import re
import time
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from litestar import Response, post
from litestar.params import Parameter

from arbitrax.api.messages.uploads import UploadMessage, upload_message
from arbitrax.api.parameters import Interval, Symbol
from arbitrax.api.problems import NO_BODY, FieldError, RequestError
from arbitrax.api.requests import IDEMPOTENCY_KEY, GatewayRequest, changed, respond
from arbitrax.domain.errors import DataError
from arbitrax.domain.ids import encode, new_uuid
from arbitrax.services.ingestion_jobs import submit_upload
from arbitrax.services.ingestion_records import INGESTION
from arbitrax.services.mutations import Change, OnceKey
from arbitrax.services.uploads import (
    LOOKED_AT,
    Preview,
    Upload,
    bytes_of,
    look_at,
    new_path,
    remove_old,
    require_room,
    too_many_bytes,
)

PATH = "/api/v1/ingestions/uploads"
INGESTIONS = "/api/v1/ingestions"
PART = 1 << 20
"""Bytes that are written at a time."""
_KEY = re.compile(r"[!-~]{1,128}")
_COLUMN = r"^[^\x00-\x1f\x7f]+$(?!\n)"
MaybeSymbol = Annotated[Symbol | None, Parameter(description="Whose bars they are. Needed to store them.")]
MaybeInterval = Annotated[Interval | None, Parameter(description="Left out: as the times tell.")]
Zone = Annotated[
    str | None,
    Parameter(max_length=64, pattern=r"^[A-Za-z0-9_+/-]+$(?!\n)", description="Clock of times that name none."),
]
ColumnName = Annotated[
    str | None, Parameter(min_length=1, max_length=64, pattern=_COLUMN, description="Name of the column that has it.")
]
ReplaceSource = Annotated[bool, Parameter(description="Let it take the place of all bars of another source.")]
OnlyLook = Annotated[bool, Parameter(description="Look at it and keep nothing.")]


class _Received(NamedTuple):
    """A file as it came."""

    path: Path
    size: int
    head: bytes
    digest: str


@post(
    PATH,
    opt={"access": "trade", "csv": True},
    tags=["ingestions"],
    operation_id="upload_bars",
    status_code=202,
    request_max_body_size=None,
    summary="Send a file of bars",
)
async def upload_bars(
    request: GatewayRequest,
    *,
    symbol: MaybeSymbol = None,
    interval: MaybeInterval = None,
    timezone: Zone = None,
    date_column: ColumnName = None,
    time_column: ColumnName = None,
    open_column: ColumnName = None,
    high_column: ColumnName = None,
    low_column: ColumnName = None,
    close_column: ColumnName = None,
    volume_column: ColumnName = None,
    adj_close_column: ColumnName = None,
    symbol_column: ColumnName = None,
    replace_source: ReplaceSource = False,
    preview: OnlyLook = False,
) -> Response[UploadMessage]:
    """Take a CSV file, `Content-Type: text/csv`, for an ingestion of one's own; a worker stores what can be trusted.

    With `preview` the answer (200) has the first rows and what each column was taken as, and nothing is kept. Columns
    are told by their names, or said here: `close_column=Settle`. Rows that cannot be trusted are set aside. Who is no
    admin stores new symbols and adds to those of their own uploads alone; 403 for all others. A series of another
    source is refused (409), unless `replace_source` lets the file take the place of all its bars.
    """
    named = {
        "date": date_column,
        "time": time_column,
        "open": open_column,
        "high": high_column,
        "low": low_column,
        "close": close_column,
        "volume": volume_column,
        "adj_close": adj_close_column,
        "symbol": symbol_column,
    }
    columns = {role: name for role, name in named.items() if name is not None}
    upload = Upload(columns=columns, interval=interval, timezone=timezone, replace_source=replace_source)
    if request.content_type[0] != "text/csv":
        raise RequestError(415, "A file of bars must be sent as Content-Type: text/csv.")
    if not preview and symbol is None:
        detail = "Say whose bars they are: ?symbol=AAPL."
        raise RequestError(422, detail, [FieldError("?symbol", "upload.symbol", detail)])
    received = await _receive(request)
    try:
        looked_at = await request.run(look_at, received.head, upload, whole=received.size == len(received.head))
        if preview:
            seen = upload_message(looked_at, received.size, ingestion=None, symbol=symbol, interval=interval)
            return Response(seen, status_code=200)
        if looked_at.problem is not None:
            raise DataError(looked_at.problem)
        assert symbol is not None  # noqa: S101 - looked at above
        return await _take(request, received, looked_at, upload, symbol)
    finally:
        received.path.unlink(missing_ok=True)


async def _receive(request: GatewayRequest) -> _Received:
    """Write the body to a file that only its owner reads.

    Raises:
        RequestError: it is too large, or empty.
        TooManyBytes: the user sends too much at a time.
    """
    folder, most, owner = request.parts.uploads, request.parts.most_upload, request.principal.user
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    await request.run(remove_old, folder)
    path = new_path(folder, f"{os.urandom(16).hex()}.part", owner)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    size, head, waiting, digest = 0, b"", bytearray(), hashlib.sha256()
    try:
        with os.fdopen(descriptor, "wb") as file:
            async for part in request.stream():
                size += len(part)
                if size > most:
                    raise RequestError(413, f"A file of bars has at most {most} bytes; send it in parts.")
                digest.update(part)
                if len(head) < LOOKED_AT:
                    head += part[: LOOKED_AT - len(head)]
                waiting += part
                if len(waiting) >= PART:
                    await request.run(file.write, bytes(waiting))
                    waiting.clear()
                    if await request.run(bytes_of, folder, owner, "part") > request.parts.most_uploads:
                        raise too_many_bytes(request.parts.most_uploads)
            file.write(waiting)
        if not size:
            raise RequestError(422, NO_BODY)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return _Received(path, size, head, digest.hexdigest())


async def _take(
    request: GatewayRequest, received: _Received, looked_at: Preview, upload: Upload, symbol: str
) -> Response[Any]:
    interval = upload.interval or looked_at.interval or ""
    store, owner, folder = request.parts.store, request.principal.user, request.parts.uploads

    def effect() -> Change:
        require_room(folder, store.jobs, owner, request.parts.most_uploads)
        job = submit_upload(store, new_uuid(time.time_ns()), symbol, interval, upload, writer=request.principal.writer)
        id = encode(INGESTION, job.id)
        received.path.rename(new_path(folder, f"{job.id.hex}.csv", owner))
        message = upload_message(looked_at, received.size, ingestion=id, symbol=symbol, interval=interval)
        told: dict[str, Any] = {"symbol": symbol, "interval": interval, "bytes": received.size}
        if upload.replace_source:
            told["replace_source"] = True
        return changed(202, message, location=f"{INGESTIONS}/{id}", subject=id, source="file", **told)

    once = _once(request, received)
    return respond(await request.run(store.mutations.make, request.actor, "ingestion.upload", effect, once))


def _once(request: GatewayRequest, received: _Received) -> OnceKey | None:
    key = request.headers.get(IDEMPOTENCY_KEY)
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        detail = "An Idempotency-Key has 1 to 128 visible ASCII characters."
        raise RequestError(422, detail, [FieldError("", "request.idempotency_key", detail)])
    asked = f"{request.method} {request.url.path}?{request.url.query}\n{received.digest}"
    return OnceKey(request.principal.user, key, hashlib.sha256(asked.encode()).hexdigest())


ROUTES: list[Any] = [upload_bars]
