"""The report of a run: one HTML file that asks nothing of a network. The same result gives the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arbitrax import __version__ as VERSION  # noqa: N812 - a constant
from arbitrax.backtest.clean_text import clean_text
from arbitrax.backtest.report.page import fill_page, write_page
from arbitrax.backtest.report.recorded import record_run

if TYPE_CHECKING:
    from pathlib import Path

    from arbitrax.backtest.documents.run import StoredAs
    from arbitrax.backtest.result import Result

NAMED = 4
"""Symbols in the title."""


def write_report(result: Result, path: Path, stored: StoredAs | None = None) -> Path:
    """Write the report of a result and return its path; stored: what a store knows of the run.

    Missing folders are made.

    Raises:
        InputError: nothing can be written there.
    """
    return write_page(render_report(result, stored), path)


def render_report(result: Result, stored: StoredAs | None = None) -> str:
    """Return the report of a result as HTML text; arguments as in `write_report`."""
    engine = VERSION if stored is None else stored.engine_version
    spec = result.spec
    symbols = ", ".join(spec.symbols[:NAMED]) + (" and more" if len(spec.symbols) > NAMED else "")
    return fill_page(clean_text(f"{spec.strategy.title} · {symbols}"), record_run(result, stored, engine))
