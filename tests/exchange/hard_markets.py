"""Streams of commands where engines break: cascades, storms over many symbols, numbers near every limit.

Each market of `MARKETS` is a number of symbols and accounts, the habits of those who trade there, and the storms that
come over it. Like `random_commands` they need no engine: ids are guessed from the count.
"""

from random import Random

import numpy as np

from arbitrax.exchange.records import (
    COMMAND,
    MAX_NOTIONAL,
    MAX_PRICE,
    MAX_QUANTITY,
    AccountKind,
    Flag,
    Kind,
    SelfTrade,
    Side,
    TimeInForce,
    Type,
)
from tests.exchange.venue import command

EMPTY = dict.fromkeys(COMMAND.names, 0) | {"client": b""}
EXTREMES = [
    -(1 << 63), -1, 0, 1, MAX_PRICE - 1, MAX_PRICE, MAX_PRICE + 1, MAX_QUANTITY, MAX_QUANTITY + 1, MAX_NOTIONAL,
    MAX_NOTIONAL + 1, (1 << 62) + 1, (1 << 63) - 1,
]  # fmt: skip
ALL_TYPES = (*Type, Type.LIMIT, Type.LIMIT, Type.LIMIT, Type.MARKET)
FLAGS = (0, 0, 0, 0, 0, Flag.POST_ONLY, Flag.POST_ONLY | Flag.SLIDE, Flag.REDUCE_ONLY, Flag.ON_QUOTE,
         Flag.CANCEL_ON_DISCONNECT)  # fmt: skip


