"""Write a stored series to a file, whole or not at all."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal, get_args

from msgspec import Struct

from arbitrax.domain.bars import Bars
from arbitrax.domain.errors import InputError, RangeError, StoreError, did_you_mean
from arbitrax.services.adjusted_bars import adjuster_of
from arbitrax.services.ports import ActionStore, BarStore
from arbitrax.services.stored_bars import load_series

ExportPrices = Literal["raw", "split", "split+dividend"]
PRICES: tuple[ExportPrices, ...] = get_args(ExportPrices)


class ExportOutcome(Struct, frozen=True):
    """What was written."""

    path: str
    symbol: str
    interval: str
    prices: ExportPrices
    rows: int
    first: int
    """ns UTC of the first bar, and below of the last."""
    last: int
    notices: tuple[str, ...] = ()


def export_series(
    bars: BarStore,
    actions: ActionStore,
    symbol: str,
    interval: str,
    path: Path,
    *,
    prices: str = "raw",
    start: int | None = None,
    end: int | None = None,
    overwrite: bool = False,
    exchange: str | None = None,
) -> ExportOutcome:
    """Write the stored bars with ``start <= timestamp < end`` (ns UTC) to a file, in the format of its ending.

    prices: as stored, or adjusted for stored splits, or for these and dividends: then by the vendor's adjusted close
    where the bars have one, as in a backtest. Factors count from the last stored bar. exchange: whose sessions intraday
    bars belong to. The file appears when it is complete; until then another one of that name stays.

    Raises:
        InputError: no such format or prices, or the file is there and ``overwrite`` was not said.
        UnknownNameError: nothing is stored under the symbol and interval.
        RangeError: no bar lies in the range.
        DataError: a dividend is not below the close before it.
        StoreError: the file cannot be written.
    """
    from arbitrax.market_data.export import SUFFIXES, write_bars

    chosen = next((each for each in PRICES if each == prices), None)
    if chosen is None:
        hint = did_you_mean(prices, PRICES) or f"; use {', '.join(PRICES)}."
        raise InputError(f"'{prices}' is no kind of prices{hint}")
    form = SUFFIXES.get(path.suffix.lower())
    if form is None:
        raise InputError(f"{path.name} has no ending of a format we write; use one of {', '.join(SUFFIXES)}.")
    _refuse_place(path, overwrite=overwrite)
    stored = load_series(bars, symbol, interval)
    made, notices = _with_prices(stored.bars, actions, chosen, exchange)
    made = made.between(start, end)
    if not len(made):
        raise RangeError(f"{symbol} has no {interval} bars in this range; widen it.")
    with _appearing(path, overwrite=overwrite) as file:
        write_bars(made, file, form)
    return ExportOutcome(
        path=str(path),
        symbol=symbol,
        interval=interval,
        prices=chosen,
        rows=len(made),
        first=int(made.timestamp[0]),
        last=int(made.timestamp[-1]),
        notices=(*stored.notices, *notices),
    )


def _with_prices(
    bars: Bars, actions: ActionStore, prices: ExportPrices, exchange: str | None
) -> tuple[Bars, tuple[str, ...]]:
    """Return bars with the prices that are wanted, and what is to be said of them."""
    if prices == "raw":
        return bars, ()
    if prices == "split+dividend" and bars.adj_close is not None:
        told = f"{bars.symbol} was adjusted by its vendor's adjusted close; volume is as traded."
        return bars.adjusted(), (told,)
    adjuster = adjuster_of(actions, exchange=exchange)
    made = adjuster.series(bars, prices)
    if adjuster.symbols:
        return made, adjuster.notices
    return bars, (f"No splits or dividends of {bars.symbol} are stored; its prices are as traded.",)


def _refuse_place(path: Path, *, overwrite: bool) -> None:
    if path.is_dir():
        raise InputError(f"{path} is a folder; name a file in it.")
    if not path.parent.is_dir():
        raise InputError(f"The folder {path.parent} does not exist; create it, or name another.")
    if not overwrite and (path.exists() or path.is_symlink()):
        raise _is_there(path)


def _is_there(path: Path) -> InputError:
    return InputError(f"{path} is there already; name another file, or say that it may be overwritten.")


@contextmanager
def _appearing(path: Path, *, overwrite: bool) -> Iterator[IO[bytes]]:
    """Write a file beside a place and put it there when it is complete and on the disk."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if overwrite:
            part.replace(path)
        else:
            _put(part, path)
    except FileExistsError:
        raise _is_there(path) from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise StoreError(f"{path} could not be written ({reason}); nothing of it was kept.") from error
    finally:
        part.unlink(missing_ok=True)


def _put(part: Path, path: Path) -> None:
    """Give a file its name unless another took it meanwhile, which only a link can tell."""
    try:
        path.hardlink_to(part)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        part.replace(path)
