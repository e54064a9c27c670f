"""The paper exchange: order book, matching, accounts and risk. Exact integers: ticks, lots, units of cash.

    from arbitrax.exchange import OrderBook
    book = OrderBook()
    book.submit("sell", price=101, quantity=5)
    book.submit("buy", type="market", quantity=2)
    book.picture()

`OrderBook` is one symbol without accounts, `MatchingEngine` many with cash, positions and limits; `commands` makes the
arrays that both run in one call. Names load when first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from arbitrax.exchange.depth_picture import DepthPicture as DepthPicture
    from arbitrax.exchange.events import Event as Event
    from arbitrax.exchange.events import Events as Events
    from arbitrax.exchange.matching_engine import MatchingEngine as MatchingEngine
    from arbitrax.exchange.order_book import OrderBook as OrderBook
    from arbitrax.exchange.records import COMMAND as COMMAND
    from arbitrax.exchange.records import EVENT as EVENT
    from arbitrax.exchange.records import AccountKind as AccountKind
    from arbitrax.exchange.records import Code as Code
    from arbitrax.exchange.records import Happening as Happening
    from arbitrax.exchange.records import Kind as Kind
    from arbitrax.exchange.records import Phase as Phase
    from arbitrax.exchange.records import SelfTrade as SelfTrade
    from arbitrax.exchange.records import Side as Side
    from arbitrax.exchange.records import TimeInForce as TimeInForce
    from arbitrax.exchange.records import Type as Type
    from arbitrax.exchange.views import AccountView as AccountView
    from arbitrax.exchange.views import Level as Level
    from arbitrax.exchange.views import OrderView as OrderView
    from arbitrax.exchange.views import Place as Place
    from arbitrax.exchange.views import PositionView as PositionView
    from arbitrax.exchange.views import Queued as Queued

_HOMES = {
    "COMMAND": "records",
    "EVENT": "records",
    "AccountKind": "records",
    "AccountView": "views",
    "Code": "records",
    "DepthPicture": "depth_picture",
    "Event": "events",
    "Events": "events",
    "Happening": "records",
    "Kind": "records",
    "Level": "views",
    "MatchingEngine": "matching_engine",
    "OrderBook": "order_book",
    "OrderView": "views",
    "Phase": "records",
    "Place": "views",
    "PositionView": "views",
    "Queued": "views",
    "SelfTrade": "records",
    "Side": "records",
    "TimeInForce": "records",
    "Type": "records",
}
__all__ = [*_HOMES]  # noqa: PLE0604 - the keys are strings


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'arbitrax.exchange' has no attribute '{name}'")
    value = getattr(import_module(f"arbitrax.exchange.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*globals(), *_HOMES]
