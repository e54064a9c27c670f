"""Who may execute a shard: ``lease:{shard}`` holds owner and token until it expires.

``holder:{shard}`` names the connection that the lease was taken over. A process that dies takes its connections with
it, so the lease of a connection that the server no longer has is taken at once: whoever lost it begins anew in any
case. A process or machine that only stalls keeps its connections, and has the time until the lease expires.
"""

from __future__ import annotations

import secrets
import time

from arbitrax.domain.errors import Fenced, StoreError, StoreUnavailableError
from arbitrax.storage.redis.channel import Channel
from arbitrax.storage.redis.server_settings import run_id

LEASE_MS = 2_500
"""Without a renewal: the longest wait for a holder that stalls, or whose machine is gone."""
RENEW_SECONDS = 0.5
"""So a holder, or the server, may stall for 2 s without losing it."""

_OWNER = secrets.token_hex(8)
"""Of this process."""

# A lease of this very process is from a turn that it gave up without reaching the server: nothing waits for it.
_ACQUIRE = """
local holder = redis.call('GET', KEYS[1])
if holder and string.match(holder, '[^:]*') ~= ARGV[1] then return false end
local token = redis.call('INCR', KEYS[2])
redis.call('SET', KEYS[1], ARGV[1] .. ':' .. token, 'PX', ARGV[2])
redis.call('SET', KEYS[3], ARGV[3])
return token
"""
_RENEW = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
"""
_RELEASE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""
# Of a connection that is gone, unless the lease was taken again since it was looked at.
_END = """
if redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('GET', KEYS[2]) == ARGV[2] then redis.call('DEL', KEYS[1]) end
return 0
"""


class ValkeyLease:
    """The lease of a shard, or, by a ``prefix`` of its keys, that of something beside it.

    Each time it is taken its token rises, so nothing sent under an earlier one counts.
    """

    def __init__(self, channel: Channel, shard: int, prefix: str = "") -> None:
        self.name = ""
        """Owner and token: the lease's value while it is ours."""
        self._channel = channel
        self._key, self._counter = f"{prefix}lease:{shard}", f"{prefix}token:{shard}"
        self._connection_key = f"{prefix}holder:{shard}"
        self._shard = shard
        self._run_id = run_id(channel)
        self._connection = int(channel.ask("CLIENT", "ID"))
        self._renewed = 0.0

    def acquire(self) -> int | None:
        """Take the lease unless another process has it and is there; return the token."""
        asked = time.monotonic()
        token = self._ask_for_it()
        if token is None and self._end_of_one_gone():
            token = self._ask_for_it()
        if token is None:
            return None
        self.name, self._renewed = f"{_OWNER}:{token}", asked
        return token

    def _ask_for_it(self) -> int | None:
        keys = (self._key, self._counter, self._connection_key)
        token = self._channel.ask("EVAL", _ACQUIRE, len(keys), *keys, _OWNER, LEASE_MS, self._connection)
        return None if token is None else int(token)

    def _end_of_one_gone(self) -> bool:
        """End the lease of a connection that the server no longer has; False: it has it, or does not say."""
        lease, connection = self._channel.ask("MGET", self._key, self._connection_key)
        if lease is None or connection is None:
            return lease is None
        try:
            if self._channel.ask("CLIENT", "LIST", "ID", connection):
                return False
        except StoreUnavailableError:
            raise
        except StoreError:  # not for us to ask there: it expires
            return False
        self._channel.ask("EVAL", _END, 2, self._key, self._connection_key, lease, connection)
        return True

    def holder(self) -> str:
        """Return who has the lease; empty: nobody."""
        return (self._channel.ask("GET", self._key) or b"").decode()

    def renew(self) -> None:
        """Hold it for longer, when `RENEW_SECONDS` have passed since the last time.

        Raises:
            Fenced: it is another's, or the server is not the one it was taken on.
        """
        if time.monotonic() - self._renewed < RENEW_SECONDS:
            return
        asked = time.monotonic()
        if not self._channel.ask("EVAL", _RENEW, 1, self._key, self.name, LEASE_MS):
            raise Fenced(f"Another process took the lease of shard {self._shard}: this one had not renewed it.")
        if run_id(self._channel) != self._run_id:
            raise Fenced("The server was started anew.")
        self._renewed = asked

    def release(self) -> None:
        """Give it up, if it is ours."""
        if self.name:
            self._channel.ask("EVAL", _RELEASE, 1, self._key, self.name)
            self.name = ""
