"""Keys of vendors that admins give: sealed in the store, used by ingestions, never shown again."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from msgspec import Struct

from arbitrax.domain.errors import UnknownNameError, did_you_mean
from arbitrax.market_data.providers.limits import VENDORS

KEYED = tuple(name for name, each in VENDORS.items() if each.needs_key)
"""Vendors that want a key."""


class Seal(Protocol):
    """Makes secrets unreadable, and readable again."""

    def seal(self, secret: str, about: str) -> bytes:
        """Return a secret as it is stored."""

    def open(self, sealed: bytes, about: str) -> str:
        """Return the secret."""


class SealedKey(Struct, frozen=True):
    """A key as stored."""

    vendor: str
    sealed: bytes
    set_at: datetime


class VendorKeyStore(Protocol):
    """Keeps sealed keys."""

    def put(self, vendor: str, sealed: bytes, set_by: UUID | None) -> None:
        """Keep a key, in the place of the one before."""

    def remove(self, vendor: str) -> None:
        """Forget a key, if there is one."""

    def list(self) -> list[SealedKey]:
        """Return all, by vendor."""


class VendorKey(Struct, frozen=True):
    """What may be known of a vendor's key."""

    vendor: str
    title: str
    source: Literal["environment", "stored"] | None
    """Where the key that counts is from; None: there is none."""
    set_at: datetime | None
    """When the stored one was set."""


class VendorKeys:
    """The use cases. ``from_environment``: vendors whose keys the operator has set, which go before stored ones."""

    def __init__(self, store: VendorKeyStore, seal: Seal, from_environment: frozenset[str]) -> None:
        self._store, self._seal, self._environment = store, seal, from_environment

    def list(self) -> list[VendorKey]:
        """Return every vendor that wants a key."""
        stored = {each.vendor: each for each in self._store.list()}
        return [self._known(name, stored.get(name)) for name in KEYED]

    def set(self, vendor: str, key: str, *, by: UUID | None) -> VendorKey:
        """Keep a vendor's key, in the place of the one before.

        Raises:
            UnknownNameError: no vendor of that name wants one.
        """
        self._require(vendor)
        self._store.put(vendor, self._seal.seal(key, vendor), by)
        return self._find(vendor)

    def remove(self, vendor: str) -> VendorKey:
        """Forget a vendor's key, if there is one; the same error."""
        self._require(vendor)
        self._store.remove(vendor)
        return self._find(vendor)

    def key(self, vendor: str) -> str | None:
        """Return a stored key, to be used."""
        found = next((each for each in self._store.list() if each.vendor == vendor), None)
        return None if found is None else self._seal.open(found.sealed, vendor)

    def _find(self, vendor: str) -> VendorKey:
        return next(each for each in self.list() if each.vendor == vendor)

    def _known(self, vendor: str, stored: SealedKey | None) -> VendorKey:
        source: Literal["environment", "stored"] | None = None if stored is None else "stored"
        if vendor in self._environment:
            source = "environment"
        return VendorKey(vendor, VENDORS[vendor].title, source, None if stored is None else stored.set_at)

    @staticmethod
    def _require(vendor: str) -> None:
        if vendor not in KEYED:
            hint = did_you_mean(vendor, KEYED) or f"; those with one are {', '.join(KEYED)}."
            raise UnknownNameError(f"No vendor '{vendor}' takes a key{hint}")
