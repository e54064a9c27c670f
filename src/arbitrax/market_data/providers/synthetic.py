"""The synthetic market as a vendor: made-up prices under symbols that nobody takes for real ones. No network."""

from collections.abc import Sequence
from decimal import Decimal

from arbitrax.domain.assets import SYNTHETIC, Asset
from arbitrax.domain.corporate_actions import CorporateAction, in_order
from arbitrax.domain.dates import date_text
from arbitrax.domain.errors import InputError, UnknownSymbol, did_you_mean
from arbitrax.domain.intervals import DAY, is_intraday, nanoseconds
from arbitrax.market_data.calendars import ALWAYS, calendar
from arbitrax.market_data.providers.provider import BarRequest, Fetched
from arbitrax.market_data.synthetic import FIRST, INTERVALS, SOURCE, SyntheticMarket

ROUND_THE_CLOCK = "-USD"
"""What the symbol of a market that never closes ends with, as SYN-BTC-USD; others trade by New York's sessions."""
WINDOW = {True: 60 * DAY, False: 10_000 * DAY}
"""Longest range of one request, by whether bars are intraday."""


class SyntheticProvider:
    """Prices of `SyntheticMarket`, under every symbol that begins with ``SYN-``; only bars that have ended."""

    name = SOURCE
    intervals: tuple[str, ...] = INTERVALS

    def __init__(self, seed: int = 0, actions: Sequence[CorporateAction] = ()) -> None:
        """Take the seed of all walks, and the splits and dividends that the prices show."""
        self.stocks = SyntheticMarket(seed=seed)
        self.coins = SyntheticMarket(seed=seed, exchange=ALWAYS, volatility=0.6)
        self.events = in_order(actions)

    def windows(self, request: BarRequest, *, now: int) -> list[BarRequest]:
        """Split a request into windows of sixty days, of daily bars ten thousand; nothing that has not ended by now.

        A symbol that is none of its own is refused by `bars`, as a vendor would, so that others asked for with it come.

        Raises:
            InputError: there are no bars of that interval, or none so old.
        """
        market = self._market_like(request.symbol)
        if request.interval not in INTERVALS:
            hint = did_you_mean(request.interval, INTERVALS) or f"; use one of {', '.join(INTERVALS)}."
            raise InputError(f"The synthetic market has no {request.interval} bars{hint}")
        if request.start < FIRST:
            raise InputError(
                f"The synthetic market begins on {date_text(FIRST)} and has nothing from {date_text(request.start)}; "
                "ask for a later start."
            )
        end = min(request.end, _ended(market, request.interval, now))
        length = WINDOW[is_intraday(request.interval)]
        return [
            BarRequest(request.symbol, request.interval, start, min(start + length, end))
            for start in range(request.start, end, length)
        ]

    async def bars(self, request: BarRequest) -> Fetched:
        """Return the bars of one window, in prices as traded."""
        market, symbol = self._market(request.symbol), request.symbol
        candidate = market.bars(symbol, request.interval, request.start, request.end, actions=self.events)
        return Fetched(
            candidate,
            actions=await self.actions(symbol, request.start, request.end),
            asset=self._asset(symbol),
            notices=(
                f"{symbol} is synthetic: its prices are a random walk with the seed {market.seed}, not a market.",
            ),
        )

    async def actions(self, symbol: str, start: int, end: int) -> tuple[CorporateAction, ...]:
        """Return the splits and dividends with an ex-date in [start, end)."""
        self._market(symbol)
        return tuple(each for each in self.events if each.symbol == symbol and start <= each.ex_date < end)

    async def search(self, text: str) -> list[Asset]:
        """Return the asset of a symbol that begins with ``SYN-``; there is one for each."""
        symbol = text.strip().upper()
        return [self._asset(symbol)] if _is_synthetic(symbol) else []

    async def close(self) -> None:
        """Do nothing: there is no connection."""

    def _market(self, symbol: str) -> SyntheticMarket:
        if not _is_synthetic(symbol):
            name = "".join(symbol.upper().removeprefix("SYN").lstrip("-").split()) or "A"
            raise UnknownSymbol(
                f"The synthetic market has no '{symbol}': its symbols begin with {SYNTHETIC}, so that nobody takes "
                f"them for real; ask for {SYNTHETIC}{name}."
            )
        return self._market_like(symbol)

    def _market_like(self, symbol: str) -> SyntheticMarket:
        return self.coins if symbol.endswith(ROUND_THE_CLOCK) else self.stocks

    def _asset(self, symbol: str) -> Asset:
        market = self._market(symbol)
        return Asset(
            symbol=symbol,
            name=f"Synthetic prices, seed {market.seed}",
            asset_type="crypto" if market is self.coins else "equity",
            exchange=market.exchange,
            currency="USD",
            tick_size=Decimal("0.01"),
            lot_size=Decimal(1),
        )


def _is_synthetic(symbol: str) -> bool:
    return symbol.startswith(SYNTHETIC) and len(symbol) > len(SYNTHETIC) and not any(map(str.isspace, symbol))


def _ended(market: SyntheticMarket, interval: str, now: int) -> int:
    """Return the time before which bars must start to have ended by ``now``."""
    if is_intraday(interval):
        return now - nanoseconds(interval) + 1
    table = calendar(market.exchange).table
    closed = int(table.close.searchsorted(now, "right"))
    return int(table.date[closed - 1]) + 1 if closed else FIRST
