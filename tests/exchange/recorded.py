"""What PostgreSQL should hold of a shard's events, worked out apart from the recorder, and whether it does."""

from collections import defaultdict
from decimal import Decimal

import psycopg

from arbitrax.exchange.events import Events
from arbitrax.exchange.identifiers import event_of, order_number
from arbitrax.exchange.records import HOUSE, Code, Happening, Kind

TICK, LOT, SCALE = Decimal("0.05"), Decimal("0.01"), 2_000
"""A tick times a lot is one unit of cash, as in the streams of random commands."""
REGISTRY = """
INSERT INTO exchange_currencies (shard, currency, cash_scale) VALUES (0, 'USD', 2000);
INSERT INTO assets (symbol) SELECT 'S' || number FROM generate_series(1, 3) AS number;
INSERT INTO exchange_instruments (shard, number, asset_id, currency, cash_scale, tick_size, lot_size, flags)
SELECT 0, substr(symbol, 2)::int, id, 'USD', 2000, 0.05, 0.01, CASE symbol WHEN 'S3' THEN 1 ELSE 0 END FROM assets;
INSERT INTO accounts (id, name, currency, kind, shard, number, funding)
SELECT gen_random_uuid(), 'trader ' || number, 'USD', 'paper', 0, number, 'margin' FROM generate_series(1, 6) AS number;
"""


def register(url):
    with psycopg.connect(url) as connection:
        connection.execute(REGISTRY)


def ended(order, left, code):
    if code is None:
        return ("partially_filled" if order["filled"] else "open") if left else "filled"
    if code == Code.FUNDS_SPENT and order["filled"]:
        return "filled"
    return "expired" if code in (Code.EXPIRED, Code.SESSION_ENDED) else "cancelled"


def expected(executed):
    """Return orders by id, and fills by (epoch, entry, index, order), of entries as `JournaledShard` keeps them."""
    orders, fills = {}, {}
    for epoch, name, commands, offsets, made in executed:
        records = made.copy()
        records["side"] %= 2  # a refusal repeats whatever was asked for
        events = Events(records)
        for number, command in enumerate(commands):
            for index in range(offsets[number], offsets[number + 1]):
                event = events[index]
                if event.symbol == 3 or (event.kind == Happening.REFUSED and not event.order):
                    continue
                if event.kind == Happening.REFUSED and command["kind"] == Kind.SUBMIT and event.account in range(1, 7):
                    lot = 1 if event.symbol in (1, 2) else int(1 / LOT)  # what is not known has no lots
                    orders[event.order] = {"filled": 0, "status": "rejected", "quantity": event.quantity * lot}
                elif event.kind == Happening.ACCEPTED:
                    funds = int(command["extra"]) if event.quantity == 0 else None
                    orders[event.order] = {"filled": 0, "status": "open", "quantity": event.quantity, "funds": funds}
                elif event.kind == Happening.FILLED:
                    sides = (
                        (event.order, event.account, event.open),
                        (event.maker, event.maker_account, event.maker_open),
                    )
                    for order, account, left in sides:
                        if account == HOUSE:
                            continue
                        fills[epoch, name, index, order] = (account, event.symbol, event.quantity, event.price)
                        orders[order]["filled"] += event.quantity
                        orders[order]["quantity"] = orders[order]["filled"] + left
                        by_funds = orders[order]["funds"] is not None
                        orders[order]["status"] = "partially_filled" if by_funds else ended(orders[order], left, None)
                elif event.kind == Happening.CANCELLED and event.order:
                    orders[event.order]["status"] = ended(orders[event.order], 0, event.code)
                elif event.kind == Happening.AMENDED:
                    orders[event.order]["quantity"] = event.quantity
                elif event.kind == Happening.DECREMENTED and event.order:
                    orders[event.order]["quantity"] -= event.quantity
    return orders, fills


def require_equal(what, found, wanted):
    """Say where two dicts differ, not all that is in them."""
    different = [key for key in {**wanted, **found} if found.get(key) != wanted.get(key)]
    told = [f"{key}: {found.get(key, 'none')}, not {wanted.get(key, 'none')}" for key in different[:5]]
    assert not different, f"{len(different)} {what} differ: {'; '.join(told)}"


