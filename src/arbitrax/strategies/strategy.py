"""The strategy protocol.

A strategy is a class of a dozen lines: declared parameters, and either `Strategy.signals`, which turns bars into
decisions at once, or `Strategy.on_bar`, which is called at each close. The same object later runs live.
"""

import sys
from typing import TYPE_CHECKING, Any, ClassVar

from arbitrax.domain.errors import ParameterError, StrategyError
from arbitrax.strategies.parameters import Declaration, Parameter, Value, resolve

if TYPE_CHECKING:
    from arbitrax.domain.bars import Bars, Floats
    from arbitrax.domain.panel import Panel
    from arbitrax.kernels.context import Context, Fill, Order
    from arbitrax.strategies.signals import Decisions

_TYPES: dict[object, type[Value]] = {
    int: int, float: float, bool: bool, str: str, "int": int, "float": float, "bool": bool, "str": str,
}  # fmt: skip


class Strategy:
    """Base of all strategies; parameters are keyword arguments.

    ``SmaCross(fast=10, slow=30)`` checks types and bounds at once, then calls `check` for what two parameters must
    satisfy together.
    """

    parameters: ClassVar[dict[str, Parameter]] = {}
    least_symbols: ClassVar[int] = 1
    """Symbols it needs. Override where `portfolio` compares them."""
    most_symbols: ClassVar[int | None] = None
    """Symbols it can trade; None: any number."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        own: dict[str, Parameter] = {}
        annotations = getattr(cls, "__annotations__", {})
        declarations = {name: value for name, value in cls.__dict__.items() if isinstance(value, Declaration)}
        for name, declared in declarations.items():
            annotation = annotations.get(name, type(declared.default))
            kind = _TYPES.get(annotation)
            if kind is None:
                raise ParameterError(f"{cls.__name__}.{name} is annotated {annotation!r}; use int, float, bool or str.")
            own[name] = Parameter(
                name, kind, declared.default, declared.low, declared.high, declared.choices, declared.doc
            )
            own[name].check(declared.default, cls.__name__)
            setattr(cls, name, declared.default)
        cls.parameters = {**cls.parameters, **own}

    def __init__(self, /, **values: object) -> None:
        for name, value in resolve(self.parameters, values, type(self).__name__).items():
            setattr(self, name, value)
        self.check()

    @property
    def values(self) -> dict[str, Value]:
        """The parameters of this instance."""
        return {name: getattr(self, name) for name in self.parameters}

    def check(self) -> None:
        """Raise `ParameterError` when parameters contradict each other. Override where they can."""

    @property
    def warmup(self) -> int:
        """Bars needed before the first decision. Override where it is more than one."""
        return 1

    def signals(self, bars: "Bars") -> "Decisions":
        """Return the target weight decided at each bar's close, shape (bars,).

        1 is all equity long, -1 all short, 0 flat; NaN keeps the last target. The engine trades when the target
        changes, at the next bar's open. A value may use its own bar and earlier ones only. Entries and exits, weights
        with stops and rebalances: `arbitrax.strategies.signals`.
        """
        if type(self).portfolio is not Strategy.portfolio:
            raise StrategyError(
                f"{type(self).__name__} decides for several symbols at once and was given one; give it "
                f"{max(self.least_symbols, 2)}{' or more' if self.most_symbols is None else ''}, such as "
                "--symbol AAPL,MSFT."
            )
        raise NotImplementedError(f"{type(self).__name__} defines neither signals(self, bars) nor on_bar(self, ctx).")

    def lines(self, bars: "Bars") -> "dict[str, Floats]":
        """Return what a chart shows over prices, by label, shape (bars,) each. Override to show what decides."""
        return {}

    def oscillators(self, bars: "Bars") -> "dict[str, dict[str, Floats]]":
        """Return what a chart shows beneath prices, in units of its own: by pane, then by label, shape (bars,) each."""
        return {}

    def portfolio(self, panel: "Panel") -> "Decisions":
        """Return the decisions for several symbols, shape (bars, symbols).

        Unless overridden, each symbol follows `signals` of its own bars with an equal share of equity; sizes in units
        or values stay as they are.
        """
        from arbitrax.strategies.shares import equal_shares

        return equal_shares(self, panel)

    def on_start(self, ctx: "Context") -> None:
        """Prepare: compute indicators from ``ctx.bars`` and reveal them with ``ctx.indicator``."""

    def on_bar(self, ctx: "Context") -> None:
        """Decide at the close of a bar, from `warmup` bars on. Override for a strategy that is called bar by bar."""
        raise NotImplementedError(f"{type(self).__name__} defines neither signals(self, bars) nor on_bar(self, ctx).")

    def on_fill(self, ctx: "Context", fill: "Fill") -> None:
        """React to a fill, before `on_bar` of the bar it happened in."""

    def on_order(self, ctx: "Context", order: "Order") -> None:
        """React to an order that was accepted, filled, cancelled, expired or refused, before `on_bar`."""

    def on_stop(self, ctx: "Context") -> None:
        """Look back after the last bar."""

    @classmethod
    def is_event_driven(cls) -> bool:
        """Tell whether the strategy is called bar by bar."""
        return cls.on_bar is not Strategy.on_bar

    def __repr__(self) -> str:
        arguments = ", ".join(f"{name}={value!r}" for name, value in self.values.items())
        return f"{type(self).__name__}({arguments})"


def source_of(strategy: type[Strategy]) -> str | None:
    """Return the text of the file that defines a strategy, or None where there is none (a console)."""
    module = sys.modules.get(strategy.__module__)
    stored = getattr(module, "__arbitrax_source__", None)
    if isinstance(stored, str):
        return stored
    path = getattr(module, "__file__", None)
    if path is not None:
        try:
            with open(path, encoding="utf-8") as file:  # noqa: PTH123 - pathlib is not loaded otherwise on this path
                return file.read()
        except OSError:
            return None
    import inspect  # notebooks keep the source of their cells

    try:
        return inspect.getsource(strategy)
    except (OSError, TypeError):
        return None
