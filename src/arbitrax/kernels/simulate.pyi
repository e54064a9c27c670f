from typing import Any

import numpy as np
from numpy.typing import NDArray

SOURCE_HASH: str
ACTION_DTYPE: np.dtype[np.void]

Floats = NDArray[np.float64]
Records = NDArray[np.void]

class Simulation:
    equity: Floats
    exposure: Floats
    def __init__(
        self,
        open_: Floats,
        high: Floats,
        low: Floats,
        close: Floats,
        time: NDArray[np.int64],
        session: NDArray[np.int8],
        last_bar: NDArray[np.int32],
        multiplier: Floats,
        borrow_rate: Floats,
        volume: Floats | None = None,
        factor: Floats | None = None,
        tick: Floats | None = None,
        lot: Floats | None = None,
        actions: Records | None = None,
        tiers: Any = None,
        finer: tuple[Floats, Floats, Floats, Floats, NDArray[np.int64], NDArray[np.uint8]] | None = None,
        *,
        cash: float,
        margin: bool = True,
        leverage: float = 1.0,
        maintenance: float = 0.0,
        credit_rate: float = 0.0,
        debit_rate: float = 0.0,
        taker: float = 0.0,
        maker: float = 0.0,
        per_share: float = 0.0,
        per_order: float = 0.0,
        minimum: float = 0.0,
        maximum: float = 0.0,
        slippage: float = 0.0,
        half_spread: float = 0.0,
        volume_share: float = 0.0,
        square_root: float = 0.0,
        participation: float = 0.0,
        currency_unit: float = 0.0,
        same_close: bool = False,
        keep_changes: bool = False,
    ) -> None: ...
    @property
    def bankrupt_bar(self) -> int: ...
    @property
    def fault(self) -> str | None: ...
    @property
    def bars_done(self) -> int: ...
    def cancel(self) -> None: ...
    def positions(self) -> Floats: ...
    def records(self) -> tuple[Records, Records, Records, Records]: ...
    def run_targets(
        self,
        targets: Floats,
        rows: NDArray[np.int64] | None = None,
        stop_loss: Floats | None = None,
        take_profit: Floats | None = None,
        trailing: Floats | None = None,
        time_stop: NDArray[np.int64] | None = None,
    ) -> None: ...
    def run_signals(
        self,
        entries: NDArray[np.uint8],
        exits: NDArray[np.uint8],
        short_entries: NDArray[np.uint8],
        short_exits: NDArray[np.uint8],
        size: Floats,
        size_kind: int,
        stop_loss: Floats | None = None,
        take_profit: Floats | None = None,
        trailing: Floats | None = None,
        time_stop: NDArray[np.int64] | None = None,
    ) -> None: ...
