"""ETags: of what can be changed (R8), and of what stays as it is."""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import TYPE_CHECKING

from arbitrax.api.problems import RequestError
from arbitrax.domain.errors import ChangedMeanwhile

if TYPE_CHECKING:
    from arbitrax.api.requests import GatewayRequest

_VERSION = re.compile(r'(?:W/)?"v([0-9]{1,18})"')
"""Weak when its answer was compressed; it names the same version."""


def version_tag(version: int) -> str:
    """Return the ETag of a version."""
    return f'"v{version}"'


def state_tag(*words: object) -> str:
    """Return the ETag of something that changes by itself: of what can change of it."""
    return f'"s{blake2b(repr(words).encode(), digest_size=8).hexdigest()}"'


def require_match(request: GatewayRequest, tag: str) -> None:
    """See whether ``If-Match``, where there is one, names what is there now.

    Raises:
        ChangedMeanwhile: it does not.
    """
    text = request.headers.get("if-match")
    if text is not None and text.strip() != "*" and tag not in {each.strip() for each in text.split(",")}:
        raise ChangedMeanwhile("It is not as it was when you read it; read it again.")


def required_version(request: GatewayRequest) -> int | None:
    """Return the version that ``If-Match`` names, None for any (``*``).

    Raises:
        RequestError: there is no ``If-Match``, or no ETag in it.
    """
    text = request.headers.get("if-match")
    if text is None:
        raise RequestError(428, "Send If-Match with the ETag that reading this gave, or * to overwrite.")
    if text.strip() == "*":
        return None
    match = _VERSION.fullmatch(text.strip())
    if match is None:
        raise RequestError(422, "If-Match is no ETag of this; send the one that reading it gave.")
    return int(match[1])


def is_known(request: GatewayRequest, tag: str) -> bool:
    """Say whether the client has what an ETag names (RFC 9110, 13.1.2)."""
    text = request.headers.get("if-none-match")
    if text is None:
        return False
    return text.strip() == "*" or tag in {each.strip().removeprefix("W/") for each in text.split(",")}
