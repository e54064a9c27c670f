"""Books: the best levels as the feed published them a moment ago."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import get
from litestar.params import FromPath, Parameter

from arbitrax.api.messages.orders import BookMessage, moment
from arbitrax.api.parameters import Symbol
from arbitrax.api.requests import GatewayRequest

PATH = "/api/v1/books"
MOST_LEVELS = 1000
Depth = Annotated[int, Parameter(ge=1, le=MOST_LEVELS, description="Levels a side.")]


@get(
    f"{PATH}/{{symbol:str}}",
    opt={"access": "read"},
    tags=["books"],
    operation_id="get_book",
    summary="Get a book",
)
async def get_book(request: GatewayRequest, symbol: FromPath[Symbol], depth: Depth = 10) -> BookMessage:
    """Return the best levels of both sides; `seq` and `crc` are those of the web socket's channel `book`."""
    await request.parts.desk.instrument(symbol)
    found = await (await request.parts.desk.broker()).published(symbol, depth)
    book, day = found.snapshot, found.statistics
    return BookMessage(
        symbol=symbol,
        epoch=book.epoch,
        seq=book.seq,
        at=moment(book.time),
        bids=list(book.bids),
        asks=list(book.asks),
        last=day.last,
        phase=day.phase,
        crc=book.crc,
    )


ROUTES: list[Any] = [get_book]
