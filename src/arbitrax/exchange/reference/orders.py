"""An order as the engine keeps it while it is open."""

from dataclasses import dataclass

from arbitrax.exchange.records import Flag, SelfTrade, Side, TimeInForce, Type
from arbitrax.exchange.views import Place


@dataclass(eq=False, slots=True)
class Order:
    """Prices in ticks, quantities in lots. ``open`` = total - filled; ``shown`` is what the book displays of it."""

    id: int
    account: int
    symbol: int
    side: int
    type: int = Type.LIMIT
    time_in_force: int = TimeInForce.GTC
    self_trade: int = SelfTrade.CANCEL_NEWEST
    flags: int = 0
    limit: int = 0
    """The worst price it may trade at; 0 of stops and market orders."""
    price: int = 0
    """Where it stands in the book; 0 elsewhere."""
    total: int = 0
    filled: int = 0
    shown: int = 0
    display: int = 0
    """Of an iceberg; 0: all of it."""
    offset: int = 0
    """Of a peg."""
    stop: int = 0
    """Trigger price."""
    distance: int = 0
    """Of a trailing stop."""
    bound: int = 0
    """The worst price a market order or triggered stop may reach, as reserved; 0: none yet."""
    funds: int = 0
    """What a market order by funds has left, cash."""
    expire: int = 0
    lot_reserve: int = 0
    """Cash reserved for each open lot."""
    client: bytes = b""
    body: int = 0
    """`identity.body_of` its submission; 0 without a client id."""
    place: int = Place.NOWHERE

    @property
    def open(self) -> int:
        """Lots still to be traded."""
        return self.total - self.filled

    @property
    def triggers(self) -> bool:
        """Whether it is a stop of any kind."""
        return self.type in (Type.STOP, Type.STOP_LIMIT, Type.TRAILING_STOP)

    @property
    def at_market(self) -> bool:
        """Whether it trades at any price within a collar, and never rests."""
        return self.type in (Type.MARKET, Type.STOP, Type.TRAILING_STOP)

    @property
    def on_quote(self) -> bool:
        """Whether a stop watches the touch instead of trades."""
        return bool(self.flags & Flag.ON_QUOTE)

    @property
    def sign(self) -> int:
        """+1 for a buy, -1 for a sell."""
        return 1 if self.side == Side.BUY else -1

    def display_of(self, quantity: int) -> int:
        """Return how many of ``quantity`` lots the book shows."""
        return min(quantity, self.display) if self.display else quantity

    @property
    def rests(self) -> bool:
        """Whether what does not trade at once stays."""
        return not self.at_market and self.time_in_force not in (TimeInForce.IOC, TimeInForce.FOK)

    @property
    def showing(self) -> int:
        """Return what the book shows of it, or will once it is entered, if nothing trades."""
        if self.place == Place.NOWHERE and self.rests and self.type != Type.PEG:
            return self.display_of(self.open)
        return self.shown
