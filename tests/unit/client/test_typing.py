"""What type checkers say of both faces: one definition, awaited on one of them."""

import subprocess
import sys
from pathlib import Path

PROGRAM = """
from arbitrax.client import AsyncClient, Client, NewOrder

async def awaited(order: NewOrder) -> None:
    async with AsyncClient("http://x") as client, client.stream() as stream:
        reveal_type(await client.orders.submit(order))
        async for each in client.orders.list(account="x"):
            reveal_type(each)
        async for book in stream.book("X"):
            reveal_type(book)
        client.orders.cancel(1)

def waited(order: NewOrder) -> None:
    with Client("http://x") as client, client.stream() as stream:
        reveal_type(client.orders.submit(order))
        for each in client.orders.list(account="x"):
            reveal_type(each)
        for trades in stream.trades("X"):
            reveal_type(trades.data)
        stream.book("X", depth=11)
"""
SAID = [
    'Revealed type is "arbitrax.client.messages.OrderOutcome"',
    'Revealed type is "arbitrax.client.messages.OrderMessage"',
    'Revealed type is "arbitrax.client.book.Book"',
    'Value of type "Coroutine[Any, Any, OrderOutcome]" must be used',
    'Argument 1 has incompatible type "int"; expected "str"',
    'Revealed type is "arbitrax.client.messages.OrderOutcome"',
    'Revealed type is "arbitrax.client.messages.OrderMessage"',
    'Revealed type is "list[arbitrax.exchange.feed.messages.Trade]"',
    'Argument "depth" to "book" of "Stream" has incompatible type "Literal[11]"',
]


def test_types_are_those_of_the_face(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    # Here, with the settings and the cache of `make check`.
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--no-error-summary", str(program)],
        cwd=Path(__file__).parents[3], capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = [each for each in done.stdout.splitlines() if "missing an await" not in each]
    assert len(lines) == len(SAID), done.stdout + done.stderr
    for line, said in zip(lines, SAID, strict=True):
        assert said in line
