"""Reports of stored runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Raw

from arbitrax import __version__ as ENGINE  # noqa: N812 - a constant
from arbitrax.backtest.documents.run import AssetMessage, StoredAs
from arbitrax.domain.dates import to_datetime
from arbitrax.domain.ids import encode
from arbitrax.services.backtests import RUN
from arbitrax.services.run_documents import ACCOUNT, FIGURES, HONESTY

if TYPE_CHECKING:
    from arbitrax.services.ports import StoredAsset, StoredRun
    from arbitrax.services.run_parts import RunParts


def stored_as(run: StoredRun, parts: RunParts) -> StoredAs:
    """Return what a report tells of a stored run beside its result."""
    assets = [asset_message(each) for each in run.assets]
    found = {name: parts.document(run.id, name, ENGINE) for name in (HONESTY, FIGURES, ACCOUNT)}
    documents = {name.partition(".")[0]: Raw(each) for name, each in found.items() if each is not None}
    return StoredAs(encode(RUN, run.id), to_datetime(run.created_at), run.engine_version, assets, documents)


def asset_message(asset: StoredAsset) -> AssetMessage:
    """Return a series that a run was computed from, as it is told."""
    return AssetMessage(
        asset.symbol,
        asset.interval,
        asset.role,  # type: ignore[arg-type]  # one of the three
        to_datetime(asset.as_of),
        asset.data_hash,
        asset.quality,
    )
