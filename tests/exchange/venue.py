"""A venue by hand: commands as calls, events as lines of text, the book as a picture.

A picture is ``bids 100 x 5 (#1 3, #2 2); 99 x 1 (#3 1) | asks none``: levels best first, at each the lots shown, then
the queue, first come first, with what each shows and, of an iceberg, what it hides: ``#4 2+8``.
"""

import numpy as np

from arbitrax.exchange.records import (
    ACCOUNT_LIMITS,
    COMMAND,
    HOUSE,
    INSTRUMENT_RULES,
    AccountKind,
    Code,
    Flag,
    Happening,
    Kind,
    Phase,
    SelfTrade,
    Side,
    TimeInForce,
    Type,
)

ACCOUNTS = {"alice": 1, "bob": 2, "carol": 3}
NAMES = {number: name for name, number in ACCOUNTS.items()} | {0: "fees", HOUSE: "house"}
CASH = 1_000_000
SYMBOL = 1


def command(kind, **fields):
    """Return one command; names of the overlays are theirs."""
    row = np.zeros(1, COMMAND)
    row["kind"] = kind
    layout = {Kind.INSTRUMENT: INSTRUMENT_RULES, Kind.LIMITS: ACCOUNT_LIMITS}.get(kind, COMMAND)
    for name, value in fields.items():
        row.view(layout)[name] = value
    return row


def views(engine, accounts, ids):
    """Return what an engine shows of its symbols, of the open orders of accounts, and of ids."""
    open_orders = {account: engine.orders(account) for account in accounts}
    symbols = {
        symbol: (engine.phase(symbol), engine.last(symbol), engine.reference(symbol)) for symbol in engine.symbols()
    }
    every = {*ids, *(order for orders in open_orders.values() for order in orders)}
    return symbols, open_orders, {order: engine.order(order) for order in sorted(every)}


def who(order):
    return f"#{order}" if order else "house"


def line(event):
    """Return an event as text."""
    order, code = who(event["order"]), Code(event["code"]).name.lower()
    price, quantity, left = int(event["price"]), int(event["quantity"]), int(event["open"])
    name = NAMES.get(int(event["account"]), str(event["account"]))
    if event["kind"] == Happening.FILLED:
        trade = f"{order} trades {quantity} with {who(event['maker'])} at {price}"
        return trade + (" in the auction" if code == "uncrossed" else "")
    if event["kind"] == Happening.STATE:
        return Phase(quantity).name.lower() + (f" at {price}" if price else "")
    return {
        Happening.ACCEPTED: f"{order} accepted",
        Happening.CANCELLED: f"{order} cancelled, {quantity} left: {code}",
        Happening.AMENDED: f"{order} amended, {left} of {quantity} open",
        Happening.REFUSED: f"refused: {code}",
        Happening.TRIGGERED: f"{order} triggered at {price}",
        Happening.REFILLED: f"{order} shows {quantity} more",
        Happening.REPRICED: f"{order} moves to {price}" if price else f"{order} is parked",
        Happening.DECREMENTED: f"{order} loses {quantity}, {left} open: {code}",
        Happening.CONFIGURED: "configured",
        Happening.CASH: f"{name} {price:+d}: {code}",
        Happening.REPEATED: f"repeated: {order} {code}",
        Happening.QUOTED: f"house has {left} of {quantity} at {price}",
    }[Happening(event["kind"])]


