"""Both clients say what docs/openapi.json says."""

import asyncio
import contextlib
import importlib.util
import inspect
import json
import re
from pathlib import Path
from types import SimpleNamespace

import httpx2
import msgspec
import pyarrow as pa
import pytest

from arbitrax.client import AsyncClient, NewOrder
from arbitrax.client.faces import listing, offered
from arbitrax.client.resource import Resource
from arbitrax.client.transport import Transport
from arbitrax.domain.errors import ArbitraxError

ROOT = Path(__file__).parents[3]
spec = importlib.util.spec_from_file_location("write_clients", ROOT / "scripts" / "write_clients.py")
write_clients = importlib.util.module_from_spec(spec)
spec.loader.exec_module(write_clients)
OPENAPI = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", write_clients.FILES, ids=lambda each: each.name)
def test_messages_are_current(path):
    assert path.read_text(encoding="utf-8") == write_clients.FILES[path](), "run python scripts/write_clients.py"


def test_the_typescript_client_asks_for_every_path_and_no_other():
    sources = ROOT / "clients" / "typescript" / "src"
    text = (sources / "resources.ts").read_text() + (sources / "transport.ts").read_text()
    asked = {re.sub(r"\$\{[^}]*\}", "{}", each) for each in re.findall(r"""["`](/api/v1/[^"`?]*)["`]""", text)}
    there = {re.sub(r"\{[^}]*\}", "{}", each) for each in OPENAPI["paths"] if each.startswith("/api/v1/")}
    assert asked == there


def test_the_python_client_asks_for_every_operation_and_no_other(monkeypatch):
    asked = set()

    async def ask(self, method, path, **options):
        asked.add(f"{method} {path}")
        return httpx2.Response(200, content=b"{}", headers={"ETag": '"v1"'})

    monkeypatch.setattr(Transport, "ask", ask)
    samples = {"str": "{}", "int": 1, "NewOrder": NewOrder(symbol="X", side="buy"), "Unfinished": "queued"}

    async def call(method):
        # `__wrapped__` is the coroutine function or asynchronous generator behind the face.
        needed = [
            samples.get(each.annotation)
            for each in list(inspect.signature(method.__wrapped__).parameters.values())[1:]
            if each.default is each.empty and each.kind is each.POSITIONAL_OR_KEYWORD
        ]
        more = {
            name: "{}"
            for name, each in inspect.signature(method.__wrapped__).parameters.items()
            if each.default is each.empty and each.kind is each.KEYWORD_ONLY
        }
        with contextlib.suppress(msgspec.MsgspecError, KeyError, ArbitraxError, pa.ArrowInvalid):
            found = method.__wrapped__(method.resource, *needed, **more)
            await (anext(found) if inspect.isasyncgen(found) else found)

    async def call_all():
        client = AsyncClient("http://nowhere", api_key="ax_1")
        for resource in vars(client).values():
            for name, method in vars(type(resource)).items():
                if isinstance(method, offered | listing) and isinstance(resource, Resource):
                    await call(SimpleNamespace(__wrapped__=method.__wrapped__, resource=resource, name=name))
        with contextlib.suppress(msgspec.MsgspecError):
            await client._transport.sign_in("x", "x")
        with contextlib.suppress(msgspec.MsgspecError):
            await client._transport.refresh("x")
        await client.close()

    asyncio.run(call_all())
    there = {
        f"{method.upper()} {re.sub(r'{[^}]*}', '{}', path)}"
        for path, methods in OPENAPI["paths"].items()
        for method, operation in methods.items()
        if path.startswith("/api/v1/") and "operationId" in operation
    }
    # A table that is asked for is one of the result's.
    asked = {re.sub("%7B%7D", "{}", each) for each in asked}
    there -= {"GET /api/v1/backtests/{}/tables/{}"}
    assert asked == there


def test_the_lock_file_names_no_registry():
    folder = ROOT / "clients" / "typescript"
    assert "omit-lockfile-registry-resolved=true" in (folder / ".npmrc").read_text()
    lock = json.loads((folder / "package-lock.json").read_text())
    assert lock["packages"]
    assert [name for name, each in lock["packages"].items() if "resolved" in each] == []
