"""The backtest loop as the rules read, one thing at a time, with dictionaries and lists."""

import math
from dataclasses import dataclass, field


@dataclass
class Trade:
    symbol: int
    side: int
    entry_bar: int
    exit_bar: int = -1
    is_open: bool = True
    bankrupt: bool = False
    bought: list = field(default_factory=list)  # (quantity, price) of fills that enter
    sold: list = field(default_factory=list)  # of fills that leave
    fees: float = 0.0

    @property
    def pnl(self):
        gain = sum(q * p for q, p in self.sold) - sum(q * p for q, p in self.bought)
        return self.side * gain - self.fees


class Simulator:
    def __init__(self, open_, high, low, close, targets, cash, commission, slippage):
        self.o, self.h, self.l, self.c, self.w = open_, high, low, close, targets
        self.cash, self.f, self.slip = cash, commission, slippage
        self.bars, self.symbols = len(close), len(close[0])
        self.held = [0.0] * self.symbols
        self.mark = [0.0] * self.symbols
        self.last = [0.0] * self.symbols
        self.waiting = {}  # symbol -> order dict
        self.orders, self.trades, self.live = [], [], {}
        self.equity, self.bankrupt_bar = [], None
        self.fill_log = []  # (bar, symbol, signed quantity, price, fee)

    def worth(self, prices):
        return self.cash + sum(q * p for q, p in zip(self.held, prices, strict=True) if q != 0)

    def run(self):
        for t in range(self.bars):
            self.mark = [o if not math.isnan(o) else m for o, m in zip(self.o[t], self.mark, strict=True)]
            if self.worth(self.mark) <= 0:
                self.liquidate(t)
            else:
                self.fill_waiting(t)
            adverse = [
                m if math.isnan(h) else (h if q < 0 else low)
                for q, h, low, m in zip(self.held, self.h[t], self.l[t], self.mark, strict=True)
            ]
            if min(self.held) < 0 and self.worth(adverse) <= 0:
                self.mark = adverse
                self.liquidate(t)
            self.mark = [c if not math.isnan(c) else m for c, m in zip(self.c[t], self.mark, strict=True)]
            self.equity.append(self.worth(self.mark))
            if self.bankrupt_bar is not None:
                self.equity += [self.cash] * (self.bars - t - 1)
                return self
            self.decide(t)
        for order in self.waiting.values():
            order.update(status="cancelled", reason="end_of_data")
        for s, trade in self.live.items():
            trade.exit_bar = self.bars - 1
            trade.sold.append((abs(self.held[s]), self.mark[s]))
            self.trades.append(trade)
        return self

    def decide(self, t):
        for s in range(self.symbols):
            wanted = self.w[t][s]
            if math.isnan(wanted) or wanted == self.last[s]:
                continue
            if s in self.waiting:
                self.waiting.pop(s).update(status="cancelled", reason="replaced")
            order = {
                "created": t,
                "symbol": s,
                "target": wanted,
                "status": "pending",
                "reason": "none",
                "filled": -1,
            }
            self.orders.append(order)
            self.waiting[s] = order
            self.last[s] = wanted

    def fill_waiting(self, t):
        ready = {s: order for s, order in self.waiting.items() if not math.isnan(self.o[t][s])}
        if not ready:
            return
        before = self.worth(self.mark)
        side = {s: 1 if o["target"] * before > self.held[s] * self.mark[s] else -1 for s, o in ready.items()}
        price = {s: self.mark[s] * (1 + side[s] * self.slip) for s in ready}
        # Equity after all costs, by repeated substitution: each round takes the costs of the last one off.
        value = self.cash + sum(q * price.get(s, self.mark[s]) for s, q in enumerate(self.held) if q != 0)
        after = value
        for _ in range(200):
            costs = sum(self.f * side[s] * (o["target"] * after - self.held[s] * price[s]) for s, o in ready.items())
            after = value - costs
        plan = {}
        for s, order in sorted(ready.items()):
            change = -self.held[s] if order["target"] == 0 else order["target"] * after / price[s] - self.held[s]
            if change * side[s] <= 0:
                self.waiting.pop(s).update(status="cancelled", reason="at_target")
            else:
                plan[s] = change
        for s, change in plan.items():
            if change < 0:
                self.execute(t, s, change, price[s], "none")
        needed = sum(change * price[s] * (1 + self.f) for s, change in plan.items() if change > 0)
        scale = 1.0
        if needed > self.cash * (1 + 1e-12):
            scale = self.cash / needed if self.cash / needed >= 1e-9 else 0.0
        for s, change in plan.items():
            if change > 0:
                if scale == 0:
                    self.waiting.pop(s).update(status="cancelled", reason="scaled_to_cash")
                else:
                    self.execute(t, s, change * scale, price[s], "none" if scale == 1 else "scaled_to_cash")

    def execute(self, t, s, change, price, reason, bankrupt=False):
        fee = abs(change) * price * self.f
        self.waiting.pop(s).update(
            status="filled", reason=reason, filled=t, quantity=abs(change), price=price, fee=fee,
            side=1 if change > 0 else -1,
        )  # fmt: skip
        self.fill_log.append((t, s, change, price, fee))
        self.cash -= change * price + fee
        held = self.held[s]
        opposite = held != 0 and (held > 0) != (change > 0)  # by sign: a product of tiny quantities is 0
        if opposite:
            out = min(abs(held), abs(change))
            trade = self.live[s]
            trade.sold.append((out, price))
            trade.fees += fee * out / abs(change)
            if abs(change) >= abs(held):
                trade.exit_bar, trade.is_open, trade.bankrupt = t, False, bankrupt
                self.trades.append(self.live.pop(s))
            fee -= fee * out / abs(change)
        self.held[s] = held + change
        entering = abs(change) - abs(held) if opposite else abs(change)
        if entering > 0:
            trade = self.live.setdefault(s, Trade(s, 1 if change > 0 else -1, t))
            trade.bought.append((entering, price))
            trade.fees += fee

    def liquidate(self, t):
        for order in self.waiting.values():
            order.update(status="cancelled", reason="bankrupt")
        self.waiting.clear()
        for s, q in enumerate(self.held):
            if q != 0:
                order = {
                    "created": t,
                    "symbol": s,
                    "target": 0.0,
                    "status": "pending",
                    "reason": "none",
                    "filled": -1,
                }
                self.orders.append(order)
                self.waiting[s] = order
                self.execute(t, s, -q, self.mark[s] * (1 + (self.slip if q < 0 else -self.slip)), "bankrupt", True)
        self.bankrupt_bar = t
