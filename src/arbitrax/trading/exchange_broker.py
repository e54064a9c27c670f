"""The broker port over the exchange's journal."""

from arbitrax.domain.errors import InputError, UnknownNameError
from arbitrax.exchange import commands
from arbitrax.exchange.identifiers import order_text, parse_order
from arbitrax.exchange.journal import EntryId
from arbitrax.exchange.records import WINDOW_TIME, Code, Kind
from arbitrax.trading.answers import read_answer, refused
from arbitrax.trading.command_channel import NotSentError, events_by_command
from arbitrax.trading.decimals import InexactError
from arbitrax.trading.event_fold import EventFold, FoldedOrder
from arbitrax.trading.gateway import Gateway
from arbitrax.trading.orders import (
    AccountState,
    BookDepth,
    DepthLevel,
    NewOrder,
    OrderState,
    Outcome,
    PositionState,
    Refused,
    Side,
    Status,
    Unknown,
)
from arbitrax.trading.refusals import PAUSED, REFUSALS
from arbitrax.trading.registry import Account, Instrument, Registry

DEADLINE = 5_000
"""Milliseconds after which the exchange no longer takes a command that waited."""
PATIENCE = 1_000
"""Milliseconds beyond the deadline that its answer may take."""
NAMES = {"price": "prices", "stop": "prices", "distance": "prices", "offset": "prices"} | {
    "quantity": "quantities",
    "display": "quantities",
    "funds": "cash",
}
_DEADLINE_AT = 56
"""Offset of a COMMAND's deadline."""


