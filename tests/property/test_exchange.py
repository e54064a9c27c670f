"""Random commands of every kind, on every implementation: equal events, equal hashes, and what must always hold."""

from collections import Counter

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from arbitrax.exchange.records import (
    FEES,
    HOUSE,
    MAX_TRIGGERS,
    AccountKind,
    Code,
    Flag,
    Happening,
    Kind,
    SelfTrade,
    Side,
    TimeInForce,
    Type,
)
from arbitrax.exchange.views import Place
from tests.exchange.hard_markets import Market
from tests.exchange.implementations import IMPLEMENTATIONS
from tests.exchange.venue import command, views

SYMBOLS = (1, 2)
PLAIN = 3
"""A symbol without accounts."""
TRADERS = (1, 2, 3)
PRICES = st.integers(92, 108)
LOTS = st.integers(1, 12)
FLAGS = st.sampled_from([0, 0, 0, 0, Flag.POST_ONLY, Flag.POST_ONLY | Flag.SLIDE, Flag.REDUCE_ONLY, Flag.ON_QUOTE,
                         Flag.CANCEL_ON_DISCONNECT])  # fmt: skip


NIGHTLY = settings().max_examples >= 1_000
BURST = 500 if NIGHTLY else 20
"""The most commands of a burst: the nightly machine runs a million commands in all, most of them in bursts."""


class Burst(Market):
    """Commands of the machine's own traders; ids count from 1 and times from 0, as if it were new."""

    clients = (b"", b"", b"", b"a", b"b", b"c")
    weights = (("submit", 50), ("cancel", 12), ("amend", 18), ("outside", 12), ("storm", 1))

    def choose_accounts(self):
        return list(TRADERS)

    def choose_symbols(self):
        return {each: {"tick_value": 1, "flags": each == PLAIN} for each in (*SYMBOLS, PLAIN)}


def burst_commands(length):
    """Return a long burst to take pieces of."""
    market = Burst(1)
    opened = len(market.rows)
    market.now = 0
    while len(market.rows) < opened + length:
        market.step()
    return np.array(market.rows[opened:], market.dtype)


BURSTS = burst_commands(50_000 if NIGHTLY else 2_000)


def fills_of(events):
    return events[events["kind"] == Happening.FILLED]


