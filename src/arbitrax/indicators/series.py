"""What every indicator over arrays shares: the check of its input, and errors in words."""

from typing import TYPE_CHECKING, Any

import numpy as np

from arbitrax.domain.errors import DataError, InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike

    from arbitrax.domain.bars import Floats


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


def made(make: "Callable[..., Any]", settings: tuple[object, ...], name: str = "") -> "Any":
    """Return the state ``make(*settings)``; name: how a message calls it, unless by its own.

    Raises:
        InputError: a setting is out of bounds, or no number.
    """
    name = name or make.__name__
    try:
        return make(*settings)
    except ValueError as error:
        raise InputError(f"{name}: {error}") from error
    except (TypeError, OverflowError) as error:
        shown = ", ".join(map(repr, settings))
        raise InputError(f"{name}({shown}) is not possible: windows are whole numbers up to 1,000,000, "
                         "other settings are numbers.") from error  # fmt: skip


def lines(
    make: "Callable[..., Any]", settings: tuple[float, ...], given: "dict[str, ArrayLike]", outputs: int
) -> "list[Floats]":
    """Return the arrays that the indicator ``make(*settings)`` writes for these series, each (bars,).

    Raises:
        InputError: a setting out of bounds, values that are no series, or series of different lengths.
        DataError: values too large for exact sums.
    """
    arrays = {name: series(values, name) for name, values in given.items()}
    bars = len(next(iter(arrays.values())))
    if any(len(array) != bars for array in arrays.values()):
        words = " and ".join(f"{name} has {len(array)}" for name, array in arrays.items())
        raise InputError(f"{make.__name__}: {words} values; give series of the same length.")
    out = [np.empty(bars) for _ in range(outputs)]
    state = made(make, settings)
    try:
        state.fill(*arrays.values(), *out)
    except OverflowError as error:
        raise DataError(f"{make.__name__}: {error}.") from error
    return out
