"""A run as one HTML file that needs no network: Result -> data -> HTML, and views of it for notebooks."""

from arbitrax.backtest.report.notebook import NotebookView, notebook_summary, notebook_view
from arbitrax.backtest.report.render import render_report, write_report

__all__ = ["NotebookView", "notebook_summary", "notebook_view", "render_report", "write_report"]
