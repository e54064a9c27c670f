"""The server: one for all three vendors, real sockets on loopback, a thread of its own."""

import threading
import time
from collections import defaultdict, deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.vendors import alpha_vantage, polygon, yahoo
from tests.vendors.answer import Behaviour, good

KEY = "K3Y+not/for=you"
"""The key that the stand-in knows, with letters that URLs write differently."""
TICK = 0.01


class Seen(NamedTuple):
    """A request that came."""

    vendor: str
    symbol: str
    path: str
    query: dict
    headers: dict


class StandIn:
    """Serves all vendors at ``url`` until closed.

    ``now`` is its clock, ns UTC; ``page_rows`` the rows of a page of Polygon's; ``premium`` whether Alpha Vantage's key
    is a paid one.
    """

    def __init__(self, *, now=time.time_ns, key=KEY, page_rows=50_000, premium=True):
        self.now = now
        self.key = key
        self.page_rows = page_rows
        self.premium = premium
        self.polygon_status = "OK"
        self.seen: list[Seen] = []
        self.closing = threading.Event()
        self._once: dict[str, deque[Behaviour]] = defaultdict(deque)
        self._always: dict[str, Behaviour] = {}
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.stand_in = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(TICK,), daemon=True)
        self._thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def environment(self):
        """The settings that lead a process here."""
        return {
            "ARBITRAX_POLYGON_URL": self.url,
            "ARBITRAX_POLYGON_KEY": self.key,
            "ARBITRAX_POLYGON_PLAN": "advanced",
            "ARBITRAX_ALPHA_VANTAGE_URL": self.url,
            "ARBITRAX_ALPHA_VANTAGE_KEY": self.key,
            "ARBITRAX_ALPHA_VANTAGE_PLAN": "premium_1200",
            "ARBITRAX_YAHOO_URL": self.url,
        }

    def next(self, symbol, *behaviours):
        """Spoil the next requests for a symbol, one after the other; those after them are good again."""
        with self._lock:
            self._once[symbol].extend(behaviours)

    def always(self, symbol, behaviour=good):
        """Spoil every request for a symbol."""
        with self._lock:
            self._always[symbol] = behaviour

    def behaviour(self, symbol):
        with self._lock:
            waiting = self._once[symbol]
            return waiting.popleft() if waiting else self._always.get(symbol, good)

    def close(self):
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # a silent answer is still waiting for its client
    request_queue_size = 128
    stand_in: StandIn

    def handle_error(self, request, client_address):
        """A client that leaves is no event; what a vendor's module did wrong is answered with 500."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or a small body waits 40 ms for the word that its headers came

    def do_GET(self):
        server = self.server.stand_in
        parts = urlsplit(self.path)
        path, query = unquote(parts.path), dict(parse_qsl(parts.query, keep_blank_values=True))
        vendor = alpha_vantage if path == "/query" else yahoo if "/finance/" in path else polygon
        symbol = vendor.symbol_of(path, query)
        name = vendor.__name__.rpartition(".")[2]
        server.seen.append(Seen(name, symbol, path, query, dict(self.headers)))
        try:
            answer = vendor.answer(server, path, query, self.headers)
        except Exception as error:
            self.send_error(599, f"the stand-in failed: {error!r}".replace("\n", " "))
            raise
        self._send(server.behaviour(symbol)(answer), server)

    def _send(self, answer, server):
        if answer.silent:
            server.closing.wait()
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(10**9 if answer.dripping else len(answer.body)))
        self.end_headers()
        if answer.dripping:
            while not server.closing.wait(TICK):
                self.wfile.write(b" ")  # until the client leaves
            return
        self.wfile.write(answer.body if answer.sent is None else answer.body[: answer.sent])
        self.close_connection |= answer.sent is not None

    def log_message(self, *_):
        pass
