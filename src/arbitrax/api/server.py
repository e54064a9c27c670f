"""A gateway process: the application on uvicorn and uvloop, until it is asked to end."""

from __future__ import annotations

import asyncio
import gc
import ipaddress
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import uvicorn

from arbitrax import bootstrap
from arbitrax.api.application import make_application
from arbitrax.api.authentication import Authenticator
from arbitrax.api.connections import BoundedProtocol
from arbitrax.api.identity_watch import IdentityWatch
from arbitrax.api.limits import make_limits
from arbitrax.api.parts import Parts
from arbitrax.api.rate_limits import RateLimiter
from arbitrax.api.request_metrics import RequestMetrics
from arbitrax.api.threads import Threads
from arbitrax.api.websocket.hub import Hub
from arbitrax.api.websocket.limits import socket_limits
from arbitrax.api.websocket.protocol import SOCKET_OPTIONS
from arbitrax.domain.errors import InputError
from arbitrax.services.run_news import done_of, run_name
from arbitrax.telemetry import exposition

if TYPE_CHECKING:
    from arbitrax.settings import Settings

PATIENCE = 10.0
"""Seconds a statement may take."""
PROBES = 4
"""Threads that see whether a store answers: one for each check of `/ready`, one for rights."""
FINISH_SECONDS = 25
"""What requests that are being answered get to end."""
KEEP_ALIVE_SECONDS = 75
COLLECT_AFTER = (10_000, 20, 50)
"""Thresholds of the garbage collector: requests and messages make no cycles to speak of."""