class Market:
    """Makes commands; remembers whose the ids it asked for should be.

    ``price``, ``width`` and ``lots`` say where and how much is traded, in steps of the symbol.
    """

    dtype = COMMAND
    types = ALL_TYPES
    forces = (0, 0, 0, 0, *TimeInForce)
    flags = FLAGS
    clients = (b"",) * 6
    price, width, lots = 100, 4, 12
    cash = 1_000_000
    recent = 60
    weights = (("submit", 50), ("cancel", 12), ("amend", 18), ("outside", 12), ("operate", 2), ("storm", 1))

    def __init__(self, seed):
        self.random = Random(seed)  # noqa: S311 - not secret
        self.now = 1_000
        self.rows = []
        self.owners = []
        self.epoch = self.shard = 0
        self.symbols = {}
        self.accounts = self.choose_accounts()
        for symbol, rules in self.choose_symbols().items():
            self.symbols[symbol] = rules
            self.instrument(symbol)
        for account in self.accounts:
            self.add(Kind.ACCOUNT, account=account, type=self.random.choice([*AccountKind, AccountKind.MARGIN]))
            self.add(Kind.DEPOSIT, account=account, price=self.random.randint(1, self.cash))

    def choose_accounts(self):
        return [1, 2, 3, 255, 256, 70_000, (1 << 32) - 2]

    def choose_symbols(self):
        """Return rules by symbol."""
        return {0: {"tick_value": 1, "reference": self.price}, 7: {"tick_value": 1, "flags": 1}}

    def instrument(self, symbol, **changes):
        row = command(Kind.INSTRUMENT, symbol=symbol, time=self.now, **self.symbols[symbol] | changes)
        self.rows.append(row[0].item())

    def add(self, kind, **fields):
        self.rows.append(tuple((EMPTY | {"time": self.now} | fields | {"kind": kind}).values()))

    def price_near(self, symbol):
        step = self.symbols[symbol].get("price_step", 1)
        near = round(self.random.gauss(self.price, self.width)) * step
        return min(max(near, step), MAX_PRICE)

    def lots_of(self, symbol):
        return self.random.randint(1, self.lots) * self.symbols[symbol].get("quantity_step", 1)

    def id_of(self, sequence):
        """Return an id as it would be given out now; those of an epoch before are gone."""
        return self.epoch << 48 | self.shard << 40 | sequence

    def submit(self, symbol=None, **fields):
        random = self.random
        symbol = random.choice(list(self.symbols)) if symbol is None else symbol
        kind = fields.get("type", random.choice(self.types))
        lots, price = self.lots_of(symbol), self.price_near(symbol)
        step = self.symbols[symbol].get("price_step", 1)
        funds = kind == Type.MARKET and random.random() < 0.2
        parts = self.symbols[symbol].get("quantity_step", 1)
        extra = {Type.ICEBERG: random.randint(1, 4) * parts, Type.PEG: random.randint(0, 3) * step}.get(kind, 0)
        chosen = {
            "symbol": symbol, "account": random.choice(self.accounts), "side": random.randint(0, 1), "type": kind,
            "price": price, "quantity": 0 if funds else lots,
            "stop": random.randint(1, 4) * step if kind == Type.TRAILING_STOP else self.price_near(symbol),
            "extra": lots * price if funds else extra, "time_in_force": random.choice(self.forces),
            "self_trade": random.choice([*SelfTrade]), "flags": random.choice(self.flags),
            "expire": self.now + random.choice([1, 100, 100, 100, 5_000]), "client": random.choice(self.clients),
        } | fields  # fmt: skip
        self.add(Kind.SUBMIT, **chosen)
        self.owners.append((self.id_of(len(self.owners) + 1), chosen["account"]))

    def named(self):
        """Return an order, most often a late one, and most often its owner."""
        random = self.random
        back = random.randint(1, min(self.recent, len(self.owners))) if self.owners else 0
        if not back:
            return {"order": 1, "account": self.accounts[0]}
        order, owner = self.owners[-back]
        return {"order": order, "account": owner if random.random() < 0.97 else random.choice(self.accounts)}

    def cancel(self):
        self.add(Kind.CANCEL, **self.named())

    def amend(self):
        random = self.random
        symbol = random.choice(list(self.symbols))
        self.add(
            Kind.AMEND, quantity=random.choice([0, self.lots_of(symbol), self.lots_of(symbol), self.lots_of(symbol)]),
            price=random.choice([0, self.price_near(symbol)]), stop=random.choice([0, 0, 0, self.price_near(symbol)]),
            flags=random.choice([0, 0, Flag.BASIS_OPEN, Flag.REQUEUE, Flag.BASIS_OPEN | Flag.REQUEUE]), **self.named(),
        )  # fmt: skip

    def outside(self):
        random = self.random
        symbol = random.choice(list(self.symbols))
        self.add(
            random.choice([Kind.QUOTE, Kind.QUOTE, Kind.QUOTE, Kind.PRINT]), symbol=symbol, side=random.randint(0, 1),
            price=self.price_near(symbol), quantity=random.choice([0, 1, 2, 3]) * self.lots_of(symbol),
        )  # fmt: skip

    def operate(self):
        """One command of an operator, or of an account about all its orders."""
        random = self.random
        symbol, account = random.choice(list(self.symbols)), random.choice(self.accounts)
        kind = random.choice([
            Kind.HALT, Kind.AUCTION, Kind.AUCTION, Kind.CLOSE, Kind.REFERENCE, Kind.DEPOSIT, Kind.WITHDRAW, Kind.LIMITS,
            Kind.INSTRUMENT, Kind.CANCEL_ALL, Kind.DISCONNECT, Kind.CANCEL_AFTER, Kind.KILL, Kind.WINDOW, Kind.EPOCH,
            Kind.ACCOUNT, Kind.CANCEL,
        ])  # fmt: skip
        if kind in (Kind.HALT, Kind.AUCTION, Kind.CLOSE):
            self.add(kind, symbol=symbol)
            for _ in range(random.randint(0, 30)):
                random.choice([lambda: self.submit(symbol), lambda: self.submit(symbol), self.amend, self.cancel])()
            self.add(random.choice([Kind.RESUME, Kind.UNCROSS, Kind.HALT, Kind.AUCTION]), symbol=symbol)
            self.add(Kind.RESUME, symbol=symbol)
        elif kind == Kind.INSTRUMENT:
            changes = [{}, {"band": 900}, {"collar": 20}, {"min_notional": 2 * self.price}, {"max_quantity": self.lots},
                       {"maker_fee": 5}, {"price_step": 3}, {"reference": self.price_near(symbol)}]  # fmt: skip
            self.instrument(symbol, **random.choice(changes))
        elif kind == Kind.LIMITS:
            row = command(
                kind, account=account, time=self.now, max_position=random.choice([0, 5 * self.lots]),
                max_orders=random.choice([0, 9]), max_rate=random.choice([0, 0, 40]),
                max_notional=random.choice([0, 0, 6 * self.lots * self.price]),
            )  # fmt: skip
            self.rows.append(row[0].item())
        elif kind == Kind.EPOCH:
            self.epoch, self.shard = self.epoch + 1, random.randint(0, 255)
            self.add(kind, extra=self.epoch, quantity=self.shard)
        else:
            self.add(
                kind, symbol=symbol, account=account, side=random.randint(0, 2), type=random.randint(0, 1),
                flags=random.choice([0, Flag.ALL_SYMBOLS]) if kind == Kind.CANCEL_ALL else 0,
                price=self.price_near(symbol) if kind == Kind.REFERENCE else random.randint(1, self.cash),
                quantity=random.randint(0, 30), extra=random.choice([0, 300, 4_000]),
                producer=random.randint(0, 3), seq=random.choice([len(self.rows), (1 << 64) - 1]),
                producer_epoch=len(self.rows) // 500, order=self.named()["order"],
            )  # fmt: skip
            if kind == Kind.KILL:
                self.add(Kind.REVIVE, account=account)

    def storm(self):
        """What touches much at once."""
        random = self.random
        account = random.choice(self.accounts)
        random.choice([
            lambda: self.add(Kind.TICK),
            lambda: self.add(Kind.TICK),
            lambda: self.add(Kind.KILL, account=random.choice([0, account])),
            lambda: self.add(Kind.CANCEL_ALL, account=account, side=Side.BOTH, flags=Flag.ALL_SYMBOLS),
            lambda: self.add(Kind.DISCONNECT, account=account),
        ])()  # fmt: skip
        self.add(Kind.REVIVE, account=0)
        self.add(Kind.REVIVE, account=account)

    def step(self):
        self.now += self.random.choice([0, 0, 0, 1, 20, 100])
        names, weights = zip(*self.weights, strict=True)
        getattr(self, self.random.choices(names, weights)[0])()


