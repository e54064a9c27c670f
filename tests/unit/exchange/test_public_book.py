import pytest

from arbitrax.exchange.public_book import PublicBook
from arbitrax.exchange.records import Kind, Type
from arbitrax.exchange.simulation.market import unpack_all
from tests.exchange.random_commands import random_commands
from tests.exchange.venue import command
from tests.simulated_market import make_engine

SYMBOLS = (1, 2, 3)
EVERYTHING = 1 << 30


@pytest.mark.parametrize("seed", range(3))
def test_depth_from_events_is_the_engines_whatever_happens(seed):
    """Icebergs, pegs, stops, auctions, the house and self-trade prevention are all in the stream."""
    engine, books, opened = make_engine(), {symbol: PublicBook() for symbol in SYMBOLS}, set()
    commands = random_commands(seed, 3_000)
    for at in range(len(commands)):
        events, _ = engine.run(commands[at : at + 1])
        for row in unpack_all(events.tobytes()):
            if row[6] in books:
                opened.add(row[6])
                books[row[6]].apply(row)
        for symbol in opened:
            for side in (0, 1):
                levels = engine.depth(symbol, side, EVERYTHING)
                assert books[symbol].levels[side] == {each.price: each.shown for each in levels}
                assert books[symbol].top(side, 10) == [each.price for each in levels[:10]]
                assert books[symbol].best(side) == (levels[0].price if levels else 0)
    assert opened == set(SYMBOLS)
    assert all(book.volume and book.last for book in books.values())


def test_an_iceberg_in_an_auction_trades_from_its_place():
    engine, book = make_engine(), PublicBook()

    def do(kind, **fields):
        for row in unpack_all(engine.run(command(kind, symbol=1, **fields))[0].tobytes()):
            book.apply(row)

    do(Kind.INSTRUMENT, tick_value=1, flags=1)
    do(Kind.AUCTION)
    do(Kind.SUBMIT, account=1, type=Type.ICEBERG, side=1, price=100, quantity=20, extra=4)
    do(Kind.SUBMIT, account=2, type=Type.LIMIT, side=0, price=101, quantity=9)
    assert book.levels == ({101: 9}, {100: 4})
    do(Kind.UNCROSS)
    assert book.levels == ({}, {100: engine.depth(1, 1, 1)[0].shown})
    do(Kind.SUBMIT, account=2, type=Type.LIMIT, side=0, price=100, quantity=10)
    assert book.levels == ({}, {100: 1})
    assert engine.depth(1, 1, 1)[0].shown == 1


def test_prices_that_come_and_go_do_not_pile_up():
    book = PublicBook()
    for number in range(1, 5_000):
        price = 1 + number % 500
        book.apply((number, 0, price, 5, 5, 5, 1, 1, 0, 0, 1, 0))
        book.apply((number, 0, price, 5, 0, 0, 1, 1, 0, 700, 3, 0))
    assert book.levels == ({}, {})
    assert book.prices == ([], [])
    assert book.standing == {}
    assert book.bid == 0