class Exchange(RuleBasedStateMachine):
    """Drives all implementations at once and keeps its own, independent account of what they say."""

    executed = 0

    @initialize(
        fees=st.sampled_from([(0, 0), (1000, 2500), (-500, 700)]),
        margin=st.sampled_from([0, 2500, 5000]),
        band=st.sampled_from([0, 0, 1500]),
        kinds=st.tuples(*[st.sampled_from(AccountKind)] * 3),
        cash=st.sampled_from([3_000, 100_000]),
    )
    def open(self, fees, margin, band, kinds, cash):
        self.engines = {name: make() for name, make in IMPLEMENTATIONS.items()}
        self.journal, self.said = [], []
        self.time, self.seq, self.deposits = 1_000, 0, 0
        self.limits, self.sides, self.filled = {}, {}, Counter()
        self.posted = set()
        self.ids, self.pegs = 0, set()
        self.auction, self.symbols = set(), {}
        for symbol in SYMBOLS:
            self.send(Kind.INSTRUMENT, symbol=symbol, tick_value=symbol, maker_fee=fees[0], taker_fee=fees[1],
                      margin=margin, band=band, reference=100)  # fmt: skip
        self.send(Kind.INSTRUMENT, symbol=PLAIN, tick_value=1, flags=1)
        for account, kind in zip(TRADERS, kinds, strict=True):
            self.send(Kind.ACCOUNT, account=account, type=kind)
            self.deposit(account, cash)

    def send(self, kind, **fields):
        """Execute one command on all."""
        return self.execute(command(kind, **{"time": self.time} | fields))

    def execute(self, rows):
        """Execute on all; events and hashes must be equal."""
        Exchange.executed += len(rows)
        self.journal.append(rows)
        answers = [engine.run(rows) for engine in self.engines.values()]
        events, offsets = answers[0]
        for other, their_offsets in answers[1:]:
            assert other.tobytes() == events.tobytes()
            assert their_offsets.tolist() == offsets.tolist()
        assert len({engine.state_hash() for engine in self.engines.values()}) == 1
        self.said.append(events)
        self.engine = next(iter(self.engines.values()))
        for at, row in enumerate(rows):
            self.check_events(row, events[offsets[at] : offsets[at + 1]])
        return events

    def check_events(self, row, events):
        """No fill worse than a limit, none of more than was ordered, prices of makers; a refusal says nothing else."""
        for each in events[np.isin(events["kind"], [Happening.ACCEPTED, Happening.AMENDED])]:
            order = int(each["order"])
            if row["kind"] == Kind.SUBMIT and row["type"] == Type.PEG:
                self.pegs.add(order)
            # The price of a peg's event is where it stands; its limit is what was asked for.
            price = int(row["price"] if order in self.pegs else each["price"])
            if price:
                self.limits[order] = price
                self.sides[order] = int(each["side"])
        if row["kind"] == Kind.SUBMIT:
            self.ids = max(self.ids, int(events["order"].max()))
        if row["kind"] == Kind.SUBMIT and row["flags"] & Flag.POST_ONLY and len(events):
            self.posted.add(int(events["order"][0]))
        for fill in fills_of(events):
            price = int(fill["price"])
            assert int(fill["order"]) not in self.posted or fill["code"] == Code.UNCROSSED
            assert fill["quantity"] > 0
            assert fill["account"] != fill["maker_account"] or fill["account"] == 0 or fill["code"] == Code.UNCROSSED
            for order, side in ((fill["order"], fill["side"]), (fill["maker"], 1 - fill["side"])):
                limit = self.limits.get(int(order)) if order else None
                if limit is not None:
                    assert price <= limit if side == Side.BUY else price >= limit
        assert np.count_nonzero(events["kind"] == Happening.TRIGGERED) <= MAX_TRIGGERS
        phases = events[events["kind"] == Happening.STATE]
        for each in phases:
            self.symbols[int(each["symbol"])] = int(each["quantity"])

    def deposit(self, account, cash):
        if self.send(Kind.DEPOSIT, account=account, price=cash)["kind"][0] == Happening.CASH:
            self.deposits += cash

    def any_order(self, pick):
        """Return an id that was given out, most often an open one."""
        ids = [
            each.order for symbol in (*SYMBOLS, PLAIN) for side in (0, 1) for each in self.engine.queue(symbol, side)
        ]
        ids = [each for each in ids if each] or [1]
        return ids[pick % len(ids)] if pick % 7 else pick

    @rule(
        symbol=st.sampled_from([1, 1, 1, 2, PLAIN]),
        account=st.sampled_from(TRADERS),
        side=st.sampled_from([0, 1]),
        kind=st.sampled_from([*Type, Type.LIMIT, Type.LIMIT, Type.LIMIT]),
        price=PRICES,
        lots=LOTS,
        stop=PRICES,
        extra=st.integers(0, 6),
        force=st.sampled_from([0, 0, 0, *TimeInForce]),
        prevention=st.sampled_from(SelfTrade),
        flags=FLAGS,
        expire=st.integers(1, 5_000),
        client=st.sampled_from([b"", b"", b"", b"a", b"b"]),
    )
    def submit(self, symbol, account, side, kind, price, lots, stop, extra, force, prevention, flags, expire, client):
        by_funds = kind == Type.MARKET and extra == 5
        self.send(
            Kind.SUBMIT, symbol=symbol, account=account, side=side, type=kind, price=price,
            quantity=0 if by_funds else lots, stop=stop % 7 + 1 if kind == Type.TRAILING_STOP else stop,
            extra=extra * 100 if by_funds else extra, time_in_force=force, self_trade=prevention, flags=flags,
            expire=self.time + expire, client=client,
        )  # fmt: skip

    @rule(pick=st.integers(0, 1_000), account=st.sampled_from(TRADERS))
    def cancel(self, pick, account):
        self.send(Kind.CANCEL, order=self.any_order(pick), account=account)

    @rule(
        pick=st.integers(0, 1_000),
        account=st.sampled_from(TRADERS),
        lots=st.integers(0, 14),
        price=st.one_of(st.just(0), PRICES),
        stop=st.one_of(st.just(0), st.just(0), PRICES),
        flags=st.sampled_from([0, 0, Flag.BASIS_OPEN, Flag.BASIS_OPEN | Flag.REQUEUE]),
    )
    def amend(self, pick, account, lots, price, stop, flags):
        self.send(Kind.AMEND, order=self.any_order(pick), account=account, quantity=lots, price=price, stop=stop,
                  flags=flags)  # fmt: skip

    @rule(symbol=st.sampled_from(SYMBOLS), side=st.sampled_from([0, 1]), price=PRICES, lots=st.integers(0, 20),
          kind=st.sampled_from([Kind.QUOTE, Kind.QUOTE, Kind.PRINT]))  # fmt: skip
    def outside(self, symbol, side, price, lots, kind):
        self.send(kind, symbol=symbol, side=side, price=price, quantity=lots)

    @rule(
        symbol=st.sampled_from([1, 2, PLAIN]),
        kind=st.sampled_from([Kind.HALT, Kind.RESUME, Kind.RESUME, Kind.AUCTION, Kind.UNCROSS, Kind.CLOSE]),
    )
    def phase(self, symbol, kind):
        self.send(kind, symbol=symbol)

    @rule(symbol=st.sampled_from([1, 2, PLAIN]))
    def open_again(self, symbol):
        self.send(Kind.RESUME, symbol=symbol)

    @rule(symbol=st.sampled_from(SYMBOLS), price=PRICES)
    def refer(self, symbol, price):
        self.send(Kind.REFERENCE, symbol=symbol, price=price)

    @rule(milliseconds=st.integers(0, 3_000))
    def tick(self, milliseconds):
        self.time += milliseconds
        self.send(Kind.TICK)

    @rule(account=st.sampled_from(TRADERS), symbol=st.sampled_from(SYMBOLS), side=st.sampled_from(Side),
          everywhere=st.booleans())  # fmt: skip
    def cancel_all(self, account, symbol, side, everywhere):
        self.send(Kind.CANCEL_ALL, account=account, symbol=symbol, side=side,
                  flags=Flag.ALL_SYMBOLS if everywhere else 0)  # fmt: skip

    @rule(
        account=st.sampled_from(TRADERS), kind=st.sampled_from([Kind.DISCONNECT, Kind.KILL, Kind.REVIVE, Kind.REVIVE])
    )
    def connection(self, account, kind):
        self.send(kind, account=account)
        self.send(Kind.REVIVE, account=account)

    @rule(account=st.sampled_from(TRADERS), after=st.integers(0, 2_000))
    def dead_man(self, account, after):
        self.send(Kind.CANCEL_AFTER, account=account, extra=after)

    @rule(account=st.sampled_from(TRADERS), cash=st.integers(1, 5_000), comes=st.booleans())
    def cash(self, account, cash, comes):
        if comes:
            self.deposit(account, cash)
        elif self.send(Kind.WITHDRAW, account=account, price=cash)["kind"][0] == Happening.CASH:
            self.deposits -= cash

    @rule(
        account=st.sampled_from(TRADERS), position=st.integers(0, 40), orders=st.integers(0, 6), rate=st.integers(0, 9)
    )
    def limit(self, account, position, orders, rate):
        self.send(Kind.LIMITS, account=account, max_position=position, max_orders=orders, max_rate=rate)

    @rule(seq=st.integers(-1, 2), epoch=st.sampled_from([1, 1, 1, 2]), price=PRICES, lots=LOTS)
    def produce(self, seq, epoch, price, lots):
        """A producer that repeats, skips and goes back."""
        self.seq = max(self.seq + seq, 0)
        self.send(Kind.SUBMIT, producer=9, producer_epoch=epoch, seq=self.seq, symbol=1, account=1, price=price,
                  quantity=lots)  # fmt: skip

    @rule(time=st.integers(0, 3_000), orders=st.integers(0, 3))
    def window(self, time, orders):
        self.send(Kind.WINDOW, extra=time, quantity=orders)

    @rule(start=st.integers(0, len(BURSTS) - BURST), length=st.integers(1, BURST))
    def burst(self, start, length):
        """Many at once; cancels and amends name orders of the burst, or some from before."""
        rows = BURSTS[start : start + length].copy()
        before = np.count_nonzero(BURSTS["kind"][:start] == Kind.SUBMIT)
        rows["order"] = np.where(rows["order"] > 0, np.maximum(rows["order"] - before + self.ids, 1), 0)
        since = self.time - int(rows["time"][0])
        rows["time"] += since
        rows["expire"] += np.where(rows["expire"] > 0, since, 0)
        self.execute(rows)
        self.time = int(rows["time"][-1])

    @invariant()
    def cash_and_lots_are_conserved(self):
        everyone = (FEES, HOUSE, *TRADERS)
        assert sum(self.engine.account(each).cash for each in everyone) == self.deposits
        for symbol in SYMBOLS:
            positions = [self.engine.position(each, symbol) for each in everyone]
            assert sum(each.quantity for each in positions) == 0
            assert sum(each.cost - each.realised for each in positions) == 0
            assert all(each.buys >= 0 and each.sells >= 0 for each in positions)

    @invariant()
    def engines_show_the_same(self):
        ids = {int(each) for said in self.said[-3:] for each in said["order"]}
        first, *others = (views(engine, (0, HOUSE, *TRADERS), ids) for engine in self.engines.values())
        assert all(other == first for other in others)

    @invariant()
    def lots_ahead_are_those_before_it_in_the_queue(self):
        engine = self.engines["compiled"]
        for symbol in (*SYMBOLS, PLAIN):
            for side in (0, 1):
                ahead, at = 0, None
                for price, order, shown, left in engine.queue(symbol, side):
                    ahead = ahead if price == at else 0
                    if order:
                        view = engine.order(order)
                        assert (view.symbol, view.side, view.price) == (symbol, side, price)
                        assert (view.shown, view.open, view.ahead, view.place) == (shown, left, ahead, Place.BOOK)
                    ahead, at = ahead + shown, price

    @invariant()
    def never_crossed_or_locked(self):
        for symbol in (*SYMBOLS, PLAIN):
            bids, asks = self.engine.depth(symbol, Side.BUY, 1), self.engine.depth(symbol, Side.SELL, 1)
            if bids and asks and self.symbols.get(symbol, 0) == 0:
                assert bids[0].price < asks[0].price

    @invariant()
    def cash_accounts_never_owe(self):
        state = self.engines["reference"].state
        for each in TRADERS:
            account = state.accounts[each]
            for position in account.positions.values():
                assert min(position.reserves) >= 0
                assert min(position.reducing) >= 0
            if account.kind == AccountKind.CASH:
                assert self.engine.account(each).available >= 0
                assert all(self.engine.position(each, symbol).quantity >= 0 for symbol in SYMBOLS)

    @invariant()
    def open_lots_are_the_orders(self):
        """Sums kept beside the orders equal the sums over them."""
        state = self.engines["reference"].state
        for account in TRADERS:
            for symbol, position in state.accounts[account].positions.items():
                mine = [each for each in state.in_order(symbol) if each.account == account]
                for side in (0, 1):
                    assert position.lots[side] == sum(each.open for each in mine if each.side == side)
                    reserves = sum(each.open * each.lot_reserve for each in mine if each.side == side)
                    assert position.reserves[side] == reserves

    @invariant()
    def queues_hold_what_is_open(self):
        for symbol in (*SYMBOLS, PLAIN):
            for side in (0, 1):
                queue = self.engine.queue(symbol, side)
                assert all(0 < each.shown <= each.open for each in queue)
                prices = [each.price for each in queue]
                assert prices == sorted(prices, reverse=side == Side.BUY)

    def teardown(self):
        """The journal in one batch gives the same events and the same state."""
        if not getattr(self, "journal", None):
            return
        again = IMPLEMENTATIONS["compiled"]()
        events, _ = again.run(np.concatenate(self.journal))
        assert events.tobytes() == np.concatenate(self.said).tobytes()
        assert again.state_hash() == self.engine.state_hash()


def test_all_implementations_say_the_same_and_hold_what_they_say():
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    rounds = settings(stateful_step_count=80, suppress_health_check=checks)
    run_state_machine_as_test(Exchange, settings=rounds)
    while NIGHTLY and Exchange.executed < 1_000_000:  # how many there are in a thousand examples is chance
        run_state_machine_as_test(Exchange, settings=rounds)
