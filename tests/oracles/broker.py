"""The engine as the rules read (docs/concepts/fills.md): one thing at a time, lists and plain floats, no speed."""

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime

NAN = math.nan
DAY = 86_400_000_000_000


@dataclass
class Costs:
    taker: float = 0.0
    maker: float = 0.0
    per_share: float = 0.0
    per_order: float = 0.0
    minimum: float = 0.0
    maximum: float = 0.0
    slippage: float = 0.0
    half_spread: float = 0.0
    volume_share: float = 0.0
    square_root: float = 0.0
    participation: float = 0.0
    currency_unit: float = 0.0
    tiers: list = field(default_factory=list)


@dataclass
class Exits:
    stop_loss: float = NAN
    take_profit: float = NAN
    trailing: float = NAN
    bars: int = 0
    relative: bool = False


@dataclass
class Order:
    number: int
    created: int
    symbol: int
    side: int
    kind: str
    size_kind: str
    size: float
    limit: float = NAN
    stop: float = NAN
    trail: float = NAN
    force: str = "gtc"
    expires: int = 0
    reduce_only: bool = False
    keep_price: bool = False
    parent: int = -1
    group: int = -1
    exits: Exits | None = None
    role: str = "plain"
    status: str = "held"
    reason: str = "none"
    accepted: int = -1
    triggered: int = -1
    ended: int = -1
    quantity: float = 0.0
    value: float = 0.0
    reference_value: float = 0.0
    fee: float = 0.0
    raw_fee: float = 0.0
    remaining: float = NAN
    extreme: float = NAN
    plan_held: float = 0.0
    due: int = 0
    place: int = 0
    inside: bool = False

    @property
    def live(self):
        return self.status == "pending"

    @property
    def is_stop(self):
        return self.kind in ("stop", "trailing_stop", "trailing_percent")


@dataclass
class Trade:
    symbol: int
    side: int
    entry: int
    exit: int = -1
    why: str = "open"
    entered: list = field(default_factory=list)
    left: list = field(default_factory=list)
    fees: float = 0.0
    income: float = 0.0
    units: float = 1.0

    @property
    def pnl(self):
        gain = sum(q * p for q, p in self.left) - sum(q * p for q, p in self.entered)
        return self.side * gain * self.units - self.fees + self.income


EXIT_REASONS = {
    "plain": "signal", "stop_loss": "stop_loss", "take_profit": "take_profit", "trailing_exit": "trailing_stop",
    "time_exit": "time_stop", "liquidation": "liquidation", "delisting": "delisted", "bankruptcy": "bankrupt",
}  # fmt: skip


