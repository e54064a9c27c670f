"""Who sends when: in the order of turns, past those that give up or take too long."""

import asyncio
from itertools import pairwise

import pytest

from arbitrax.domain.errors import StoreUnavailableError
from arbitrax.trading import turns
from arbitrax.trading.turns import Turn


def row_of(count: int) -> list[Turn]:
    found = [Turn(None)]
    for _ in range(count - 1):
        found.append(Turn(found[-1]))
    return found


def test_turns_come_in_their_order_whoever_is_ready_first():
    async def run():
        row, came = row_of(5), list[int]()
        ready = [asyncio.Event() for _ in row]

        async def work(number: int) -> None:
            await ready[number].wait()
            await row[number].come()
            came.append(number)

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(work(number)) for number in range(5)]
            for number in (4, 2, 3, 0):
                ready[number].set()
            await tasks[0]
            assert came == [0]
            ready[1].set()
        assert came == [0, 1, 2, 3, 4]
        assert all(each.has_come for each in row)

    asyncio.run(run())


def test_who_gives_up_lets_nobody_pass_those_before():
    async def run():
        first, second, third = row_of(3)
        second.skip()
        last = asyncio.create_task(third.come())
        done, _ = await asyncio.wait([last], timeout=0)
        assert not done
        await first.come()
        await last
        assert [each.has_come for each in (first, second, third)] == [True, False, True]

    asyncio.run(run())


def test_who_is_not_ready_in_time_does_not_send_after_those_behind(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(turns, "READY_SECONDS", 0.0)

    async def run():
        row = row_of(4)
        await row[-1].come()
        for each in row[:-1]:
            with pytest.raises(StoreUnavailableError, match="was not sent"):
                await each.come()
            assert not each.has_come

    asyncio.run(run())


def test_a_long_row_keeps_nothing_of_those_that_came():
    async def run():
        row = row_of(100)
        for each in row:
            await each.come()
        assert all(after._before is None for _, after in pairwise(row))

    asyncio.run(run())
