"""Messages of vendors' keys, which are never told."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from arbitrax.services.vendor_keys import VendorKey


class VendorKeyMessage(Struct, frozen=True):
    """Whether there is a key for a vendor."""

    vendor: Annotated[str, Meta(examples=["polygon"])]
    title: Annotated[str, Meta(examples=["Polygon.io"])]
    source: Annotated[Literal["environment", "stored"] | None, Meta(examples=["stored"])]
    """Where the key that counts is from, the operator's environment first; null: there is none."""
    set_at: datetime | None
    """When the stored one was set."""


class NewVendorKey(Struct, frozen=True, forbid_unknown_fields=True):
    """A vendor's key."""

    key: Annotated[str, Meta(min_length=1, max_length=256, pattern=r"^[!-~]+$(?!\n)", examples=["J3k_examplekey"])]


def vendor_key_message(found: VendorKey) -> VendorKeyMessage:
    """Return what may be known of a key."""
    return VendorKeyMessage(found.vendor, found.title, found.source, found.set_at)
