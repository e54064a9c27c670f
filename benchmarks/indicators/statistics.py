"""Rolling statistics. Correlation and beta are those of closes and opens: TA-Lib's BETA takes returns itself."""

import numpy as np
import talib

import arbitrax.indicators as ix
from benchmarks.indicators.averages import peer
from benchmarks.indicators.rows import Row, SpeedBars, Update, of_close


def talib_score(bars: SpeedBars) -> object:
    """TA-Lib's parts of a z-score, put together by NumPy."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return (bars.close - talib.SMA(bars.close, 20)) / talib.STDDEV(bars.close, 20)


def talib_line(bars: SpeedBars) -> object:
    """TA-Lib's three numbers of a line; ours has r squared too."""
    close = bars.close
    return talib.LINEARREG(close, 14), talib.LINEARREG_SLOPE(close, 14), talib.LINEARREG_INTERCEPT(close, 14)


def of_pair(update) -> Update:
    """Return the update that takes a bar's close and open."""
    return lambda open_, _high, _low, close, _volume: update(close, open_)


ROWS = [
    Row(
        "Bollinger bands 20",
        lambda bars: ix.bollinger(bars.close, 20),
        lambda bars: talib.BBANDS(bars.close, 20),
        lambda: of_close(ix.Bollinger(20).update),
        peer("BB", 20, 2),
    ),
    Row(
        "z-score 20",
        lambda bars: ix.zscore(bars.close, 20),
        talib_score,
        lambda: of_close(ix.ZScore(20).update),
        None,
    ),
    Row(
        "correlation 30",
        lambda bars: ix.correlation(bars.close, bars.open, 30),
        lambda bars: talib.CORREL(bars.close, bars.open, 30),
        lambda: of_pair(ix.Correlation(30).update),
        None,
    ),
    Row(
        "beta 30",
        lambda bars: ix.beta(bars.close, bars.open, 30),
        lambda bars: talib.BETA(bars.open, bars.close, 30),
        lambda: of_pair(ix.Beta(30).update),
        None,
    ),
    Row(
        "linear regression 14 (three calls of TA-Lib)",
        lambda bars: ix.linear_regression(bars.close, 14),
        talib_line,
        lambda: of_close(ix.LinearRegression(14).update),
        None,
    ),
    Row("Hurst exponent 128", lambda bars: ix.hurst(bars.close), None, lambda: of_close(ix.Hurst().update), None),
    Row(
        "realised volatility 20",
        lambda bars: ix.realised_volatility(bars.close),
        None,
        lambda: of_close(ix.RealisedVolatility().update),
        None,
    ),
]
