"""Runs side by side as one HTML file, which asks nothing of a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arbitrax import __version__ as VERSION  # noqa: N812 - a constant
from arbitrax.backtest.clean_text import clean_text
from arbitrax.backtest.report.page import fill_page, write_page
from arbitrax.backtest.report.recorded import record_comparison

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from arbitrax.backtest.comparison import Comparison
    from arbitrax.backtest.documents.run import StoredAs


def write_comparison(comparison: Comparison, path: Path, stored: Sequence[StoredAs] | None = None) -> Path:
    """Write the page and return its path; stored: what a store knows of each run. Missing folders are made.

    Raises:
        InputError: nothing can be written there.
    """
    return write_page(render_comparison(comparison, stored), path)


def render_comparison(comparison: Comparison, stored: Sequence[StoredAs] | None = None) -> str:
    """Return a comparison as HTML text; the same runs give the same bytes."""
    engines = [VERSION] * len(comparison.results) if stored is None else [each.engine_version for each in stored]
    return fill_page(clean_text(" · ".join(comparison.names)), record_comparison(comparison, stored, engines))
