"""What a session follows: subscribe, resume, leave, list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from arbitrax.api.exchange_document import exchange_document
from arbitrax.api.problems import RequestError
from arbitrax.api.websocket import messages as ask
from arbitrax.api.websocket.accounts import AccountStream
from arbitrax.api.websocket.bars import BARS, BarStream
from arbitrax.api.websocket.exchange import CHANNEL as EXCHANGE
from arbitrax.api.websocket.exchange import ExchangeStream
from arbitrax.api.websocket.fan_out import MARKET, MarketStream, Tape
from arbitrax.api.websocket.jobs import CHANNEL as JOBS
from arbitrax.api.websocket.jobs import MOST as MOST_JOBS
from arbitrax.api.websocket.jobs import JobStream
from arbitrax.api.websocket.streams import PRIVATE, RunStream, run_entry
from arbitrax.domain.errors import ConflictError, InputError, UnknownNameError
from arbitrax.domain.ids import decode, encode
from arbitrax.exchange.feed.subscription import Resume
from arbitrax.exchange.journal import START
from arbitrax.services.identity_ports import USER
from arbitrax.services.run_news import run_name

if TYPE_CHECKING:
    from uuid import UUID

    from arbitrax.api.websocket.session import Session
    from arbitrax.api.websocket.streams import Stream
    from arbitrax.services.jobs import JobChange

MOST_STREAMS = 500
RUN = "runs."
Name = tuple[str, str]


class Subscribing:
    """The streams of one session, by channel and symbol."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.streams: dict[Name, Stream] = {}
        self._new = list["Stream"]()
        self._depths: dict[Name, int | None] = {}

    async def subscribe(self, request: ask.Subscribe) -> dict[str, Any]:
        """Follow a channel of symbols, of an account, or of a run: all of it or nothing.

        Raises:
            InputError: what is asked for contradicts itself, or too much is followed.
            ConflictError: it is followed already.
            UnknownNameError: there is no such symbol, account or run.
        """
        names = await self._names(request.channel, request.symbols, request.account)
        self._require_room(names)
        depth = None if request.depth == "full" else request.depth
        await self._open([(name, depth, None) for name in names])
        return {"channel": request.channel, "symbols": [symbol for _, symbol in names]}

    async def resume(self, request: ask.Resume) -> dict[str, Any]:
        """Go on after messages that the client has; where that is not possible a snapshot comes first."""
        names = [(each.channel, each.symbol) for each in request.positions]
        wanted = list[tuple[Name, int | None, Resume | None]]()
        for each in request.positions:
            account = each.symbol if each.channel in PRIVATE else None
            symbols = [each.symbol] if each.channel in MARKET or each.channel in BARS else []
            (name,) = await self._names(each.channel, symbols, account)
            wanted.append((name, None if each.depth == "full" else each.depth, Resume(each.epoch, each.seq)))
        self._require_room([name for name, _, _ in wanted])
        await self._open(wanted)
        return {"positions": [list(each) for each in names]}

    async def unsubscribe(self, request: ask.Unsubscribe) -> dict[str, Any]:
        """Leave; what is not followed is left already."""
        names = await self._names(request.channel, request.symbols, request.account)
        for name in names:
            self._leave(name)
        return {"channel": request.channel, "symbols": [symbol for _, symbol in names]}

    def listed(self) -> list[dict[str, Any]]:
        """Return what is followed."""
        return [
            {"channel": each.channel, "symbol": each.symbol, "seq": each.seq}
            | ({"depth": self._depths[name] or "full"} if name in self._depths else {})
            for name, each in self.streams.items()
        ]

    def begin(self) -> None:
        """Send what new streams have; after the answer to the request that began them."""
        new, self._new = self._new, []
        for each in new:
            self._session.tell(each)

    def close(self) -> None:
        """Leave everything."""
        for name in list(self.streams):
            self._leave(name)

    def _leave(self, name: Name) -> None:
        stream = self.streams.pop(name, None)
        self._depths.pop(name, None)
        if stream is not None:
            if isinstance(stream, RunStream):
                self._session.hub.leave_run(stream)
            stream.close()

    def _require_room(self, names: list[Name]) -> None:
        taken = [name for name in names if name in self.streams]
        if taken or len(set(names)) < len(names):
            raise ConflictError(f"{names[0][0]} of {(taken or names)[0][1]} is followed already.")
        if len(self.streams) + len(names) > MOST_STREAMS:
            raise InputError(f"A socket follows {MOST_STREAMS} streams at most; leave some.")

    async def _names(self, channel: str, symbols: list[str], account: str | None) -> list[Name]:
        session = self._session
        if channel in MARKET or channel in BARS:
            if not symbols or account is not None:
                raise InputError(f"The channel {channel} is of symbols; name them.")
            return [(channel, each) for each in symbols]
        if symbols:
            raise InputError(f"The channel {channel} is not of symbols.")
        if channel in PRIVATE:
            found = await session.parts.desk.account(account, session.principal.sees)
            return [(channel, found.text)]
        if account is not None:
            raise InputError(f"The channel {channel} is not of an account.")
        if channel == JOBS:
            return [(channel, encode(USER, session.principal.user))]
        return [(channel, channel.removeprefix(RUN))]

    async def _open(self, wanted: list[tuple[Name, int | None, Resume | None]]) -> None:
        opened = list[Name]()
        try:
            for name, depth, resume in wanted:
                stream = await self._opened(name, depth, resume)
                self.streams[name] = stream
                opened.append(name)
                self._new.append(stream)
                if name[0] == "book":
                    self._depths[name] = depth
        except BaseException:
            for name in opened:
                self._leave(name)
            self._new.clear()
            raise

    async def _opened(self, name: Name, depth: int | None, resume: Resume | None) -> Stream:
        session, (channel, symbol) = self._session, name
        if channel in MARKET or channel in BARS:
            try:
                if channel in BARS:
                    return BarStream(await session.hub.bars(channel, symbol), session.form, session.tell)
                feed = await session.hub.feed()
                subscription = await feed.subscribe(MARKET[channel], symbol, depth=depth, resume=resume)
            except UnknownNameError:
                await session.parts.desk.instrument(symbol)  # says so when it is not listed either
                detail = f"Nothing is published of {symbol} yet: its feed is down, or it was listed a moment ago."
                raise RequestError(503, detail, code="feed.nothing_published", retryable=True) from None
            tape = Tape(channel, subscription, session.hub.encode, session.form)
            return MarketStream(tape, depth, session, session.hub.fan_outs)
        if channel in PRIVATE:
            desk = session.parts.desk
            account = await desk.account(symbol, session.principal.sees)
            fold = session.hub.account(account, await desk.broker())
            return AccountStream(channel, session.form, session.tell, session.overflow, fold=fold)
        if channel == EXCHANGE:
            parts = session.parts
            return ExchangeStream(session.form, session.tell, session.hub.exchange, lambda: exchange_document(parts))
        if channel == JOBS:
            return JobStream(
                symbol,
                session.form,
                session.tell,
                session.overflow,
                sees=lambda: session.sees,
                watch=session.hub.jobs,
                active=self._active,
            )
        await self._require_run(symbol)
        stream = RunStream(symbol, session.form, session.tell, session.overflow)
        await session.hub.follow_run(stream, symbol, START if resume is None else run_entry(resume.seq))
        return stream

    async def _active(self, sees: UUID | None) -> list[JobChange]:
        parts = self._session.parts
        return await parts.threads.run(parts.store.jobs.active, sees, MOST_JOBS)

    async def _require_run(self, run: str) -> None:
        """See whether there is such a run, and whose it is."""
        parts, sees = self._session.parts, self._session.principal.sees
        prefix = run.partition("_")[0]
        id = decode(prefix, run)
        job = await parts.threads.run(parts.store.jobs.find, id)
        if job is None or run_name(job.kind, id) != run or (sees is not None and job.owner != sees):
            raise UnknownNameError(f"There is no run {run!r}, or nothing is told of it.")
