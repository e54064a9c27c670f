"""Whether the journal's server keeps what it acknowledges, and which server it is."""

from __future__ import annotations

from typing import Literal, NamedTuple

from arbitrax.domain.errors import StoreError
from arbitrax.storage.redis.channel import Channel

Durability = Literal["process", "power"]
"""process: kill -9 of anything loses nothing, a power cut about a second. power: neither loses anything."""

APPENDFSYNC: dict[Durability, str] = {"process": "no", "power": "always"}


class Memory(NamedTuple):
    """Of the server, bytes; ``limit`` 0: none."""

    used: int
    limit: int


def check_settings(channel: Channel, durability: Durability) -> None:
    """Refuse a server that would lose entries.

    Raises:
        StoreError: its settings are others; the sentence names the first.
    """
    wanted = {
        "appendonly": "yes",
        "maxmemory-policy": "noeviction",
        "appendfsync": APPENDFSYNC[durability],
    }
    found = configuration(channel, *wanted)
    for name, value in wanted.items():
        if found.get(name) != value:
            raise StoreError(
                f"The Valkey at {channel.where} has {name} {found.get(name)}; a journal with ARBITRAX_DURABILITY "
                f"{durability} needs {name} {value}: start it so, or set the ARBITRAX_DURABILITY it was started with."
            )


def configuration(channel: Channel, *names: str) -> dict[str, str]:
    """Return settings of the server."""
    told = channel.ask("CONFIG", "GET", *names)
    return {name.decode(): value.decode() for name, value in zip(told[::2], told[1::2], strict=True)}


def run_id(channel: Channel) -> str:
    """Return what names this run of the server: another one has started anew."""
    return _info(channel, "server")["run_id"]


def memory(channel: Channel) -> Memory:
    """Return how much memory the server uses and may use: where gateways stop taking orders, not cancels."""
    told = _info(channel, "memory")
    return Memory(int(told["used_memory"]), int(told["maxmemory"]))


def _info(channel: Channel, section: str) -> dict[str, str]:
    lines = channel.ask("INFO", section).decode().splitlines()
    return dict(line.split(":", 1) for line in lines if ":" in line)
