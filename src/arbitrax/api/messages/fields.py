"""Kinds of fields, with an example of each."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

_ID = "01J8ZQ4M8K3T5V7X9Y1B3D5F7H"
UserId = Annotated[str, Meta(examples=[f"usr_{_ID}"])]
KeyId = Annotated[str, Meta(examples=[f"key_{_ID}"])]
AuditId = Annotated[str, Meta(examples=[f"aud_{_ID}"])]
IngestionId = Annotated[str, Meta(examples=[f"ing_{_ID}"])]
BacktestId = Annotated[str, Meta(examples=[f"bt_{_ID}"])]
Symbol = Annotated[str, Meta(examples=["AAPL"])]
Interval = Annotated[str, Meta(examples=["1d"])]
Price = Annotated[str, Meta(examples=["187.25"])]
"""A decimal."""
Quantity = Annotated[str, Meta(examples=["1500"])]
"""A decimal."""
Step = Annotated[str, Meta(examples=["0.01"])]
"""A tick or a lot, a decimal."""
Currency = Annotated[str, Meta(examples=["USD"])]
Source = Annotated[str, Meta(examples=["yahoo"])]
UserName = Annotated[str, Meta(examples=["ada"])]
Hash = Annotated[str, Meta(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])]
"""SHA-256, in hexadecimal."""
MaybeUserId = Annotated[str | None, Meta(examples=[f"usr_{_ID}"])]
MaybeKeyId = Annotated[str | None, Meta(examples=[f"key_{_ID}"])]
MaybePrice = Annotated[str | None, Meta(examples=["187.25"])]
MaybeStep = Annotated[str | None, Meta(examples=["0.01"])]
MaybeCurrency = Annotated[str | None, Meta(examples=["USD"])]