class Cascades(Market):
    """Stops in their hundreds, of which one trade sets more in motion than a command may run."""

    cash = 1 << 50
    price, width, lots = 3_000, 40, 3
    weights = (
        ("submit", 30),
        ("cancel", 10),
        ("amend", 15),
        ("outside", 5),
        ("operate", 2),
        ("storm", 1),
        ("cascade", 0.15),
    )

    def choose_symbols(self):
        rules = {"tick_value": 1, "reference": self.price, "collar": 9_000}
        return {2: rules | {"maker_fee": -3, "taker_fee": 9, "margin": 50}, 5: rules | {"flags": 1}, 9: rules}

    def cascade(self, at_once=None):
        """Bids one tick apart, a stop on each (or all on the first), one sale; then what comes while the rest wait."""
        random = self.random
        at_once = random.random() < 0.5 if at_once is None else at_once
        symbol, count = random.choice(list(self.symbols)), random.randint(2_100, 2_300) if at_once else 1_200
        side = random.randint(0, 1)
        away = 1 if side else -1
        for account in self.accounts:
            self.add(Kind.CANCEL_ALL, symbol=symbol, account=account, side=Side.BOTH)
        self.add(Kind.PRINT, symbol=symbol, side=side, price=self.price, quantity=1)
        common = {"symbol": symbol, "client": b"", "flags": 0, "time_in_force": 0, "self_trade": 1}
        for at in range(1, count + 1):
            price = self.price - away * at
            self.submit(**common | {"side": 1 - side, "type": Type.LIMIT, "price": price, "quantity": 1})
            kind = random.choice([Type.STOP, Type.STOP, Type.STOP_LIMIT, Type.STOP if at_once else Type.TRAILING_STOP])
            stop = self.price - away * (1 if at_once else at)
            self.submit(**common | {
                "side": side, "type": kind, "quantity": random.choice([1, 1, 2]), "price": price - 5 * away,
                "stop": at if kind == Type.TRAILING_STOP else stop,
                "flags": random.choice([0, 0, 0, 0 if at_once else Flag.ON_QUOTE]),
                "time_in_force": random.choice([0, 0, 0, 0, TimeInForce.IOC, TimeInForce.FOK, TimeInForce.DAY]),
            })  # fmt: skip
        self.submit(**common | {"side": side, "type": Type.MARKET, "quantity": 2, "account": self.accounts[0]})
        order, owner = self.owners[-2]
        self.add(Kind.AMEND, order=order, account=owner, quantity=1)
        after = [
            self.cancel, self.amend, self.amend, self.submit, self.operate, self.storm, lambda: self.add(Kind.TICK),
            lambda: self.add(Kind.HALT, symbol=symbol), lambda: self.add(Kind.CLOSE, symbol=symbol),
            lambda: self.submit(symbol, type=Type.PEG, flags=0, time_in_force=0),
        ]  # fmt: skip
        before, self.recent = self.recent, 2 * count
        for _ in range(random.randint(1, 5)):
            random.choice(after)()
        self.recent = before
        self.add(Kind.RESUME, symbol=symbol)


