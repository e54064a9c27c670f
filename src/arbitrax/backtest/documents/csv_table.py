"""Tables as CSV: ISO 8601 times in UTC, and numbers that read back to the same bits."""

from __future__ import annotations

import io
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


def encode_csv(table: pa.Table) -> bytes:
    """Return a table as CSV (RFC 4180); what is missing is empty."""
    import pyarrow.csv as pc

    file = io.BytesIO()
    pc.write_csv(_plain(table), file, pc.WriteOptions(quoting_style="needed"))
    return file.getvalue()


def _plain(table: pa.Table) -> pa.Table:
    """Return times as text: ISO 8601, without nanoseconds where there are none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for at, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type):
            plain = table.column(at).cast(pa.timestamp("ns"))
            with suppress(pa.ArrowInvalid):  # where it would lose some
                plain = plain.cast(pa.timestamp("s"))
            text = pc.binary_join_element_wise(pc.binary_replace_slice(plain.cast(pa.string()), 10, 11, "T"), "Z", "")
            table = table.set_column(at, field.name, text)
    return table
