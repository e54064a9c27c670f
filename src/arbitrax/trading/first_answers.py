"""What the first submission under a client order id was answered: the answer to the same order again.

The events of its command say it, and nothing that came after changes it: the recorder keeps with the order what the
command left of it and how many events it had, and the fills have their event's number. What is not recorded yet is
read from the journal, by the same rules.
"""

from __future__ import annotations

import asyncio

from arbitrax.domain.errors import StoreError
from arbitrax.exchange.identifiers import order_text, parse_order
from arbitrax.exchange.recording.order_record import OrderRecord
from arbitrax.exchange.recording.ports import Fill
from arbitrax.exchange.records import Code
from arbitrax.trading.account_reads import AccountReads
from arbitrax.trading.account_states import fill_state, status_of
from arbitrax.trading.orders import Done, Unknown
from arbitrax.trading.recorded import Records
from arbitrax.trading.refusals import REFUSALS
from arbitrax.trading.registry import Account, Instrument


class FirstAnswers:
    """Of the accounts of a journal's server."""

    def __init__(self, reads: AccountReads, records: Records) -> None:
        """Take where orders are read, and fills that are recorded."""
        self._reads, self._records = reads, records

    async def of(self, owner: Account, instrument: Instrument, repeated: Done) -> Done | Unknown:
        """Return the first answer, in place of one that only says which order it was."""
        assert repeated.order is not None  # noqa: S101 - a repeat names its order
        number, client = parse_order(repeated.order), repeated.client_order_id
        try:
            now = await self._reads.with_order(owner, number)
            order = now.orders.get(number)
            if order is None:
                return Unknown(client, f"{repeated.order} was sent before, and is not to be found at the moment.")
            fills = {each.id: each for each in now.ledger.changes().fills if each.order == number}
            if order.recorded is not None and order.filled and order.answer is not None:
                last = order.answer.last(order.event)
                found = await asyncio.to_thread(self._records.fills, number, order.event, last)
                fills |= {each.id: each for each in found}
        except StoreError as error:
            sentence = f"{repeated.order} was sent before; what became of it then cannot be told now. {error}"
            return Unknown(client, sentence)
        return _first(order, [fills[each] for each in sorted(fills)], instrument)


def _first(order: OrderRecord, fills: list[Fill], instrument: Instrument) -> Done:
    """Return what was told of an order; of one that was recorded before that was kept, how it is."""
    lots, answer = instrument.quantities.write, order.answer
    if answer is None:
        total, left, ended = order.total, order.total - order.filled, order.ended is not None
        filled, mine = order.filled, list[Fill]()
    else:
        last = answer.last(order.event)
        mine = [each for each in fills if order.event <= each.id <= last]
        total, left, filled = answer.total, answer.left, sum(abs(each.lots) for each in mine)
        ended = order.ended is not None and order.last_event <= last
    return Done(
        order=order_text(order.id),
        client_order_id=order.client,
        status=status_of(order) if ended else "open",
        quantity=lots(total),
        filled=lots(filled),
        open=lots(0 if ended else left),
        reason=REFUSALS[Code(order.reason)].code if ended and order.reason else None,
        fills=tuple(fill_state(each, instrument) for each in mine),
        repeated=True,
        journaled=order.created,
        executed=order.executed,
    )
