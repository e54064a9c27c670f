"""A short tour of the order book: limit orders, an iceberg, a cascade of stops, an auction.

python examples/order_book.py
"""

from arbitrax.exchange import OrderBook

MAKER, ICE, SELLER, BUYER = 1, 2, 3, 4


def show(title: str, *said: object) -> None:
    """Print a step."""
    print(f"\n{title}")
    for each in said:
        print(each)


def limit_orders(book: OrderBook) -> None:
    """Rest a few orders, then take some."""
    for price, quantity in ((101, 5), (102, 12), (104, 20)):
        book.submit("sell", price=price, quantity=quantity, account=MAKER)
    for price, quantity in ((100, 7), (99, 10), (97, 15), (95, 25)):
        book.submit("buy", price=price, quantity=quantity, account=MAKER)
    show("Limit orders rest", book.picture())
    taken = book.submit("buy", price=102, quantity=8, time_in_force="ioc", account=BUYER)
    show("A buyer takes what is offered up to 102", taken)


def iceberg(book: OrderBook) -> None:
    """Show two lots of nine; each refill goes to the back."""
    first = book.submit("sell", type="iceberg", price=101, quantity=9, display=2, account=ICE).order
    second = book.submit("sell", price=101, quantity=3, account=SELLER).order
    place = book.order(second)
    assert place is not None  # noqa: S101 - it rests
    show(f"An iceberg shows two lots of nine: {place.ahead} lots ahead of #{second}", book.picture(2))
    show("Four lots trade; what it shows next stands behind", book.submit("buy", price=101, quantity=4, account=BUYER))
    show(f"The queue at 101; #{first} hides the rest", *(each for each in book.queue("sell") if each.price == 101))


def stop_cascade(book: OrderBook) -> None:
    """Let one sale trigger a stop, whose sale triggers the next."""
    for stop in (100, 99, 97):
        book.submit("sell", type="stop", stop=stop, quantity=12, account=SELLER)
    show("Three stops wait below", *(f"#{each}: {book.order(each)}" for each in book.orders(SELLER)[1:]))
    show("One sale, and they run in the same step", book.submit("sell", price=100, quantity=1, account=ICE))
    show("What is left", book.picture())


def auction(book: OrderBook) -> None:
    """Collect orders without matching, then trade them at one price."""
    book.auction()
    book.submit("buy", price=103, quantity=8, account=BUYER)
    book.submit("sell", price=98, quantity=6, account=ICE)
    show(f"{book.phase.name.lower()}: orders are collected", book.picture(3))
    show("The price at which most trades", book.uncross())
    show(f"The last trade was at {book.last}", book)


def main() -> None:
    """Give the tour."""
    book = OrderBook()
    for step in (limit_orders, iceberg, stop_cascade, auction):
        step(book)


if __name__ == "__main__":
    main()