def audit(url, shard, scale=SCALE):
    """Compare the database with the events, and with the engine's own state."""
    orders, fills = expected(shard.events)
    with psycopg.connect(url) as connection:
        stored = {
            order_number(id): {"filled": int(filled / LOT), "status": status, "quantity": int(quantity / LOT)}
            for id, filled, status, quantity in connection.execute(
                "SELECT id, filled_quantity, status, quantity FROM orders WHERE account_id IS NOT NULL AND NOT orphaned"
            )
        }
        for each in orders.values():
            each.pop("funds", None)
        require_equal("orders", stored, orders)
        found = {}
        for id, order, account, number, quantity, price in connection.execute(
            "SELECT fills.id, order_id, accounts.number, exchange_instruments.number, abs(quantity), price FROM fills "
            "JOIN accounts ON accounts.id = account_id JOIN exchange_instruments USING (asset_id) "
            "WHERE account_id IS NOT NULL AND NOT orphaned"
        ):
            event = event_of(id)
            key = event.epoch, event.entry, event.event, order_number(order)
            found[key] = (account, number, int(quantity / LOT), int(price / TICK))
        require_equal("fills", found, fills)
        wrong = connection.execute(
            "SELECT orders.id FROM orders LEFT JOIN (SELECT order_id, sum(abs(quantity)) AS lots, sum(fee) AS fees, "
            "sum(abs(quantity) * price) AS paid FROM fills WHERE NOT orphaned GROUP BY 1) AS made "
            "ON order_id = orders.id WHERE account_id IS NOT NULL AND NOT orphaned AND ("
            "(filled_quantity, fee) <> (coalesce(lots, 0), coalesce(fees, 0)) "
            "OR abs(coalesce(price * filled_quantity - paid, 0)) > 0.000000001 OR (price IS NULL) <> (lots IS NULL))"
        ).fetchall()
        assert wrong == []
        audit_state(connection, shard.engine.state, scale)


def audit_state(connection, state, scale=SCALE):
    """Open orders, positions, and the cash that trades moved are the engine's."""
    open_orders = {}
    for id, left, limit, stop in connection.execute(
        "SELECT id, quantity - filled_quantity, limit_price, stop_price FROM orders "
        "WHERE account_id IS NOT NULL AND NOT orphaned AND ended_at IS NULL"
    ):
        open_orders[order_number(id)] = (int(left / LOT), limit and int(limit / TICK), stop and int(stop / TICK))
    wanted = {
        each.id: (each.open, each.limit or None, each.stop if each.stop and not each.distance else None)
        for each in state.orders.values()
        if each.symbol != 3
    }
    require_equal("open orders", open_orders, wanted)
    positions = {
        (account, symbol): tuple(map(int, numbers))
        for account, symbol, *numbers in connection.execute(
            "SELECT accounts.number, exchange_instruments.number, lots, cost, realised, exchange_positions.fees "
            "FROM exchange_positions JOIN accounts ON accounts.id = account_id "
            "JOIN exchange_instruments USING (asset_id)"
        )
    }
    traded = {
        (account.id, symbol): (each.quantity, each.cost, each.realised, each.fees)
        for account in state.accounts.values()
        if account.id not in (0, HOUSE)
        for symbol, each in account.positions.items()
    }
    untraded = {key: numbers for key, numbers in traded.items() if key not in positions}
    assert not any(any(numbers) for numbers in untraded.values())
    require_equal("positions", positions, {key: numbers for key, numbers in traded.items() if key in positions})
    audit_trips(connection, positions, scale)
    audit_cash(connection, positions, state, scale)


def audit_cash(connection, positions, state, scale):
    """What was paid in and what trades and fees left of it is the engine's cash."""
    cash = dict.fromkeys(range(1, 7), 0)
    for account, amount in connection.execute(
        "SELECT number, amount FROM exchange_payments JOIN accounts ON accounts.id = account_id WHERE NOT orphaned"
    ):
        cash[account] += int(amount * scale)
    for (account, _), (_, cost, realised, fees) in positions.items():
        cash[account] += realised - cost - fees
    require_equal("cash", cash, {each: state.accounts[each].cash if each in state.accounts else 0 for each in cash})


def audit_trips(connection, positions, scale):
    """Round trips and what is under way make up all profit and all fees."""
    made = defaultdict(lambda: [0, 0])
    for account, symbol, pnl, fees in connection.execute(
        "SELECT accounts.number, exchange_instruments.number, pnl, trades.fees FROM trades "
        "JOIN accounts ON accounts.id = account_id JOIN exchange_instruments USING (asset_id) WHERE NOT orphaned "
        "UNION ALL SELECT accounts.number, exchange_instruments.number, (trip_realised - trip_fees) / cash_scale, "
        "trip_fees / cash_scale FROM exchange_positions JOIN accounts ON accounts.id = account_id "
        "JOIN exchange_instruments USING (asset_id)"
    ):
        made[account, symbol][0] += (pnl + fees) * scale
        made[account, symbol][1] += fees * scale
    sums = {key: tuple(each) for key, each in made.items()}
    require_equal("round trips", sums, {key: each[2:] for key, each in positions.items()})
