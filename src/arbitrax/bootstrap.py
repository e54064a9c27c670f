"""The only place that wires ports to implementations. One lazy factory for each kind of command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from arbitrax.services.ports import BarStore, RunStore
    from arbitrax.settings import Settings
    from arbitrax.storage.embedded import EmbeddedServers
