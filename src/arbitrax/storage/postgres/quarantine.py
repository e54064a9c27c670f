"""Rows set aside, inside the caller's transaction; one that comes again, as it was, is stored once."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from arbitrax.market_data.validation.findings import Quarantined
from arbitrax.services.catalogue_ports import StoredQuarantine
from arbitrax.storage.postgres.sql import statement
from arbitrax.storage.postgres.times import moment, nanoseconds, utc

if TYPE_CHECKING:
    from arbitrax.storage.postgres.connection import Connection


def set_aside(
    connection: Connection,
    rows: Sequence[Quarantined],
    *,
    run: UUID | None,
    asset: UUID,
    interval: str,
    source: str,
    received: int,
) -> None:
    """Store quarantined rows of one series; NaN is no number in JSON and becomes null, infinities become text."""
    if not rows:
        return
    texts = [_text(each) for each in rows]
    keys = {
        "run": run,
        "asset": asset,
        "interval": interval,
        "source": source,
        "ts_recv": moment(received),
        "timestamps": [moment(each.timestamp) for each in rows],
        "rows": texts,
        "rules": [each.rule for each in rows],
        "reasons": [each.reason for each in rows],
        "hashes": [_hash(each, text) for each, text in zip(rows, texts, strict=True)],
    }
    connection.execute(statement("quarantine_add"), keys)


def find_quarantined(connection: Connection, symbol: str, interval: str) -> list[StoredQuarantine]:
    """Return the rows of a series that are set aside, oldest first."""
    rows = connection.execute(statement("quarantine_find"), {"symbol": symbol, "interval": interval}).fetchall()
    return [
        StoredQuarantine(
            Quarantined(
                nanoseconds(timestamp), msgspec.json.decode(text, type=dict[str, float | str | None]), rule, reason
            ),
            source=source,
            received=utc(received),
        )
        for timestamp, text, rule, reason, source, received in rows
    ]


def _text(quarantined: Quarantined) -> str:
    plain = {name: _plain(value) for name, value in quarantined.row.items()}
    return msgspec.json.encode(plain, order="sorted").decode()


def _plain(value: float | str | None) -> float | str | None:
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    return value


def _hash(quarantined: Quarantined, text: str) -> str:
    """Return the SHA-256 of what makes two rows the same; a reason may name the day of the check."""
    return hashlib.sha256(f"{quarantined.timestamp // 1000}\n{quarantined.rule}\n{text}".encode()).hexdigest()