class ManySymbols(Market):
    """Fifty symbols with stops and pegs each, hundreds of accounts, and commands that concern all of them."""

    weights = (("submit", 70), ("cancel", 6), ("amend", 12), ("outside", 8), ("operate", 1), ("storm", 0.7))
    types = (*Type, Type.LIMIT, Type.STOP, Type.TRAILING_STOP, Type.PEG)
    forces = (0, 0, 0, TimeInForce.GTD, TimeInForce.GTD, TimeInForce.DAY, TimeInForce.IOC)
    flags = (0, 0, 0, Flag.ON_QUOTE, Flag.ON_QUOTE, Flag.CANCEL_ON_DISCONNECT, Flag.POST_ONLY)
    recent = 400

    def choose_accounts(self):
        return [self.random.randrange(1, (1 << 32) - 1) for _ in range(100)] + list(range(900, 1_100))

    def choose_symbols(self):
        numbers = [*self.random.sample(range(1 << 20), 20), *range(30), (1 << 20) - 1]
        rules = {"tick_value": 1, "reference": self.price, "margin": 1_000}
        return {number: rules | {"flags": number % 5 == 0} for number in dict.fromkeys(numbers)}


class NearLimits(Market):
    """Prices, lots, tick values, fees and margins near the most they may be."""

    price, width, lots = 1, 3, 1
    cash = MAX_NOTIONAL // 16
    scales = ((24, 36, 0), (0, 20, 40), (0, 44, 16), (10, 44, 6), (24, 1, 35), (20, 2, 37), (0, 44, 40))

    def choose_symbols(self):
        random, found = self.random, {}
        for number, (tick_value, price, lots) in enumerate(self.scales):
            fees = random.choice([(-1_000_000, 1_000_000), (1_000_000, -1_000_000), (999_999, 1_000_000), (0, 0)])
            found[number] = {
                "tick_value": 1 << tick_value, "reference": 1 << price, "margin": random.choice([1, 1, 10_000]),
                "maker_fee": fees[0], "taker_fee": fees[1], "flags": number == len(self.scales) - 1,
                "collar": random.choice([0, 1, (1 << 32) - 1]), "band": random.choice([0, 0, 9_000, (1 << 32) - 1]),
                "min_notional": random.choice([0, 0, 1 << 40]),
            }  # fmt: skip
            found[number] |= {"price_step": random.choice([1, 1, 1 << max(price - 7, 0)]),
                              "quantity_step": random.choice([1, 1, 1 << max(lots - 4, 0)])}  # fmt: skip
        return found

    def price_near(self, symbol):
        random, step = self.random, self.symbols[symbol]["price_step"]
        if random.random() < 0.02:
            return random.choice(EXTREMES)
        top = 1 << self.scales[symbol][1]
        near = random.choice([top, top, top, top * 3 // 4, 1]) + random.randint(-4, 2) * step
        return min(max(near // step * step, step), MAX_PRICE)

    def lots_of(self, symbol):
        random, step = self.random, self.symbols[symbol]["quantity_step"]
        if random.random() < 0.02:
            return random.choice(EXTREMES)
        top = 1 << self.scales[symbol][2]
        near = random.choice([top, top // 2, top // 3, 1]) - random.randint(0, 3)
        return max(near // step, 1) * step

    def submit(self, symbol=None, **fields):
        random = self.random
        symbol = random.choice(list(self.symbols)) if symbol is None else symbol
        if random.random() < 0.3:
            lots, price = self.lots_of(symbol), self.price_near(symbol)
            funds = random.choice([*EXTREMES, lots * price >> 3, (1 << 60) // 3])
            extra = random.choice([1, -(-lots // 1_024), price, MAX_PRICE, max(min(funds, MAX_NOTIONAL), -5)])
            fields = {"extra": extra, "quantity": random.choice([0, lots]), "stop": self.price_near(symbol)} | fields
            fields["extra"] = min(max(extra, -(1 << 63)), (1 << 63) - 1)
        super().submit(symbol, **clipped(fields))

    def add(self, kind, **fields):
        super().add(kind, **clipped(fields))


class PlainAndNot(Market):
    """Books without accounts that get an iceberg, a stop, a peg, the house or a filter, and lose them again."""

    types = (Type.LIMIT,) * 14 + (Type.MARKET,) * 4 + (Type.ICEBERG,)
    forces = (0,) * 8 + (*TimeInForce,)
    flags = (0,) * 9 + (Flag.POST_ONLY, Flag.POST_ONLY | Flag.SLIDE, Flag.CANCEL_ON_DISCONNECT)
    weights = (
        ("submit", 60),
        ("cancel", 14),
        ("amend", 22),
        ("outside", 2),
        ("operate", 0.5),
        ("storm", 0.1),
        ("special", 2),
    )

    def choose_accounts(self):
        return [0, 0, 1, 2, 3]

    def choose_symbols(self):
        return {number: {"tick_value": 1, "flags": 1} for number in (0, 1, 4)}

    def special(self):
        self.submit(type=self.random.choice([Type.STOP, Type.STOP_LIMIT, Type.TRAILING_STOP, Type.PEG, Type.ICEBERG]))
        for _ in range(self.random.randint(0, 12)):
            self.step()
        symbol = self.random.choice(list(self.symbols))
        self.random.choice([
            lambda: [self.add(Kind.CANCEL_ALL, symbol=symbol, account=each, side=Side.BOTH) for each in self.accounts],
            lambda: [self.add(Kind.HALT, symbol=symbol), self.add(Kind.RESUME, symbol=symbol)],
            lambda: [self.instrument(symbol, max_quantity=self.lots), self.instrument(symbol)],
            lambda: [self.instrument(symbol, collar=200_000), self.submit(symbol, type=Type.MARKET)],
            lambda: None,
        ])()  # fmt: skip


class LongQueues(Market):
    """Few prices and hundreds of orders at each, the house's pieces between them."""

    width, lots = 1.2, 9
    types = (Type.LIMIT,) * 8 + (Type.ICEBERG, Type.ICEBERG, Type.PEG, Type.MARKET)
    weights = (("submit", 55), ("cancel", 8), ("amend", 14), ("outside", 22), ("operate", 0.3), ("storm", 0.1))
    recent = 900

    def choose_symbols(self):
        rules = {"tick_value": 1, "reference": self.price}
        return {3: rules | {"maker_fee": 100, "taker_fee": 300, "margin": 100}, 6: rules | {"flags": 1}}


class ClientIds(Market):
    """Ten thousand client ids, sent again and again under windows that change."""

    clients = (*(b"%032d" % each if each % 2 else b"%d" % each for each in range(10_000)), b"", b"a b", b"\xff")
    weights = (("submit", 60), ("cancel", 10), ("amend", 6), ("operate", 1), ("window", 0.4), ("again", 14))

    def window(self):
        random = self.random
        self.add(Kind.WINDOW, extra=random.choice([0, 100, 5_000]), quantity=random.choice([0, 3, 50, 500]))

    def again(self):
        """Send an earlier submission once more, or its client id with another body."""
        back = self.random.randint(1, min(200, len(self.rows)))
        row = dict(zip(COMMAND.names, self.rows[-back], strict=True))
        if row["kind"] == Kind.SUBMIT and row["client"]:
            fields = {name: value for name, value in row.items() if name not in ("kind", "time", "deadline")}
            self.submit(**fields | {"quantity": row["quantity"] + self.random.choice([0, 0, 1])})


class Steps(Market):
    """Prices and quantities in steps, bands and least notionals: filters that refuse often."""

    def choose_symbols(self):
        return {
            1: {"tick_value": 3, "price_step": 5, "quantity_step": 4, "reference": 500, "band": 700},
            2: {"tick_value": 1, "price_step": 7, "quantity_step": 1, "reference": 700, "margin": 2_000,
                "min_notional": 2_000, "maker_fee": -100, "taker_fee": 250},
            3: {"tick_value": 2, "price_step": 2, "quantity_step": 10, "flags": 1, "max_quantity": 70},
        }  # fmt: skip

    def submit(self, symbol=None, **fields):
        if self.random.random() < 0.1:
            fields = {"price": self.random.randint(400, 800), "quantity": self.random.randint(1, 99)} | fields
        super().submit(symbol, **fields)


MARKETS = {
    each.__name__: each
    for each in (Cascades, ManySymbols, NearLimits, PlainAndNot, LongQueues, ClientIds, Steps)
}  # fmt: skip


def clipped(fields):
    """Return fields that fit in 64 bits."""
    return {
        name: min(max(value, -(1 << 63)), (1 << 63) - 1) if isinstance(value, int) and name != "seq" else value
        for name, value in fields.items()
    }


def hard_commands(name, seed, length):
    """Return about ``length`` commands of a market, or more where a storm is under way."""
    market = MARKETS[name](seed)
    while len(market.rows) < length:
        market.step()
    return np.array(market.rows, COMMAND)
