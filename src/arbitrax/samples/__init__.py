"""Bundled real prices; README.md beside this file says where they come from."""

from pathlib import Path

SYMBOLS = ("AAPL", "FB", "GOOG", "GSPC", "IBM", "MSFT")
SOURCE = "sample"


def sample_paths() -> list[Path]:
    """Return the bundled files, one a symbol."""
    return [Path(__file__).with_name(f"{symbol}.parquet") for symbol in SYMBOLS]
