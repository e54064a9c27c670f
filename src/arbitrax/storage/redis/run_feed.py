"""What is seen of a run while it is under way, on the cache's server, for the gateways.

``runs.{id}`` is a stream of messages ``{type, data}``: ``progress``, ``equity`` (a tile of the curve), ``log``,
``done``. ``positions:{id}`` is a hash, asset -> JSON {quantity, avg_price, unrealized_pnl}. Both expire an hour after
the last news. Losing them costs sight of the run and nothing else.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    import valkey

KEPT_SECONDS = 3600
MOST_MESSAGES = 10_000
"""Of a run's stream; older ones go."""
TIMEOUT_SECONDS = 2.0

_log = logging.getLogger(__name__)


def stream(run: str) -> str:
    """Return the stream of a run; ``run`` is ``bt_...``."""
    return f"runs.{run}"


def positions(run: str) -> str:
    """Return the hash of a run's positions."""
    return f"positions:{run}"


class RunFeed:
    """Publishes runs. A server that is down is left alone: the run goes on, and is stored."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client: valkey.Valkey | None = None

    def publish(
        self,
        run: str,
        messages: list[tuple[str, Any]],
        held: dict[str, dict[str, str]] | None = None,
    ) -> None:
        """Append messages (type, data) to a run's stream; ``held`` replaces its positions."""
        from valkey.exceptions import ValkeyError

        try:
            pipe = self._opened().pipeline(transaction=True)
            for kind, data in messages:
                entry: dict[str, Any] = {"type": kind, "data": msgspec.json.encode(data)}
                pipe.xadd(stream(run), entry, maxlen=MOST_MESSAGES, approximate=True)
            pipe.expire(stream(run), KEPT_SECONDS)
            if held is not None:
                pipe.delete(positions(run))
                if held:
                    pipe.hset(
                        positions(run), mapping={asset: msgspec.json.encode(each) for asset, each in held.items()}
                    )
                    pipe.expire(positions(run), KEPT_SECONDS)
            pipe.execute()  # type: ignore[no-untyped-call]
        except (ValkeyError, OSError) as error:
            _log.warning("run_feed.lost run=%s error=%s", run, type(error).__name__)

    def _opened(self) -> valkey.Valkey:
        if self._client is None:
            import valkey

            self._client = valkey.Valkey.from_url(
                self._url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS
            )
        return self._client
