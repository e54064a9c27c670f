"""Formats by Accept (R12): JSON pages, or all rows as an Arrow stream, Parquet or CSV."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from litestar.openapi.datastructures import ResponseSpec

from arbitrax.api.problems import RequestError
from arbitrax.backtest.documents.csv_table import encode_csv
from arbitrax.domain.decimals import decimal_text

if TYPE_CHECKING:
    import pyarrow as pa

    from arbitrax.api.requests import GatewayRequest
    from arbitrax.domain.bars import Floats

Format = Literal["json", "arrow", "parquet", "csv", "html"]
MEDIA_TYPES: dict[Format, str] = {
    "json": "application/json",
    "arrow": "application/vnd.apache.arrow.stream",
    "parquet": "application/vnd.apache.parquet",
    "csv": "text/csv",
    "html": "text/html",
}
TABLES: tuple[Format, ...] = ("json", "arrow", "parquet", "csv")
_MOST_RANGES = 32


def accepted(request: GatewayRequest, offered: tuple[Format, ...] = TABLES) -> Format:
    """Return the format that ``Accept`` likes best of those offered, the first without one (RFC 9110, 12.5.1).

    Raises:
        RequestError: it likes none.
    """
    header = request.headers.get("accept", "*/*")
    liked = _liked(header)
    best = max(offered, key=lambda each: (_quality(liked, MEDIA_TYPES[each]), -offered.index(each)))
    if _quality(liked, MEDIA_TYPES[best]) <= 0:
        choices = ", ".join(MEDIA_TYPES[each] for each in offered)
        raise RequestError(406, f"This can be had as {choices}; Accept names none of these.")
    return best


def _liked(header: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for each in header.split(",")[:_MOST_RANGES]:
        media, *parameters = (part.strip().lower() for part in each.split(";"))
        quality = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip() == "q":
                try:
                    quality = min(1.0, max(0.0, float(value)))
                except ValueError:
                    quality = 0.0
        if media:
            found[media] = max(quality, found.get(media, 0.0))
    return found or {"*/*": 1.0}


def _quality(liked: dict[str, float], media: str) -> float:
    for each in (media, media.partition("/")[0] + "/*", "*/*"):
        if each in liked:
            return liked[each]
    return 0.0


def encode_table(table: pa.Table, form: Format) -> bytes:
    """Return a table's bytes."""
    import pyarrow as pa

    if form == "arrow":
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        return bytes(sink.getvalue())
    if form == "csv":
        return encode_csv(table)
    import pyarrow.parquet as pq

    file = io.BytesIO()
    pq.write_table(table, file, compression="zstd")
    return file.getvalue()


def decimal(number: float) -> str | None:
    """Return a number as the shortest decimal that reads back as the same, None for one that is missing."""
    if number != number:  # noqa: PLR0124 - NaN
        return None
    return decimal_text(number)


def decimals(numbers: Floats) -> Sequence[str | None]:
    """Return `decimal` of each of shape (n,); a page of prices takes two thirds of the time so."""
    texts = [text.removesuffix(".0") for text in map(repr, numbers.tolist())]
    if any("e" in text or "n" in text for text in texts):  # 1e-05, nan, inf
        return [decimal(number) for number in numbers.tolist()]
    return texts


def table_responses(data: Any) -> dict[int, ResponseSpec]:
    """Return how a table's answer is described in OpenAPI."""
    return {200: ResponseSpec(data, generate_examples=False, description="A page, or the table")}
