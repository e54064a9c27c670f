"""What a report holds, for tests."""

import csv
import io
import json
import re


def recorded_of(html):
    """Return the data of a report."""
    return json.loads(re.search(r'<script type="application/json" id="recorded">(.*?)</script>', html, re.DOTALL)[1])


def answers_of(html, run=0):
    """Return what the gateway answered about a run, by what follows its address."""
    recorded = recorded_of(html)
    path = f"/api/v1/backtests/{recorded['runs'][run]}"
    return {name.removeprefix(path): found for name, found in recorded["answers"].items() if name.startswith(path)}


def cells_of(text):
    """Return the rows of a CSV, numbers as floats: programs write the same number differently."""
    return [{name: _read(cell) for name, cell in row.items()} for row in csv.DictReader(io.StringIO(text))]


def _read(cell):
    try:
        return float(cell)
    except ValueError:
        return cell
