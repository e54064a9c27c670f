"""Arguments of the library's calls: enums by member or lower-case name, whole numbers within their range.

What is wrong is one sentence with the argument's name, its value and what to do, raised before the engine sees it.
"""

from enum import IntEnum
from operator import index
from typing import Any, Literal, NoReturn, TypeAlias, TypeVar

from arbitrax.domain.errors import InputError, UnknownNameError, did_you_mean
from arbitrax.exchange.records import AccountKind, SelfTrade, Side, TimeInForce, Type

AnySide: TypeAlias = Side | Literal["buy", "sell"]
AnyType: TypeAlias = Type | Literal["limit", "market", "stop", "stop_limit", "trailing_stop", "iceberg", "peg"]
AnyTimeInForce: TypeAlias = TimeInForce | Literal["gtc", "day", "gtd", "ioc", "fok"]
AnySelfTrade: TypeAlias = SelfTrade | Literal["cancel_newest", "cancel_oldest", "cancel_both", "decrement"]
AnyAccountKind: TypeAlias = AccountKind | Literal["cash", "margin"]
Member = TypeVar("Member", bound=IntEnum)


def by_name(enum: type[Member], *left_out: Member) -> dict[Any, Member]:
    """Return the members of an enum by themselves and by lower-case name."""
    members = [each for each in enum if each not in left_out]
    return {each: each for each in members} | {each.name.lower(): each for each in members}


SIDES = by_name(Side, Side.BOTH)
TYPES = by_name(Type)
TIMES_IN_FORCE = by_name(TimeInForce)
SELF_TRADES = by_name(SelfTrade)
ACCOUNT_KINDS = by_name(AccountKind)


def refuse_choice(name: str, value: object, choices: dict[Any, Member]) -> NoReturn:
    """Say what an argument may be.

    Raises:
        UnknownNameError: always.
    """
    names = [each for each in choices if isinstance(each, str)]
    hint = did_you_mean(value, names) if isinstance(value, str) else ""
    enum = type(choices[names[0]]).__name__
    listed = ", ".join(f'"{each}"' for each in names)
    raise UnknownNameError(f"{name}={value!r} is none of {listed}{hint}; use one of them, or a member of {enum}.")


def choose(name: str, value: object, choices: dict[Any, Member]) -> Member:
    """Return the member an argument names.

    Raises:
        UnknownNameError: there is none.
    """
    try:
        return choices[value]
    except (KeyError, TypeError):
        refuse_choice(name, value, choices)


def whole(name: str, value: object, low: int, high: int, unit: str) -> int:
    """Return a whole number within low..high.

    Raises:
        InputError: it is not.
    """
    try:
        number = index(value)  # type: ignore[arg-type]
    except TypeError:
        raise InputError(f"{name}={value!r} is no whole number; give {unit} as an int.") from None
    if not low <= number <= high:
        raise InputError(f"{name}={number} is outside {low}..{high}; give {unit} within it.")
    return number
