"""What a company does to its shares: splits, stock dividends, spin-offs and cash dividends, as declared."""

import math
from collections.abc import Iterable
from typing import Literal, get_args

from msgspec import Struct

from arbitrax.domain.dates import date_text
from arbitrax.domain.errors import DataError
from arbitrax.domain.intervals import DAY

ActionKind = Literal["split", "stock_dividend", "spin_off", "dividend"]
KINDS: tuple[ActionKind, ...] = get_args(ActionKind)


class CorporateAction(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One action of one symbol. It concerns who held shares at the close before ``ex_date``.

    Nothing in it is adjusted for later splits: Apple's dividend of November 2013 is 3.05 a share, whatever came after.
    """

    symbol: str
    kind: ActionKind
    ex_date: int
    """The first session without the claim, as its 00:00 UTC in ns; as a daily bar's timestamp."""
    ratio: float | None = None
    """New shares for one old: 7.0 for 7:1, 0.1 for 1:10, 1.05 for a stock dividend of 5%. Of a spin-off: shares of
    the new company for one of the old."""
    amount: float | None = None
    """Cash per share held before the ex-date, in ``currency``."""
    currency: str | None = None
    """Code of the currency that prices are quoted in, such as USD, or GBX for pence."""
    pay_date: int | None = None
    """When a dividend is paid, likewise in ns; None when not known. May lie before the ex-date of a large one."""

    def __post_init__(self) -> None:
        """Refuse what no company can do.

        Raises:
            DataError: says which field is wrong.
        """
        if not self.symbol or self.symbol != self.symbol.strip():
            raise DataError(f"A corporate action names the symbol '{self.symbol}'; give it one, without blanks around.")
        if self.kind not in KINDS:
            raise DataError(f"'{self.kind}' is no kind of corporate action; use {', '.join(KINDS)}.")
        for name, day in (("ex-date", self.ex_date), ("pay date", self.pay_date)):
            if day is not None and day % DAY:
                raise self._wrong(f"has the {name} {day} ns, which is no date; give the 00:00 UTC of a day")
        if self.kind == "dividend":
            self._check_dividend()
        else:
            self._check_ratio()

    @property
    def share_factor(self) -> float:
        """Shares held after for one held before: the ratio of a split or stock dividend, else 1.0."""
        return self.ratio if self.ratio is not None and self.kind != "spin_off" else 1.0

    def _check_dividend(self) -> None:
        if self.ratio is not None:
            raise self._wrong(f"has a ratio, {self.ratio}; give an amount alone")
        if self.amount is None or not (self.amount > 0 and math.isfinite(self.amount)):
            raise self._wrong(f"has the amount {self.amount}; give cash per share above zero")
        code = self.currency
        if not (code and code.isascii() and code.isalpha() and code.isupper() and 3 <= len(code) <= 8):
            raise self._wrong(f"has the currency {code!r}; give its code in capitals, such as USD")

    def _check_ratio(self) -> None:
        if self.amount is not None or self.currency is not None or self.pay_date is not None:
            raise self._wrong("has an amount, a currency or a pay date; give a ratio alone")
        if self.ratio is None or not (self.ratio > 0 and math.isfinite(self.ratio)):
            raise self._wrong(f"has the ratio {self.ratio}; give new shares for one old, above zero")
        if self.kind == "split" and self.ratio == 1:
            raise self._wrong("has the ratio 1, which changes nothing; correct it, or leave it out")
        if self.kind == "stock_dividend" and self.ratio <= 1:
            raise self._wrong(f"has the ratio {self.ratio}; give shares held after for one before, such as 1.05 for 5%")

    def _wrong(self, what: str) -> DataError:
        return DataError(f"The {self.kind.replace('_', ' ')} of {self.symbol} on {date_text(self.ex_date)} {what}.")


def in_order(actions: Iterable[CorporateAction]) -> tuple[CorporateAction, ...]:
    """Return actions by symbol, ex-date and kind, in the order of `KINDS`: splits before dividends of the same day."""
    return tuple(sorted(actions, key=lambda each: (each.symbol, each.ex_date, KINDS.index(each.kind))))
