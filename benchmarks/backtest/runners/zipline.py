"""zipline-reloaded: daily bars from a bundle written once; orders fill at the next bar's close, its only rule.

Its calendar is New York's, so the panel's rows are laid on as many sessions of it.
"""

import os
import warnings
from pathlib import Path
from typing import Any

warnings.filterwarnings("ignore")
os.environ["ZIPLINE_ROOT"] = str(Path("build/bench-zipline").absolute())

import numpy as np  # noqa: E402 - zipline reads its root when it is imported
import pandas as pd  # noqa: E402
from zipline import run_algorithm  # noqa: E402
from zipline.api import order_target_percent, set_commission, set_slippage, symbol  # noqa: E402
from zipline.data.bundles import ingest, load, register  # noqa: E402
from zipline.finance.commission import PerDollar  # noqa: E402
from zipline.finance.slippage import NoSlippage  # noqa: E402
from zipline.utils.calendar_utils import get_calendar  # noqa: E402

from benchmarks.backtest.momentum import target_weights  # noqa: E402
from benchmarks.backtest.reference import CASH, FEE  # noqa: E402
from benchmarks.backtest.runners.worker import Job, Outcome, Work, main  # noqa: E402


def rotation(work: Work) -> Job:
    arrays = work.arrays()
    rows, count = arrays["close"].shape
    calendar = get_calendar("XNYS")
    sessions = calendar.sessions_in_range("2010-01-04", "2023-12-29")[:rows]
    names = [f"S{at:04}" for at in range(count)]
    weights = target_weights(arrays["timestamp"], arrays["close"])
    decided = {sessions[row]: weights[row] for row in np.flatnonzero(~np.isnan(weights[:, 0]))}

    def write(environ: Any, assets: Any, minutes: Any, days: Any, adjustments: Any, *_rest: Any) -> None:
        end = sessions[-1]
        assets.write(
            equities=pd.DataFrame(
                {
                    "symbol": names, "asset_name": names, "start_date": sessions[0], "end_date": end,
                    "exchange": "NYSE", "auto_close_date": end + pd.Timedelta(days=1),
                }
            ),
            exchanges=pd.DataFrame({"exchange": ["NYSE"], "canonical_name": ["NYSE"], "country_code": ["US"]}),
        )  # fmt: skip
        columns = ("open", "high", "low", "close", "volume")
        days.write(
            ((at, pd.DataFrame({key: arrays[key][:, at] for key in columns}, index=sessions)) for at in range(count)),
            show_progress=False,
        )
        adjustments.write()

    register(work.name, write, calendar_name="XNYS", start_session=sessions[0], end_session=sessions[-1])
    try:
        load(work.name)
    except Exception:
        ingest(work.name, os.environ, show_progress=False)

    def initialize(context: Any) -> None:
        context.assets = [symbol(name) for name in names]
        set_commission(PerDollar(FEE))
        set_slippage(NoSlippage())

    def handle(context: Any, data: Any) -> None:
        wanted = decided.get(data.current_session)
        if wanted is not None:
            held = context.portfolio.positions
            for asset, weight in zip(context.assets, wanted.tolist(), strict=True):
                if weight or asset in held:
                    order_target_percent(asset, weight)

    def run() -> Any:
        return run_algorithm(
            start=sessions[0], end=sessions[-1], initialize=initialize, handle_data=handle, capital_base=CASH,
            data_frequency="daily", bundle=work.name, benchmark_returns=pd.Series(0.0, index=sessions),
            trading_calendar=calendar,
        )  # fmt: skip

    def report(made: Any) -> Outcome:
        return {
            "final_equity": float(made.portfolio_value.iloc[-1]), "sharpe": float(made.sharpe.iloc[-1]),
            "max_drawdown": float(made.max_drawdown.iloc[-1]), "trades": sum(map(len, made.transactions)),
            "curve": made.portfolio_value.to_numpy(), "note": "fills at the next close; the choice is given to it",
        }  # fmt: skip

    return Job(run, report)


if __name__ == "__main__":
    main({"rotation": rotation})
