"""One connection for the frequent questions of an event loop, on a real PostgreSQL."""

import asyncio
import threading
from uuid import uuid4

import psycopg
import pytest

from arbitrax.domain.errors import ArbitraxError, StoreUnavailableError
from arbitrax.storage.postgres import shared_connection
from arbitrax.storage.postgres.connection import Database
from arbitrax.storage.postgres.shared_connection import SharedConnection
from arbitrax.storage.postgres.sql import statement

STATEMENTS = {
    "echo": b"SELECT %(number)s::int + 0, %(text)s::text, %(number)s::int * 2",
    "ids": b"SELECT id FROM unnest(%(ids)s::uuid[]) AS id",
    "zero": b"SELECT 1 / %(number)s::int",
    "nonsense": b"SELECT nothing FROM nowhere",
    "sleep": b"SELECT pg_sleep(%(seconds)s)",
    "pid": b"SELECT pg_backend_pid()",
    "settings": b"SELECT current_setting('plan_cache_mode'), current_setting('enable_seqscan')",
    "large": b"SELECT length(%(text)s::text)",
}


@pytest.fixture(autouse=True)
def _statements(monkeypatch):
    monkeypatch.setattr(shared_connection, "statement", lambda name: STATEMENTS.get(name) or statement(name))


def test_each_question_has_its_own_answer(database):
    async def run():
        connection = database.shared()
        asked = [connection.rows("echo", {"number": number, "text": f"'{number}\\"}) for number in range(1_000)]
        found = await asyncio.gather(*asked, connection.rows("ids", {"ids": ids}), connection.rows("ids", {"ids": []}))
        return found, await connection.rows("settings", {})

    ids = [uuid4() for _ in range(3)]
    (*echoes, three, none), settings = asyncio.run(run())
    assert echoes == [[(number, f"'{number}\\", 2 * number)] for number in range(1_000)]
    assert (three, none) == ([(each,) for each in ids], [])
    assert settings == [("force_generic_plan", "off")]


@pytest.mark.parametrize(("wrong", "keys"), [("zero", {"number": 0}), ("nonsense", {})])
def test_a_refused_question_fails_alone(database, wrong, keys):
    async def run():
        connection = database.shared()
        asked = [connection.rows("echo", {"number": 1, "text": ""}), connection.rows(wrong, keys)]
        asked.append(connection.rows("echo", {"number": 2, "text": ""}))
        found = await asyncio.gather(*asked, return_exceptions=True)
        return found, await connection.rows("zero", {"number": 1})

    (first, refused, second), right = asyncio.run(run())
    assert (first, second, right) == ([(1, "", 2)], [(2, "", 4)], [(1,)])
    assert isinstance(refused, ArbitraxError)


def test_a_connection_that_breaks_is_opened_again(database, postgres_url):
    async def run():
        connection = database.shared()
        ((pid,),) = await connection.rows("pid", {})
        waiting = asyncio.create_task(connection.rows("sleep", {"seconds": 60}))
        await asyncio.sleep(0)
        await asyncio.to_thread(end, pid)
        with pytest.raises(StoreUnavailableError, match="broke"):
            await waiting
        ((other,),) = await connection.rows("pid", {})
        assert other != pid
        await asyncio.to_thread(end, other)
        while True:  # the end may still be on its way
            try:
                ((third,),) = await connection.rows("pid", {})
            except StoreUnavailableError:
                continue
            if third != other:
                break

    def end(pid):
        with psycopg.connect(postgres_url, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 60000)", [pid])

    asyncio.run(run())


def test_nobody_waits_for_a_silent_server_for_ever(database):
    async def run():
        connection = SharedConnection(database.url, database._connections.open, timeout=0.2)
        asked = [connection.rows("sleep", {"seconds": 60}), connection.rows("pid", {})]
        found = await asyncio.gather(*asked, return_exceptions=True)
        ((pid,),) = await connection.rows("pid", {})
        connection.close()
        return found, pid

    found, pid = asyncio.run(run())
    assert [type(each) for each in found] == [StoreUnavailableError, StoreUnavailableError]
    assert pid


def test_nobody_has_the_answer_of_one_who_left(database):
    async def run():
        connection = database.shared()
        await connection.rows("pid", {})
        left = asyncio.create_task(connection.rows("echo", {"number": 1, "text": ""}))
        await asyncio.sleep(0)
        left.cancel()
        return await connection.rows("echo", {"number": 2, "text": ""})

    assert asyncio.run(run()) == [(2, "", 4)]


def test_more_than_the_system_takes_at_once_is_sent(database):
    async def run():
        connection = database.shared()
        return await asyncio.gather(*(connection.rows("large", {"text": "x" * 3_000_000}) for _ in range(4)))

    assert asyncio.run(run()) == [[(3_000_000,)]] * 4


def test_a_server_that_is_away_is_said_to_be(postgres_url):
    async def run(database):
        with pytest.raises(StoreUnavailableError, match="does not answer"):
            await database.shared().rows("pid", {})

    with Database("postgresql://nobody@127.0.0.1:1/nothing") as database:
        asyncio.run(run(database))


def test_it_ends_with_the_database_from_any_thread(postgres_url):
    async def run(database):
        return await database.shared().rows("pid", {})

    with Database(postgres_url) as database:
        ((pid,),) = asyncio.run(run(database))
        ending = threading.Thread(target=database.close)
        ending.start()
        ending.join()
    with psycopg.connect(postgres_url, autocommit=True) as other:
        while other.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [pid]).fetchone():
            pass
