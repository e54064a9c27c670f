"""Kinds of fields of what is told of a run, with an example of each."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

BacktestId = Annotated[str, Meta(examples=["bt_01J8ZQ4M8K3T5V7X9Y1B3D5F7H"])]
Symbol = Annotated[str, Meta(examples=["AAPL"])]
Interval = Annotated[str, Meta(examples=["1d"])]
Price = Annotated[str, Meta(examples=["187.25"])]
"""A decimal."""
Quantity = Annotated[str, Meta(examples=["1500"])]
"""A decimal."""
Hash = Annotated[str, Meta(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])]
"""SHA-256, in hexadecimal."""
