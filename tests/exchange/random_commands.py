"""Streams of random commands, many of them wrong, by a seed. They need no engine: ids are guessed from the count."""

from random import Random

import numpy as np

from arbitrax.exchange.records import COMMAND, AccountKind, Flag, Kind, SelfTrade, TimeInForce, Type
from tests.exchange.venue import command

TRADERS = range(1, 7)
FLAGS = [0] * 8 + [
    Flag.POST_ONLY,
    Flag.POST_ONLY | Flag.SLIDE,
    Flag.REDUCE_ONLY,
    Flag.ON_QUOTE,
    Flag.ON_QUOTE,
    Flag.CANCEL_ON_DISCONNECT,
]
OTHERS = [
    Kind.CANCEL_ALL, Kind.TICK, Kind.TICK, Kind.TICK, Kind.CANCEL_AFTER, Kind.DISCONNECT, Kind.HALT, Kind.AUCTION,
    Kind.AUCTION, Kind.CLOSE, Kind.REFERENCE, Kind.DEPOSIT, Kind.WITHDRAW, Kind.LIMITS, Kind.KILL, Kind.WINDOW,
]  # fmt: skip


def opening():
    """Return commands that open three symbols and six accounts."""
    rules = {"tick_value": 1, "reference": 100}
    rows = [
        command(Kind.INSTRUMENT, symbol=1, maker_fee=-400, taker_fee=900, margin=3000, band=900, **rules),
        command(Kind.INSTRUMENT, symbol=2, maker_fee=1000, taker_fee=1000, min_notional=120, max_quantity=11, **rules),
        command(Kind.INSTRUMENT, symbol=3, flags=1, price_step=2, quantity_step=2, **rules),
    ]
    for account in TRADERS:
        kind = AccountKind.CASH if account % 3 == 0 else AccountKind.MARGIN
        rows += [
            command(Kind.ACCOUNT, account=account, type=kind),
            command(Kind.DEPOSIT, account=account, price=4_000 + 60_000 * (account % 2)),
        ]
    return rows


def price_around(random):
    return max(int(random.gauss(100, 4)), 1)


