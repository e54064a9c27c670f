"""Who owns what, from events alone: what an engine says must add up to what it holds."""

from collections import Counter, defaultdict

from arbitrax.exchange.records import FEES, HOUSE, Code, Happening, Phase, Side

OF_AN_ORDER = {
    int(each)
    for each in (Happening.ACCEPTED, Happening.AMENDED, Happening.CANCELLED, Happening.TRIGGERED, Happening.DECREMENTED)
}


class Ledger:
    """Cash, lots and open orders as events tell them.

    Args:
        accounts: those that are opened.
        rules: INSTRUMENT_RULES by symbol, as dicts.
    """

    def __init__(self, accounts, rules):
        self.accounts = (FEES, HOUSE, *dict.fromkeys(accounts))
        self.rules = rules
        self.cash, self.lots, self.phases = Counter(), Counter(), {}
        self.open = {}
        self.deposits = 0

    def take(self, events):
        """Take events in."""
        for each in events.tolist():
            order, maker, price, quantity, left, maker_left, symbol, account, maker_account, code, kind, side = each
            if kind == Happening.FILLED:
                self.fill(symbol, price, quantity, account, maker_account, 1 if side == Side.BUY else -1)
                self.note(order, symbol, account, side, left)
                self.note(maker, symbol, maker_account, 1 - side, maker_left)
            elif kind == Happening.CASH:
                self.cash[account] += price
                if code == Code.FEE:
                    self.cash[FEES] -= price
                else:
                    self.deposits += price
            elif kind in OF_AN_ORDER and account != HOUSE:
                self.note(order, symbol, account, side, left)
            elif kind == Happening.STATE:
                self.phases[symbol] = quantity

    def fill(self, symbol, price, quantity, account, maker_account, sign):
        """Move lots and cash between the two sides."""
        if self.rules[symbol].get("flags", 0):
            return
        value = price * quantity * self.rules[symbol]["tick_value"]
        self.lots[account, symbol] += sign * quantity
        self.lots[maker_account, symbol] -= sign * quantity
        self.cash[account] -= sign * value
        self.cash[maker_account] += sign * value

    def note(self, order, symbol, account, side, left):
        """Note what an order has open; the house's have no id."""
        if left and order:
            self.open[order] = (account, symbol, side, left)
        else:
            self.open.pop(order, None)

    def check(self, engine):
        """Assert that the engine holds what it said."""
        held = {each: engine.account(each).cash for each in self.accounts}
        assert held == {each: self.cash[each] for each in self.accounts}
        assert sum(held.values()) == self.deposits
        sides = defaultdict(int)
        for account, symbol, side, left in self.open.values():
            sides[account, symbol, side] += left
        for symbol, rules in self.rules.items():
            self.check_book(engine, symbol)
            if rules.get("flags", 0):
                continue
            positions = {each: engine.position(each, symbol) for each in self.accounts}
            assert {each: p.quantity for each, p in positions.items()} == {
                each: self.lots[each, symbol] for each in self.accounts
            }
            assert sum(p.cost - p.realised for p in positions.values()) == 0
            for each, p in positions.items():
                assert (p.buys, p.sells) == (sides[each, symbol, 0], sides[each, symbol, 1])

    def check_book(self, engine, symbol):
        """Assert that a book is in order, holds only open orders with what they have open, and is not crossed."""
        best = []
        for side in Side.BUY, Side.SELL:
            queue = engine.queue(symbol, side)
            prices = [each.price for each in queue]
            assert prices == sorted(prices, reverse=side == Side.BUY)
            for each in queue:
                assert 0 < each.shown <= each.open
                assert not each.order or self.open[each.order][1:] == (symbol, side, each.open)
            best += prices[:1] or [None]
        if None not in best and self.phases.get(symbol, Phase.CONTINUOUS) == Phase.CONTINUOUS:
            assert best[0] < best[1]
