"""A run as files for other programs: each of its frames, its metrics, and what there is to doubt about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from arbitrax.domain.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd

    from arbitrax.backtest.result import Result

FORMS = ("csv", "parquet", "json")


def export_result(result: Result, folder: Path, form: str) -> list[Path]:
    """Write the frames of a result, ``equity`` to ``returns``, then ``honesty`` and ``metrics``; return the paths.

    Times are ISO 8601 in UTC, lengths of time in seconds, missing values empty (null in JSON). CSV has
    numbers as Python prints them, so that they read back to the same bits. Files that are there are replaced.

    Raises:
        InputError: no such form, or nothing can be written there.
    """
    if form not in FORMS:
        raise InputError(f"A run cannot be exported as {form!r}; use {', '.join(FORMS)}.")
    frames = {name: frame_named(result, name) for name in FRAMES}
    written = [folder / f"{name}.{form}" for name in frames]
    honesty, metrics = folder / "honesty.json", folder / "metrics.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, frame in zip(written, frames.values(), strict=True):
            _write(frame, path, form)
        for path, document in ((honesty, result.honesty.document()), (metrics, _metrics(result))):
            path.write_bytes(msgspec.json.format(msgspec.json.encode(document), indent=2))
    except OSError as error:
        raise InputError(f"{folder} cannot be written to: {error.strerror}; give another folder.") from error
    return [*written, honesty, metrics]


def frame_named(result: Result, name: str) -> pd.DataFrame:
    """Return one of `FRAMES`, with its index as a column."""
    return _FRAMES[name](result)


_FRAMES: dict[str, Callable[[Result], pd.DataFrame]] = {
    "equity": lambda result: result.equity.reset_index(),
    "orders": lambda result: result.orders.reset_index(),
    "fills": lambda result: result.fills,
    "events": lambda result: result.events,
    "trades": lambda result: result.trades,
    "contributions": lambda result: result.contributions.reset_index(),
    "monthly": lambda result: result.monthly.rename(columns={"year": "whole_year"}).rename(columns=str).reset_index(),
    "yearly": lambda result: result.yearly.reset_index(),
    "drawdowns": lambda result: result.drawdowns,
    "var_backtest": lambda result: result.var_backtest,
    "rolling": lambda result: result.rolling().reset_index(),
    "returns": lambda result: result.returns.reset_index(),
}
FRAMES = tuple(_FRAMES)


def _write(frame: pd.DataFrame, path: Path, form: str) -> None:
    if form == "parquet":
        frame.to_parquet(path, index=False)
        return
    lengths = list(frame.select_dtypes("timedelta").columns)
    frame = frame.assign(**{name: frame[name].dt.total_seconds() for name in lengths})
    frame = frame.rename(columns={name: f"{name}_seconds" for name in lengths})
    if form == "json":
        frame.to_json(path, orient="records", date_format="iso", date_unit="ns", double_precision=15)
    else:
        frame.to_csv(path, index=False, date_format="%Y-%m-%dT%H:%M:%S.%fZ")


def _metrics(result: Result) -> dict[str, object]:
    return {
        "spec": result.spec,
        "run_hash": result.spec.hash,
        "data_hash": result.data_hash,
        "result_hash": result.hash,
        "metrics": dict(result.metrics),
        "undefined": result.metrics.undefined,
        "annualised_with": result.metrics.basis,
        "notices": result.notices,
    }
