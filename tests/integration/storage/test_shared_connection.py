"""One connection for all questions of an event loop, on a real Valkey."""

import asyncio
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest
import valkey
from valkey.exceptions import ConnectionError as Broken
from valkey.exceptions import ResponseError
from valkey.exceptions import TimeoutError as Silent

from arbitrax.storage.redis.shared_connection import Script, SharedConnection

HELLO = Script("return {KEYS[1], ARGV[1]}")


@asynccontextmanager
async def connected(url, timeout=10.0):
    connection = SharedConnection(url, timeout=timeout)
    try:
        yield connection
    finally:
        await connection.close()


def test_each_question_has_its_own_reply(cache_url):
    async def run():
        async with connected(cache_url) as connection:
            return await asyncio.gather(*(connection.ask("ECHO", str(number)) for number in range(1_000)))

    assert asyncio.run(run()) == [b"%d" % number for number in range(1_000)]


def test_a_refused_command_fails_alone(cache_url):
    async def run():
        async with connected(cache_url) as connection:
            asked = connection.ask("ECHO", "1"), connection.ask("NONSENSE"), connection.ask("ECHO", "2")
            return await asyncio.gather(*asked, return_exceptions=True)

    first, refused, second = asyncio.run(run())
    assert (first, second) == (b"1", b"2")
    assert isinstance(refused, ResponseError)


def test_commands_at_once_have_nothing_in_between(cache_url):
    async def run():
        async with connected(cache_url) as connection, connected(cache_url) as other:
            pairs = [connection.ask_at_once(("INCR", "count"), ("GET", "count")) for _ in range(100)]
            found = await asyncio.gather(*pairs, *(other.ask("INCR", "count") for _ in range(100)))
            with pytest.raises(ResponseError):
                await connection.ask_at_once(("NONSENSE",), ("GET", "count"))
            return found[:100], await connection.ask("GET", "count")

    pairs, last = asyncio.run(run())
    assert all(int(text) == number for number, text in pairs)
    assert last == b"200"


def test_nobody_has_the_reply_of_one_who_left(cache_url):
    async def run():
        async with connected(cache_url) as connection:
            gone = asyncio.create_task(connection.ask("ECHO", "gone"))
            stays = asyncio.create_task(connection.ask("ECHO", "stays"))
            await asyncio.sleep(0)
            gone.cancel()
            return await stays

    assert asyncio.run(run()) == b"stays"


def test_a_script_that_the_server_forgot_is_sent_again(cache_url):
    async def run():
        async with connected(cache_url) as connection:
            found = [await connection.run(HELLO, ["key"], ["word"])]
            await connection.ask("SCRIPT", "FLUSH")
            return [*found, await connection.run(HELLO, ["key"], ["word"])]

    assert asyncio.run(run()) == [[b"key", b"word"]] * 2


def test_a_broken_connection_fails_who_waits_and_is_opened_again(cache_url):
    async def run():
        async with connected(cache_url) as connection:
            me = await connection.ask("CLIENT", "ID")
            waiting = asyncio.create_task(connection.ask("BLPOP", "nothing", 60))
            await asyncio.sleep(0)
            with valkey.Valkey.from_url(cache_url) as other:
                assert await asyncio.to_thread(other.client_kill_filter, _id=me) == 1
            with pytest.raises(Broken):
                await waiting
            return await connection.ask("ECHO", "again")

    assert asyncio.run(run()) == b"again"


def test_a_silent_server_is_given_up(tmp_path):
    async def run():
        async def say_nothing(reader, writer):
            await reader.read()
            writer.close()

        server = await asyncio.start_unix_server(say_nothing, tmp_path / "silent")
        async with server, connected(f"unix://{tmp_path / 'silent'}", timeout=0.05) as connection:
            asked = [connection.ask("PING") for _ in range(3)]
            return await asyncio.gather(*asked, return_exceptions=True)

    assert [type(each) for each in asyncio.run(run())] == [Silent] * 3


def test_no_server_is_said_to_be_none(tmp_path):
    async def run():
        async with connected(f"unix://{tmp_path / 'none'}") as connection:
            await connection.ask("PING")

    with pytest.raises(Broken):
        asyncio.run(run())


def test_user_and_database_of_the_url_are_used(cache_url):
    async def run():
        async with connected(cache_url) as connection:
            await connection.ask("ACL", "SETUSER", "reader", "on", ">secret", "~*", "+@all")
        path = urlsplit(cache_url).path
        async with connected(f"unix://reader:secret@{path}?db=3") as connection:
            found = await connection.ask("ACL", "WHOAMI"), await connection.ask("CLIENT", "INFO")
        async with connected(cache_url) as connection:
            await connection.ask("ACL", "DELUSER", "reader")
        return found

    name, info = asyncio.run(run())
    assert name == b"reader"
    assert b" db=3 " in info
