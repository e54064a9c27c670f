"""What a command's events say to the one who sent it."""

from arbitrax.exchange.identifiers import fill_text, order_text
from arbitrax.exchange.records import Code, Happening, Side
from arbitrax.trading.command_channel import EventRow, Executed
from arbitrax.trading.orders import Done, Fill, Refused, Status
from arbitrax.trading.refusals import REFUSALS, Refusal
from arbitrax.trading.registry import Instrument

ACCEPTED, FILLED, CANCELLED, AMENDED, REFUSED, REPEATED = (
    int(Happening[each]) for each in ("ACCEPTED", "FILLED", "CANCELLED", "AMENDED", "REFUSED", "REPEATED")
)
DECREMENTED = int(Happening.DECREMENTED)


def refused(
    refusal: Refusal,
    *,
    sentence: str | None = None,
    order: str | None = None,
    client_order_id: str = "",
    repeated: bool = False,
) -> Refused:
    """Return a refusal as an outcome."""
    return Refused(
        refusal.code,
        sentence or refusal.sentence,
        order=order,
        client_order_id=client_order_id,
        http_status=refusal.http_status,
        retryable=refusal.retryable,
        exit_code=refusal.exit_code,
        repeated=repeated,
    )


def read_answer(rows: Executed, instrument: Instrument | None, client: str) -> Done | Refused:
    """Return what happened to the order that a command was about; without an instrument its lots are left out."""
    about = next((row for row in rows if row[10] in (ACCEPTED, AMENDED, REFUSED, REPEATED)), None)
    if about is None:
        ended = [row for row in rows if row[10] == CANCELLED]
        one = ended[0] if len(ended) == 1 else None
        return Done(
            order_text(one[0]) if one else None,
            client,
            "cancelled" if one else None,
            reason=REFUSALS[Code(one[9])].code if one else None,
            cancelled=tuple(order_text(row[0]) for row in ended),
            journaled=rows.entry.ms,
            executed=rows.executed or None,
        )
    number, code = about[0], Code(about[9])
    name = order_text(number) if number else None
    if about[10] == REFUSED or (about[10] == REPEATED and code != Code.OK):
        return refused(REFUSALS[code], order=name, client_order_id=client, repeated=about[10] == REPEATED)
    if about[10] == REPEATED:
        return Done(name, client, repeated=True)
    return _executed(rows, about, instrument, client)


def _executed(rows: Executed, about: EventRow, instrument: Instrument | None, client: str) -> Done:
    number, total, left = about[0], about[3], about[4]
    filled, ended, fills = total - left if about[10] == AMENDED else 0, 0, []
    for place, row in enumerate(rows):
        if row[10] == FILLED and number in (row[0], row[1]):
            takes = row[0] == number
            left = row[4] if takes else row[5]
            filled += row[3]
            if instrument is not None:
                side = row[11] if takes else 1 - row[11]
                fills.append(
                    Fill(
                        fill_text(rows.first + 2 * place + (not takes)),
                        order_text(number),
                        "buy" if side == Side.BUY else "sell",
                        instrument.quantities.write(row[3]),
                        instrument.prices.write(row[2]),
                        not takes,
                    )
                )
        elif row[0] == number and row[10] == CANCELLED:
            ended, left = row[9], 0
        elif row[0] == number and row[10] == DECREMENTED:
            left = row[4]
    status: Status = "open"
    if ended:
        status = "filled" if ended == Code.FUNDS_SPENT and filled else "cancelled"
    elif not left:
        status = "filled"
    lots = None if instrument is None else instrument.quantities.write
    return Done(
        order_text(number),
        client,
        status,
        None if lots is None else lots(total),
        None if lots is None else lots(filled),
        None if lots is None else lots(left),
        REFUSALS[Code(ended)].code if ended else None,
        tuple(fills),
        journaled=rows.entry.ms,
        executed=rows.executed or None,
    )
