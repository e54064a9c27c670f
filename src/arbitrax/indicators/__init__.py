"""Indicators, each in two forms that take the same steps: a function over arrays, a class that takes a value at a time.

    from arbitrax.indicators import Sma, sma

    line = sma(bars.close, 20)  # (bars,)
    state = Sma(20)
    latest = [state.update(price) for price in bars.close]  # the same, to the last bit

A result is NaN until the indicator is warm. A value that is not finite starts it anew, so it is NaN again until it has
seen enough. Windows are whole numbers of values; one longer than the data never gets warm. Row t of a result is known
at the close of bar t: no indicator looks ahead.

`sma`, `wma`, `kama` and `bollinger` sum integers, so that a tie of averages is a tie. Their unit is chosen by the first
value that is not 0: 1e-8, finer for one below 1, so that it has ten digits or more. Prices lose nothing by that. Values
ten thousand times smaller than the first one and more lose digits: pass them without it. Values too large for sums of
int64 at that unit, for prices above 9e10 / window, are refused.
"""

from arbitrax.indicators.crossings import compare_moving_averages
from arbitrax.indicators.momentum import cci, macd, roc, rsi, stochastic, williams_r
from arbitrax.indicators.moving_averages import dema, ema, kama, sma, tema, wma
from arbitrax.indicators.statistics import (
    beta,
    bollinger,
    correlation,
    hurst,
    linear_regression,
    realised_volatility,
    zscore,
)
from arbitrax.indicators.trend import adx, atr, donchian, ichimoku, keltner, parabolic_sar, supertrend
from arbitrax.indicators.volume import mfi, obv, vwap
from arbitrax.kernels.indicators import MovingAverageComparison
from arbitrax.kernels.moving_averages import Dema, Ema, Kama, Sma, Tema, Wma
from arbitrax.kernels.oscillators import (
    Cci,
    Macd,
    MacdLines,
    Mfi,
    Obv,
    Roc,
    Rsi,
    Stochastic,
    StochasticLines,
    Vwap,
    WilliamsR,
)
from arbitrax.kernels.rolling_statistics import (
    Beta,
    Bollinger,
    BollingerBands,
    Correlation,
    Hurst,
    LinearRegression,
    RealisedVolatility,
    RegressionLine,
    ZScore,
)
from arbitrax.kernels.trends import (
    Adx,
    AdxLines,
    Atr,
    Channel,
    Donchian,
    Ichimoku,
    IchimokuLines,
    Keltner,
    ParabolicSar,
    Supertrend,
    SupertrendLines,
)

__all__ = [
    "Adx", "AdxLines", "Atr", "Beta", "Bollinger", "BollingerBands", "Cci", "Channel", "Correlation", "Dema",
    "Donchian", "Ema", "Hurst", "Ichimoku", "IchimokuLines", "Kama", "Keltner", "LinearRegression", "Macd", "MacdLines",
    "Mfi", "MovingAverageComparison", "Obv", "ParabolicSar", "RealisedVolatility", "RegressionLine", "Roc", "Rsi",
    "Sma", "Stochastic", "StochasticLines", "Supertrend", "SupertrendLines", "Tema", "Vwap", "WilliamsR", "Wma",
    "ZScore", "adx", "atr", "beta", "bollinger", "cci", "compare_moving_averages", "correlation", "dema", "donchian",
    "ema", "hurst", "ichimoku", "kama", "keltner", "linear_regression", "macd", "mfi", "obv", "parabolic_sar",
    "realised_volatility", "roc", "rsi", "sma", "stochastic", "supertrend", "tema", "vwap", "williams_r", "wma",
    "zscore",
]  # fmt: skip
