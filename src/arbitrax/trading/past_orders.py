"""Client order ids that the exchange may have forgotten: what they stand for, before anything enters under them.

The exchange remembers the ids of open orders, and those of closed ones for its window (`records.WINDOW_TIME` at least).
An older one would be executed a second time. So before an order enters, its client order id is looked up in PostgreSQL,
which knows all that are older: entry pauses when the recorder is half a window behind.

Most need no look: an id that says it was made within half of the window (`client_ids`) cannot have been forgotten, as
none enters before the time it says. Looks wait for each other: one is on its way, and takes along all that came
meanwhile, in one round trip of one look into an index each.
"""

import asyncio
from uuid import UUID

import numpy as np

from arbitrax.domain.errors import StoreError
from arbitrax.exchange.identifiers import order_text
from arbitrax.exchange.recording.order_record import body_of
from arbitrax.exchange.records import COMMAND, WINDOW_TIME, Code
from arbitrax.trading.answers import refused
from arbitrax.trading.client_ids import made_at
from arbitrax.trading.orders import Done, Refused
from arbitrax.trading.recorded import FirstOutcome, Records
from arbitrax.trading.refusals import MISDATED, PAUSED, REFUSALS
from arbitrax.trading.registry import Account

AHEAD = 60_000
"""Milliseconds that the clock of who makes ids may be ahead of the journal's."""
YOUNG = WINDOW_TIME // 2
"""Milliseconds since an id was made for which the exchange surely has it."""
REMEMBERED = WINDOW_TIME - 60_000
"""Milliseconds since an order ended for which the exchange still has its id when the order that is sent now arrives."""
MOST_LOOKS = 1_000
"""Ids of one look."""

_Key = tuple[UUID, str]


class PastOrders:
    """For one event loop."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._waiting: list[tuple[_Key, asyncio.Future[FirstOutcome | None]]] = []
        self._looking: asyncio.Task[None] | None = None

    async def outcome(self, owner: Account, client: str, row: bytes, now: int) -> Done | Refused | None:
        """Return what the first submission under a client order id came to, if the exchange may have forgotten it.

        None: it is new, or the exchange knows it. ``row``: the 128 bytes to send; ``now``: ms by the journal's clock.
        """
        if is_young(client, now):
            return None
        made = made_at(client)
        if made is not None and made > now + AHEAD:
            return refused(MISDATED, client_order_id=client)
        try:
            found = await self._look((owner.id, client))
        except StoreError as error:
            sentence = (
                f"Whether the client order id {client!r} is an old one cannot be told without PostgreSQL. {error} "
                "Cancels still pass, and orders under ids that say when they were made."
            )
            return refused(PAUSED, sentence=sentence, client_order_id=client)
        if found is None or found.ended is None or now - found.ended < REMEMBERED:
            return None
        return _answer(found, client, row)

    async def _look(self, key: _Key) -> FirstOutcome | None:
        answer: asyncio.Future[FirstOutcome | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((key, answer))
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_all())
        return await answer

    async def _look_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST_LOOKS], self._waiting[MOST_LOOKS:]
            try:
                found = await asyncio.to_thread(self._records.first_outcomes, [key for key, _ in batch])
            except StoreError as error:
                for _, answer in batch:
                    if not answer.done():
                        answer.set_exception(error)
            else:
                for (_, answer), outcome in zip(batch, found, strict=True):
                    if not answer.done():
                        answer.set_result(outcome)


def is_young(client: str, now: int) -> bool:
    """Whether the exchange surely has what entered under an id, so that `PastOrders.outcome` has nothing to say."""
    if not client:
        return True
    made = made_at(client)
    return made is not None and now - YOUNG <= made <= now + AHEAD


def _answer(found: FirstOutcome, client: str, row: bytes) -> Done | Refused:
    """Return what the engine would say if it remembered."""
    (command,) = np.frombuffer(row, COMMAND).tolist()
    if found.body is not None and found.body != body_of(command):
        return refused(REFUSALS[Code.CLIENT_ID_USED], client_order_id=client)
    name = order_text(found.order)
    if found.code != Code.OK:
        return refused(REFUSALS[found.code], order=name, client_order_id=client, repeated=True)
    return Done(name, client, repeated=True)
