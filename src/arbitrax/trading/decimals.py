"""Exact decimals at the edge: text <-> whole steps of a size, nothing rounded (rule 9 of the exchange's rules)."""

import re
from decimal import Decimal
from typing import NoReturn

from arbitrax.domain.errors import InputError

LONGEST = 40
"""Characters of a decimal."""
MOST_REMEMBERED = 4096
MOST_DECIMALS = 12
"""Of a tick, a lot or a unit of cash."""
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?", re.ASCII)


class InexactError(InputError):
    """A decimal that is no whole number of steps. ``refusal`` is the code the exchange would refuse it with."""

    def __init__(self, message: str, refusal: str) -> None:
        super().__init__(message)
        self.refusal = refusal


class Steps:
    """Whole numbers of a step, such as ticks of 0.01, and their decimals."""

    __slots__ = ("_mantissa", "_off", "_steps", "_texts", "_unit", "_what", "decimals", "most", "size")

    def __init__(self, size: str, *, what: str, unit: str, off: str, most: int) -> None:
        """Take a step's size.

        Args:
            size: a decimal above 0 with 12 decimals at most.
            what: the argument's name, for sentences.
            unit: what a step is called: tick, lot.
            off: code of a decimal that is no whole number of steps.
            most: steps, of either sign.

        Raises:
            InputError: the size is none.
        """
        digits, self.decimals = read_decimal(size, f"the {unit}")
        if digits <= 0 or self.decimals > MOST_DECIMALS:
            raise InputError(
                f"A {unit} of {size} is not possible; give a decimal above 0 with {MOST_DECIMALS} decimals at most."
            )
        self.size, self.most = size, most
        self._mantissa, self._what, self._unit, self._off = digits, what, unit, off
        self._steps, self._texts = dict[str, int](), dict[int, str]()
        """Read and written before: a market has few prices and quantities at a time."""

    def read(self, text: str) -> int:
        """Return the steps of a decimal.

        Raises:
            InexactError: it is no whole number of steps.
            InputError: it is no decimal, or too large.
        """
        found = self._steps.get(text) if isinstance(text, str) else None
        if found is None:
            found = self._read(text)
            if len(self._steps) >= MOST_REMEMBERED:
                self._steps.clear()
            self._steps[text] = found
        return found

    def _read(self, text: str) -> int:
        digits, decimals = read_decimal(text, self._what)
        more = decimals - self.decimals
        if more > 0:
            digits, rest = divmod(digits, 10**more)
            if rest:
                self._refuse(text)
        elif more:
            digits *= 10**-more
        steps, rest = divmod(digits, self._mantissa)
        if rest:
            self._refuse(text)
        if not -self.most <= steps <= self.most:
            raise InputError(f"{self._what}={text} is too large; give {self.write(self.most)} at most.")
        return steps

    def write(self, steps: int) -> str:
        """Return the decimal of whole steps, with as many decimals as the size has."""
        found = self._texts.get(steps)
        if found is None:
            found = self._write(steps)
            if len(self._texts) >= MOST_REMEMBERED:
                self._texts.clear()
            self._texts[steps] = found
        return found

    def text(self, value: Decimal) -> str:
        """Return a decimal that is whole steps as `write` has it, whatever zeros it comes with."""
        return f"{value:.{self.decimals}f}"

    def _write(self, steps: int) -> str:
        value, decimals = steps * self._mantissa, self.decimals
        if not decimals:
            return str(value)
        digits = str(abs(value)).zfill(decimals + 1)
        return f"{'-' if value < 0 else ''}{digits[:-decimals]}.{digits[-decimals:]}"

    @property
    def step_digits(self) -> int:
        """The step without its point."""
        return self._mantissa

    def ratio(self, digits: int, over: "Steps", *, decimals: int) -> int | None:
        """Return how many steps of ``over`` a step times digits / 10^decimals is; None when no whole number."""
        mine = self._mantissa * digits * 10**over.decimals
        value, rest = divmod(mine, over._mantissa * 10 ** (self.decimals + decimals))
        return None if rest else value

    def _refuse(self, text: str) -> NoReturn:
        digits, decimals = read_decimal(text, self._what)
        below = digits * 10**self.decimals // (self._mantissa * 10**decimals)
        raise InexactError(
            f"{self._what}={text} is not a multiple of the {self._unit} {self.size}; the nearest are "
            f"{self.write(below)} and {self.write(below + 1)}.",
            self._off,
        )


def read_decimal(text: object, what: str) -> tuple[int, int]:
    """Return a decimal as digits and how many of them are decimals: ``"-1.50"`` is (-150, 2).

    Raises:
        InputError: it is no plain decimal, or has more than 40 characters.
    """
    if not isinstance(text, str) or len(text) > LONGEST or not _DECIMAL.fullmatch(text):
        shown = repr(text) if len(repr(text)) <= LONGEST + 10 else f"{repr(text)[:LONGEST]}..."
        raise InputError(f"{what}={shown} is no decimal; write digits with at most one point, such as 100.25.")
    whole, _, fraction = text.partition(".")
    return int(whole + fraction), len(fraction)