def serve(
    settings: Settings,
    *,
    host: str,
    port: int,
    behind_proxy: bool,
    metrics_port: int | None,
    say: Callable[[str], None],
) -> None:
    """Answer until SIGTERM or Ctrl-C, then finish what has begun.

    Raises:
        InputError: a host that others reach without TLS, a certificate that cannot be read, or a port that is taken.
        StoreError: the database is down, or of another release.
    """
    _check_host(settings, host, behind_proxy=behind_proxy)
    with opened_parts(settings, behind_proxy=behind_proxy) as parts, ExitStack() as stack:
        if parts.hub.limits.process < settings.socket_limit:
            say(
                f"gateway.few_open_files sockets={parts.hub.limits.process} wanted={settings.socket_limit} "
                "raise the system's limit of open files (ulimit -n)"
            )
        if metrics_port is not None:
            stack.enter_context(_metrics(parts, metrics_port))
        config = uvicorn.Config(
            make_application(parts),
            loop="uvloop",
            http=BoundedProtocol,
            **SOCKET_OPTIONS,
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=FINISH_SECONDS,
            ssl_certfile=settings.tls_certificate,
            ssl_keyfile=settings.tls_key,
        )
        try:
            config.load()
        except OSError as error:
            raise InputError(
                f"The TLS certificate or its key cannot be used ({error}); correct the settings."
            ) from None
        try:
            listening = socket.create_server(
                (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=config.backlog
            )
        except OSError as error:
            raise InputError(
                f"Port {port} of {host} cannot be used ({os.strerror(error.errno or 0)}); choose another with --port."
            ) from None
        stack.enter_context(listening)
        scheme = "https" if settings.tls_certificate else "http"
        say(f"gateway.starting url={scheme}://{host}:{port}")
        Server(config, parts, settings.drain_seconds, say).run([listening])
        say("gateway.ended")


@contextmanager
def opened_parts(settings: Settings, *, behind_proxy: bool = False) -> Iterator[Parts]:
    """Open what a gateway is made of.

    Raises:
        StoreError: the database is down, or of another release.
    """
    threads, probes = Threads(), Threads(PROBES)
    limiter = RateLimiter(bootstrap.request_buckets(settings))
    limits = make_limits(settings.rate_limit_key, settings.rate_limit_user, settings.rate_limit_address)
    proxies = settings.trusted_proxies if behind_proxy else ()
    with (
        bootstrap.open_store(settings, patience=PATIENCE) as store,
        bootstrap.identity_version(settings) as read_version,
    ):
        run_feed = bootstrap.run_feed(settings)
        authenticator = Authenticator(store.logins.verify, threads, probes, limiter, limits.unverified)
        parts = Parts(
            store=store,
            threads=threads,
            probes=probes,
            authenticator=authenticator,
            limiter=limiter,
            limits=limits,
            metrics=RequestMetrics(),
            desk=bootstrap.trading_desk(settings, store, threads.run, PATIENCE),
            hub=Hub(
                lambda: bootstrap.feed_source(settings),
                lambda: bootstrap.run_reader(settings),
                lambda: authenticator.is_certain,
                socket_limits(settings),
                store.job_changes,
                find_job=lambda job: threads.run(store.jobs.find, job),
                tell_end=lambda job: threads.run(run_feed.end, run_name(job.kind, job.id), done_of(job)),
            ),
            checks=bootstrap.gateway_checks(settings, store),
            shard_status=lambda shard: bootstrap.exchange_status(settings, shard),
            uploads=bootstrap.uploads_folder(settings),
            most_upload=settings.upload_megabytes << 20,
            most_uploads=settings.upload_megabytes_user << 20,
            trusted_proxies=tuple(ipaddress.ip_network(each) for each in proxies),
            secure=settings.tls_certificate is not None or behind_proxy,
            origins=settings.cors_origins,
            paper_accounts=settings.paper_accounts,
            paper_cash=settings.paper_cash,
            takes_uploads=settings.strategy_uploads == "admin",
        )
        with IdentityWatch(read_version, lambda _: authenticator.forget()) as watch:
            authenticator.watch = watch
            threads.is_stalled = lambda: watch.stalled
            try:
                yield parts
            finally:
                threads.close()
                probes.close()


class Server(uvicorn.Server):
    """Ends in order: first it is not ready any more, then it takes no connections, then it finishes."""

    def __init__(self, config: uvicorn.Config, parts: Parts, drain_seconds: int, say: Callable[[str], None]) -> None:
        super().__init__(config)
        self._parts = parts
        self._drain_seconds = drain_seconds
        self._say = say
        self._loading: asyncio.Task[None] | None = None

    async def startup(self, sockets: Any = None) -> None:
        """Begin to answer, and say so."""
        await super().startup(sockets)
        if self.started:
            # What is loaded stays: looking through it again and again would halt everybody for a tenth of a second.
            gc.collect()
            gc.freeze()
            gc.set_threshold(*COLLECT_AFTER)
            self._say("gateway.ready")
            self._loading = asyncio.create_task(self._parts.threads.run(_load_tables))

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take SIGTERM and SIGINT while serving; they are not raised again afterwards."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._asked_to_end)
        try:
            yield
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)

    def _asked_to_end(self) -> None:
        if self._parts.draining:
            self.should_exit = self.force_exit = True
            return
        self._parts.draining = True
        self._parts.hub.drain(self._drain_seconds)
        self._say(f"gateway.draining seconds={self._drain_seconds}")
        asyncio.get_running_loop().call_later(self._drain_seconds, self._end)

    def _end(self) -> None:
        self.should_exit = True


def _load_tables() -> None:
    """Load what tables are made with, before somebody waits a second for the first result that is looked at."""
    import pandas  # noqa: F401 - for tables
    import pyarrow.compute
    import pyarrow.csv  # noqa: F401 - likewise


def _check_host(settings: Settings, host: str, *, behind_proxy: bool) -> None:
    if settings.tls_key is not None and settings.tls_certificate is None:
        raise InputError("ARBITRAX_TLS_KEY is set, but not ARBITRAX_TLS_CERTIFICATE; set both.")
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = host == "localhost"
    if not (loopback or behind_proxy or settings.tls_certificate is not None):
        raise InputError(
            f"Others reach {host}, and passwords would travel in the clear: set ARBITRAX_TLS_CERTIFICATE, or say "
            "--behind-proxy when a proxy in front speaks TLS."
        )


@contextmanager
def _metrics(parts: Parts, port: int) -> Iterator[None]:
    try:
        served = exposition.serve(port, parts.metrics.collect)
    except (OSError, OverflowError) as error:
        raise InputError(f"Port {port} cannot be used for metrics ({error}); choose another.") from None
    with served:
        yield
