"""Price levels: sorted prices, each with its orders in order of arrival."""

from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar

from arbitrax.exchange.records import Side


class Identified(Protocol):
    """What stands in a queue."""

    id: int


Item = TypeVar("Item", bound=Identified)


class Levels(Generic[Item]):
    """Queues by price. ``descending``: the best price is the highest."""

    def __init__(self, descending: bool) -> None:
        self.descending = descending
        self.queues: dict[int, list[Item]] = {}
        self.ascending: list[int] = []

    def prices(self) -> list[int]:
        """Return the prices, best first."""
        return self.ascending[::-1] if self.descending else list(self.ascending)

    def best(self) -> int | None:
        """Return the best price."""
        if not self.ascending:
            return None
        return self.ascending[-1 if self.descending else 0]

    def append(self, price: int, item: Item) -> None:
        """Put at the back of its price's queue."""
        if price not in self.queues:
            self.queues[price] = []
            insort(self.ascending, price)
        self.queues[price].append(item)

    def remove(self, price: int, item: Item) -> None:
        """Take out, wherever it stands; the others keep their places."""
        queue = self.queues[price]
        queue[:] = [each for each in queue if each is not item]
        if not queue:
            del self.queues[price]
            del self.ascending[bisect_left(self.ascending, price)]

    def __iter__(self) -> Iterator[Item]:
        """Iterate best price first, first come first."""
        for price in self.prices():
            yield from list(self.queues[price])

    def __len__(self) -> int:
        return sum(len(queue) for queue in self.queues.values())


def opposite(side: int) -> int:
    """Return the other side."""
    return Side.SELL if side == Side.BUY else Side.BUY


def reaches(side: int, limit: int, price: int) -> bool:
    """Whether an order of ``side`` may trade at ``price`` under its limit."""
    return price <= limit if side == Side.BUY else price >= limit
