"""The same endpoints on FastAPI and uvicorn, as one writes them: python -m benchmarks.api.peer_fastapi PORT.

The token's signature is checked with each request, the three limits are taken by one call of a Lua script, and what is
asked for is read from the same PostgreSQL and Valkey that ours reads from. An order is validated and inserted, and
committed before it is acknowledged: there is no exchange behind it.
"""

import os
import sys
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

import jwt
import uvicorn
import valkey.asyncio
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi import Depends, FastAPI, Header, HTTPException, Request
from psycopg.errors import UniqueViolation
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool
from pydantic import BaseModel

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LIMIT, BURST = 1_000_000, 2_000_000
TAKE = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local each = 1000000 / tonumber(ARGV[1])
for i, key in ipairs(KEYS) do
    local full = math.max(tonumber(redis.call('GET', key) or now), now)
    if full + each > now + tonumber(ARGV[2]) * each then return 0 end
end
for i, key in ipairs(KEYS) do
    local full = math.max(tonumber(redis.call('GET', key) or now), now) + each
    redis.call('SET', key, string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000) + 1)
end
return 1
"""
ORDER = """
SELECT orders.id, symbol, side, order_type, time_in_force, limit_price, quantity, filled_quantity, status, fee,
    client_order_id, orders.created_at, orders.ended_at
