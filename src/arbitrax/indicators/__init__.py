"""Indicators, each in two forms that take the same steps: a function over arrays, a class that takes a value at a time.

    from arbitrax.indicators import Sma, sma

    line = sma(bars.close, 20)  # (bars,)
    state = Sma(20)
    latest = [state.update(price) for price in bars.close]  # the same, to the last bit

A result is NaN until the indicator is warm. A value that is not finite starts it anew, so it is NaN again until it has
seen enough. Windows are whole numbers of values; one longer than the data never gets warm.
"""

from arbitrax.indicators.moving_averages import dema, ema, kama, sma, tema, wma
from arbitrax.kernels.moving_averages import Dema, Ema, Kama, Sma, Tema, Wma

__all__ = ["Dema", "Ema", "Kama", "Sma", "Tema", "Wma", "dema", "ema", "kama", "sma", "tema", "wma"]

from arbitrax.indicators.crossings import compare_moving_averages
from arbitrax.indicators.statistics import (
    beta,
    bollinger,
    correlation,
    hurst,
    linear_regression,
    realised_volatility,
    zscore,
)
from arbitrax.kernels.indicators import MovingAverageComparison
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

__all__ += ["Beta", "Bollinger", "BollingerBands", "Correlation", "Hurst", "LinearRegression", "RealisedVolatility"]
__all__ += ["RegressionLine", "ZScore", "beta", "bollinger", "correlation", "hurst", "linear_regression"]
__all__ += ["MovingAverageComparison", "compare_moving_averages", "realised_volatility", "zscore"]
