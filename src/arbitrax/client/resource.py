"""What resources share: the transport, pages, tables as frames."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any, TypeVar

from arbitrax.client.faces import F, Faced, Portal
from arbitrax.client.messages import Page
from arbitrax.client.transport import ARROW, Transport

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

T = TypeVar("T")
MOST = 500
"""Rows of a page."""


class Resource(Faced[F]):
    """One of a gateway's resources."""

    def __init__(self, transport: Transport, portal: Portal | None) -> None:
        """Take what asks, and the face's portal."""
        super().__init__(portal)
        self._transport = transport

    async def _pages(self, path: str, kind: type[T], **query: Any) -> AsyncIterator[T]:
        """Yield the rows of a list, page after page, each asked for when it is needed."""
        cursor: str | None = None
        while True:
            page: Page[T] = await self._transport.get(path, Page[kind], limit=MOST, cursor=cursor, **query)  # type: ignore[valid-type]  # a type at run time
            for each in page.data:
                yield each
            if page.next_cursor is None:
                return
            cursor = page.next_cursor

    async def _table(self, path: str, **query: Any) -> pa.Table:
        """Return all rows as Arrow."""
        import pyarrow as pa

        answer = await self._transport.ask("GET", path, query=query, accept=ARROW)
        return pa.ipc.open_stream(answer.content).read_all()

    async def _frame(self, path: str, **query: Any) -> pd.DataFrame:
        """Return all rows as a pandas frame."""
        return (await self._table(path, **query)).to_pandas()
