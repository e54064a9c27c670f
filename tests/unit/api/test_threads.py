"""Functions beside the event loop, and questions that go together."""

import asyncio
import threading

import pytest

from arbitrax.api import threads
from arbitrax.api.threads import Threads
from arbitrax.api.together import Together
from arbitrax.domain.errors import StoreUnavailableError


def test_what_a_function_returns_or_raises_is_handed_over() -> None:
    async def run() -> None:
        pool = Threads(2)
        assert await pool.run(divmod, 7, 2) == (3, 1)
        with pytest.raises(ZeroDivisionError):
            await pool.run(divmod, 1, 0)
        pool.close()

    asyncio.run(run())


def test_what_nobody_waits_for_any_more_still_counts_until_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "MOST_WAITING", 1)

    async def run() -> None:
        pool, begun, end = Threads(1), threading.Event(), threading.Event()

        def wait() -> None:
            begun.set()
            end.wait(30)

        left = asyncio.create_task(pool.run(wait))
        while not begun.is_set():
            await asyncio.sleep(0)
        left.cancel()
        with pytest.raises(StoreUnavailableError):
            await pool.run(int)
        end.set()
        while True:
            try:
                assert await pool.run(int) == 0
                break
            except StoreUnavailableError:
                await asyncio.sleep(0)
        pool.close()

    asyncio.run(run())


def test_what_has_not_begun_when_the_threads_close_is_given_up() -> None:
    async def run() -> None:
        pool, end = Threads(1), threading.Event()
        first = asyncio.create_task(pool.run(end.wait, 30))
        second = asyncio.create_task(pool.run(int))
        await asyncio.sleep(0)
        closing = asyncio.create_task(asyncio.to_thread(pool.close))
        with pytest.raises(asyncio.CancelledError):
            await second
        end.set()
        assert await first
        await closing

    asyncio.run(run())


def test_questions_that_come_meanwhile_go_together() -> None:
    rounds: list[list[int]] = []
    go_on = asyncio.Event()

    async def answer(asked: list[int]) -> list[int]:
        rounds.append(asked)
        await go_on.wait()
        if 13 in asked:
            raise StoreUnavailableError("It is the 13th.")
        return [each * each for each in asked]

    async def run() -> None:
        together = Together(answer)
        first = [asyncio.create_task(together.get(each)) for each in range(3)]
        while not rounds:
            await asyncio.sleep(0)
        later = [asyncio.create_task(together.get(each)) for each in range(3, 6)]
        await asyncio.sleep(0)
        later[1].cancel()
        go_on.set()
        assert await asyncio.gather(*first) == [0, 1, 4]
        assert (await later[0], await later[2]) == (9, 25)
        assert rounds == [[0, 1, 2], [3, 4, 5]]
        with pytest.raises(StoreUnavailableError):
            await together.get(13)
        assert await together.get(6) == 36

    asyncio.run(run())
