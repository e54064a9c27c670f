"""The bundled prices as an ingestion: of a database of one's own, which does not begin with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arbitrax.domain.errors import InputError, UnknownNameError, did_you_mean
from arbitrax.samples import SOURCE, SYMBOLS, sample_paths
from arbitrax.services.imports import describe_samples, judge_imported
from arbitrax.services.ingestion import IngestionOutcome, SymbolOutcome

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from arbitrax.services.catalogue_ports import MarketStores
    from arbitrax.services.series_rights import Writer

INTERVAL = "1d"


def check_samples(symbols: Sequence[str], interval: str) -> None:
    """Look whether there are such bundled prices.

    Raises:
        InputError: they are of another interval.
        UnknownNameError: a symbol is not among them.
    """
    if interval != INTERVAL:
        raise InputError(f"The bundled prices are daily; ask for {INTERVAL}.").at("interval")
    for symbol in symbols:
        if symbol not in SYMBOLS:
            hint = did_you_mean(symbol, SYMBOLS) or f"; there are {', '.join(SYMBOLS)}."
            raise UnknownNameError(f"'{symbol}' is not bundled{hint}").at("symbols")


def do_samples(
    stores: MarketStores, symbols: Sequence[str], *, writer: Writer, now: int, told: Callable[[int, int], None]
) -> list[IngestionOutcome]:
    """Store bundled prices with what is known of their companies; told: how many of how many symbols are done.

    Raises:
        InputError: a symbol has prices of another source, whose place they do not take.
    """
    from arbitrax.market_data.files import read_file

    paths = {path.stem: path for path in sample_paths()}
    for each in stores.bars.catalogue():
        if each.symbol in symbols and each.interval == INTERVAL and each.source != SOURCE:
            raise InputError(f"{each.symbol} has prices of {each.source}, whose place the bundled ones do not take.")
    describe_samples(stores, received=now)
    outcomes = []
    for symbol in symbols:
        series = [each.bars for each in read_file(paths[symbol])]
        (counts,) = stores.bars.store(series, source=SOURCE, received=now, rows_done=lambda _rows: None, writer=writer)
        name = f"{symbol} {INTERVAL}"
        score = judge_imported(stores, [name], now=now).get(name)
        outcomes.append(SymbolOutcome(symbol, SOURCE, counts.added, counts.updated, counts.unchanged, 0, score))
        told(len(outcomes), len(symbols))
    return [IngestionOutcome(SOURCE, INTERVAL, len(outcomes), 0, tuple(outcomes))]
