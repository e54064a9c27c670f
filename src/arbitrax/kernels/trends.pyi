from typing import Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

SOURCE_HASH: str
LONGEST: int

_Floats = NDArray[np.float64]
_T = TypeVar("_T")

class AdxLines(NamedTuple, Generic[_T]):
    adx: _T
    plus_di: _T
    minus_di: _T

class Channel(NamedTuple, Generic[_T]):
    upper: _T
    middle: _T
    lower: _T

class SupertrendLines(NamedTuple, Generic[_T]):
    line: _T
    direction: _T

class IchimokuLines(NamedTuple, Generic[_T]):
    conversion: _T
    base: _T
    span_a: _T
    span_b: _T
    lagged: _T

class Atr:
    def __init__(self, window: int = 14) -> None: ...
    def update(self, high: float, low: float, close: float) -> float: ...
    def fill(self, high: _Floats, low: _Floats, close: _Floats, out: _Floats) -> None: ...

class Adx:
    def __init__(self, window: int = 14) -> None: ...
    def update(self, high: float, low: float, close: float) -> AdxLines[float]: ...
    def fill(
        self, high: _Floats, low: _Floats, close: _Floats, adx: _Floats, plus_di: _Floats, minus_di: _Floats
    ) -> None: ...

class Donchian:
    def __init__(self, window: int = 20) -> None: ...
    def update(self, high: float, low: float) -> Channel[float]: ...
    def fill(self, high: _Floats, low: _Floats, upper: _Floats, middle: _Floats, lower: _Floats) -> None: ...

class Keltner:
    def __init__(self, window: int = 20, multiple: float = 2.0, range_window: int = 10) -> None: ...
    def update(self, high: float, low: float, close: float) -> Channel[float]: ...
    def fill(
        self, high: _Floats, low: _Floats, close: _Floats, upper: _Floats, middle: _Floats, lower: _Floats
    ) -> None: ...

class ParabolicSar:
    def __init__(self, step: float = 0.02, most: float = 0.2) -> None: ...
    def update(self, high: float, low: float) -> float: ...
    def fill(self, high: _Floats, low: _Floats, out: _Floats) -> None: ...

class Supertrend:
    def __init__(self, window: int = 10, multiple: float = 3.0) -> None: ...
    def update(self, high: float, low: float, close: float) -> SupertrendLines[float]: ...
    def fill(self, high: _Floats, low: _Floats, close: _Floats, line: _Floats, direction: _Floats) -> None: ...

class Ichimoku:
    def __init__(self, conversion: int = 9, base: int = 26, span: int = 52, displacement: int = 26) -> None: ...
    def update(self, high: float, low: float, close: float) -> IchimokuLines[float]: ...
    def fill(
        self,
        high: _Floats,
        low: _Floats,
        close: _Floats,
        conversion: _Floats,
        base: _Floats,
        span_a: _Floats,
        span_b: _Floats,
        lagged: _Floats,
    ) -> None: ...
