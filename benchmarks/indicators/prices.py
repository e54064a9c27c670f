"""Indicators of bars: momentum, volume, ranges and channels."""

import talib

import arbitrax.indicators as ix
from benchmarks.indicators.averages import peer
from benchmarks.indicators.rows import Row, SpeedBars, Update, of_close


def of_range(update) -> Update:
    """Return the update that takes a bar's high and low."""
    return lambda _open, high, low, _close, _volume: update(high, low)


def of_prices(update) -> Update:
    """Return the update that takes a bar's high, low and close."""
    return lambda _open, high, low, close, _volume: update(high, low, close)


def of_flow(update) -> Update:
    """Return the update that takes a bar's high, low, close and volume."""
    return lambda _open, high, low, close, volume: update(high, low, close, volume)


def of_volume(update) -> Update:
    """Return the update that takes a bar's close and volume."""
    return lambda _open, _high, _low, close, volume: update(close, volume)


def peer_bars(name: str, *settings: float):
    """Return what starts talipp's indicator of whole bars."""

    def start() -> Update:
        from talipp import indicators
        from talipp.ohlcv import OHLCV

        add = getattr(indicators, name)(*settings).add
        return lambda open_, high, low, close, volume: add(OHLCV(open_, high, low, close, volume))

    return start


def talib_adx(bars: SpeedBars) -> object:
    """TA-Lib's three lines, each by itself."""
    of = bars.high, bars.low, bars.close
    return talib.ADX(*of, 14), talib.PLUS_DI(*of, 14), talib.MINUS_DI(*of, 14)


def talib_channel(bars: SpeedBars) -> object:
    """TA-Lib's three lines, each by itself."""
    return talib.MAX(bars.high, 20), talib.MIDPRICE(bars.high, bars.low, 20), talib.MIN(bars.low, 20)


ROWS = [
    Row(
        "RSI 14", lambda b: ix.rsi(b.close, 14), lambda b: talib.RSI(b.close, 14),
        lambda: of_close(ix.Rsi(14).update), peer("RSI", 14),
    ),
    Row(
        "MACD 12 26 9", lambda b: ix.macd(b.close), lambda b: talib.MACD(b.close),
        lambda: of_close(ix.Macd().update), peer("MACD", 12, 26, 9),
    ),
    Row(
        "ROC 10", lambda b: ix.roc(b.close, 10), lambda b: talib.ROC(b.close, 10),
        lambda: of_close(ix.Roc(10).update), peer("ROC", 10),
    ),
    Row(
        "Williams %R 14", lambda b: ix.williams_r(b.high, b.low, b.close, 14),
        lambda b: talib.WILLR(b.high, b.low, b.close, 14), lambda: of_prices(ix.WilliamsR(14).update),
        peer_bars("Williams", 14),
    ),
    Row(
        "Stochastic 14 3 3", lambda b: ix.stochastic(b.high, b.low, b.close),
        lambda b: talib.STOCH(b.high, b.low, b.close, 14, 3, 0, 3, 0), lambda: of_prices(ix.Stochastic().update),
        peer_bars("Stoch", 14, 3),
    ),
    Row(
        "CCI 20", lambda b: ix.cci(b.high, b.low, b.close, 20), lambda b: talib.CCI(b.high, b.low, b.close, 20),
        lambda: of_prices(ix.Cci(20).update), peer_bars("CCI", 20),
    ),
    Row(
        "MFI 14", lambda b: ix.mfi(b.high, b.low, b.close, b.volume, 14),
        lambda b: talib.MFI(b.high, b.low, b.close, b.volume, 14), lambda: of_flow(ix.Mfi(14).update), None,
    ),
    Row(
        "OBV", lambda b: ix.obv(b.close, b.volume), lambda b: talib.OBV(b.close, b.volume),
        lambda: of_volume(ix.Obv().update), peer_bars("OBV"),
    ),
    Row(
        "VWAP", lambda b: ix.vwap(b.high, b.low, b.close, b.volume), None, lambda: of_flow(ix.Vwap().update),
        peer_bars("VWAP"),
    ),
    Row(
        "ATR 14", lambda b: ix.atr(b.high, b.low, b.close, 14), lambda b: talib.ATR(b.high, b.low, b.close, 14),
        lambda: of_prices(ix.Atr(14).update), peer_bars("ATR", 14),
    ),
    Row(
        "ADX, +DI, -DI 14", lambda b: ix.adx(b.high, b.low, b.close, 14), talib_adx,
        lambda: of_prices(ix.Adx(14).update), peer_bars("ADX", 14, 14),
    ),
    Row(
        "Donchian channel 20", lambda b: ix.donchian(b.high, b.low, 20), talib_channel,
        lambda: of_range(ix.Donchian(20).update), peer_bars("DonchianChannels", 20),
    ),
    Row(
        "Keltner channel 20 10", lambda b: ix.keltner(b.high, b.low, b.close), None,
        lambda: of_prices(ix.Keltner().update), peer_bars("KeltnerChannels", 20, 10, 2, 2),
    ),
    Row(
        "Parabolic SAR", lambda b: ix.parabolic_sar(b.high, b.low), lambda b: talib.SAR(b.high, b.low),
        lambda: of_range(ix.ParabolicSar().update), peer_bars("ParabolicSAR", 0.02, 0.02, 0.2),
    ),
    Row(
        "Supertrend 10 3", lambda b: ix.supertrend(b.high, b.low, b.close), None,
        lambda: of_prices(ix.Supertrend().update), peer_bars("SuperTrend", 10, 3),
    ),
    Row(
        "Ichimoku 9 26 52", lambda b: ix.ichimoku(b.high, b.low, b.close), None,
        lambda: of_prices(ix.Ichimoku().update), peer_bars("Ichimoku", 26, 9, 52, 52, 26),
    ),
]  # fmt: skip
