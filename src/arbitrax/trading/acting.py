"""Who asks for what is sent to the exchange: set where a request is answered, noted where its commands are appended."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from arbitrax.exchange.origins import Origin

ACTING: ContextVar[Origin | None] = ContextVar("acting", default=None)
"""Of a task and what it starts; None: nobody who has an account here, the command line say."""
