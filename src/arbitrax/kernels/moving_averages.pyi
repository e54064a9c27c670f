import numpy as np
from numpy.typing import NDArray

SOURCE_HASH: str
LONGEST: int

class _Average:
    def update(self, value: float) -> float: ...
    def fill(self, value: NDArray[np.float64], out: NDArray[np.float64]) -> None: ...

class Sma(_Average):
    def __init__(self, window: int) -> None: ...

class Wma(_Average):
    def __init__(self, window: int) -> None: ...

class Ema(_Average):
    def __init__(self, window: int) -> None: ...

class Dema(_Average):
    def __init__(self, window: int) -> None: ...

class Tema(_Average):
    def __init__(self, window: int) -> None: ...

class Kama(_Average):
    def __init__(self, window: int, fast: int = 2, slow: int = 30) -> None: ...