class Venue:
    """One symbol, three accounts on margin with 1,000,000 each, of an implementation."""

    def __init__(self, engine, *, rules=None, kind=AccountKind.MARGIN, cash=CASH):
        self.engine = engine
        self.time = 1_000
        self.journal = []
        self.log = []
        self.send(Kind.INSTRUMENT, **{"symbol": SYMBOL, "tick_value": 1} | (rules or {}))
        for account in ACCOUNTS.values():
            self.send(Kind.ACCOUNT, account=account, type=kind)
            self.send(Kind.DEPOSIT, account=account, price=cash)
        self.log.clear()

    def send(self, kind, *, text=None, **fields):
        """Execute one command; return its events."""
        row = command(kind, **{"time": self.time} | fields)
        self.journal.append(row)
        events, offsets = self.engine.run(row)
        assert offsets.tolist() == [0, len(events)]
        self.events = events
        self.log.append(("do", text or kind.name.lower().replace("_", " ")))
        return events

    def order(self, side, quantity, *, at=0, by="alice", kind=None, **options):
        """Submit; options are the command's fields, flags as Flag, enums by their type. Return its id."""
        kind = Type(kind if kind is not None else Type.LIMIT if at else Type.MARKET)
        enums = {"time_in_force": TimeInForce, "self_trade": SelfTrade}
        words = [f"{by}: {side.name.lower()} {quantity}"]
        words += [] if kind == Type.LIMIT else [kind.name.lower().replace("_", "-")]
        words += [f"at {at}"] if at else []
        for name, value in options.items():
            if name in enums:
                words.append(enums[name](value).name.lower().replace("_", "-"))
            elif name == "flags":
                words += [each.name.lower().replace("_", "-") for each in Flag(value)]
            elif isinstance(value, bytes):
                words.append(f"{name} {value.decode(errors='replace')}")
            else:
                words.append(f"{name} {value}")
        events = self.send(
            Kind.SUBMIT,
            text=" ".join(words),
            symbol=SYMBOL,
            account=ACCOUNTS[by],
            side=side,
            type=kind,
            price=at,
            quantity=quantity,
            **options,
        )
        mine = events[np.isin(events["kind"], [Happening.ACCEPTED, Happening.REFUSED, Happening.REPEATED])]
        return int(mine["order"][0])

    def buy(self, quantity, **options):
        return self.order(Side.BUY, quantity, **options)

    def sell(self, quantity, **options):
        return self.order(Side.SELL, quantity, **options)

    def cancel(self, order, *, by="alice"):
        self.send(Kind.CANCEL, text=f"{by}: cancel #{order}", order=order, account=ACCOUNTS[by])

    def amend(self, order, quantity, *, by="alice", price=0, stop=0, flags=0):
        words = f"{by}: amend #{order} to {quantity}" + (f" at {price}" if price else "")
        words += f" stop {stop}" if stop else ""
        words += "".join(f" {each.name.lower().replace('_', '-')}" for each in Flag(flags))
        self.send(
            Kind.AMEND, text=words, order=order, account=ACCOUNTS[by], quantity=quantity, price=price, stop=stop,
            flags=flags,
        )  # fmt: skip

    def quote(self, side, quantity, *, at, kind=Kind.QUOTE):
        shown = "shows" if kind == Kind.QUOTE else "prints"
        text = f"outside {shown} {side.name.lower()} {quantity} at {at}"
        self.send(kind, text=text, symbol=SYMBOL, side=side, quantity=quantity, price=at)

    def phase(self, kind):
        self.send(kind, symbol=SYMBOL)

    def wait(self, milliseconds):
        self.time += milliseconds

    def picture(self):
        """Return the book as text."""
        sides = []
        for name, side in (("bids", Side.BUY), ("asks", Side.SELL)):
            levels = {}
            for price, order, shown, left in self.engine.queue(SYMBOL, side):
                hidden = f"+{left - shown}" if left > shown else ""
                levels.setdefault(price, []).append((shown, f"{who(order)} {shown}{hidden}"))
            texts = [
                f"{price} x {sum(shown for shown, _ in queue)} ({', '.join(text for _, text in queue)})"
                for price, queue in levels.items()
            ]
            sides.append(f"{name} {'; '.join(texts) or 'none'}")
        return " | ".join(sides)

    def shows(self, picture):
        """Assert the book."""
        assert self.picture() == picture
        self.log.append(("book", picture))

    def says(self, *lines):
        """Assert the events of the last command."""
        assert [line(each) for each in self.events] == list(lines)
        self.log.extend(("event", each) for each in lines)

    def holds(self, by, **fields):
        """Assert fields of `AccountView` and `PositionView`."""
        account, position = self.engine.account(ACCOUNTS[by]), self.engine.position(ACCOUNTS[by], SYMBOL)
        known = account._asdict() | position._asdict()
        assert {name: known[name] for name in fields} == fields
        self.log.append(("account", f"{by}: " + ", ".join(f"{name} {value}" for name, value in fields.items())))
