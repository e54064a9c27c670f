"""Which limits there are, and which a request counts for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from arbitrax.api.client_address import network_of
from arbitrax.api.rate_limits import Demand, Limit
from arbitrax.domain.errors import TooManyRequests

if TYPE_CHECKING:
    from arbitrax.api.parts import Parts
    from arbitrax.api.rate_limits import Verdict
    from arbitrax.services.identity_logins import Principal

BURST_SECONDS = 2.0
"""A bucket holds what comes in this time."""


COUNTED = "headers"
"""In a request's state, once a limit counted it: what the answer says of it."""


def limit_headers(parts: Parts, verdict: Verdict) -> list[tuple[bytes, bytes]]:
    """Return what an answer says of limits."""
    wait = max(1, round(verdict.wait + 0.499))
    return [
        (b"ratelimit-policy", parts.policies),
        (b"ratelimit", f'"{verdict.limit.name}";r={verdict.remaining};t={wait}'.encode()),
    ]


def too_many(verdict: Verdict) -> TooManyRequests:
    """Return the refusal of a request that is one too many."""
    limit = verdict.limit
    return TooManyRequests(
        f"The limit '{limit.name}' of {limit.rate:g} requests a second is reached; wait.", retry_after=verdict.wait
    )


class Limits(Struct, frozen=True):
    """Requests a second of a key or login, of a user, of an address; cancels have as many of their own."""

    key: Limit
    user: Limit
    address: Limit
    cancel_key: Limit
    cancel_user: Limit
    cancel_address: Limit
    unverified: Limit = Limit("unverified", 20.0, 100.0)
    """Credentials of an address that are not known yet."""
    login: Limit = Limit("login", 1 / 12, 5.0)
    """Wrong tries of an address to sign in under a name: 5, then one in 12 seconds."""
    login_name: Limit = Limit("login-name", 1.0, 60.0)
    """Of all addresses under a name. More than one of them may try, so that a stranger cannot keep a user out."""
    login_address: Limit = Limit("login-address", 0.5, 20.0)
    password: Limit = Limit("password", 1 / 12, 5.0)
    """Tries of a user to change the password."""

    def demands(self, principal: Principal | None, address: str, *, cancel: bool) -> list[Demand]:
        """Return what a request takes tokens of."""
        network = network_of(address)
        if principal is None:
            return [(self.address, network)]
        key, user, where = (
            (self.cancel_key, self.cancel_user, self.cancel_address) if cancel else (self.key, self.user, self.address)
        )
        return [(key, principal.credential.hex), (user, principal.user.hex), (where, network)]

    @property
    def policies(self) -> str:
        """The value of ``RateLimit-Policy``."""
        return ", ".join(each.policy for each in (self.key, self.user, self.address))


def make_limits(key: float, user: float, address: float) -> Limits:
    """Return the limits of so many requests a second."""
    rates = {"key": key, "user": user, "address": address}
    plain = {name: Limit(name, rate, rate * BURST_SECONDS) for name, rate in rates.items()}
    cancels = {f"cancel_{name}": Limit(f"cancel-{name}", rate, rate * BURST_SECONDS) for name, rate in rates.items()}
    return Limits(**plain, **cancels)
