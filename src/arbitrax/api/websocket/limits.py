"""How many sockets a gateway takes, and the file descriptors they need."""

from __future__ import annotations

import resource
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from arbitrax.settings import Settings

OTHERS = 512
"""Descriptors that are kept for requests, stores and files."""


class SocketLimits(Struct, frozen=True):
    """How many: in all, of a user, of an address."""

    process: int
    user: int
    address: int


def socket_limits(settings: Settings) -> SocketLimits:
    """Return the limits of the settings, fewer where the system gives fewer descriptors."""
    return SocketLimits(
        min(settings.socket_limit, max(1, allowed_descriptors() - OTHERS)),
        settings.socket_limit_user,
        settings.socket_limit_address,
    )


def allowed_descriptors() -> int:
    """Raise the process's limit of open files as far as it may; return it."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if now < most:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        except (ValueError, OSError):  # some systems say "unlimited" and mean less
            return now
    return most
