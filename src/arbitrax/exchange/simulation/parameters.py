"""Parameters with a range: declared as dataclass fields, checked when the object is made."""

import math
from dataclasses import field, fields
from typing import Any

from arbitrax.domain.errors import ParameterError


def bounded(default: float, low: float, high: float) -> Any:
    """Return a field of the default's type, whole or real, from ``low`` to ``high`` inclusive."""
    return field(default=default, metadata={"low": low, "high": high})


def check_bounds(owner: Any) -> None:
    """Check every bounded field of a dataclass.

    Raises:
        ParameterError: a value of another type, or out of its range.
    """
    for each in fields(owner):
        if "low" in each.metadata:
            whole = isinstance(each.default, int)
            check_number(
                type(owner).__name__, each.name, getattr(owner, each.name), each.metadata["low"], each.metadata["high"],
                whole=whole,
            )  # fmt: skip


def check_number(owner: str, name: str, value: object, low: float, high: float, *, whole: bool) -> None:
    """Check one number.

    Raises:
        ParameterError: another type, or out of its range.
    """
    kinds = int if whole else int | float
    good = isinstance(value, kinds) and not isinstance(value, bool) and math.isfinite(value) and low <= value <= high
    if not good:
        kind = "a whole number" if whole else "a number"
        raise ParameterError(f"{owner}: {name} is {value!r}; give {kind} from {low:,} to {high:,}.")
