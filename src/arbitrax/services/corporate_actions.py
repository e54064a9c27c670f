"""Bring files of corporate actions into the store, list and withdraw them."""

from pathlib import Path

from msgspec import Struct

from arbitrax.domain.corporate_actions import KINDS, ActionKind
from arbitrax.domain.dates import canonical_date, date_text, start_of_day
from arbitrax.domain.errors import DataError, StoreError, UnknownNameError, did_you_mean
from arbitrax.market_data.corporate_action_files import read_actions
from arbitrax.market_data.corporate_actions import check_actions
from arbitrax.services.ports import ActionStore, BarStore, StoredActions

DAILY = "1d"
"""The bars that actions are compared with."""


class ActionsOutcome(Struct, frozen=True):
    """What importing one file did. ``refused`` is the sentence that says why, and then nothing was stored."""

    path: str
    symbols: tuple[str, ...] = ()
    rows: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicates_dropped: int = 0
    notices: tuple[str, ...] = ()
    refused: str | None = None


def import_actions(
    actions: ActionStore,
    bars: BarStore,
    path: Path,
    *,
    received: int,
    symbol: str | None = None,
    currency: str | None = None,
    split_adjusted: bool | None = None,
) -> ActionsOutcome:
    """Read, check and store one file in one transaction; ``received`` in ns UTC, the rest as `read_actions` has it.

    Stored daily bars that contradict an action give a notice. A file that cannot be trusted is an outcome, not an
    exception; a store that fails is.
    """
    try:
        read = read_actions(path, symbol=symbol, currency=currency, split_adjusted=split_adjusted)
        counts = actions.store(read.actions, source="file", received=received)
    except DataError as error:
        return ActionsOutcome(str(path), refused=str(error))
    except StoreError as error:
        raise type(error)(f"{error} Nothing of {path} was stored.") from error
    symbols = tuple(sorted({each.symbol for each in read.actions}))
    return ActionsOutcome(
        path=str(path),
        symbols=symbols,
        rows=read.rows_read,
        added=counts.added,
        updated=counts.updated,
        unchanged=counts.unchanged,
        duplicates_dropped=read.duplicates_dropped,
        notices=(*read.notices, *_doubts(actions, bars, symbols)),
    )


def _doubts(actions: ActionStore, bars: BarStore, symbols: tuple[str, ...]) -> list[str]:
    """Return what the stored daily bars say against the actions that now count, and which symbols have none."""
    stored = {each.symbol for each in bars.catalogue() if each.interval == DAILY}
    notices = []
    for symbol in symbols:
        if symbol not in stored:
            hint = did_you_mean(symbol, stored)
            notices.append(f"No daily bars are stored for {symbol}, so its actions were not compared{hint or '.'}")
            continue
        series = bars.load(symbol, DAILY)
        if series is not None:
            notices += check_actions(series.bars, actions.load(symbol).actions)
    return notices


def list_actions(actions: ActionStore, bars: BarStore, symbol: str) -> StoredActions:
    """Return the stored actions of a symbol, maybe none.

    Raises:
        UnknownNameError: neither actions nor bars are stored for it.
    """
    stored = actions.load(symbol)
    symbols = [] if stored.as_of else [each.symbol for each in bars.catalogue()]
    if not stored.as_of and symbol not in symbols:
        hint = did_you_mean(symbol, symbols) or "; `arbitrax data list` shows what is stored."
        raise UnknownNameError(f"Nothing is stored for '{symbol}'{hint}")
    return stored


def withdraw_action(
    actions: ActionStore, symbol: str, kind: str, ex_date: str, *, received: int, restore: bool = False
) -> None:
    """Let a stored action count no more, or again. Runs made before stay as they were.

    Raises:
        UnknownNameError: there is no such action in the other state.
        RangeError: the date is none.
    """
    at = start_of_day(canonical_date(ex_date, "ex-date"))
    found: ActionKind | None = next((each for each in KINDS if each == kind), None)
    if found is None:
        hint = did_you_mean(kind, KINDS) or f"; use {', '.join(KINDS)}."
        raise UnknownNameError(f"'{kind}' is no kind of corporate action{hint}")
    if actions.withdraw(symbol, found, at, received=received, restore=restore):
        return
    dates = [date_text(each.ex_date) for each in actions.load(symbol).actions if each.kind == found]
    listed = f"its own are on {', '.join(dates[-8:])}" if dates else f"it has no {found} that counts"
    state = "withdrawn" if restore else "stored"
    raise UnknownNameError(f"No {found} of {symbol} on {ex_date} is {state}; {listed}.")
