"""Read corporate actions from CSV: a row an action, or a row a day with columns for dividends and splits.

Alpha Vantage's lists of splits and of dividends and yfinance's ``actions`` are read as they come.
"""

import csv
import io
import math
import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from msgspec import Struct

from arbitrax.domain.corporate_actions import KINDS, ActionKind, CorporateAction, in_order
from arbitrax.domain.dates import date_text, start_of_day
from arbitrax.domain.errors import DataError, did_you_mean
from arbitrax.market_data.columns import spelling
from arbitrax.market_data.corporate_action_lists import ActionsRead, as_declared, currency_code
from arbitrax.market_data.csv_header import check_text
from arbitrax.market_data.source import quoted, refuse

# Spelled without case, blanks and punctuation; where a file has several, the first one listed here is used.
ALIASES = {
    "symbol": ("symbol", "ticker", "sym"),
    "kind": ("kind", "type", "action", "actiontype", "event", "eventtype"),
    "ex_date": (
        "exdate", "exdividenddate", "exdivdate", "effectivedate", "executiondate", "splitdate", "date",
        "timestamp", "day",
    ),
    "ratio": ("ratio", "splitratio", "splitfactor", "splitcoefficient", "stocksplits", "stocksplit", "splits", "split"),
    "amount": (
        "amount", "cashamount", "dividendamount", "dividends", "dividend", "dividendpershare", "cashdividend",
    ),
    "value": ("value",),
    "pay_date": ("paydate", "paymentdate", "payabledate", "payable"),
    "currency": ("currency", "ccy"),
}  # fmt: skip
KIND_WORDS: dict[str, ActionKind] = {
    **{spelling(kind): kind for kind in KINDS},
    **dict.fromkeys(("stocksplit", "forwardsplit", "reversesplit", "splits"), "split"),
    **dict.fromkeys(("dividends", "div", "cashdividend", "cash", "specialdividend"), "dividend"),
    "spinoffs": "spin_off",
}
YFINANCE = {"dividends", "stocksplits"}
"""Columns that only yfinance's tables have, whose dividends are split-adjusted."""
ABSENT = ("", "none", "null", "nan", "n/a", "na", "-", "0000-00-00")
TWO_NUMBERS = re.compile(r"([\d.]+)\s*(?::|/|-?\s*for\s*-?)\s*([\d.]+)")
FIRST_YEAR, LAST_YEAR = 1900, 2200


class _Row(Struct, frozen=True):
    """One line's cells by role."""

    line: int
    cells: dict[str, str]


def read_actions(
    path: Path, *, symbol: str | None = None, currency: str | None = None, split_adjusted: bool | None = None
) -> ActionsRead:
    """Return the actions of a CSV file.

    Args:
        path: columns are found by name: symbol, kind, ex_date, ratio or amount (or value), pay_date, currency.
        symbol: which of the file's symbols to read, or the symbol of a file without that column; otherwise the file's
            name without ending, in capitals.
        currency: of dividends whose row names none; USD otherwise.
        split_adjusted: whether dividends are divided by later splits (all of them in the file), which is then undone.
            Unless given, they are taken so in yfinance's form only.

    Raises:
        DataError: one sentence with the line and what to do; nothing is left out in silence.
    """
    file = path.name
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise DataError(f"{path} cannot be read ({reason}); check the path and its permissions.") from None
    check_text(data, file)
    roles, names, rows = _rows(data.decode("utf-8-sig"), file)
    yfinance = {spelling(name) for name in names} >= YFINANCE and "kind" not in roles
    adjusted = yfinance if split_adjusted is None else split_adjusted
    notices = []
    if yfinance and split_adjusted is None:
        notices.append(f"{file} has yfinance's columns, so its dividends were multiplied by the splits since.")
    if "symbol" in roles and symbol is not None:
        rows = _of_symbol(rows, symbol, file)
    reader = _Reader(file, names, roles, symbol or path.stem.upper(), currency)
    found: dict[tuple[str, str, int], tuple[int, CorporateAction]] = {}
    dropped = 0
    for row in rows:
        for action in reader.actions_of(row):
            key = (action.symbol, action.kind, action.ex_date)
            line, first = found.setdefault(key, (row.line, action))
            if first is action:
                continue
            if first != action:
                what = f"both give a {action.kind.replace('_', ' ')} of {action.symbol} on {date_text(action.ex_date)}"
                raise DataError(f"{file}, lines {line} and {row.line}: {what}; keep one, or a dividend of their sum.")
            dropped += 1
    actions = [action for _, action in found.values()]
    if reader.assumed_currency:
        notices.append(f"{file} names no currency; its dividends were taken as {reader.currency}.")
    if adjusted:
        actions = _undone(actions)
    return ActionsRead(in_order(actions), len(rows), dropped, tuple(notices))


