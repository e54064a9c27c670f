"""The broker port over the exchange: commands by its journal, reads from PostgreSQL, the journal's end and the feed."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing

from msgspec.structs import replace

from arbitrax.domain.errors import InputError, StoreError, StoreUnavailableError, UnknownNameError
from arbitrax.exchange import commands
from arbitrax.exchange.feed.reader import FeedSource, Loaded
from arbitrax.exchange.identifiers import parse_order
from arbitrax.exchange.recording.ports import Changes
from arbitrax.exchange.recording.position_record import PositionRecord
from arbitrax.exchange.records import Code
from arbitrax.trading.account_reads import AccountNow, AccountReads
from arbitrax.trading.account_states import fill_state, order_state, position_state
from arbitrax.trading.answers import read_answer, refused
from arbitrax.trading.command_channel import Answer, NotSentError
from arbitrax.trading.first_answers import FirstAnswers
from arbitrax.trading.gateway import Gateway
from arbitrax.trading.order_form import FormError, encode, read_field
from arbitrax.trading.orders import (
    AccountState,
    AccountUpdate,
    BookDepth,
    CheckState,
    DepthLevel,
    Done,
    NewOrder,
    OrderState,
    Outcome,
    PositionState,
    Refused,
    Side,
    Unknown,
    Validation,
)
from arbitrax.trading.past_orders import PastOrders, is_young
from arbitrax.trading.recorded import Records, Wanted
from arbitrax.trading.refusals import BUSY, NO_WORKER, REFUSALS
from arbitrax.trading.registry import Account, Instrument, Registry
from arbitrax.trading.turns import TURN
from arbitrax.trading.verdicts import ENTRY, EXACT, PAST, failed, passed, refused_here, validation

DEADLINE = 5_000
"""Milliseconds after which the exchange no longer takes a command that waited."""
PATIENCE = 1_000
"""Milliseconds beyond the deadline that its answer may take."""
INQUIRY_SECONDS = 2.0
"""Until the worker must have said what it would make of an order."""
ACCOUNT_SECONDS = 1.0
"""Until it must have said how an account is; without it less is told of the account."""
MOST_KNOWN = 100_000
"""Orders whose symbol is remembered, for amends."""
TERMS_SECONDS = 1.0
"""What the answer to a cancel waits for what the order was, which is told with it: the cancel is done by then."""
NOTHING_CHANGES = "Nothing is to change; give a quantity, a price or a stop."
_DEADLINE_AT = 56
"""Offset of a COMMAND's deadline."""

OpenFeed = Callable[[], Awaitable[FeedSource]]


