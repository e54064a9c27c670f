"""A run, or several beside each other, as one HTML file that needs no network; and views of a run for notebooks."""

from arbitrax.backtest.report.comparison import render_comparison, write_comparison
from arbitrax.backtest.report.notebook import NotebookView, notebook_summary, notebook_view
from arbitrax.backtest.report.render import render_report, write_report

__all__ = [
    "NotebookView",
    "notebook_summary",
    "notebook_view",
    "render_comparison",
    "render_report",
    "write_comparison",
    "write_report",
]
