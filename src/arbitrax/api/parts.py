"""What a gateway is made of, given to the application."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from arbitrax.api.answer_cache import AnswerCache
from arbitrax.api.together import Together

if TYPE_CHECKING:
    from pathlib import Path

    from arbitrax.api.authentication import Authenticator
    from arbitrax.api.limits import Limits
    from arbitrax.api.rate_limits import RateLimiter
    from arbitrax.api.request_metrics import RequestMetrics
    from arbitrax.api.threads import Threads
    from arbitrax.api.websocket.hub import Hub
    from arbitrax.bootstrap import Store
    from arbitrax.exchange.service.status import ShardStatus
    from arbitrax.services.identity_ports import Network
    from arbitrax.services.trading_desk import TradingDesk


@dataclass(slots=True)
class Parts:
    """The parts of a gateway process."""

    store: Store
    threads: Threads
    probes: Threads
    """Of their own for what tells whether stores answer: the others may all hang with one."""
    authenticator: Authenticator
    limiter: RateLimiter
    limits: Limits
    metrics: RequestMetrics
    desk: TradingDesk
    hub: Hub
    checks: dict[str, Callable[[], object]]
    """By name what raises when something that the gateway needs is down."""
    shard_status: Callable[[int], ShardStatus]
    """Says how a shard of the exchange is, whatever is down."""
    uploads: Path
    """Where files of bars lie that users sent."""
    most_upload: int = 50 << 20
    """Bytes of one."""
    most_uploads: int = 500 << 20
    """Bytes of those of a user that wait to be stored."""
    trusted_proxies: tuple[Network, ...] = ()
    secure: bool = False
    """Whether the gateway is reached by TLS only."""
    origins: tuple[str, ...] = ()
    """Whose web pages may ask, besides our own."""
    paper_accounts: int = 1
    """Paper accounts that a trader may open, and the cash of each."""
    paper_cash: int = 100_000
    takes_uploads: bool = False
    """Whether admins may send strategy code with a backtest."""
    answers: AnswerCache = field(default_factory=AnswerCache)
    draining: bool = False
    """Set when the process is about to end."""
    policies: bytes = field(init=False)
    shards: Together[int, ShardStatus] = field(init=False)
    bar_versions: Together[tuple[str, str], int | None] = field(init=False)
    """When bars of a (symbol, interval) changed last, ns; None: there are none."""

    def __post_init__(self) -> None:
        self.bar_versions = Together(self.store.bars.versions)
        self.shards = Together(self._statuses)
        self.policies = self.limits.policies.encode()

    async def _statuses(self, shards: list[int]) -> list[ShardStatus]:
        return await self.threads.run(lambda: [self.shard_status(each) for each in shards])
