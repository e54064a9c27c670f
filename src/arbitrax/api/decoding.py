"""What clients send, read strictly: bodies of requests and messages of sockets."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import msgspec

from arbitrax.api.problems import RequestError, field_error

T = TypeVar("T")


def decoded(
    data: bytes, decode: Callable[[bytes], T], twice: Callable[[bytes], str | None], *, what: str, taker: str, form: str
) -> T:
    """Return what was sent as the type that is wanted.

    decode: raises msgspec's errors; twice: returns a key that is there twice. what, taker, form: the words for what was
    sent, for what takes it, and for how it is written.

    Raises:
        RequestError: it is not written so, not of the type, or names a key twice.
    """
    try:
        found = decode(data)
        key = twice(data)
    except msgspec.ValidationError as error:
        raise RequestError(422, f"The {what} does not fit what {taker} takes.", [field_error(error)]) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise RequestError(400, f"The {what} is no {form}: {reason}.") from None
    if key is not None:
        raise RequestError(400, f"The {what} names the key {key[:80]!r} twice in one object; say which you mean.")
    return found