class Broker:
    def __init__(
        self, open_, high, low, close, *, volume=None, time=None, session=None, cash=1000.0, margin=True, leverage=1.0,
        maintenance=0.0, credit_rate=0.0, debit_rate=0.0, borrow_rate=0.0, tick=0.0, lot=0.0, multiplier=1.0,
        costs=None, actions=(), last_bar=None, same_close=False,
    ):  # fmt: skip
        self.o, self.h, self.l, self.c, self.v = open_, high, low, close, volume
        self.bars, self.symbols = len(close), len(close[0])
        self.time = time or [at * DAY for at in range(self.bars)]
        self.session = session or [3] * self.bars
        self.start = self.cash = cash
        self.margin, self.leverage, self.maintenance = margin, leverage if margin else 1.0, maintenance
        self.credit, self.debit, self.borrow = credit_rate, debit_rate, borrow_rate
        self.tick, self.lot, self.units = tick, lot, multiplier
        self.costs, self.actions = costs or Costs(), sorted(actions)
        self.last_bar = last_bar or [
            max((t for t in range(self.bars) if not math.isnan(close[t][s])), default=-1) for s in range(self.symbols)
        ]
        self.same_close = same_close
        self.held = [0.0] * self.symbols
        self.mark = [0.0] * self.symbols
        self.open_trade = [None] * self.symbols
        self.orders, self.fills, self.events, self.trades = [], [], [], []
        self.equity_curve, self.bankrupt = [], None
        self.accrued, self.payable = 0.0, {}
        self.month, self.traded = None, 0.0
        self.groups = self.accepts = 0
        self.used = [0.0] * self.symbols
        self.t = 0

    # -- what the account is worth ------------------------------------------------------------------------------

    def value(self, s):
        return self.held[s] * self.mark[s] * self.units

    @property
    def equity(self):
        return self.cash + self.accrued + sum(self.value(s) for s in range(self.symbols) if self.held[s])

    @property
    def gross(self):
        return sum(abs(self.value(s)) for s in range(self.symbols))

    @property
    def at_risk(self):
        return self.cash < -1e-9 * self.start or any(q < 0 for q in self.held)

    def price(self, table, s):
        return table[self.t][s]

    # -- orders -----------------------------------------------------------------------------------------------

    def submit(self, symbol, side, kind, size_kind, size, *, exits=None, parent=-1, time_in_force="gtc", **more):
        order = Order(len(self.orders), self.t, symbol, side, kind, size_kind, size, parent=parent,
                      force=time_in_force, exits=exits, **more)  # fmt: skip
        if size_kind == "quantity":
            order.remaining = size
        self.orders.append(order)
        if parent < 0:
            closes = [self.c[t][symbol] for t in range(self.t, -1, -1) if not math.isnan(self.c[t][symbol])]
            self.accept(order, closes[0] if closes else NAN, inside=False)
        return order.number

    def accept(self, order, price, *, inside):
        order.limit = self.on_tick(order.limit, up=order.side < 0)
        if order.kind.startswith("trailing"):
            order.extreme = price
            order.stop = self.level(order)
        else:
            order.stop = self.on_tick(order.stop, up=order.side > 0)
        order.inside, order.status, order.accepted = inside, "pending", self.t
        self.accepts += 1
        order.place = self.accepts

    def on_tick(self, price, *, up):
        if not self.tick or math.isnan(price):
            return price
        ticks = price / self.tick
        return (math.ceil(ticks - 1e-7) if up else math.floor(ticks + 1e-7)) * self.tick

    def level(self, order):
        distance = order.trail if order.kind == "trailing_stop" else order.extreme * order.trail
        return self.on_tick(order.extreme + order.side * distance, up=order.side > 0)

    def end(self, order, status, reason):
        order.status, order.reason, order.ended = status, reason, self.t
        if status != "filled":
            for child in self.orders:
                if child.parent == order.number and child.status == "held":
                    whole = reason in ("end_of_data", "bankrupt", "delisted")
                    self.end(child, "cancelled", reason if whole else "parent_ended")

    def cancel(self, number):
        if self.orders[number].status in ("pending", "held"):
            self.end(self.orders[number], "cancelled", "by_strategy")

    def replace(self, number, *, limit):
        """Cancel an order that has not filled and send it again with another limit."""
        old = self.orders[number]
        children = [o for o in self.orders if o.parent == number and o.status == "held"]
        parent = old.parent if old.status == "held" else -1
        for child in children:
            child.parent = -2  # they move
        self.end(old, "cancelled", "replaced")
        new = self.submit(
            old.symbol, old.side, old.kind, old.size_kind, old.size, limit=limit, stop=old.stop, trail=old.trail,
            time_in_force=old.force, expires=old.expires, reduce_only=old.reduce_only, keep_price=old.keep_price,
            group=old.group, exits=old.exits, role=old.role, parent=parent,
        )  # fmt: skip
        for child in children:
            child.parent = new
        return new

    # -- one bar ------------------------------------------------------------------------------------------------

    def run(self, decide):
        for t in range(self.bars):
            self.t = t
            self.step()
            if self.bankrupt is None:
                decide(self, t)
                if self.same_close:
                    self.together("now")
            self.equity_curve.append(self.equity)
            if self.bankrupt is not None:
                self.equity_curve += [self.equity] * (self.bars - t - 1)
                break
        self.finish()
        return self

    def working(self):
        """Live orders, in the order in which they became live."""
        return sorted((o for o in self.orders if o.live), key=lambda o: o.place)

    def step(self):
        t = self.t
        if t:
            self.accrue((self.time[t] // DAY) - (self.time[t - 1] // DAY))
        self.act()
        self.used = [0.0] * self.symbols
        stamp = datetime.fromtimestamp(self.time[t] // 10**9, UTC)
        if (stamp.year, stamp.month) != self.month:
            self.month, self.traded = (stamp.year, stamp.month), 0.0
        self.mark_at(self.o)
        if self.at_risk:
            self.test("open")
        if self.bankrupt is None:
            self.together("open")
            self.inside()
        if self.bankrupt is None and self.at_risk:
            for s in range(self.symbols):
                extreme = self.price(self.h if self.held[s] < 0 else self.l, s)
                if self.held[s] and not math.isnan(extreme):
                    self.mark[s] = extreme
            self.test("inside")
        if self.bankrupt is None and self.session[t] & 2:
            self.together("close")
        self.mark_at(self.c)
        if self.bankrupt is None and self.at_risk:
            self.test("close")
        if self.bankrupt is None and self.session[t] & 2:
            for order in self.working():
                if order.force == "day":
                    self.end(order, "expired", "session_ended")
        if self.bankrupt is None and t < self.bars - 1:
            self.delist()

    def mark_at(self, table):
        for s in range(self.symbols):
            if not math.isnan(self.price(table, s)):
                self.mark[s] = self.price(table, s)

    def accrue(self, days):
        shorts = sum(-self.value(s) for s in range(self.symbols) if self.held[s] < 0)
        balance = self.cash - shorts
        for s in range(self.symbols):
            if self.held[s] < 0:
                amount = -self.value(s) * self.borrow * days / 360
                self.cash -= amount
                self.open_trade[s].income -= amount
        self.cash += balance * (self.credit if balance > 0 else self.debit) * days / 360

    def act(self):
        paid = self.payable.pop(self.t, 0.0)
        self.cash += paid
        self.accrued -= paid
        for bar, s, ratio, amount, pay_bar in self.actions:
            if bar != self.t:
                continue
            if amount:
                due = self.held[s] * amount * self.units
                if self.held[s]:
                    self.open_trade[s].income += due
                if pay_bar > self.t:
                    self.accrued += due
                    self.payable[pay_bar] = self.payable.get(pay_bar, 0.0) + due
                else:
                    self.cash += due
                for o in self.orders:
                    if o.status not in ("pending", "held") or o.symbol != s or o.keep_price:
                        continue
                    if o.exits is not None and not o.exits.relative:
                        stop = o.exits.stop_loss - (amount if o.side > 0 else 0)
                        target = o.exits.take_profit - (amount if o.side < 0 else 0)
                        o.exits = Exits(stop, target, o.exits.trailing, o.exits.bars)
                    if o.side > 0 and o.kind not in ("stop", "stop_limit"):
                        o.limit = self.on_tick(o.limit - amount, up=False)
                    elif o.side < 0:
                        o.stop = self.on_tick(o.stop - amount, up=False)
                        o.extreme -= amount
            if ratio != 1:
                self.split(s, ratio)

    def split(self, s, ratio):
        trade = self.open_trade[s]
        if self.held[s]:
            self.held[s] *= ratio
            self.mark[s] /= ratio
            trade.entered = [(q * ratio, p / ratio) for q, p in trade.entered]
            trade.left = [(q * ratio, p / ratio) for q, p in trade.left]
            if self.lot:
                whole = math.floor(abs(self.held[s]) / self.lot + 1e-9) * self.lot
                left = abs(self.held[s]) - whole
                if left > 1e-9 * self.lot:
                    price = self.price(self.o, s)
                    price = self.mark[s] if math.isnan(price) else price
                    self.book(s, -math.copysign(left, self.held[s]), price, 0.0, whole == 0, "cash_in_lieu")
                    for o in self.working() if whole == 0 else []:
                        if o.symbol == s and o.reduce_only:
                            self.end(o, "cancelled", "no_position")
        for o in self.orders:
            if o.status in ("pending", "held") and o.symbol == s:
                o.limit = self.on_tick(o.limit / ratio, up=o.side < 0)
                o.stop = self.on_tick(o.stop / ratio, up=o.side > 0)
                o.extreme /= ratio
                o.remaining *= ratio
                o.plan_held *= ratio
                if o.kind == "trailing_stop":
                    o.trail /= ratio
                if o.size_kind in ("quantity", "target_quantity"):
                    o.size *= ratio
                if o.exits is not None and not o.exits.relative:
                    e = o.exits
                    o.exits = Exits(e.stop_loss / ratio, e.take_profit / ratio, e.trailing / ratio, e.bars)

    # -- the account's tests ----------------------------------------------------------------------------------------

    def test(self, phase):
        self.phase = phase
        if self.equity <= 0:
            self.go_bankrupt()
        elif self.margin and self.equity < self.maintenance * self.gross:
            self.events.append((self.t, "margin_call"))
            while any(self.held):
                needed = self.gross - self.leverage * self.equity
                if needed <= 1e-9 * self.start:
                    return
                s = max(range(self.symbols), key=lambda s: abs(self.value(s)))
                closing = self.closing_value(s, needed)
                quantity = abs(self.held[s])
                if closing < abs(self.value(s)):
                    quantity = min(self.lots(closing / (self.mark[s] * self.units), up=True), quantity)
                self.force(s, -math.copysign(quantity, self.held[s]), self.mark[s], "liquidation", "margin_called")
            if self.equity <= 0:
                self.go_bankrupt()

    def closing_value(self, s, needed):
        """Return the value to close so that gross is within leverage x equity after the costs of closing it."""
        order = Order(-1, self.t, s, 0, "market", "quantity", NAN)
        side, closing = 1 if self.held[s] < 0 else -1, needed
        for _ in range(60):
            quantity = closing / (self.mark[s] * self.units)
            paid = self.slip(order, self.mark[s], side, quantity, self.phase)
            costs = self.fee(order, quantity, paid, maker=False)[0]
            costs += quantity * abs(paid - self.mark[s]) * self.units
            closing = needed + self.leverage * costs
            if closing >= abs(self.value(s)):
                break
        return closing

    def go_bankrupt(self):
        for order in self.orders:
            if order.status in ("pending", "held"):
                self.end(order, "cancelled", "bankrupt")
        for s in range(self.symbols):
            if self.held[s]:
                self.force(s, -self.held[s], self.mark[s], "bankruptcy", "bankrupt")
        self.bankrupt = self.t

    def delist(self):
        ended = [s for s in range(self.symbols) if 0 <= self.last_bar[s] == self.t]
        for order in self.orders:
            if order.symbol in ended and order.status in ("pending", "held"):
                self.end(order, "cancelled", "delisted")
        for s in ended:
            if self.held[s]:
                self.force(s, -self.held[s], self.mark[s], "delisting", "delisted")

    def force(self, s, quantity, price, role, reason):
        number = self.submit(s, int(math.copysign(1, quantity)), "market", "quantity", abs(quantity), role=role)
        phase = "close" if role == "delisting" else self.phase
        self.execute(self.orders[number], quantity, price, phase)
        self.orders[number].reason = reason

    def finish(self):
        for order in self.orders:
            if self.bankrupt is None and order.status in ("pending", "held"):
                order.status, order.reason, order.ended = "cancelled", "end_of_data", self.t
        for s in range(self.symbols):
            if self.held[s]:
                trade = self.open_trade[s]
                trade.exit = self.t
                trade.left.append((abs(self.held[s]), self.mark[s]))
                self.trades.append(trade)

    # -- fills at an open or a close ----------------------------------------------------------------------------------

    def executes_at(self, order, price, when):
        """Tell whether an order executes at this open ("open"), close ("close"), or close just decided ("now")."""
        within = price <= order.limit if order.side > 0 else price >= order.limit
        if order.kind == "market":
            return (when == "open" and order.due <= self.t) or (
                when == "now" and order.created == self.t and not order.due
            )
        if when != "open":
            return when == "close" and (order.kind == "market_on_close" or (order.kind == "limit_on_close" and within))
        if order.kind in ("market_on_open", "limit_on_open"):
            return bool(self.session[self.t] & 1) and (order.kind == "market_on_open" or within)
        if order.kind in ("market_on_close", "limit_on_close"):
            return False
        if order.kind == "limit":
            return within
        if order.triggered < 0:
            if order.kind.startswith("trailing") and math.isnan(order.extreme):
                order.extreme = price
                order.stop = self.level(order)
            if not (price >= order.stop if order.side > 0 else price <= order.stop):
                return False
            if order.reduce_only and not self.can_reduce(order):
                return False
            order.triggered = self.t
        return within if order.kind == "stop_limit" else True

    def can_reduce(self, order):
        held = self.held[order.symbol]
        return held != 0 and (held < 0) == (order.side > 0)

    def together(self, when):
        table = self.o if when == "open" else self.c
        present = self.working()
        ready = []
        for order in present:
            if when == "open" and order.force == "gtd" and self.time[self.t] > order.expires:
                self.end(order, "expired", "date_passed")
                continue
            price = self.price(table, order.symbol)
            if math.isnan(price) or not self.executes_at(order, price, when):
                continue
            ready.append((order, price))
        plan = {}
        weights = [each for each in ready if each[0].size_kind == "target_weight" and math.isnan(each[0].remaining)]
        for order, price in ready:
            if (order, price) in weights:
                continue
            wanted = self.wanted(order, price, when)
            if wanted == 0:
                if order.reduce_only and order.kind != "market":
                    continue
                self.end(order, "cancelled", "no_position" if order.reduce_only else "at_target")
                continue
            plan[order.number] = (order, wanted, price)
        for order, wanted, price in self.planned_weights(weights, when):
            plan[order.number] = (order, wanted, price)
        # In the order of acceptance.
        plan = [plan[order.number] for order in present if order.number in plan]
        # An account of cash alone is scaled after its sells, in cash; else everything at once, by gross value.
        cash_only = not self.margin or (
            self.leverage == 1
            and not self.accrued
            and not any(q < 0 for q in self.held)
            and not any(-wanted > self.held[order.symbol] for order, wanted, _ in plan if wanted < 0)
        )
        if not cash_only:
            plan = self.scaled(plan, when, in_cash=False)
        buys = []
        for order, planned, price in plan:
            wanted = self.follow(order, planned) if planned < 0 else planned
            if wanted < 0:
                self.try_planned(order, wanted, price, when)
            elif wanted > 0:
                buys.append((order, wanted, price))
        if cash_only:
            buys = [(order, self.follow(order, wanted), price) for order, wanted, price in buys]
            buys = self.scaled([each for each in buys if each[1] > 0], when, in_cash=True)
        for order, wanted, price in buys:
            self.try_planned(order, self.follow(order, wanted), price, when)
        for order in present:
            if not order.live:
                continue
            if when == "open" and order.force in ("ioc", "fok"):
                self.end(order, "cancelled", "not_at_once")
            elif (
                when == "open" and order.kind in ("market_on_open", "limit_on_open") and self.session[self.t] & 1
            ) or (when == "close" and order.kind in ("market_on_close", "limit_on_close")):
                self.end(order, "expired", "auction_passed")

    def follow(self, order, wanted):
        """A target counts on a position; return what it wants after another order of this open changed that."""
        held = self.held[order.symbol]
        if not order.live or not order.size_kind.startswith("target") or held == order.plan_held:
            return wanted
        left = wanted + (order.plan_held - held)
        order.plan_held = held
        if abs(left) > 1e-12 * abs(wanted):
            return left
        self.end(order, "cancelled", "at_target")
        return 0.0

    def wanted(self, order, price, when):
        held = self.held[order.symbol]
        if order.size_kind == "whole_position":
            return -held
        if not math.isnan(order.remaining):
            quantity = order.side * order.remaining
            if order.size_kind.startswith("target"):
                quantity += order.plan_held - held
                quantity = 0.0 if quantity * order.side <= 1e-12 * abs(held) else quantity
                order.remaining, order.plan_held = abs(quantity), held
        elif order.size_kind == "value":
            quantity = order.size / (price * self.units)
            order.remaining = order.size / (self.slip(order, price, order.side, quantity, when) * self.units)
            quantity = order.side * order.remaining
        else:
            order.plan_held = held
            if order.size_kind == "target_quantity":
                quantity = order.size - held
            else:
                quantity = order.size / (price * self.units)
                side = 1 if quantity > held else -1
                paid = self.slip(order, price, side, abs(quantity - held), when)
                quantity = order.size / (paid * self.units) - held
                if quantity * side < 0:
                    quantity = 0.0
            if order.size == 0:
                quantity = -held
            if abs(quantity) <= 1e-12 * abs(held):
                quantity = 0.0
            if not order.side and quantity:
                order.side = 1 if quantity > 0 else -1
        if order.reduce_only:
            if held == 0 or (held > 0) == (quantity > 0):
                return 0.0
            return math.copysign(min(abs(quantity), abs(held)), quantity)
        return quantity

    def planned_weights(self, weights, when):
        if not weights:
            return []
        before = self.equity
        after, prices = before, {}
        for order, price in weights:
            held = self.held[order.symbol] * self.units
            order.side = 1 if order.size * before > held * price else -1
            change = abs(order.size * before / (price * self.units) - self.held[order.symbol])
            prices[order.number] = self.slip(order, price, order.side, change, when)
        for _ in range(400):
            costs, value = 0.0, self.cash + self.accrued
            value += sum(self.value(s) for s in range(self.symbols))
            for order, price in weights:
                s, paid = order.symbol, prices[order.number]
                signed = order.size * after / (paid * self.units) - self.held[s]
                if self.plain_costs():
                    # The fee is signed with the side: an order that would trade the other way is cancelled below.
                    costs += self.costs.taker * order.side * signed * paid * self.units
                else:
                    paid = prices[order.number] = self.slip(order, price, order.side, abs(signed), when)
                    costs += self.fee(order, abs(signed), paid, maker=False)[0]
                value += self.held[s] * self.units * (paid - self.mark[s])
            after = value - costs
        found = []
        for order, price in weights:
            s = order.symbol
            signed = order.size * after / (prices[order.number] * self.units) - self.held[s]
            if order.size == 0:
                signed = -self.held[s]
            order.plan_held = self.held[s]
            if signed * order.side <= 0 or abs(signed) <= 1e-12 * abs(self.held[s]):
                order.side = 0
                self.end(order, "cancelled", "at_target")
            else:
                found.append((order, signed, price))
        return found

    def plain_costs(self):
        c = self.costs
        return c.maker == c.taker and not (
            c.per_share
            or c.per_order
            or c.minimum
            or c.maximum
            or c.currency_unit
            or c.tiers
            or c.volume_share
            or c.square_root
        )

    def opening(self, s, wanted):
        held = self.held[s]
        if held and (held > 0) != (wanted > 0):
            return max(abs(wanted) - abs(held), 0.0)
        return abs(wanted)

    def scaled(self, plan, when, *, in_cash):
        room = self.cash if in_cash else self.leverage * self.equity - self.gross
        needed = 0.0
        for order, wanted, price in plan:
            side = 1 if wanted > 0 else -1
            opening = self.opening(order.symbol, wanted)
            paid = self.slip(order, price, side, abs(wanted), when)
            fee = self.fee(order, abs(wanted), paid, maker=False)[0]
            fixed = order.size_kind in ("quantity", "value")
            if in_cash:
                need = wanted * paid * self.units + fee
            else:
                share = opening / abs(wanted)
                cost = self.leverage * (abs(paid - price) * abs(wanted) * self.units + fee)
                room += (abs(wanted) - opening) * price * self.units - (1 - share) * cost
                need = opening * price * self.units + share * cost
            if fixed:
                room -= need
            else:
                needed += need
        if needed <= 0 or needed <= room * (1 + 1e-12):
            return plan
        scale = room / needed if room / needed >= 1e-9 else 0.0
        found = []
        for order, wanted, price in plan:
            opening = self.opening(order.symbol, wanted)
            if order.size_kind in ("quantity", "value") or opening <= 0:
                found.append((order, wanted, price))
                continue
            order.reason = "scaled_to_cash"
            less = wanted - math.copysign(opening * (1 - scale), wanted)
            if scale == 0 and abs(less) <= 1e-12 * opening:
                order.side = 0
                self.end(order, "cancelled", "scaled_to_cash")
            else:
                found.append((order, less, price))
        return found

    def try_planned(self, order, wanted, price, when):
        if not order.live:
            return
        held = self.held[order.symbol]
        if order.size_kind == "whole_position":
            wanted = -held
        if order.reduce_only:
            if held == 0 or (held > 0) == (wanted > 0):
                if order.kind == "market":
                    self.end(order, "cancelled", "no_position")
                return
            wanted = math.copysign(min(abs(wanted), abs(held)), wanted)
        self.execute(order, wanted, price, "close" if when == "now" else when)

    # -- inside a bar -----------------------------------------------------------------------------------------------

    def inside(self):
        for order in self.working():
            if order.live and order.is_stop and self.can_reduce(order):
                self.try_inside(order)
        done = set()
        while True:
            rest = [o for o in self.working() if o.number not in done and (o.kind == "limit" or "stop" in o.kind
                                                                         or o.kind.startswith("trailing"))]  # fmt: skip
            if not rest:
                break
            done.add(rest[0].number)
            self.try_inside(rest[0])
        for order in self.orders:
            order.inside = False

    def try_inside(self, order):
        s = order.symbol
        o, h, low, c = (self.price(table, s) for table in (self.o, self.h, self.l, self.c))
        if math.isnan(c) or (order.reduce_only and not self.can_reduce(order)):
            return
        buys = order.side > 0
        limited = order.kind == "limit" or (order.kind == "stop_limit" and order.triggered >= 0)
        at = None
        if limited:
            if order.inside:
                at = order.limit if (c <= order.limit if buys else c >= order.limit) else None
            elif o <= order.limit if buys else o >= order.limit:
                at = o
            elif low <= order.limit if buys else h >= order.limit:
                at = order.limit
        elif order.triggered < 0:
            if h >= order.stop if buys else low <= order.stop:
                gapped = (o >= order.stop if buys else o <= order.stop) and not order.inside
                at = o if gapped else order.stop
                if order.kind == "stop_limit":
                    order.triggered = self.t
                    if not (at <= order.limit if buys else at >= order.limit):
                        at = order.limit if (c <= order.limit if buys else c >= order.limit) else None
            elif order.kind.startswith("trailing"):
                best = c if order.inside else (low if buys else h)
                if best < order.extreme if buys else best > order.extreme:
                    order.extreme = best
                    order.stop = self.level(order)
                    if not order.inside and (h >= order.stop if buys else low <= order.stop):
                        at = order.stop
        if at is None:
            return
        if not limited and order.triggered < 0:
            order.triggered = self.t
        wanted = self.wanted(order, at, "inside")
        if wanted == 0:
            if not order.reduce_only:
                self.end(order, "cancelled", "at_target")
            return
        self.execute(order, wanted, at, "inside", maker=order.kind == "limit" and at == order.limit)

    # -- one fill -----------------------------------------------------------------------------------------------------

    def volume(self, s, when):
        if self.v is None:
            return NAN
        if when != "open":
            return self.v[self.t][s]
        known = [self.v[t][s] * self.split_since(s, t) for t in range(max(self.t - 20, 0), self.t)]
        known = [volume for volume in known if not math.isnan(volume)]
        return sum(known) / len(known) if known else NAN

    def split_since(self, s, t):
        return math.prod(ratio for bar, of, ratio, _, _ in self.actions if of == s and t < bar <= self.t)

    def volatility(self, s):
        unit = [self.split_since(s, t) for t in range(self.t + 1)]
        returns = [
            self.c[t][s] / (self.c[t - 1][s] / (unit[t - 1] / unit[t])) - 1 for t in range(max(self.t - 20, 1), self.t)
        ]
        returns = [r for r in returns if not math.isnan(r)]
        if len(returns) < 2:
            return 0.0
        mean = sum(returns) / len(returns)
        return math.sqrt(sum((r - mean) ** 2 for r in returns) / (len(returns) - 1))

    def slip(self, order, price, side, quantity, when):
        if order.kind in ("limit", "limit_on_open", "limit_on_close", "stop_limit"):
            return price
        volume = self.volume(order.symbol, "close" if when == "now" else when)
        share = 0.0 if math.isnan(volume) else (quantity / volume if quantity < volume else 1.0)
        impact = self.costs.slippage + self.costs.volume_share * share**2
        if share:
            impact += self.costs.square_root * self.volatility(order.symbol) * math.sqrt(share)
        paid = price + side * (price * impact + self.costs.half_spread)
        paid = max(paid, 0.01 * price)
        if paid == price or not self.tick:
            return paid
        return max(self.on_tick(paid, up=side > 0), self.tick)

    def fee(self, order, quantity, price, *, maker):
        """Return (what this fill is charged, the order's fee before its bounds)."""
        c = self.costs
        rate = c.maker if maker else c.taker
        if not maker:
            for traded, tier in c.tiers:
                if self.traded >= traded:
                    rate = tier
        value = quantity * price * self.units
        raw = order.raw_fee + value * rate + quantity * c.per_share
        total = raw + c.per_order
        if c.minimum:
            total = max(total, c.minimum)
        if c.maximum:
            total = min(total, (order.value + value) * c.maximum)
        if c.currency_unit:
            total = math.ceil(total / c.currency_unit - 1e-9) * c.currency_unit
        return total - order.fee, raw

    def lots(self, quantity, *, up=False):
        if not self.lot:
            return quantity
        lots = quantity / self.lot
        return (math.ceil(lots - 1e-9) if up else math.floor(lots + 1e-9)) * self.lot

    def refusal(self, order, wanted, paid, price, fee):
        s, held = order.symbol, self.held[order.symbol]
        after = held + wanted
        if not self.margin:
            if wanted > 0 and self.cash - wanted * paid * self.units - fee < -1e-9 * self.start:
                return "no_cash"
            return None
        if abs(after) <= abs(held) and (after > 0) == (held > 0):
            return None
        gross = self.gross - abs(self.value(s)) + abs(after) * price * self.units
        equity = self.equity - fee - abs(wanted) * abs(paid - price) * self.units
        equity += held * (price - self.mark[s]) * self.units
        return "no_margin" if gross > self.leverage * equity + 1e-9 * self.start else None

    def execute(self, order, wanted, price, when, maker=False):
        s, side = order.symbol, 1 if wanted > 0 else -1
        closes = self.held[s] != 0 and abs(wanted + self.held[s]) <= 1e-12 * abs(self.held[s])
        forced = order.role in ("liquidation", "delisting", "bankruptcy")
        quantity, capped = abs(wanted), False
        if self.costs.participation and not forced:
            volume = self.volume(s, when)
            room = 0.0 if math.isnan(volume) else max(volume * self.costs.participation - self.used[s], 0.0)
            if quantity > room:
                quantity, capped, closes = self.lots(room), True, False
                if order.force == "fok" or quantity <= 0:
                    if order.force == "fok":
                        self.end(order, "cancelled", "not_at_once")
                    return
        if not capped and not closes and not forced:
            quantity = self.lots(quantity)
            if quantity <= 0:
                self.end(order, "cancelled", "below_lot")
                return
        paid = self.slip(order, price, side, quantity, when)
        fee, raw = self.fee(order, quantity, paid, maker=maker)
        if not forced and not self.margin and wanted < 0 and self.held[s] + wanted < -1e-9 * abs(self.held[s]):
            self.end(order, "cancelled" if order.quantity else "refused", "no_shorting")
            return
        if not forced and order.size_kind in ("quantity", "value"):
            refused = self.refusal(order, wanted, paid, price, fee * abs(wanted) / quantity)
            if refused:
                self.end(order, "cancelled" if order.quantity else "refused", refused)
                return
        value = quantity * paid * self.units
        order.raw_fee, order.fee, order.value = raw, order.fee + fee, order.value + value
        order.reference_value += quantity * price
        order.quantity += quantity
        order.side = side
        self.traded += value
        self.used[s] += quantity
        held = self.held[s]
        self.fills.append((self.t, order.number, s, side * quantity, price, paid, fee))
        if held == 0:
            self.mark[s] = price
        opened = self.book(s, side * quantity, paid, fee, closes, EXIT_REASONS[order.role])
        order.remaining = abs(wanted) - quantity
        order.plan_held = self.held[s]
        if not capped:
            order.remaining = 0.0
            self.end(order, "filled", order.reason if order.reason == "scaled_to_cash" else "none")
        self.after_fill(order, held, side * quantity, paid, opened, inside=when == "inside")

    def book(self, s, signed, price, fee, closes, why):
        """Book a fill and return the units it opened."""
        held, trade = self.held[s], self.open_trade[s]
        self.cash -= signed * price * self.units + fee
        opposite = held != 0 and (held > 0) != (signed > 0)
        entering = abs(signed)
        if opposite:
            out = abs(held) if closes else min(abs(held), abs(signed))
            share = 1.0 if closes else out / abs(signed)
            trade.left.append((out, price))
            trade.fees += fee * share
            fee -= fee * share
            entering = 0.0 if closes else abs(signed) - out
            if out == abs(held):
                trade.exit, trade.why = self.t, why
                self.trades.append(trade)
                self.open_trade[s] = None
        self.held[s] = 0.0 if opposite and closes else held + signed
        if entering > 0 and self.held[s]:
            if self.open_trade[s] is None:
                self.open_trade[s] = Trade(s, 1 if signed > 0 else -1, self.t, units=self.units)
            self.open_trade[s].entered.append((entering, price))
            self.open_trade[s].fees += fee
        return entering

    def after_fill(self, order, held, signed, paid, opened, *, inside):
        s, now = order.symbol, self.held[order.symbol]
        if order.group >= 0:
            for other in [*self.working(), *(o for o in self.orders if o.status == "held")]:
                if other.group == order.group and other is not order and other.status in ("pending", "held"):
                    if not order.live:
                        self.end(other, "cancelled", "other_filled")
                    elif not math.isnan(other.remaining):
                        other.remaining -= abs(signed)
                        if other.remaining <= 0:
                            self.end(other, "cancelled", "other_filled")
        if held and (now == 0 or (now > 0) != (held > 0)):
            for other in self.working():
                if other.symbol == s and other.reduce_only and other is not order:
                    self.end(other, "cancelled", "no_position")
        for child in self.orders:
            if child.parent == order.number and child.status == "held":
                self.accept(child, paid, inside=inside)
        if order.exits is not None and now and (now > 0) == (signed > 0):
            self.attach(order, paid, min(abs(signed), abs(now)), inside)

    def attach(self, order, paid, opened, inside):
        e, s = order.exits, order.symbol
        side = -1 if self.held[s] > 0 else 1
        own = order.size_kind in ("quantity", "value")
        mine = [o for o in self.working() if o.parent == order.number and o.role != "plain"]
        if not own:
            for other in self.working():
                whole = other.role != "plain" and other.size_kind == "whole_position"
                if other.symbol == s and whole and other not in mine:
                    self.end(other, "cancelled", "replaced")
        if mine:
            for child in mine:
                if own:
                    child.remaining += opened
                    child.size += opened
            return
        self.groups += 1
        wanted = []
        if not math.isnan(e.stop_loss):
            stop = paid * (1 + side * e.stop_loss) if e.relative else e.stop_loss
            wanted.append(("stop", {"stop": stop, "role": "stop_loss"}))
        if not math.isnan(e.take_profit):
            limit = paid * (1 - side * e.take_profit) if e.relative else e.take_profit
            wanted.append(("limit", {"limit": limit, "role": "take_profit"}))
        if not math.isnan(e.trailing):
            kind = "trailing_percent" if e.relative else "trailing_stop"
            wanted.append((kind, {"trail": e.trailing, "role": "trailing_exit"}))
        if e.bars:
            wanted.append(("market", {"role": "time_exit", "due": self.t + e.bars}))
        for kind, more in wanted:
            child = Order(
                len(self.orders), self.t, s, side, kind, "quantity" if own else "whole_position",
                opened if own else NAN, reduce_only=True, parent=order.number, group=10**6 + self.groups, **more,
            )  # fmt: skip
            child.remaining = opened if own else NAN
            self.orders.append(child)
            self.accept(child, paid, inside=inside)
