"""Read a market-data file of any known kind."""

from pathlib import Path

from arbitrax.domain.errors import DataError
from arbitrax.domain.intervals import nanoseconds
from arbitrax.market_data.series import Series

TEXT_SUFFIXES = (".csv", ".txt", ".tsv", ".prn", ".asc")
PARQUET_SUFFIXES = (".parquet", ".pq")


def looks_like_file(text: str) -> bool:
    """Tell whether text is meant as a path and not as a symbol: by its ending alone, whatever is on disk."""
    name = text.replace("\\", "/").rpartition("/")[2].lower()
    stem, dot, ending = name.rpartition(".")
    return bool(stem) and "\0" not in text and dot + ending in TEXT_SUFFIXES + PARQUET_SUFFIXES


def read_file(
    path: Path, *, symbol: str | None = None, timezone: str | None = None, interval: str | None = None
) -> list[Series]:
    """Return the checked bars of a file, one series a symbol.

    A symbol column yields one series a symbol, or the one that ``symbol`` names; without such a column the
    symbol is ``symbol``, else the file's name without ending, in capitals. ``timezone`` is the clock of
    intraday stamps that name none (UTC otherwise); ``interval`` is inferred from the stamps unless given, and
    must be one they allow.

    Raises:
        DataError: the file is missing, of another kind, or holds anything that cannot be trusted.
        InputError: ``timezone`` or ``interval`` is none, or the file does not hold ``symbol``.
    """
    if interval is not None:
        nanoseconds(interval)
    try:
        _check_path(path)
        if path.suffix.lower() in PARQUET_SUFFIXES:
            from arbitrax.market_data.parquet_file import read_parquet

            return read_parquet(path, symbol=symbol, timezone=timezone, interval=interval)
        from arbitrax.market_data.csv_file import read_csv

        return read_csv(path, symbol=symbol, timezone=timezone, interval=interval)
    except OSError as error:
        reason = error.strerror or str(error)
        raise DataError(f"{path} cannot be read ({reason}); check the path and its permissions.") from None


def _check_path(path: Path) -> None:
    """Refuse what is no file with an ending we know."""
    if path.is_dir():
        raise DataError(f"{path} is a folder; name one file in it.")
    if not path.exists():
        raise DataError(f"{path} does not exist; check the path.")
    if path.suffix.lower() not in TEXT_SUFFIXES + PARQUET_SUFFIXES:
        known = ", ".join(TEXT_SUFFIXES + PARQUET_SUFFIXES)
        raise DataError(f"{path.name}: the ending '{path.suffix}' is not one we read; use one of {known}.")
