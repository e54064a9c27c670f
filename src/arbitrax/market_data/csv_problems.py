"""Turn what the CSV kernel could not read into one sentence."""

from collections.abc import Sequence
from typing import Literal

from arbitrax.domain.errors import DataError
from arbitrax.kernels import csv_reader as kernel
from arbitrax.market_data.csv_rows import Rows, Text
from arbitrax.market_data.source import in_all, quoted

VOLUMES = ("volume", "tick_volume")
MAY_BE_EMPTY = (*VOLUMES, "adj_close")
"""Columns of which the rows themselves tell later whether empty fields matter."""


def raise_first_problem(
    text: Text, rows: Rows, names: Sequence[str], file: str, unit: Literal["line", "row"] = "line"
) -> None:
    """Raise DataError for the problem that comes first in the file; empty volumes and adjusted closes are none."""
    role_of = {position: role for role, position in text.roles.items()}
    found = [
        (int(problem["line"]), code, column)
        for code in range(kernel.PROBLEMS)
        for column, problem in enumerate(rows.problems[code])
        if problem["rows"] and not (code == kernel.EMPTY and role_of.get(column) in MAY_BE_EMPTY)
    ]
    if not found:
        return
    line, code, column = min(found)
    problem = rows.problems[code, column]
    count, start, length = int(problem["rows"]), int(problem["start"]), int(problem["length"])
    if code == kernel.RAGGED:
        raise DataError(
            f"{file}, {unit} {line}: {length} fields where other rows have {text.width} ({in_all(count)}); "
            "complete or remove them, and quote fields that contain the delimiter."
        )
    value = text.data[start : start + length].decode(errors="replace")
    if code == kernel.UNTERMINATED:
        raise DataError(f"{file}, {unit} {line}: the quote before {quoted(value)} is never closed; close or remove it.")
    what, advice = _sentence(code, role_of[column], value, rows)
    raise DataError(f"{file}, {unit} {line}, column '{names[column]}': {what} ({in_all(count)}); {advice}.")


def _sentence(code: int, role: str, value: str, rows: Rows) -> tuple[str, str]:
    """Return what is wrong with a field, and what to do."""
    shown = quoted(value)
    if role in ("date", "time", "symbol"):
        return _about_label(code, role, shown, rows)
    kind = "volume" if role in VOLUMES else "price"
    if code == kernel.EMPTY:
        what = f"the {kind} is {shown}" if value else f"the {kind} is empty"
        return what, "fill those rows from the source or remove them"
    if code == kernel.NOT_FINITE:
        return f"{shown} is not a finite {kind}", "correct those rows or remove them"
    if "," in value and value.replace(",", "").replace(".", "").lstrip("-").isdigit():
        return (
            f"{shown} is not a number",
            "write a point before decimals and nothing between thousands, such as 1234.5",
        )
    return f"{shown} is not a number", "correct those rows or remove them"


def _about_label(code: int, role: str, shown: str, rows: Rows) -> tuple[str, str]:
    """Return what is wrong with a date, time or symbol."""
    if code == kernel.EMPTY:
        return f"the {role} is empty", "fill or remove those rows"
    if code == kernel.BAD_YEAR:
        return (
            f"{shown} lies outside the years {kernel.FIRST_YEAR} to {kernel.LAST_YEAR}",
            "correct those dates",
        )
    if role == "time":
        return f"{shown} is not a time of day", "write times as HH:MM, HH:MM:SS or HHMMSS"
    return (
        f"{shown} is not {_article(str(rows.date_format))}",
        "write every date in one format, best YYYY-MM-DD",
    )


def _article(pattern: str) -> str:
    return pattern if pattern.startswith("a ") else f"a date written as {pattern}"