def _undone(actions: Sequence[CorporateAction]) -> list[CorporateAction]:
    declared: list[CorporateAction] = []
    for symbol in {each.symbol for each in actions}:
        own = [each for each in actions if each.symbol == symbol]
        splits = [each for each in own if each.amount is None]
        declared += [*splits, *as_declared((each for each in own if each.amount is not None), splits)]
    return declared


def _of_symbol(rows: list[_Row], symbol: str, file: str) -> list[_Row]:
    chosen = [row for row in rows if row.cells["symbol"] == symbol]
    if not chosen:
        symbols = sorted({row.cells["symbol"] for row in rows})
        hint = did_you_mean(symbol, symbols) or f"; it has {', '.join(symbols[:8])}"
        raise refuse(file, f"it holds no row of '{symbol}'{hint}")
    return chosen


def _rows(text: str, file: str) -> tuple[dict[str, int], list[str], list[_Row]]:
    """Return role -> column, the header, and the rows that are not blank."""
    header = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t|", key=header.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, skipinitialspace=True, strict=True)
    lines = _lines(reader, file)
    _, names = next(lines)
    roles = _roles(names, file)
    rows = []
    for number, fields in lines:
        if len(fields) != len(names):
            what = f"{len(fields)} fields where the header has {len(names)}"
            raise DataError(f"{file}, line {number}: {what}; complete the row or remove it.")
        rows.append(_Row(number, {role: fields[column] for role, column in roles.items()}))
    return roles, names, rows


