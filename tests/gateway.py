"""A gateway for tests: the real application on uvicorn in a thread, on real servers, and who asks it."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
import uvicorn

from arbitrax.api.application import make_application
from arbitrax.api.connections import BoundedProtocol
from arbitrax.api.parts import Parts
from arbitrax.api.server import Server, opened_parts
from arbitrax.api.websocket.protocol import SOCKET_OPTIONS
from arbitrax.services.identity_ports import User
from arbitrax.settings import Settings

PASSWORD = "a long enough password"  # noqa: S105 - of users of tests


@dataclass
class Gateway:
    """Where a gateway answers, and what it is made of."""

    url: str
    parts: Parts
    settings: Settings
    tokens: dict[str, str] = field(default_factory=dict)

    def client(self, credential: str | None = None, **options: Any) -> httpx2.Client:
        """Return a client that sends a token or key."""
        headers = {} if credential is None else {"Authorization": f"Bearer {credential}"}
        return httpx2.Client(base_url=self.url, headers=headers | options.pop("headers", {}), timeout=30.0, **options)

    def user(self, name: str, role: str) -> User:
        """Add a user whose password is `PASSWORD`."""
        return self.parts.store.users.add(name, PASSWORD, role=role)

    def sign_in(self, name: str, password: str = PASSWORD) -> httpx2.Client:
        """Return a client with the user's token, and the cookie."""
        client = self.client()
        answer = client.post("/api/v1/auth/login", json={"name": name, "password": password})
        assert answer.status_code == 200, answer.text
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return client

    def key(self, user: User, *scopes: str, **options: Any) -> str:
        """Return the secret of a new key."""
        taken = len(self.parts.store.keys.list(user.id))
        return self.parts.store.keys.add(user, f"key {taken}", scopes=scopes or ("read",), **options)[1]


@contextmanager
def running_gateway(settings: Settings, *, behind_proxy: bool = False) -> Iterator[Gateway]:
    """Serve on a free port of the loopback until the block ends."""
    with opened_parts(settings, behind_proxy=behind_proxy) as parts:
        config = uvicorn.Config(
            make_application(parts),
            host="127.0.0.1",
            port=0,
            loop="asyncio",
            http=BoundedProtocol,
            **SOCKET_OPTIONS,
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
        )
        ready = threading.Event()
        server = Server(config, parts, 0, lambda _: ready.set())
        thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
        thread.start()
        assert ready.wait(60), "The gateway did not start."
        port = server.servers[0].sockets[0].getsockname()[1]
        try:
            yield Gateway(f"http://127.0.0.1:{port}", parts, settings)
        finally:
            server.should_exit = True
            thread.join(60)
