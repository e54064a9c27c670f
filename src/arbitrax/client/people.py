"""Users, their keys, oneself, and who did what."""

from __future__ import annotations

from collections.abc import AsyncIterator

from arbitrax.client.faces import F, listing, offered
from arbitrax.client.messages import (
    AuditMessage,
    KeyMessage,
    MadeKey,
    Me,
    NewKey,
    NewPassword,
    NewUser,
    NewVendorKey,
    Page,
    UserChange,
    UserMessage,
    VendorKeyMessage,
)
from arbitrax.client.paths import quoted
from arbitrax.client.resource import Resource

AUTH, KEYS, USERS = "/api/v1/auth", "/api/v1/keys", "/api/v1/users"
VENDOR_KEYS = "/api/v1/vendor_keys"


class Self(Resource[F]):
    """Who asks."""

    @offered
    async def get(self) -> Me:
        """Return the user behind the key or login, and what it may do."""
        return await self._transport.get(f"{AUTH}/me", Me)

    @offered
    async def change_password(self, current: str, password: str) -> UserMessage:
        """Change one's own password; every other login ends."""
        body = NewPassword(current=current, password=password)
        return await self._transport.send("PUT", f"{AUTH}/password", UserMessage, body, safe=False)

    @offered
    async def logout(self) -> None:
        """End the login of a name and password."""
        await self._transport.ask("POST", f"{AUTH}/logout")


class Keys(Resource[F]):
    """API keys: one's own, an admin everybody's."""

    @offered
    async def add(self, key: NewKey) -> MadeKey:
        """Make a key. The secret is in this answer and never again; it is null in an answer that had to be repeated."""
        return await self._transport.send("POST", KEYS, MadeKey, key)

    @offered
    async def get(self, key: str) -> KeyMessage:
        """Return a key, without its secret."""
        return await self._transport.get(f"{KEYS}/{key}", KeyMessage)

    @offered
    async def revoke(self, key: str) -> KeyMessage:
        """End a key's life, within a second everywhere."""
        return await self._transport.send("DELETE", f"{KEYS}/{key}", KeyMessage)

    @listing
    async def list(self) -> AsyncIterator[KeyMessage]:
        """Yield keys, newest first."""
        async for each in self._pages(KEYS, KeyMessage):
            yield each


class VendorKeys(Resource[F]):
    """Keys of market data vendors: set, never read; for admins."""

    @offered
    async def list(self) -> list[VendorKeyMessage]:
        """Return the vendors, and since when each has a key."""
        return (await self._transport.get(VENDOR_KEYS, Page[VendorKeyMessage])).data

    @offered
    async def set(self, vendor: str, key: str) -> VendorKeyMessage:
        """Give a vendor's key."""
        path = f"{VENDOR_KEYS}/{quoted(vendor)}"
        return await self._transport.send("PUT", path, VendorKeyMessage, NewVendorKey(key=key))

    @offered
    async def remove(self, vendor: str) -> VendorKeyMessage:
        """Take a vendor's key away."""
        return await self._transport.send("DELETE", f"{VENDOR_KEYS}/{quoted(vendor)}", VendorKeyMessage)


class Users(Resource[F]):
    """Users; for admins."""

    @offered
    async def add(self, user: NewUser) -> UserMessage:
        """Add a user, who must change the password at the first login."""
        return await self._transport.send("POST", USERS, UserMessage, user)

    @offered
    async def get(self, user: str) -> UserMessage:
        """Return a user."""
        return await self._transport.get(f"{USERS}/{user}", UserMessage)

    @offered
    async def change(self, user: str, change: UserChange) -> UserMessage:
        """Change role, activity or password, unless somebody else changes the user at the same time.

        Raises:
            ChangedMeanwhile: they did; look again and decide.
        """
        answer = await self._transport.ask("GET", f"{USERS}/{user}")
        headers = {"If-Match": answer.headers["etag"]}
        return await self._transport.send("PATCH", f"{USERS}/{user}", UserMessage, change, headers=headers)

    @listing
    async def list(self) -> AsyncIterator[UserMessage]:
        """Yield users by name."""
        async for each in self._pages(USERS, UserMessage):
            yield each


class Audit(Resource[F]):
    """Who did what; for admins."""

    @listing
    async def list(self) -> AsyncIterator[AuditMessage]:
        """Yield entries, newest first."""
        async for each in self._pages("/api/v1/audit_entries", AuditMessage):
            yield each
