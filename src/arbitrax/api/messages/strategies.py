"""Messages of strategies."""

from __future__ import annotations

import hashlib
import inspect
import sys
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from arbitrax.strategies.strategy import Strategy, source_of

HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


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


class StrategyDetail(StrategyMessage, frozen=True, kw_only=True):
    """A registered strategy with what it is made of."""

    description: str
    """All that its author says of it."""
    form: Literal["signals", "events"]
    """signals: it turns bars into decisions at once; events: it is called bar by bar."""
    warm_up_bars: Annotated[int | None, Meta(examples=[30])]
    """Bars before its first decision with the defaults; null: they do not say."""
    source: Annotated[str | None, Meta(examples=["class SmaCross(Strategy): ..."])]
    """The file that defines it; null: there is none to read."""
    source_sha256: Annotated[str | None, Meta(examples=[HASH])]
    """As in the specs of its runs."""


def strategy_detail(name: str, strategy: type[Strategy]) -> StrategyDetail:
    """Return a strategy's message with what it is made of."""
    source = source_of(strategy)
    return StrategyDetail(
        **msgspec.structs.asdict(strategy_message(name, strategy)),
        description=_description(strategy),
        form="events" if strategy.is_event_driven() else "signals",
        warm_up_bars=_warm_up(strategy),
        source=source,
        source_sha256=None if source is None else hashlib.sha256(source.encode()).hexdigest(),
    )


def _description(strategy: type[Strategy]) -> str:
    """Return what the class says, then its module: that is where sources are named."""
    module = sys.modules.get(strategy.__module__)
    texts = (inspect.cleandoc(each.__doc__ or "") for each in (strategy, module) if each is not None)
    return "\n\n".join(each for each in texts if each)


def _warm_up(strategy: type[Strategy]) -> int | None:
    try:
        return strategy().warmup
    except Exception:  # an installed one is anybody's code
        return None


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
