"""How frames are written: JSON, or MessagePack by subprotocol. Messages are encoded once and joined to arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from arbitrax.api.decoding import decoded
from arbitrax.api.duplicate_keys import duplicate_key, duplicate_packed_key
from arbitrax.api.websocket.messages import Request

JSON_PROTOCOL = "arbitrax.json"
MESSAGEPACK_PROTOCOL = "arbitrax.msgpack"


class Format:
    """One of the two. A frame is a message, or an array of them."""

    __slots__ = ("_decode", "_title", "_twice", "binary", "encode", "name", "read")

    def __init__(
        self,
        name: str,
        title: str,
        encode: Callable[[Any], bytes],
        decoder: Callable[[Any], Callable[[Any], Any]],
        twice: Callable[[bytes], str | None],
        *,
        binary: bool,
    ) -> None:
        self.name, self.encode, self.binary = name, encode, binary
        self._title, self._twice = title, twice
        # Made once: to make one of a union of many costs more than to read a request.
        self._decode: Callable[[bytes], Request] = decoder(Request)
        self.read: Callable[[bytes], dict[str, Any]] = decoder(dict[str, Any])

    def decode(self, data: bytes) -> Request:
        """Return a request.

        Raises:
            RequestError: it is none, or names a key twice.
        """
        return decoded(data, self._decode, self._twice, what="message", taker="its op", form=self._title)

    def joined(self, messages: Sequence[bytes]) -> bytes:
        """Return messages as one frame."""
        if len(messages) == 1:
            return messages[0]
        if not self.binary:
            return b"[" + b",".join(messages) + b"]"
        count = len(messages)
        head = bytes([0x90 | count]) if count < 16 else b"\xdc" + count.to_bytes(2) if count < 1 << 16 else b""
        return (head or b"\xdd" + count.to_bytes(4)) + b"".join(messages)


JSON = Format(
    "json",
    "JSON",
    msgspec.json.Encoder().encode,
    lambda kind: msgspec.json.Decoder(kind).decode,
    duplicate_key,
    binary=False,
)
MESSAGEPACK = Format(
    "msgpack",
    "MessagePack",
    msgspec.msgpack.Encoder().encode,
    lambda kind: msgspec.msgpack.Decoder(kind).decode,
    duplicate_packed_key,
    binary=True,
)


def chosen(offered: Sequence[str]) -> tuple[Format, str | None]:
    """Return the format of the first subprotocol offered that we speak, and its name to confirm; none: JSON."""
    for each in offered:
        if each in (JSON_PROTOCOL, MESSAGEPACK_PROTOCOL):
            return (MESSAGEPACK if each == MESSAGEPACK_PROTOCOL else JSON), each
    return JSON, None