FROM orders JOIN accounts ON accounts.id = account_id JOIN assets ON assets.id = asset_id
WHERE orders.id = %s AND accounts.id = %s AND accounts.owner_id = %s
"""
BARS = """
SELECT timestamp, open, high, low, close, volume
FROM historical_prices
WHERE asset_id = asset_of(%s) AND interval = '1d' AND timestamp >= %s AND timestamp < %s
ORDER BY timestamp LIMIT 500
"""
CREATE = """
CREATE TABLE IF NOT EXISTS peer_orders (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account_id UUID NOT NULL, symbol TEXT NOT NULL,
    side TEXT NOT NULL, quantity NUMERIC NOT NULL, price NUMERIC NOT NULL, client_order_id TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(), UNIQUE (account_id, client_order_id)
)
"""
INSERT = """
INSERT INTO peer_orders (account_id, symbol, side, quantity, price, client_order_id)
SELECT id, %s, %s, %s, %s, %s FROM accounts WHERE id = %s AND owner_id = %s RETURNING id
"""
state = {}


@asynccontextmanager
async def life(_):
    async with (
        AsyncConnectionPool(
            os.environ["PEER_DATABASE_URL"],
            min_size=8,
            max_size=8,
            kwargs={"autocommit": True, "row_factory": dict_row},
        ) as pool,
        valkey.asyncio.Valkey.from_url(os.environ["PEER_CACHE_URL"]) as cache,
    ):
        state.update(pool=pool, cache=cache, take=cache.register_script(TAKE))
        async with pool.connection() as connection:
            await connection.execute(CREATE)
            rows = await (await connection.execute("SELECT id, public_key FROM signing_keys")).fetchall()
        state["keys"] = {row["id"]: Ed25519PublicKey.from_public_bytes(row["public_key"]) for row in rows}
        print("peer.ready", file=sys.stderr, flush=True)
        yield


app = FastAPI(lifespan=life)


def uuid_of(text):
    number = 0
    for character in text.partition("_")[2]:
        number = number << 5 | ALPHABET.index(character)
    return UUID(int=number)


async def user(request: Request, authorization: Annotated[str, Header()]):
    token = authorization.removeprefix("Bearer ")
    try:
        key = state["keys"][jwt.get_unverified_header(token)["kid"]]
        claims = jwt.decode(token, key, algorithms=["EdDSA"], audience="arbitrax-api", issuer="arbitrax")
    except (jwt.PyJWTError, KeyError) as error:
        raise HTTPException(401, "The token is not one of ours.") from error
    keys = [f"peer:key:{claims['sid']}", f"peer:user:{claims['sub']}", f"peer:address:{request.client.host}"]
    if not await state["take"](keys=keys, args=[LIMIT, BURST]):
        raise HTTPException(429, "A limit is reached.")
    return uuid_of(claims["sub"])


User = Annotated[UUID, Depends(user)]


class NewOrder(BaseModel):
    account: str
    symbol: str
    side: Literal["buy", "sell"]
    quantity: Decimal
    price: Decimal
    client_order_id: str


class Order(BaseModel):
    id: str
    account: str
    client_order_id: str | None
    symbol: str
    side: str
    type: str
    time_in_force: str
    price: str
    quantity: str
    filled_quantity: str
    fee: str
    status: str
    created_at: str
    ended_at: str | None


class Book(BaseModel):
    symbol: str
    seq: int
    bids: list[tuple[str, str]]
    asks: list[tuple[str, str]]


class Bar(BaseModel):
    timestamp: str
    open: str
    high: str
    low: str
    close: str
    volume: str


class Bars(BaseModel):
    data: list[Bar]


class Accepted(BaseModel):
    id: int
    status: str
    client_order_id: str


@app.get("/api/v1/orders/{order}")
async def get_order(order: str, account: str, who: User) -> Order:
    id = UUID(int=int(order[4:], 16) << 64 | 0x6172_6269_7472_6178)
    async with state["pool"].connection() as connection:
        row = await (await connection.execute(ORDER, (id, uuid_of(account), who))).fetchone()
    if row is None:
        raise HTTPException(404, "There is no such order.")
    return Order(
        id=order,
        account=account,
        client_order_id=row["client_order_id"],
        symbol=row["symbol"],
        side=row["side"],
        type=row["order_type"],
        time_in_force=row["time_in_force"],
        price=str(row["limit_price"]),
        quantity=str(row["quantity"]),
        filled_quantity=str(row["filled_quantity"]),
        fee=str(row["fee"]),
        status=row["status"],
        created_at=row["created_at"].isoformat(),
        ended_at=row["ended_at"] and row["ended_at"].isoformat(),
    )


@app.get("/api/v1/books/{symbol}")
async def get_book(symbol: str, who: User) -> Book:
    name = f"orderbook:{symbol}"
    async with state["cache"].pipeline() as pipeline:
        pipeline.hgetall(name)
        pipeline.zrevrange(f"{name}:bids", 0, 9)
        pipeline.zrange(f"{name}:asks", 0, 9)
        book, *prices = await pipeline.execute()
    if not book or not all(prices):
        raise HTTPException(404, "There is no such book.")
    async with state["cache"].pipeline() as pipeline:
        for side, best in zip(("bids", "asks"), prices, strict=True):
            pipeline.hmget(f"{name}:{side}:qty", best)
        lots = await pipeline.execute()
    tick, lot = Decimal(book[b"tick"].decode()), Decimal(book[b"lot"].decode())
    bids, asks = (
        [(str(int(price) * tick), str(int(count or 0) * lot)) for price, count in zip(best, counts, strict=True)]
        for best, counts in zip(prices, lots, strict=True)
    )
    return Book(symbol=symbol, seq=int(book[b"seq"]), bids=bids, asks=asks)


@app.get("/api/v1/bars")
async def get_bars(symbol: str, start: str, end: str, who: User) -> Bars:
    async with state["pool"].connection() as connection:
        rows = await (await connection.execute(BARS, (symbol, start, end))).fetchall()
    return Bars(
        data=[
            Bar(timestamp=row.pop("timestamp").isoformat(), **{name: str(value) for name, value in row.items()})
            for row in rows
        ]
    )


@app.post("/api/v1/orders", status_code=201)
async def add_order(order: NewOrder, who: User) -> Accepted:
    values = (order.symbol, order.side, order.quantity, order.price, order.client_order_id)
    try:
        async with state["pool"].connection() as connection:
            row = await (await connection.execute(INSERT, (*values, uuid_of(order.account), who))).fetchone()
    except UniqueViolation as error:
        raise HTTPException(409, "The client order id is taken.") from error
    if row is None:
        raise HTTPException(404, "There is no such account.")
    return Accepted(id=row["id"], status="open", client_order_id=order.client_order_id)


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), loop="uvloop", http="httptools", access_log=False, log_level="warning")
