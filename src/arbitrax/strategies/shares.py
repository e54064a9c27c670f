"""Several symbols under a strategy written for one."""

from typing import TYPE_CHECKING

import numpy as np

from arbitrax.domain.errors import StrategyError

if TYPE_CHECKING:
    from arbitrax.domain.bars import Floats
    from arbitrax.domain.panel import Panel
    from arbitrax.strategies.strategy import Strategy


def equal_shares(strategy: "Strategy", panel: "Panel") -> "Floats":
    """Return the weights of each symbol's own signals, divided by the number of symbols; (bars, symbols).

    Raises:
        StrategyError: the strategy returns something else than weights, which cannot be shared out.
    """
    weights = np.full(panel.close.shape, np.nan)
    for column, symbol in enumerate(panel.symbols):
        rows = np.flatnonzero(panel.close[:, column] == panel.close[:, column])
        if not len(rows):
            continue
        own = strategy.signals(panel.column(symbol))
        try:
            weights[rows, column] = np.asarray(own, dtype=np.float64) / len(panel.symbols)
        except (TypeError, ValueError) as error:
            raise StrategyError(
                f"{type(strategy).__name__}.signals returned {type(own).__name__}, not an array of {len(rows)} "
                "weights; override portfolio(self, panel) to trade several symbols this way."
            ) from error
    return weights
