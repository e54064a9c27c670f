from collections.abc import Callable
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from arbitrax.domain.bars import Bars
from arbitrax.domain.orders import OrderKind, OrderReason, OrderRole, OrderStatus
from arbitrax.kernels.simulate import Simulation

SOURCE_HASH: str

Floats = NDArray[np.float64]

class Vocabulary:
    names: tuple[str, ...]
    tags: list[str]
    def __init__(self, names: tuple[str, ...], codes: dict[str, int], enums: dict[str, Any]) -> None: ...

class Line:
    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, index: int) -> float: ...
    @overload
    def __getitem__(self, index: slice) -> Floats: ...
    @property
    def address(self) -> int: ...
    @property
    def now(self) -> float: ...
    def __float__(self) -> float: ...

class History:
    @property
    def open(self) -> Line: ...
    @property
    def high(self) -> Line: ...
    @property
    def low(self) -> Line: ...
    @property
    def close(self) -> Line: ...
    @property
    def volume(self) -> Line | None: ...

class CoarseHistory(History):
    @property
    def bars(self) -> Bars: ...
    @property
    def is_new(self) -> bool: ...
    def indicator(self, values: ArrayLike) -> Line: ...
    def __len__(self) -> int: ...

class Order:
    @property
    def id(self) -> int: ...
    @property
    def symbol(self) -> str: ...
    @property
    def side(self) -> int: ...
    @property
    def kind(self) -> OrderKind: ...
    @property
    def status(self) -> OrderStatus: ...
    @property
    def reason(self) -> OrderReason: ...
    @property
    def role(self) -> OrderRole: ...
    @property
    def is_open(self) -> bool: ...
    @property
    def quantity(self) -> float: ...
    @property
    def remaining(self) -> float: ...
    @property
    def limit(self) -> float: ...
    @property
    def stop(self) -> float: ...
    @property
    def price(self) -> float: ...
    @property
    def fee(self) -> float: ...
    @property
    def tag(self) -> str | None: ...

class Fill:
    @property
    def order(self) -> Order: ...
    @property
    def symbol(self) -> str: ...
    @property
    def quantity(self) -> float: ...
    @property
    def price(self) -> float: ...
    @property
    def reference_price(self) -> float: ...
    @property
    def fee(self) -> float: ...

class Context:
    @property
    def index(self) -> int: ...
    @property
    def time(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def symbols(self) -> int: ...
    @property
    def names(self) -> tuple[str, ...]: ...
    def __getitem__(self, symbol: int | str) -> Context: ...
    def __len__(self) -> int: ...
    @property
    def price(self) -> float: ...
    @property
    def open(self) -> float: ...
    @property
    def high(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def volume(self) -> float: ...
    @property
    def has_bar(self) -> bool: ...
    @property
    def position(self) -> float: ...
    @property
    def entry_price(self) -> float: ...
    @property
    def bars_held(self) -> int: ...
    @property
    def value(self) -> float: ...
    @property
    def weight(self) -> float: ...
    @property
    def cash(self) -> float: ...
    @property
    def equity(self) -> float: ...
    @property
    def exposure(self) -> float: ...
    @property
    def bars(self) -> Bars: ...
    @property
    def history(self) -> History: ...
    def resample(self, interval: str) -> CoarseHistory: ...
    def indicator(self, values: ArrayLike) -> Line: ...
    def buy(
        self,
        quantity: float | None = None,
        *,
        value: float | None = None,
        limit: float | None = None,
        stop: float | None = None,
        trail: float | None = None,
        trail_percent: float | None = None,
        on: str | None = None,
        time_in_force: str | None = None,
        until: int | None = None,
        reduce_only: bool = False,
        do_not_reduce: bool = False,
        stop_loss: float | None = None,
        take_profit: float | None = None,
        trailing_stop: float | None = None,
        max_bars: int | None = None,
        relative: bool = False,
        parent: int | None = None,
        oco: int | None = None,
        tag: str | None = None,
    ) -> int: ...
    def sell(
        self,
        quantity: float | None = None,
        *,
        value: float | None = None,
        limit: float | None = None,
        stop: float | None = None,
        trail: float | None = None,
        trail_percent: float | None = None,
        on: str | None = None,
        time_in_force: str | None = None,
        until: int | None = None,
        reduce_only: bool = False,
        do_not_reduce: bool = False,
        stop_loss: float | None = None,
        take_profit: float | None = None,
        trailing_stop: float | None = None,
        max_bars: int | None = None,
        relative: bool = False,
        parent: int | None = None,
        oco: int | None = None,
        tag: str | None = None,
    ) -> int: ...
    def order_target_percent(
        self,
        weight: float,
        *,
        stop_loss: float | None = None,
        take_profit: float | None = None,
        trailing_stop: float | None = None,
        max_bars: int | None = None,
        relative: bool = False,
        tag: str | None = None,
    ) -> int: ...
    def order_target_value(
        self,
        value: float,
        *,
        stop_loss: float | None = None,
        take_profit: float | None = None,
        trailing_stop: float | None = None,
        max_bars: int | None = None,
        relative: bool = False,
        tag: str | None = None,
    ) -> int: ...
    def order_target_quantity(
        self,
        quantity: float,
        *,
        stop_loss: float | None = None,
        take_profit: float | None = None,
        trailing_stop: float | None = None,
        max_bars: int | None = None,
        relative: bool = False,
        tag: str | None = None,
    ) -> int: ...
    def close(self, tag: str | None = None) -> int: ...
    def cancel(self, order: int) -> bool: ...
    def cancel_all(self) -> int: ...
    def replace(
        self,
        order: int,
        *,
        quantity: float | None = None,
        limit: float | None = None,
        stop: float | None = None,
        trail: float | None = None,
    ) -> int: ...
    def order(self, number: int) -> Order: ...
    @property
    def open_orders(self) -> list[Order]: ...

def open_contexts(
    simulation: Simulation,
    words: Vocabulary,
    bars: Callable[[int], Bars],
    coarser: Callable[[int, str], tuple[Bars, NDArray[np.int64]]] | None,
    splits: Floats | None,
) -> Context: ...
def run_events(
    simulation: Simulation,
    context: Context,
    first: int,
    on_bar: Callable[[Context], None],
    on_fill: Callable[[Context, Fill], None] | None,
    on_order: Callable[[Context, Order], None] | None,
) -> None: ...