class Stream:
    """Makes commands; remembers whose the ids it asked for should be."""

    def __init__(self, seed):
        self.random = Random(seed)  # noqa: S311 - not secret
        self.now = 1_000
        self.owners = []
        self.rows = opening()

    def add(self, kind, **fields):
        self.rows.append(command(kind, time=self.now, **fields))

    def submit(self, symbol):
        random = self.random
        kind = random.choice([*Type, Type.LIMIT, Type.LIMIT, Type.LIMIT, Type.MARKET])
        unit = 2 if symbol == 3 and random.random() < 0.95 else 1
        funds = kind == Type.MARKET and random.random() < 0.2
        extra = {Type.ICEBERG: random.randint(1, 4) * unit, Type.PEG: random.randint(0, 3) * unit}.get(kind, 0)
        self.owners.append(random.choice(TRADERS))
        self.add(
            Kind.SUBMIT, symbol=symbol, account=self.owners[-1], side=random.randint(0, 1), type=kind,
            price=price_around(random) // unit * unit, quantity=0 if funds else random.randint(1, 12) * unit,
            stop=(random.randint(1, 5) if kind == Type.TRAILING_STOP else price_around(random) // unit) * unit,
            extra=random.randint(50, 2_000) if funds else extra,
            time_in_force=random.choice([0, 0, 0, 0, *TimeInForce]), self_trade=random.choice([*SelfTrade]),
            flags=random.choice(FLAGS), expire=self.now + random.randint(1, 5_000),
            client=random.choice([b""] * 6 + [b"%d" % random.randint(0, 99)]),
            deadline=self.now + random.choice([5_000, 5_000, 5_000, 5_000, -1]),
        )  # fmt: skip

    def submit_again(self):
        """Send the last submission once more."""
        last = next((each for each in reversed(self.rows) if each["kind"][0] == Kind.SUBMIT), None)
        if last is not None:
            self.owners.append(self.owners[-1])
            self.rows.append(last.copy())

    def named(self):
        """Return an order, most often a late one, and most often its owner."""
        random = self.random
        order = max(len(self.owners) - random.randint(-1, 60), 0)
        owned = 0 < order <= len(self.owners) and random.random() < 0.95
        return {"order": order, "account": self.owners[order - 1] if owned else random.choice(TRADERS)}

    def amend(self):
        random = self.random
        self.add(
            Kind.AMEND, quantity=random.randint(0, 14), price=random.choice([0, price_around(random)]),
            stop=random.choice([0, 0, 0, price_around(random)]),
            flags=random.choice([0, 0, Flag.BASIS_OPEN, Flag.BASIS_OPEN | Flag.REQUEUE]), **self.named(),
        )  # fmt: skip

    def outside(self):
        random = self.random
        kind, producer = random.choice([Kind.QUOTE, Kind.QUOTE, Kind.PRINT]), random.choice([0, 0, 0, 1, 2])
        self.add(
            kind, symbol=random.choice([1, 2]), side=random.randint(0, 1), price=price_around(random),
            quantity=random.randint(0, 20), producer=producer, producer_epoch=random.choice([0] * 30 + [1]),
            seq=len(self.rows) // 20,
        )  # fmt: skip

    def session(self, kind, symbol):
        """Leave continuous trading, send some orders, come back."""
        self.add(kind, symbol=symbol)
        for _ in range(self.random.randint(0, 25)):
            self.random.choice([lambda: self.submit(symbol), lambda: self.submit(symbol), self.amend, self.cancel])()
        self.add(self.random.choice([Kind.RESUME, Kind.UNCROSS]), symbol=symbol)
        self.add(Kind.RESUME, symbol=symbol)

    def cancel(self):
        self.add(Kind.CANCEL, **self.named())

    def operate(self):
        random = self.random
        kind = random.choice(OTHERS)
        symbol, account = random.choice([1, 2, 3]), random.choice(TRADERS)
        if kind in (Kind.HALT, Kind.AUCTION, Kind.CLOSE):
            return self.session(kind, symbol)
        fields = {}
        if kind == Kind.LIMITS:
            fields = {
                "max_position": random.choice([0, 0, 60]),
                "max_orders": random.choice([0, 0, 6]),
                "max_notional": random.choice([0, 0, 900]),
                "max_rate": random.choice([0, 0, 2]),
            }
        elif kind in (Kind.CANCEL_ALL, Kind.DISCONNECT):
            fields = {"side": random.randint(0, 2), "flags": random.choice([0, Flag.ALL_SYMBOLS])}
        elif kind == Kind.CANCEL_AFTER:
            fields = {"extra": random.choice([0, 700, 4_000])}
        elif kind == Kind.REFERENCE:
            fields = {"price": price_around(random)}
        elif kind in (Kind.DEPOSIT, Kind.WITHDRAW):
            fields = {"price": random.randint(1, 2_000)}
        elif kind == Kind.WINDOW:
            fields = {"extra": random.randint(0, 9_000), "quantity": random.randint(0, 30)}
        self.add(kind, **({} if kind == Kind.LIMITS else {"symbol": symbol}), account=account, **fields)
        if kind == Kind.KILL:
            self.submit(symbol)
            self.add(Kind.REVIVE, account=account)
        return None

    def step(self):
        random = self.random
        self.now += random.choice([0, 0, 0, 1, 40, 400])
        dice = random.random()
        if dice < 0.55:
            self.submit(random.choice([1, 1, 1, 2, 3, 3]))
        elif dice < 0.65:
            self.cancel()
        elif dice < 0.80:
            self.amend()
        elif dice < 0.97:
            self.outside()
        elif dice < 0.98:
            self.submit_again()
        else:
            self.operate()


def random_commands(seed, length):
    """Return about ``length`` commands of COMMAND."""
    stream = Stream(seed)
    while len(stream.rows) < length:
        stream.step()
    return np.concatenate(stream.rows)


def common_commands(seed, length):
    """Return commands the compiled engine has a short way for, and what sends some of them off it: in two symbols with
    accounts and one without, none of which filters, limit and market orders, without deadlines and client ids."""
    random = Random(seed)  # noqa: S311 - not secret
    rows, owners, now = opening(), [], 1_000
    for symbol, fees in ((4, (-400, 900)), (5, (1_000, 1_000)), (6, (0, 0))):
        rules = {"tick_value": 1, "reference": 100, "maker_fee": fees[0], "taker_fee": fees[1], "margin": 3_000}
        rows.append(command(Kind.INSTRUMENT, symbol=symbol, flags=symbol == 6, **rules))
    while len(rows) < length:
        now += random.random() < 0.3
        dice, symbol, price = random.random(), random.choice([4, 4, 5, 6]), price_around(random)
        account, order = random.choice(TRADERS), max(len(owners) - int(random.expovariate(1 / 15)), 1)
        known = {"order": order, "account": owners[order - 1] if owners and random.random() < 0.95 else account}
        if dice < 0.6:
            owners.append(account)
            kind = random.choice([Type.LIMIT] * 9 + [Type.MARKET] * 2 + [Type.ICEBERG])
            flags = random.choice([0] * 12 + [1, 3, 32, 4]) if kind == Type.LIMIT else 0
            passive = kind == Type.ICEBERG or flags & Flag.POST_ONLY
            fields = {
                "type": kind, "flags": flags, "side": random.randint(0, 1), "price": price, "symbol": symbol,
                "quantity": random.randint(3, 12), "extra": 3 if kind == Type.ICEBERG else 0, "account": account,
                "time_in_force": 0 if passive else random.choice([0, 0, 0, 1, 3, 4]),
                "self_trade": random.choice([*SelfTrade]),
            }  # fmt: skip
            rows.append(command(Kind.SUBMIT, time=now, **fields))
        elif dice < 0.78:
            rows.append(command(Kind.CANCEL, time=now, **known))
        elif dice < 0.96:
            fields = {"quantity": random.randint(0, 14), "price": random.choice([0, price])}
            rows.append(command(Kind.AMEND, time=now, flags=random.choice([0, 0, 16, 128, 144]), **known, **fields))
        elif dice < 0.97:
            names = {"max_position": 40, "max_orders": 6, "max_notional": 900, "max_rate": 4}
            bounds = {name: random.choice([0, bound]) for name, bound in names.items()}
            rows.append(command(Kind.LIMITS, time=now, account=account, **bounds))
        elif dice < 0.985:
            kind = random.choice([Kind.DEPOSIT, Kind.KILL, Kind.REVIVE, Kind.REVIVE])
            rows.append(command(kind, time=now, account=account, price=3_000))
        else:
            rows.append(command(random.choice([Kind.AUCTION, Kind.RESUME, Kind.RESUME]), time=now, symbol=symbol))
    return np.concatenate(rows)


def random_bytes(seed, length):
    """Return any bytes as commands; every second with a kind, symbol and account that exist."""
    random = np.random.default_rng(seed)
    rows = np.frombuffer(random.bytes(length * COMMAND.itemsize), COMMAND).copy()
    near = rows[::2]
    often = [Kind.SUBMIT] * 30 + [Kind.AMEND, Kind.RESUME, Kind.REVIVE] * 4
    near["kind"] = random.choice([int(each) for each in [*Kind, *often]], len(near))
    near["symbol"] = random.integers(0, 4, len(near))
    near["account"] = random.integers(0, 7, len(near))
    near["time"] = np.cumsum(random.integers(0, 50, len(near)))
    near["deadline"] = 0
    near["client"] = b""
    for name, values in (("side", 2), ("type", 8), ("time_in_force", 6), ("self_trade", 5)):
        near[name] = random.integers(0, values, len(near))
    near["flags"] = random.choice([0] * 12 + [1, 4, 8, 64, 255], len(near))
    for name in ("price", "quantity", "stop", "extra", "order", "expire"):
        small = random.integers(0, 3, len(near)) > 0
        near[name] = np.where(small, random.integers(0, 130, len(near)), near[name])
    return rows
