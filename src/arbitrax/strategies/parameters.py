"""Declared strategy parameters: typed, bounded, documented."""

import math
from collections.abc import Mapping
from typing import Any

import msgspec

from arbitrax.domain.errors import ParameterError, did_you_mean

Value = int | float | bool | str

_BOOLEANS = {
    "true": True,
    "yes": True,
    "1": True,
    "on": True,
    "false": False,
    "no": False,
    "0": False,
    "off": False,
}


class Parameter(msgspec.Struct, frozen=True):
    """One knob of a strategy. ``low`` and ``high`` are inclusive; ``choices`` limits text."""

    name: str
    type: type[Value]
    default: Value
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    doc: str = ""

    @property
    def allowed(self) -> str:
        """Say which values are allowed, for messages and tables."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if self.type is bool:
            return "true or false"
        kind = "a whole number" if self.type is int else "a number" if self.type is float else "text"
        if self.low is not None and self.high is not None:
            return f"{kind} from {self.low:g} to {self.high:g}"
        if self.low is not None:
            return f"{kind} of at least {self.low:g}"
        return f"{kind} of at most {self.high:g}" if self.high is not None else kind

    def check(self, value: object, strategy: str) -> Value:
        """Return ``value`` as this parameter's type; text, as a command line gives it, is converted.

        Raises:
            ParameterError: wrong type or out of bounds.
        """
        converted = self._convert(value)
        inside = converted is not None and (
            converted in self.choices
            if self.choices
            else isinstance(converted, str | bool)
            or ((self.low is None or converted >= self.low) and (self.high is None or converted <= self.high))
        )
        if not inside or converted is None:
            raise ParameterError(f"{strategy}: {self.name} = {value!r} is not allowed; give {self.allowed}.").at(
                self.name
            )
        return converted

    def _convert(self, value: object) -> Value | None:
        if isinstance(value, str) and self.type is not str:
            if self.type is bool:
                return _BOOLEANS.get(value.strip().lower())
            try:
                return self.type(value)
            except ValueError:
                return None
        if self.type is float and isinstance(value, int) and not isinstance(value, bool):
            return float(value)
        if hasattr(value, "item") and getattr(value, "ndim", 1) == 0:  # NumPy scalar
            return self._convert(value.item())
        # bool is a subclass of int, so compare exactly.
        return value if type(value) is self.type and not (isinstance(value, float) and math.isnan(value)) else None


class Declaration(msgspec.Struct, frozen=True):
    """What `parameter` leaves in a class body until the class is made."""

    default: Value
    low: float | None
    high: float | None
    choices: tuple[str, ...]
    doc: str


def parameter(
    default: Any,
    *,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
    doc: str = "",
) -> Any:
    """Declare a parameter in a strategy's class body: ``fast: int = parameter(10, low=1, high=400)``.

    Bounds are inclusive. The annotation gives the type: int, float, bool or str.
    """
    return Declaration(default, low, high, choices, doc)


def resolve(parameters: Mapping[str, Parameter], given: Mapping[str, object], strategy: str) -> dict[str, Value]:
    """Return every parameter's value: the given ones checked, the others at their defaults.

    Raises:
        ParameterError: unknown name, wrong type or out of bounds.
    """
    for name in given:
        if name not in parameters:
            known = ", ".join(parameters) or "none"
            raise ParameterError(
                f"{strategy} has no parameter '{name}'{did_you_mean(name, parameters)} (it has: {known})."
            ).at(name)
    return {
        name: declared.check(given[name], strategy) if name in given else declared.default
        for name, declared in parameters.items()
    }