class ExchangeBroker:
    """`arbitrax.trading.broker.Broker` of the paper exchange."""

    def __init__(
        self,
        gateway: Gateway,
        registry: Registry,
        records: Records,
        open_feed: OpenFeed,
        *,
        deadline: int = DEADLINE,
    ) -> None:
        """Take where commands go and where reads come from; the feed is opened when it is first asked."""
        self._gateway, self._registry, self._deadline = gateway, registry, deadline
        self._reads = AccountReads(gateway.journal, records, registry)
        self._past, self._firsts = PastOrders(records), FirstAnswers(self._reads, records)
        self._open_feed, self._feed = open_feed, list[FeedSource]()
        self._known: OrderedDict[str, tuple[Instrument, str]] = OrderedDict()
        """Of orders that were sent from here: what they are of, and their client order ids."""

    @property
    def gateway(self) -> Gateway:
        """The way to the exchange."""
        return self._gateway

    async def submit(self, account: str, order: NewOrder) -> Outcome:
        """Submit an order."""
        return (await self.submit_all(account, [order]))[0]

    async def validate(self, account: str, order: NewOrder) -> Validation:
        """Let the exchange's worker make every check of an order, on its state at that moment, without executing it."""
        owner, instrument = self._registry.account(account), self._registry.instrument(order.symbol)
        row, now, checks = self._encoded(order, owner, instrument), self._gateway.now(), list[CheckState]()
        if isinstance(row, Refused):
            return refused_here([failed(EXACT, row)], now)
        checks.append(passed(EXACT))
        known = await self._past.outcome(owner, order.client_order_id, row, now)
        if isinstance(known, Refused):
            return refused_here([*checks, failed(PAST, known)], now)
        if known is not None:
            return Validation(
                accepted=True, code=None, sentence=None, time=now, repeats=known.order, checks=(*checks, passed(PAST))
            )
        if (closed := self.closed(account)) is not None:
            return refused_here([*checks, failed(ENTRY, closed)], now)
        timed = now.to_bytes(8, "little") + row[8:]
        verdict = await self._gateway.journal.inquire(owner.shard, timed, INQUIRY_SECONDS)
        if verdict is None:
            raise StoreUnavailableError(NO_WORKER.sentence.format(shard=owner.shard))
        return validation([*checks, passed(ENTRY)], verdict, owner, instrument)

    async def submit_all(self, account: str, orders: Sequence[NewOrder]) -> list[Outcome]:
        """Submit orders that enter in this order, together; the outcomes in the same order."""
        owner, now = self._registry.account(account), self._gateway.now()
        instruments = [self._registry.instrument(each.symbol) for each in orders]
        rows = [self._encoded(each, owner, one) for each, one in zip(orders, instruments, strict=True)]
        outcomes: list[Outcome | None] = [row if isinstance(row, Refused) else None for row in rows]
        await self._look_up(owner, [each.client_order_id for each in orders], rows, outcomes, now)
        entering = [at for at, outcome in enumerate(outcomes) if outcome is None]
        found = await self._send_all(
            [row for row, outcome in zip(rows, outcomes, strict=True) if outcome is None and isinstance(row, bytes)],
            owner,
            [instruments[at] for at in entering],
            [orders[at].client_order_id for at in entering],
            enters=True,
        )
        came = iter(found)
        told = [next(came) if outcome is None else outcome for outcome in outcomes]
        again = {at: each for at, each in enumerate(told) if isinstance(each, Done) and each.repeated}
        if again:
            looks = (self._firsts.of(owner, instruments[at], each) for at, each in again.items())
            for at, first in zip(again, await asyncio.gather(*looks), strict=True):
                told[at] = first
        return told

    async def _look_up(
        self,
        owner: Account,
        clients: list[str],
        rows: list[bytes | Refused],
        outcomes: list[Outcome | None],
        now: int,
    ) -> None:
        """Fill in outcomes of those whose client order id the exchange may have forgotten."""

        async def look(at: int, row: bytes) -> None:
            outcomes[at] = await self._past.outcome(owner, clients[at], row, now)

        old = [
            look(at, row) for at, row in enumerate(rows) if isinstance(row, bytes) and not is_young(clients[at], now)
        ]
        if old:
            await asyncio.gather(*old)

    async def amend(
        self,
        account: str,
        order: str,
        *,
        quantity: str | None = None,
        price: str | None = None,
        stop: str | None = None,
    ) -> Outcome:
        """Change an order. Without a quantity it keeps the one it has just before this is sent."""
        owner, number = self._registry.account(account), parse_order(order)
        if quantity is None and price is None and stop is None:
            return Refused("order.invalid", NOTHING_CHANGES, order=order, exit_code=2)
        found, total = self._known.get(order), 0
        if found is None or quantity is None:
            known = await self._reads.order(owner, number)
            if known is None:
                return refused(REFUSALS[Code.UNKNOWN_ORDER], order=order)
            if known.ended is not None:
                return refused(REFUSALS[Code.NOTHING_OPEN], order=order, client_order_id=known.client)
            found, total = (self._listed(owner, known.symbol), known.client), known.total
        instrument, client = found
        try:
            row = commands.amend(
                number,
                account=owner.number,
                quantity=total if quantity is None else read_field("quantity", instrument.quantities, quantity),
                price=None if price is None else _changed("price", instrument, price),
                stop=None if stop is None else _changed("stop", instrument, stop),
            )
        except InputError as error:
            return _refused_here(error, order=order)
        outcome = _of_order(await self._send(row, owner, instrument, client, enters=True), order)
        return await self._with_terms(owner, outcome) if _lacks_terms(outcome) else outcome

    async def cancel(self, account: str, order: str) -> Outcome:
        """Cancel what is open of an order."""
        return (await self.cancel_each(account, [order]))[0]

    async def cancel_each(self, account: str, orders: Sequence[str]) -> list[Outcome]:
        """Cancel what is open of orders, sent together; the outcomes in the same order."""
        owner = self._registry.account(account)
        rows = [commands.cancel(parse_order(each), account=owner.number) for each in orders]
        sent = await self._send_all(rows, owner, [None] * len(rows), [""] * len(rows), enters=False)
        outcomes = [_of_order(outcome, order) for outcome, order in zip(sent, orders, strict=True)]
        return await asyncio.gather(*(self._with_terms(owner, each) for each in outcomes))

    async def cancel_all(self, account: str, *, symbol: str | None = None, side: Side | None = None) -> Outcome:
        """Cancel an account's orders."""
        owner = self._registry.account(account)
        instrument = None if symbol is None else self._registry.instrument(symbol)
        number = None if instrument is None else instrument.number
        return await self._send(
            commands.cancel_all(account=owner.number, symbol=number, side=side), owner, instrument, ""
        )

    async def cancel_after(self, account: str, milliseconds: int) -> Outcome:
        """Set the dead-man switch."""
        owner = self._registry.account(account)
        return await self._send(commands.cancel_after(owner.number, milliseconds), owner, None, "")

    async def kill(self, account: str) -> Outcome:
        """Take no new orders of an account, and cancel the open ones, until `revive`."""
        owner = self._registry.account(account)
        return await self._send(commands.kill(owner.number), owner, None, "")

    async def revive(self, account: str) -> Outcome:
        """Take orders of an account again."""
        owner = self._registry.account(account)
        return await self._send(commands.revive(owner.number), owner, None, "")

    def connect(self, account: str) -> None:
        """Begin a session of an account: heartbeats tell of it from now on."""
        owner = self._registry.account(account)
        self._gateway.begin_session(owner.shard, owner.number)

    async def disconnect(self, account: str) -> Outcome | None:
        """End a session; with the account's last one here, orders with ``cancel_on_disconnect`` go."""
        owner = self._registry.account(account)
        if not self._gateway.end_session(owner.shard, owner.number):
            return None
        return await self._send(commands.disconnect(owner.number), owner, None, "")

    async def _with_terms(self, owner: Account, outcome: Outcome) -> Outcome:
        """Return what was done with what the order is by now, which only reading it tells; as it is without stores."""
        if not isinstance(outcome, Done) or outcome.order is None:
            return outcome
        try:
            async with asyncio.timeout(TERMS_SECONDS):
                found = await self.order(owner.text, outcome.order)
        except (StoreError, TimeoutError):
            return outcome
        if found is None:
            return outcome
        return replace(
            outcome,
            client_order_id=found.client_order_id,
            quantity=found.quantity,
            filled=found.filled,
            open=found.open,
        )

    async def order(self, account: str, order: str) -> OrderState | None:
        """Return an order."""
        owner, number = self._registry.account(account), parse_order(order)
        found = await self._reads.order(owner, number)
        return None if found is None else order_state(found, self._listed(owner, found.symbol))

    async def find(
        self, account: str, client_order_id: str, *, deadline: int | None = None
    ) -> OrderState | Refused | Unknown:
        """Look for the order in PostgreSQL and among the events that are not recorded yet."""
        owner, newest = self._registry.account(account), None
        if deadline is not None and self.now() > deadline + PATIENCE:
            newest = await self._gateway.journal.last_command(owner.shard)
        now = await self._reads.read(owner, Wanted(client=client_order_id, money=False))
        orders = now.orders.values()
        of_client = [each for each in orders if each.client == client_order_id and each.reason != Code.CLIENT_ID_USED]
        found = max(of_client, key=lambda each: each.id, default=None)
        if found is not None:
            return order_state(found, self._listed(owner, found.symbol))
        if newest is not None and now.entry >= newest:  # all that came in time is executed, and it is not there
            return refused(REFUSALS[Code.STALE], client_order_id=client_order_id)
        return Unknown(client_order_id, f"Nothing is known of an order {client_order_id!r} of {owner.name} yet.")

    async def open_orders(self, account: str) -> list[OrderState]:
        """Return an account's open orders."""
        owner = self._registry.account(account)
        found = (await self._reads.read(owner, Wanted(open=True, money=False))).open_orders
        return [order_state(each, self._listed(owner, each.symbol)) for each in found]

    async def positions(self, account: str) -> list[PositionState]:
        """Return what an account holds, or held."""
        owner = self._registry.account(account)
        found = (await self._reads.read(owner, Wanted())).positions
        return [position_state(each, self._listed(owner, each.symbol)) for each in found]

    async def account(self, account: str) -> AccountState:
        """Return an account's cash."""
        owner = self._registry.account(account)
        asked = self._gateway.journal.account(owner.shard, owner.number, ACCOUNT_SECONDS)
        found, engine = await asyncio.gather(self._reads.read(owner, Wanted()), asked)
        cash = owner.cash.write(found.cash)
        power, killed = (None, None) if engine is None else (owner.cash.write(engine.available), engine.killed)
        return AccountState(owner.text, owner.name, owner.currency, cash, found.open_count, power, killed)

    async def follow(self, account: str) -> AsyncGenerator[AccountUpdate, None]:
        """Yield how an account is, then what happens to it."""
        owner = self._registry.account(account)
        first = True
        async with aclosing(self._reads.follow(owner, self._gateway.channels[owner.shard].reader)) as updates:
            async for now, changes in updates:
                yield self._whole(owner, now) if first else self._changed(owner, now, changes)
                first = False

    async def whole(self, account: str) -> AccountUpdate:
        """Return how an account is now: what `follow` begins with."""
        owner = self._registry.account(account)
        return self._whole(owner, await self._reads.read(owner, Wanted(open=True)))

    def _whole(self, owner: Account, now: AccountNow) -> AccountUpdate:
        orders, entry = (
            tuple(order_state(each, self._listed(owner, each.symbol)) for each in now.open_orders),
            now.entry,
        )
        return AccountUpdate(
            str(entry), str(entry), orders, (), self._positions(owner, now.positions), owner.cash.write(now.cash)
        )

    def _changed(self, owner: Account, now: AccountNow, changes: Changes) -> AccountUpdate:
        return AccountUpdate(
            str(now.entry),
            str(now.after),
            tuple(
                order_state(each, self._listed(owner, each.symbol)) for each in (*changes.new_orders, *changes.orders)
            ),
            tuple(fill_state(each, self._listed(owner, each.symbol)) for each in changes.fills),
            self._positions(owner, changes.positions),
            owner.cash.write(now.cash),
        )

    def _positions(self, owner: Account, positions: Sequence[PositionRecord]) -> tuple[PositionState, ...]:
        return tuple(position_state(each, self._listed(owner, each.symbol)) for each in positions)

    def _listed(self, owner: Account, symbol: int) -> Instrument:
        return self._registry.by_number[owner.shard, symbol]

    async def depth(self, symbol: str, levels: int = 10) -> BookDepth:
        """Return a symbol's best levels, as the feed published them a moment ago."""
        loaded = await self.published(symbol, levels)
        bids, asks = (
            tuple(DepthLevel(*level) for level in side) for side in (loaded.snapshot.bids, loaded.snapshot.asks)
        )
        return BookDepth(symbol, bids, asks, loaded.statistics.last)

    async def published(self, symbol: str, levels: int | None = None) -> Loaded:
        """Return a symbol's book, so many levels of it, best prices and statistics, as published a moment ago.

        Raises:
            StoreUnavailableError: the cache's server is down, or the feed has published nothing of it.
        """
        instrument = self._registry.instrument(symbol)
        if not self._feed:
            self._feed.append(await self._open_feed())
        loaded = await self._feed[0].load(symbol, levels)
        if loaded is None:
            raise StoreUnavailableError(
                f"Nothing is published of {symbol}; try again when the feed of shard {instrument.shard} runs."
            )
        return loaded

    async def reach(self, shard: int) -> None:
        """Open the way to a shard that came after this was opened.

        Raises:
            StoreUnavailableError: the journal's server is down.
        """
        await self._gateway.add_shard(shard)

    def now(self) -> int:
        """Return the time by the journal's clock, ms."""
        return self._gateway.now()

    def closed(self, account: str) -> Refused | None:
        """Return why an account's shard takes no new orders now; None: it does."""
        found = self._gateway.closed(self._registry.account(account).shard)
        return None if found is None else refused(found[0], sentence=found[1])

    async def close(self) -> None:
        """Stop."""
        await self._gateway.close()

    async def _send(
        self, row: bytes, owner: Account, instrument: Instrument | None, client: str, *, enters: bool = False
    ) -> Outcome:
        return (await self._send_all([row], owner, [instrument], [client], enters=enters))[0]

    async def _send_all(
        self,
        rows: Sequence[bytes],
        owner: Account,
        instruments: Sequence[Instrument | None],
        clients: Sequence[str],
        *,
        enters: bool,
    ) -> list[Outcome]:
        if (turn := TURN.get()) is not None:
            await turn.come()  # up to `send_all`, which takes the rows at once, nothing may be awaited
        if enters and (closed := self._gateway.closed(owner.shard)) is not None:
            refusal, sentence = closed
            return [refused(refusal, sentence=sentence, client_order_id=each) for each in clients]
        deadline = self._gateway.now() + self._deadline
        word = deadline.to_bytes(8, "little")
        timed = [row[:_DEADLINE_AT] + word + row[_DEADLINE_AT + 8 :] for row in rows]
        answers = await self._gateway.channels[owner.shard].send_all(timed, (self._deadline + PATIENCE) / 1000)
        return [self._outcome(*each, deadline) for each in zip(answers, instruments, clients, strict=True)]

    def _outcome(self, answer: Answer, instrument: Instrument | None, client: str, deadline: int) -> Outcome:
        if isinstance(answer, NotSentError):
            return refused(BUSY, sentence=str(answer), client_order_id=client)
        if answer is None:
            how = f"ask by its client order id {client!r}" if client else "look at the account's orders"
            sentence = f"The exchange did not answer in time, so the outcome is unknown; {how}."
            return Unknown(client, sentence, deadline=deadline)
        found = read_answer(answer, instrument, client)
        if instrument is not None and isinstance(found, Done) and found.order is not None:
            self._known[found.order] = instrument, client
            if len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)
        return found

    def _encoded(self, order: NewOrder, owner: Account, instrument: Instrument) -> bytes | Refused:
        try:
            self._require_same_shard(owner, instrument)
            return encode(order, owner, instrument)
        except UnknownNameError:
            raise
        except InputError as error:
            return _refused_here(error, client_order_id=order.client_order_id)

    @staticmethod
    def _require_same_shard(owner: Account, instrument: Instrument) -> None:
        if owner.shard != instrument.shard:
            raise InputError(
                f"{instrument.symbol} trades on shard {instrument.shard}, and account {owner.name} is on shard "
                f"{owner.shard}; use an account of that shard."
            )


def _changed(field: str, instrument: Instrument, text: str) -> int:
    """Return the ticks of a new price."""
    ticks = read_field(field, instrument.prices, text)
    if ticks < 1:
        raise FormError(f"{field}={text} is not above 0.", field, REFUSALS[Code.PRICE_NOT_POSITIVE].code)
    return ticks


def _refused_here(error: InputError, *, order: str | None = None, client_order_id: str = "") -> Refused:
    """Return a refusal of what is not sent."""
    field, code = (error.field, error.refusal) if isinstance(error, FormError) else ("", "order.invalid")
    return Refused(code, str(error), order=order, client_order_id=client_order_id, exit_code=2, field=field)


def _of_order(outcome: Outcome, order: str) -> Outcome:
    """Return the outcome of a command about an order, which an answer that did not come does not name."""
    return replace(outcome, order=order) if isinstance(outcome, Unknown) else outcome


def _lacks_terms(outcome: Outcome) -> bool:
    return isinstance(outcome, Done) and outcome.quantity is None
