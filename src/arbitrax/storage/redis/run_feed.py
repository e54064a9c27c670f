"""What is seen of a run while it is under way, on the cache's server, for the gateways.

``runs.{id}`` is a stream of messages ``{type, data}``: ``progress``, ``equity`` (a tile of the curve), ``log``,
``done``, after which nothing is taken. ``positions:{id}`` is a hash, asset -> JSON {quantity, avg_price,
unrealized_pnl}. Both expire an hour after the last news. Losing them costs sight of the run and nothing else.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from valkey.commands.core import Script

    from arbitrax.services.run_news import Done

KEPT_SECONDS = 3600
MOST_MESSAGES = 10_000
"""Of a run's stream; older ones go."""
TIMEOUT_SECONDS = 2.0

# Messages (type, data) for a stream that is not done; of two who tell that it is, the first. Then what is held.
_PUBLISH = """
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
if last[1] and last[1][2][2] == 'done' then
    return 0
end
local at, count = 4, tonumber(ARGV[3])
for _ = 1, count do
    redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', 'type', ARGV[at], 'data', ARGV[at + 1])
    at = at + 2
end
redis.call('EXPIRE', KEYS[1], ARGV[2])
if KEYS[2] then
    redis.call('DEL', KEYS[2])
    for each = at, #ARGV, 2 do
        redis.call('HSET', KEYS[2], ARGV[each], ARGV[each + 1])
    end
    redis.call('EXPIRE', KEYS[2], ARGV[2])
end
return 1
"""

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
        self._script: Script | None = None

    def publish(
        self,
        run: str,
        messages: list[tuple[str, Any]],
        held: dict[str, dict[str, str]] | None = None,
    ) -> bool:
        """Append messages (type, data) to a run's stream; ``held`` replaces its positions. Say whether that worked.

        Nothing is taken after ``done``, which works as well.
        """
        from valkey.exceptions import ValkeyError

        keys, words = [stream(run)], list[Any]([MOST_MESSAGES, KEPT_SECONDS, len(messages)])
        words += [word for kind, data in messages for word in (kind, msgspec.json.encode(data))]
        if held is not None:
            keys.append(positions(run))
            words += [word for asset, each in held.items() for word in (asset, msgspec.json.encode(each))]
        try:
            self._opened()(keys, words)
        except (ValkeyError, OSError) as error:
            _log.warning("run_feed.lost run=%s error=%s", run, type(error).__name__)
            return False
        return True

    def end(self, run: str, done: Done) -> bool:
        """Tell how a run ended, unless that is told; say whether it is."""
        return self.publish(run, [("done", done)])

    def _opened(self) -> Script:
        if self._script is None:
            import valkey

            client = valkey.Valkey.from_url(
                self._url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS
            )
            self._script = client.register_script(_PUBLISH)
        return self._script
