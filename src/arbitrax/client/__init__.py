"""A gateway from Python, `Client` and `AsyncClient`: one implementation, two faces (docs/client.md).

    with Client("https://desk.example", api_key="ax_...") as client:
        client.orders.submit(NewOrder(symbol="BTC-USD", side="buy", quantity="0.5", price="60000"))

What the gateway refuses is raised as the `ArbitraxError` of its code; `problem_of` has the whole answer.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from arbitrax.client.book import Book as Book
    from arbitrax.client.clients import AsyncClient as AsyncClient
    from arbitrax.client.clients import Client as Client
    from arbitrax.client.messages import NewBacktest as NewBacktest
    from arbitrax.client.messages import NewIngestion as NewIngestion
    from arbitrax.client.messages import NewOrder as NewOrder
    from arbitrax.client.problems import problem_of as problem_of
    from arbitrax.client.updates import Update as Update

_HOMES = {
    "AsyncClient": "clients",
    "Book": "book",
    "Client": "clients",
    "NewBacktest": "messages",
    "NewIngestion": "messages",
    "NewOrder": "messages",
    "Update": "updates",
    "problem_of": "problems",
}
__all__ = ["AsyncClient", "Book", "Client", "NewBacktest", "NewIngestion", "NewOrder", "Update", "problem_of"]


def __getattr__(name: str) -> object:
    """Load what is asked for."""
    if name not in _HOMES:
        raise AttributeError(f"arbitrax.client has no {name!r}.")
    from importlib import import_module

    return getattr(import_module(f"arbitrax.client.{_HOMES[name]}"), name)
