"""Messages of strategies."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from arbitrax.strategies.strategy import Strategy


class ParameterMessage(Struct, frozen=True):
    """A parameter of a strategy; bounds are inclusive."""

    name: str
    type: Literal["int", "float", "bool", "str"]
    default: float | bool | str
    low: float | None
    high: float | None
    choices: list[str]
    description: str


class StrategyMessage(Struct, frozen=True):
    """A registered strategy; `most_symbols` null: any number."""

    name: str
    class_name: str
    summary: str
    least_symbols: int
    most_symbols: int | None
    parameters: list[ParameterMessage]


def strategy_message(name: str, strategy: type[Strategy]) -> StrategyMessage:
    """Return a strategy's message."""
    return StrategyMessage(
        name=name,
        class_name=strategy.__name__,
        summary=(strategy.__doc__ or "").strip().partition("\n")[0],
        least_symbols=strategy.least_symbols,
        most_symbols=strategy.most_symbols,
        parameters=[
            ParameterMessage(
                name=each.name,
                type=each.type.__name__,  # type: ignore[arg-type]  # one of the four
                default=each.default,
                low=each.low,
                high=each.high,
                choices=list(each.choices),
                description=each.doc,
            )
            for each in strategy.parameters.values()
        ],
    )