def _lines(reader: "Iterator[list[str]]", file: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the number and the stripped fields of each line that is not blank."""
    while True:
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise DataError(f"{file}, line {reader.line_num}: {error}; correct the quotes.") from None  # type: ignore[attr-defined]  # csv's reader has it
        if any(field.strip() for field in fields):
            yield reader.line_num, [field.strip() for field in fields]  # type: ignore[attr-defined]  # likewise


def _roles(names: Sequence[str], file: str) -> dict[str, int]:
    spelled = [spelling(name) for name in names]
    roles = {}
    for role, aliases in ALIASES.items():
        found = next((alias for alias in aliases if alias in spelled), None)
        if found is None:
            continue
        if spelled.count(found) > 1:
            raise refuse(file, f"two columns mean {role}", "keep one of them")
        roles[role] = spelled.index(found)
    shown = ", ".join(f"'{name}'" for name in names)
    advice = "name the columns symbol, kind, ex_date, ratio, amount, currency and pay_date"
    if "ex_date" not in roles:
        raise refuse(file, f"no column for ex_date among {shown}", advice)
    if not {"ratio", "amount"} & set(roles) and not {"kind", "value"} <= set(roles):
        raise refuse(file, f"no column for ratio or amount among {shown}", advice)
    return roles


class _Reader:
    """Turns rows of one file into actions."""

    def __init__(
        self, file: str, names: Sequence[str], roles: dict[str, int], symbol: str, currency: str | None
    ) -> None:
        self._file = file
        self._labels = {role: names[column] for role, column in roles.items()}
        self._symbol = symbol
        self._given = currency
        self.currency = currency_code(currency or "USD")
        self.assumed_currency = False

    def actions_of(self, row: _Row) -> list[CorporateAction]:
        """Return the row's actions: one where it names a kind, else what its columns hold, maybe none."""
        kind = row.cells.get("kind")
        if kind is not None:
            return [self._named(row, kind)]
        actions = []
        ratio, amount = row.cells.get("ratio", ""), row.cells.get("amount", "")
        if not self._nothing(ratio, ("0", "1")):
            actions.append(self._action(row, "split", "ratio"))
        if not self._nothing(amount, ("0",)):
            actions.append(self._action(row, "dividend", "amount"))
        if not actions and ratio.lower() in ABSENT and amount.lower() in ABSENT:
            raise self._wrong(row, "ratio" if "ratio" in row.cells else "amount", "the row has no value", "give one")
        return actions

    def _named(self, row: _Row, word: str) -> CorporateAction:
        kind = KIND_WORDS.get(spelling(word))
        if kind is None:
            hint = did_you_mean(word, KINDS).removeprefix("; ").rstrip("?")
            advice = f"{hint}?" if hint else f"use {', '.join(KINDS)}"
            raise self._wrong(row, "kind", f"{quoted(word)} is no kind of corporate action", advice)
        wanted = "amount" if kind == "dividend" else "ratio"
        column = wanted if row.cells.get(wanted, "") or "value" not in row.cells else "value"
        if column not in row.cells:
            raise self._wrong(row, "kind", f"the file has no column for the {wanted} of a {kind}", f"add {wanted}")
        return self._action(row, kind, column)

    def _action(self, row: _Row, kind: ActionKind, column: str) -> CorporateAction:
        symbol = row.cells.get("symbol", self._symbol)
        if not symbol:
            raise self._wrong(row, "symbol", "the symbol is empty", "fill it in")
        ex_date = self._date(row, "ex_date")
        if kind != "dividend":
            ratio = self._ratio(row, column)
            return self._checked(row, column, symbol=symbol, kind=kind, ex_date=ex_date, ratio=ratio)
        named = row.cells.get("currency", "")
        if not named and self._given is None:
            self.assumed_currency = True
        return self._checked(
            row,
            column,
            symbol=symbol,
            kind=kind,
            ex_date=ex_date,
            amount=self._number(row, column, row.cells[column].removeprefix("$")),
            currency=currency_code(named) if named else self.currency,
            pay_date=None if row.cells.get("pay_date", "").lower() in ABSENT else self._date(row, "pay_date"),
        )

    def _checked(self, row: _Row, column: str, **fields: object) -> CorporateAction:
        try:
            return CorporateAction(**fields)  # type: ignore[arg-type]  # as the callers pass them
        except DataError as error:
            raise DataError(f"{self._file}, line {row.line}, column '{self._labels[column]}': {error}") from None

    def _date(self, row: _Row, role: str) -> int:
        """Read the date of ``2020-08-31``, ``20200831`` or ``2020-08-31 00:00:00-04:00``."""
        text = row.cells[role]
        head = re.match(r"(\d{4}-\d{2}-\d{2}|\d{8})(?=$|[ T])", text)
        try:
            day = date.fromisoformat(head.group()) if head else None
        except ValueError:
            day = None
        if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise self._wrong(row, role, f"{quoted(text)} is not a date", "write it as YYYY-MM-DD")
        return start_of_day(day.isoformat())

    def _ratio(self, row: _Row, column: str) -> float:
        text = row.cells[column]
        both = TWO_NUMBERS.fullmatch(text.lower())
        if both is None:
            return self._number(row, column, text)
        new, old = (self._number(row, column, part) for part in both.groups())
        return new / old

    def _number(self, row: _Row, column: str, text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if value > 0 and math.isfinite(value):
            return value
        raise self._wrong(
            row, column, f"{quoted(row.cells[column])} is not a number above zero", "correct it, or remove the row"
        )

    @staticmethod
    def _nothing(text: str, values: tuple[str, ...]) -> bool:
        """Tell whether a cell says that nothing happened: blank, or one of the values however written."""
        if text.lower() in ABSENT:
            return True
        try:
            return float(text) in {float(value) for value in values}
        except ValueError:
            return False

    def _wrong(self, row: _Row, role: str, what: str, advice: str) -> DataError:
        sentence = f"{self._file}, line {row.line}, column '{self._labels[role]}': {what}; {advice}"
        return DataError(sentence if sentence.endswith("?") else f"{sentence}.")
