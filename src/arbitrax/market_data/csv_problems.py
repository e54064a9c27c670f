"""Turn what the CSV kernel could not read into one sentence."""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from arbitrax.domain.errors import DataError
from arbitrax.kernels import csv_reader as kernel
from arbitrax.market_data.csv_rows import Rows, Text
from arbitrax.market_data.source import in_all, quoted

VOLUMES = ("volume", "tick_volume")
MAY_BE_EMPTY = (*VOLUMES, "adj_close")
"""Columns of which the rows themselves tell later whether empty fields matter."""


class Problem(Struct, frozen=True):
    """What could not be read, each in one sentence."""

    first: str
    """The one that comes first in the text."""
    grave: str | None
    """The first that is not only a price or volume: then it cannot be told what the rows are."""


def first_problem(
    text: Text, rows: Rows, names: Sequence[str], file: str, unit: Literal["line", "row"] = "line"
) -> Problem | None:
    """Return what could not be read, None without any; empty volumes and adjusted closes are no problem."""
    role_of = {position: role for role, position in text.roles.items()}
    found = [
        (int(problem["line"]), code, column)
        for code in range(kernel.PROBLEMS)
        for column, problem in enumerate(rows.problems[code])
        if problem["rows"] and not (code == kernel.EMPTY and role_of.get(column) in MAY_BE_EMPTY)
    ]
    if not found:
        return None
    grave = [each for each in found if not _in_number(each[1], role_of.get(each[2]))]
    told = [_told(text, rows, names, f"{file}, {unit}", min(some)) for some in (found, grave) if some]
    return Problem(told[0], told[1] if grave else None)


def raise_first_problem(
    text: Text, rows: Rows, names: Sequence[str], file: str, unit: Literal["line", "row"] = "line"
) -> None:
    """Raise DataError for the problem that comes first, if there is any."""
    problem = first_problem(text, rows, names, file, unit)
    if problem is not None:
        raise DataError(problem.first)


def _in_number(code: int, role: str | None) -> bool:
    return code not in (kernel.RAGGED, kernel.UNTERMINATED) and role not in (None, "date", "time", "symbol")


def _told(text: Text, rows: Rows, names: Sequence[str], place: str, at: tuple[int, int, int]) -> str:
    """Return the sentence about a problem, by its line, code and column; place: ``AAPL.csv, line``."""
    line, code, column = at
    problem = rows.problems[code, column]
    count, start, length = int(problem["rows"]), int(problem["start"]), int(problem["length"])
    if code == kernel.RAGGED:
        return (
            f"{place} {line}: {length} fields where other rows have {text.width} ({in_all(count)}); "
            "complete or remove them, and quote fields that contain the delimiter."
        )
    value = text.data[start : start + length].decode(errors="replace")
    if code == kernel.UNTERMINATED:
        return f"{place} {line}: the quote before {quoted(value)} is never closed; close or remove it."
    role = next(role for role, position in text.roles.items() if position == column)
    what, advice = _sentence(code, role, value, rows)
    return f"{place} {line}, column '{names[column]}': {what} ({in_all(count)}); {advice}."


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
