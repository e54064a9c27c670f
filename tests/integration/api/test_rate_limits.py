"""Token buckets on a real Valkey, shared by gateways, and what clients see of them."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import closing

import msgspec
import pytest

from arbitrax.api.limits import make_limits
from arbitrax.api.rate_limits import Limit, RateLimiter, Verdict
from arbitrax.services.identity_ports import User
from arbitrax.settings import Settings
from arbitrax.storage.redis.request_buckets import PREFIX, ValkeyRequestBuckets
from tests.gateway import PASSWORD, Gateway, running_gateway

SLOW = Limit("slow", 0.001, 10.0)
"""Ten tokens, and no more within a test."""


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_gives_what_it_holds_to_all_gateways_together(cache_url: str) -> None:
    async def run() -> int:
        gateways = [RateLimiter(ValkeyRequestBuckets(cache_url), Clock()) for _ in range(4)]
        verdicts = await asyncio.gather(*(each.take([(SLOW, "x")]) for each in gateways for _ in range(25)))
        for _ in range(25):
            verdicts += [await each.take([(SLOW, "x")]) for each in gateways]
        for each in gateways:
            await each.close()
        return sum(each.allowed for each in verdicts)

    # Tokens that a gateway leased and did not give out may be missing, but there is never one too many.
    given = asyncio.run(run())
    assert 7 <= given <= 10


def test_one_gateway_gives_every_token(cache_url: str) -> None:
    async def run() -> tuple[int, Verdict]:
        limiter = RateLimiter(ValkeyRequestBuckets(cache_url), Clock())
        verdicts = [await limiter.take([(SLOW, "y")]) for _ in range(12)]
        await limiter.close()
        return sum(each.allowed for each in verdicts), verdicts[-1]

    given, last = asyncio.run(run())
    assert given == 10
    assert last.wait > 100


def test_what_is_left_of_a_lease_is_given_back(cache_url: str) -> None:
    limit = Limit("back", 1_000.0, 1_000.0)

    async def run() -> int:
        clock = Clock()
        limiter = RateLimiter(ValkeyRequestBuckets(cache_url), clock)
        for _ in range(120):  # the blocks grow to a hundred
            assert (await limiter.take([(limit, "z")])).allowed
        held = limiter._leases["back:z"].tokens
        assert held > 0
        clock.now += 1.0
        await limiter.take([(limit, "z")])
        await limiter.close()
        return held

    held = asyncio.run(run())
    assert held <= 100


def test_a_request_takes_of_every_bucket_or_of_none(cache_url: str) -> None:
    empty, full = Limit("empty", 0.001, 1.0), Limit("full", 0.001, 5.0)

    async def run() -> list[bool]:
        limiter = RateLimiter(ValkeyRequestBuckets(cache_url), Clock())
        got = [(await limiter.take([(empty, "a"), (full, "a")])).allowed for _ in range(3)]
        got += [(await limiter.take([(full, "a")])).allowed for _ in range(5)]
        await limiter.close()
        return got

    assert asyncio.run(run()) == [True, False, False, True, True, True, True, False]


def test_keys_go_when_their_bucket_is_full_again(cache_url: str) -> None:
    import valkey

    async def run() -> None:
        limiter = RateLimiter(ValkeyRequestBuckets(cache_url), Clock())
        await limiter.take([(Limit("brief", 10.0, 10.0), "a")])
        await limiter.close()

    asyncio.run(run())
    with valkey.Valkey.from_url(cache_url) as client:
        assert 0 < client.pttl(f"{PREFIX}brief:a") <= 101


def test_without_the_server_each_gateway_counts_for_itself() -> None:
    async def run() -> tuple[int, int]:
        clock = Clock()
        limiter = RateLimiter(ValkeyRequestBuckets("unix:///nowhere/cache.sock"), clock)
        limit = Limit("alone", 10.0, 20.0)
        first = sum([(await limiter.take([(limit, "a")])).allowed for _ in range(30)])
        clock.now += 1.0
        second = sum([(await limiter.take([(limit, "a")])).allowed for _ in range(30)])
        await limiter.close()
        return first, second

    assert asyncio.run(run()) == (20, 10)


@pytest.fixture(scope="module")
def strict(gateway_settings: Settings) -> Iterator[Gateway]:
    """A gateway that lets few through."""
    with running_gateway(gateway_settings) as running:
        limits = make_limits(0.01, 1_000.0, 1_000.0)
        few = {name: msgspec.structs.replace(getattr(limits, name), burst=5.0) for name in ("key", "cancel_key")}
        running.parts.limits = msgspec.structs.replace(limits, **few)
        running.parts.policies = running.parts.limits.policies.encode()
        yield running


@pytest.fixture(scope="module")
def somebody(strict: Gateway) -> User:
    return strict.user("limited", "trader")


def test_a_client_sees_what_is_left_and_when_to_come_back(strict: Gateway, somebody: User) -> None:
    with strict.client(strict.key(somebody, "read")) as client:
        answers = [client.get("/api/v1/strategies/sma_cross") for _ in range(7)]
    assert [each.status_code for each in answers] == [200] * 5 + [429] * 2
    assert answers[0].headers["RateLimit-Policy"].startswith('"key";q=5;w=500, "user";')
    assert [each.headers["RateLimit"].split(";")[1] for each in answers[:5]] == ["r=4", "r=3", "r=2", "r=1", "r=0"]
    refused = answers[-1]
    assert refused.json()["code"] == "access.rate_limited"
    assert refused.json()["retryable"] is True
    assert 0 < int(refused.headers["Retry-After"]) <= 501
    with strict.client(strict.key(somebody, "read")) as another:
        assert another.get("/api/v1/strategies/sma_cross").status_code == 200, "its bucket is its own"


def test_cancels_have_buckets_of_their_own(strict: Gateway, somebody: User) -> None:
    from arbitrax.services.identity_logins import Principal

    principal = Principal(somebody.id, "x", "trader", frozenset(), "key", somebody.id, 0.0)
    limits = strict.parts.limits
    plain = {(limit.name, whose) for limit, whose in limits.demands(principal, "1.2.3.4", cancel=False)}
    cancels = {(limit.name, whose) for limit, whose in limits.demands(principal, "1.2.3.4", cancel=True)}
    assert len(plain) == len(cancels) == 3
    near, far = (limits.demands(principal, f"2001:db8:0:{each}::7", cancel=False) for each in (1, 2))
    assert limits.demands(principal, "2001:db8:0:1::8", cancel=False) == near != far
    assert not plain & cancels


def test_guessing_passwords_is_slowed_down(strict: Gateway, somebody: User) -> None:
    with strict.client() as client:
        wrong = {"name": "limited", "password": "a wrong password"}
        codes = [client.post("/api/v1/auth/login", json=wrong).status_code for _ in range(7)]
    assert codes == [401] * 5 + [429] * 2


def test_only_wrong_passwords_count_as_guesses(strict: Gateway) -> None:
    strict.user("often", "viewer")

    def sign_in(password: str) -> int:
        with strict.client() as client:
            return client.post("/api/v1/auth/login", json={"name": "often", "password": password}).status_code

    assert [sign_in(PASSWORD) for _ in range(8)] == [200] * 8
    assert [sign_in("a wrong password") for _ in range(6)] == [401] * 5 + [429]
    assert sign_in(PASSWORD) == 429, "who guesses right after too many tries is not told"


def test_who_guesses_a_password_does_not_keep_the_user_out(gateway_settings: Settings) -> None:
    with running_gateway(gateway_settings, behind_proxy=True) as proxied, proxied.client() as client:
        proxied.user("wanted", "viewer")

        def sign_in(password: str, address: str) -> int:
            body = {"name": "wanted", "password": password}
            headers = {"X-Forwarded-For": address, "X-Forwarded-Proto": "https"}
            return client.post("/api/v1/auth/login", json=body, headers=headers).status_code

        assert [sign_in("a wrong password", "192.0.2.1") for _ in range(7)] == [401] * 5 + [429] * 2
        assert sign_in(PASSWORD, "192.0.2.2") == 200
        assert sign_in(PASSWORD, "192.0.2.1") == 429
        many = [f"2001:db8:0:1::{number}" for number in range(1, 8)]  # of one client, who has the whole /64
        assert [sign_in("a wrong password", each) for each in many] == [401] * 5 + [429] * 2
        assert sign_in(PASSWORD, "2001:db8:0:2::1") == 200


def test_guessing_tokens_is_slowed_down(strict: Gateway) -> None:
    few = msgspec.structs.replace(strict.parts.limits.unverified, rate=0.001, burst=3.0, name="guess")
    strict.parts.authenticator._unverified = few
    try:
        codes = []
        for number in range(5):
            with strict.client(f"ax_{number:043}") as client:
                codes.append(client.get("/api/v1/auth/me").status_code)
    finally:
        strict.parts.authenticator._unverified = strict.parts.limits.unverified
    assert codes == [401] * 3 + [429] * 2


def test_the_names_of_limits_are_apart(strict: Gateway, somebody: User) -> None:
    limits = strict.parts.limits
    names = [getattr(limits, name).name for name in limits.__struct_fields__]
    assert len(set(names)) == len(names)
    with closing(strict.client()) as client:
        assert time.monotonic() > 0
        assert client.get("/health").headers["RateLimit"].startswith('"address"')
