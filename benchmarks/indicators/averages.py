"""Moving averages."""

import talib

import arbitrax.indicators as ix
from benchmarks.indicators.rows import Row, of_close

WINDOW = 20


def peer(name: str, *settings: int):
    """Return what starts talipp's indicator of closes."""

    def start():
        from talipp import indicators

        return of_close(getattr(indicators, name)(*settings).add)

    return start


ROWS = [
    Row(
        f"{name} {WINDOW}",
        lambda bars, ours=ours: ours(bars.close, WINDOW),
        lambda bars, theirs=theirs: theirs(bars.close, WINDOW),
        lambda state=state: of_close(state(WINDOW).update),
        peer(name, WINDOW, *more),
    )
    for name, ours, theirs, state, more in (
        ("SMA", ix.sma, talib.SMA, ix.Sma, ()),
        ("WMA", ix.wma, talib.WMA, ix.Wma, ()),
        ("EMA", ix.ema, talib.EMA, ix.Ema, ()),
        ("DEMA", ix.dema, talib.DEMA, ix.Dema, ()),
        ("TEMA", ix.tema, talib.TEMA, ix.Tema, ()),
        ("KAMA", ix.kama, talib.KAMA, ix.Kama, (2, 30)),
    )
]
