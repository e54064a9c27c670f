"""What every indicator over arrays shares: the check of its input, and errors in words."""

from typing import TYPE_CHECKING, Protocol

import numpy as np

from arbitrax.domain.errors import DataError, InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike

    from arbitrax.domain.bars import Floats


class Line(Protocol):
    """An indicator that turns one series into another of the same length."""

    def fill(self, value: "Floats", out: "Floats") -> None:
        """Take the next values, (bars,); write the results."""


def series(values: "ArrayLike", name: str = "values") -> "Floats":
    """Return ``values`` as (bars,) contiguous float64.

    Raises:
        InputError: they are no numbers, or not one-dimensional.
    """
    try:
        array = np.ascontiguousarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"{name} is no array of numbers ({error}); give one number a bar.") from error
    if np.ndim(values) != 1:
        raise InputError(f"{name} has the shape {np.shape(values)}; give one number a bar, shape (bars,).")
    return array


def line(make: "Callable[..., Line]", values: "ArrayLike", *settings: int) -> "Floats":
    """Return the indicator that ``make(*settings)`` starts over the values, (bars,).

    Raises:
        InputError: a setting out of bounds, or values that are no series.
        DataError: values too large for exact sums.
    """
    array = series(values)
    out = np.empty(len(array))
    try:
        make(*settings).fill(array, out)
    except (TypeError, ValueError) as error:
        raise InputError(f"{make.__name__}: {error}") from error
    except OverflowError as error:
        raise DataError(f"{make.__name__}: {error}.") from error
    return out
