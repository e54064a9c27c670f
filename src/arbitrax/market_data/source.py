"""Where rows come from, in the words a user needs to find them again."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from arbitrax.domain.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONGEST_VALUE = 40


def refuse(source: str, what: str, advice: str = "") -> DataError:
    """Return the one-sentence error for a whole source: ``AAPL.csv: what; advice.``"""
    sentence = f"{source}: {what}{'; ' + advice if advice else ''}"
    return DataError(sentence if sentence.endswith("?") else sentence + ".")


def quoted(value: str) -> str:
    """Return a value in quotes, printable and cut to a readable length."""
    shown = value.encode("unicode_escape").decode("ascii") if not value.isprintable() else value
    return f"'{shown if len(shown) <= LONGEST_VALUE else shown[:LONGEST_VALUE] + '...'}'"


def in_all(rows: int) -> str:
    """Return ``1 row in all`` or ``n rows in all``."""
    return f"{rows} row{'' if rows == 1 else 's'} in all"


class Source(Struct, frozen=True, eq=False):
    """A file or frame: its name, what its columns are called, and how its rows are counted."""

    name: str
    labels: Mapping[str, str]
    """Role -> the column's name as the source has it."""
    unit: Literal["line", "row"]
    """Text files count lines from 1, header included; others count rows from 0."""
    numbers: "NDArray[np.int64] | range"
    """(rows,) the line or row number of each row."""

    def take(self, rows: "NDArray[np.int64] | slice") -> "Source":
        """Return the source of the rows that a mask or index array selects."""
        return replace(self, numbers=np.asarray(self.numbers)[rows])

    def label(self, role: str) -> str:
        """Return the name the source gives a column."""
        return self.labels.get(role, role)

    def place(self, row: int) -> str:
        """Return ``line 7`` for a row's position."""
        return f"{self.unit} {int(self.numbers[row])}"

    def refuse_row(self, row: int, role: str, what: str, rows: int, advice: str) -> DataError:
        """Return the one-sentence error for a value: file, line, column, what, how many, what to do."""
        return DataError(
            f"{self.name}, {self.place(row)}, column '{self.label(role)}': {what} ({in_all(rows)}); {advice}."
        )
