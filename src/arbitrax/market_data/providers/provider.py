"""What every vendor of market data can be asked, and what it answers."""

from typing import Protocol

from msgspec import Struct

from arbitrax.domain.assets import Asset
from arbitrax.domain.corporate_actions import CorporateAction
from arbitrax.market_data.candidate import CandidateBars


class BarRequest(Struct, frozen=True):
    """The bars of one symbol whose start lies in [start, end), ns UTC; of daily and longer bars their date."""

    symbol: str
    interval: str
    start: int
    end: int


class Fetched(Struct, frozen=True, eq=False):
    """What a vendor answered to one request: all pages of it, or it raised."""

    candidate: CandidateBars
    actions: tuple[CorporateAction, ...] = ()
    """Splits and dividends that came along, as declared. Of a split-adjusted candidate all splits after its first
    row up to now are among them, so that it can be brought back to prices as traded."""
    asset: Asset | None = None
    """What the answer says of the asset itself."""
    last_quote: int | None = None
    """When the newest price was made, ns UTC, where the vendor tells."""
    notices: tuple[str, ...] = ()


class Provider(Protocol):
    """A vendor. Its methods raise errors of the branch `VendorError` and nothing else of the network's."""

    name: str
    """Lower case, as ``--source`` and the stored rows name it."""
    intervals: tuple[str, ...]
    """Those it has bars of."""

    def windows(self, request: BarRequest, *, now: int) -> list[BarRequest]:
        """Split a request into those the vendor answers whole, oldest first.

        Raises:
            InputError: the vendor has no bars of that interval, or none so old.
        """

    async def bars(self, request: BarRequest) -> Fetched:
        """Return the rows of one window, every page of it; no rows when the vendor says there are none."""

    async def actions(self, symbol: str, start: int, end: int) -> tuple[CorporateAction, ...]:
        """Return splits and dividends with an ex-date in [start, end), as declared."""

    async def search(self, text: str) -> list[Asset]:
        """Return assets whose symbol or name fits, best first."""

    async def close(self) -> None:
        """Give connections back."""


class TokenBucket(Protocol):
    """Permission to send requests, shared by all processes that use a vendor with one key."""

    async def take(self, name: str, *, rate: float, burst: float) -> float:
        """Take a token of the bucket ``name`` that refills by ``rate`` a second up to ``burst``.

        Returns seconds to wait before sending, 0 for at once; the token is taken either way.
        """

    async def close(self) -> None:
        """Give connections back; the next token opens them again."""