class ExchangeBroker:
    """`arbitrax.trading.broker.Broker` of the paper exchange."""

    def __init__(self, gateway: Gateway, registry: Registry, *, deadline: int = DEADLINE) -> None:
        self._gateway, self._registry, self._deadline = gateway, registry, deadline
        self._folds = {each: EventFold(gateway.journal, each, registry) for each in gateway.channels}

    async def submit(self, account: str, order: NewOrder) -> Outcome:
        """Submit an order."""
        owner, instrument = self._registry.account(account), self._registry.instrument(order.symbol)
        try:
            self._require_same_shard(owner, instrument)
            row = encode(order, owner, instrument)
        except UnknownNameError:
            raise
        except InputError as error:
            code = error.refusal if isinstance(error, InexactError) else "order.invalid"
            return Refused(code, str(error), client_order_id=order.client_order_id, exit_code=2)
        return await self._send(row, owner, instrument, order.client_order_id, enters=True)

    async def amend(
        self, account: str, order: str, *, quantity: str, price: str | None = None, stop: str | None = None
    ) -> Outcome:
        """Change an order."""
        owner, number = self._registry.account(account), parse_order(order)
        state = await self._folded(owner, number)
        if state is None:
            return self._unknown_order(order)
        instrument = self._registry.by_number[owner.shard, state.symbol]
        try:
            row = commands.amend(
                number,
                account=owner.number,
                quantity=instrument.quantities.read(quantity),
                price=None if price is None else instrument.prices.read(price),
                stop=None if stop is None else instrument.prices.read(stop),
            )
        except InputError as error:
            code = error.refusal if isinstance(error, InexactError) else "order.invalid"
            return Refused(code, str(error), order=order, exit_code=2)
        return await self._send(row, owner, instrument, "", enters=True)

    async def cancel(self, account: str, order: str) -> Outcome:
        """Cancel what is open of an order."""
        owner = self._registry.account(account)
        return await self._send(commands.cancel(parse_order(order), account=owner.number), owner, None, "")

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

    async def order(self, account: str, order: str) -> OrderState | None:
        """Return an order."""
        owner = self._registry.account(account)
        state = await self._folded(owner, parse_order(order))
        return None if state is None else self._state(owner.shard, state)

    async def find(self, account: str, client_order_id: str) -> OrderState | Outcome:
        """Look for the first entry with the client order id in the journal, then for its answer."""
        owner = self._registry.account(account)
        found = await self._find_entry(owner, client_order_id)
        if found is not None:
            entry, place, symbol = found
            answers = await self._gateway.journal.events_of(owner.shard, entry)
            rows = None if answers is None else events_by_command(answers, entry)
            if rows is not None:
                instrument = self._registry.by_number.get((owner.shard, symbol))
                outcome = read_answer(rows[place], instrument, client_order_id)
                if isinstance(outcome, Refused) or outcome.order is None:
                    return outcome
                return await self.order(account, outcome.order) or outcome
        return Unknown(client_order_id, f"Nothing is known of an order {client_order_id!r} of {owner.name} yet.")

    async def open_orders(self, account: str) -> list[OrderState]:
        """Return an account's open orders."""
        owner = self._registry.account(account)
        fold = await self._caught_up(owner.shard)
        return [self._state(owner.shard, fold.orders[each]) for each in sorted(fold.account(owner.number).open)]

    async def positions(self, account: str) -> list[PositionState]:
        """Return what an account holds, or held."""
        owner = self._registry.account(account)
        fold = await self._caught_up(owner.shard)
        found = []
        for number, position in sorted(fold.account(owner.number).positions.items()):
            instrument = self._registry.by_number[owner.shard, number]
            cash = instrument.cash.write
            found.append(
                PositionState(
                    instrument.symbol,
                    instrument.quantities.write(position.quantity),
                    cash(position.cost),
                    cash(position.realised),
                    cash(position.fees),
                )
            )
        return found

    async def account(self, account: str) -> AccountState:
        """Return an account's cash."""
        owner = self._registry.account(account)
        folded = (await self._caught_up(owner.shard)).account(owner.number)
        return AccountState(owner.text, owner.name, owner.currency, owner.cash.write(folded.cash), len(folded.open))

    async def depth(self, symbol: str, levels: int = 10) -> BookDepth:
        """Return a symbol's best levels."""
        instrument = self._registry.instrument(symbol)
        book = (await self._caught_up(instrument.shard)).books.get(instrument.number)
        price, quantity = instrument.prices.write, instrument.quantities.write
        if book is None:
            return BookDepth(symbol, (), (), None)
        sides = []
        for side in (0, 1):
            shown = sorted(book.levels[side].items(), reverse=not side)[:levels]
            sides.append(tuple(DepthLevel(price(at), quantity(lots)) for at, lots in shown))
        return BookDepth(symbol, sides[0], sides[1], price(book.last) if book.last else None)

    async def close(self) -> None:
        """Stop."""
        await self._gateway.close()

    async def _send(
        self, row: bytes, owner: Account, instrument: Instrument | None, client: str, *, enters: bool = False
    ) -> Outcome:
        if enters and (closed := self._gateway.closed(owner.shard)) is not None:
            refusal, sentence = closed
            return refused(refusal, sentence=sentence, client_order_id=client)
        channel = self._gateway.channels[owner.shard]
        deadline = self._gateway.now() + self._deadline
        timed = row[:_DEADLINE_AT] + deadline.to_bytes(8, "little") + row[_DEADLINE_AT + 8 :]
        try:
            rows = await channel.send(timed, (self._deadline + PATIENCE) / 1000)
        except NotSentError as error:
            return refused(PAUSED, sentence=str(error), client_order_id=client)
        if rows is None:
            how = f"ask by its client order id {client!r}" if client else "look at the account's orders"
            return Unknown(client, f"The exchange did not answer in time, so the outcome is unknown; {how}.")
        return read_answer(rows, instrument, client)

    async def _find_entry(self, owner: Account, client: str) -> tuple[EntryId, int, int] | None:
        """Return the first entry of the window with the client order id, its place in it, and the symbol."""
        journal, wanted = self._gateway.journal, client.encode()
        oldest = self._gateway.now() - WINDOW_TIME
        before: EntryId | None = None
        found: tuple[EntryId, int, int] | None = None
        while page := await journal.commands_before(owner.shard, before):
            for entry, told in page:
                rows = told.commands
                mine = (rows["client"] == wanted) & (rows["account"] == owner.number) & (rows["kind"] == Kind.SUBMIT)
                places = mine.nonzero()[0]
                if len(places):
                    found = entry, int(places[0]), int(rows["symbol"][places[0]])
            before = page[-1][0]
            if before.ms < oldest:
                break
        return found

    async def _folded(self, owner: Account, number: int) -> FoldedOrder | None:
        state = (await self._caught_up(owner.shard)).orders.get(number)
        return state if state is not None and state.account == owner.number else None

    async def _caught_up(self, shard: int) -> EventFold:
        fold = self._folds[shard]
        await fold.catch_up()
        return fold

    def _state(self, shard: int, order: FoldedOrder) -> OrderState:
        instrument = self._registry.by_number[shard, order.symbol]
        lots = instrument.quantities.write
        status: Status = "open"
        if order.ended:
            spent = order.code in (Code.OK, Code.FUNDS_SPENT)
            status = "filled" if spent and order.filled else "cancelled"
        return OrderState(
            order_text(order.number),
            instrument.symbol,
            "sell" if order.side else "buy",
            instrument.prices.write(order.price) if order.price else None,
            lots(order.quantity),
            lots(order.open),
            lots(order.filled),
            status,
            REFUSALS[Code(order.code)].code if order.code else None,
        )

    @staticmethod
    def _unknown_order(order: str) -> Refused:
        return refused(REFUSALS[Code.UNKNOWN_ORDER], order=order)

    @staticmethod
    def _require_same_shard(owner: Account, instrument: Instrument) -> None:
        if owner.shard != instrument.shard:
            raise InputError(
                f"{instrument.symbol} trades on shard {instrument.shard}, and account {owner.name} is on shard "
                f"{owner.shard}; use an account of that shard."
            )


def encode(order: NewOrder, owner: Account, instrument: Instrument) -> bytes:
    """Return an order's 128 bytes.

    Raises:
        InputError: a decimal that is none or off its step, or arguments that contradict each other.
    """
    whole = {
        name: getattr(instrument, steps).read(text)
        for name, steps in NAMES.items()
        if (text := getattr(order, name)) is not None
    }
    return commands.submit(
        order.side,
        symbol=instrument.number,
        account=owner.number,
        type=order.type,
        time_in_force=order.time_in_force,
        expire=order.expire,
        post_only=order.post_only,
        slide=order.slide,
        on_quote=order.on_quote,
        reduce_only=order.reduce_only,
        cancel_on_disconnect=order.cancel_on_disconnect,
        self_trade=order.self_trade,
        client_id=order.client_order_id,
        **whole,
    )
