"""The two clients: every resource, asynchronous or synchronous."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Generic

from arbitrax.client.backtests import Backtests
from arbitrax.client.faces import Async, F, Portal, Sync
from arbitrax.client.market_data import Bars, Ingestions, Instruments, Series, Strategies
from arbitrax.client.orders import Accounts, Books, Exchange, Orders
from arbitrax.client.people import Audit, Keys, Self, Users, VendorKeys
from arbitrax.client.stream import Stream
from arbitrax.client.transport import Transport

if TYPE_CHECKING:
    import ssl
    from pathlib import Path


class _Resources(Generic[F]):
    def __init__(self, transport: Transport, portal: Portal | None) -> None:
        self._transport = transport
        self._streams: list[Stream[F]] = []
        self.accounts: Accounts[F] = Accounts(transport, portal)
        self.audit: Audit[F] = Audit(transport, portal)
        self.backtests: Backtests[F] = Backtests(transport, portal)
        self.bars: Bars[F] = Bars(transport, portal)
        self.books: Books[F] = Books(transport, portal)
        self.exchange: Exchange[F] = Exchange(transport, portal)
        self.ingestions: Ingestions[F] = Ingestions(transport, portal)
        self.instruments: Instruments[F] = Instruments(transport, portal)
        self.keys: Keys[F] = Keys(transport, portal)
        self.me: Self[F] = Self(transport, portal)
        self.orders: Orders[F] = Orders(transport, portal)
        self.series: Series[F] = Series(transport, portal)
        self.strategies: Strategies[F] = Strategies(transport, portal)
        self.users: Users[F] = Users(transport, portal)
        self.vendor_keys: VendorKeys[F] = VendorKeys(transport, portal)


class AsyncClient(_Resources[Async]):
    """A gateway, or several that serve the same: where one does not answer, the next one is asked.

    What failed on the way is tried again, ``retries`` times, after a random, growing wait or as long as the gateway
    says; nothing is done twice by that.
    """

    def __init__(
        self,
        urls: str | Sequence[str],
        *,
        api_key: str | None = None,
        name: str | None = None,
        password: str | None = None,
        login: Path | None = None,
        retries: int = 6,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Take addresses, such as ``http://localhost:8080``, and who asks.

        That is an API key, a name and its password, or ``login``, the file that `arbitrax login` wrote.
        """
        super().__init__(
            Transport(urls, api_key=api_key, name=name, password=password, login=login, retries=retries, tls=tls), None
        )

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End its streams and connections."""
        for each in self._streams:
            await each.close()
        await self._transport.close()

    def stream(self, *, packed: bool = True, cancel_on_disconnect: bool = False) -> Stream[Async]:
        """Return a web socket that is kept open; ``packed``: MessagePack, else JSON; orders may go with it."""
        made: Stream[Async] = Stream(self._transport, None, packed=packed, cancel_on_disconnect=cancel_on_disconnect)
        self._streams.append(made)
        return made


class Client(_Resources[Sync]):
    """The same for code that waits: scripts, notebooks. Any thread may use it."""

    def __init__(
        self,
        urls: str | Sequence[str],
        *,
        api_key: str | None = None,
        name: str | None = None,
        password: str | None = None,
        login: Path | None = None,
        retries: int = 6,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Take addresses, such as ``http://localhost:8080``, and who asks.

        That is an API key, a name and its password, or ``login``, the file that `arbitrax login` wrote.
        """
        transport = Transport(
            urls, api_key=api_key, name=name, password=password, login=login, retries=retries, tls=tls
        )
        self._portal = Portal()
        super().__init__(transport, self._portal)

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def stream(self, *, packed: bool = True, cancel_on_disconnect: bool = False) -> Stream[Sync]:
        """Return a web socket that is kept open; ``packed``: MessagePack, else JSON; orders may go with it."""
        made: Stream[Sync] = Stream(
            self._transport, self._portal, packed=packed, cancel_on_disconnect=cancel_on_disconnect
        )
        self._streams.append(made)
        return made

    def close(self) -> None:
        """End its streams, its connections and its thread."""
        for each in self._streams:
            each.close()
        self._portal.run(self._transport.close())
        self._portal.close()
