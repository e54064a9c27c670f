"""Kinds of fields, with an example of each."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from arbitrax.backtest.documents.fields import BacktestId, Hash, Interval, Price, Quantity, Symbol

__all__ = [
    "AuditId",
    "BacktestId",
    "Currency",
    "Hash",
    "IngestionId",
    "Interval",
    "KeyId",
    "MaybeCurrency",
    "MaybeKeyId",
    "MaybePrice",
    "MaybeStep",
    "MaybeUserId",
    "Price",
    "Quantity",
    "Source",
    "Step",
    "Symbol",
    "UserId",
    "UserName",
]
_ID = "01J8ZQ4M8K3T5V7X9Y1B3D5F7H"
UserId = Annotated[str, Meta(examples=[f"usr_{_ID}"])]
KeyId = Annotated[str, Meta(examples=[f"key_{_ID}"])]
AuditId = Annotated[str, Meta(examples=[f"aud_{_ID}"])]
IngestionId = Annotated[str, Meta(examples=[f"ing_{_ID}"])]
Step = Annotated[str, Meta(examples=["0.01"])]
"""A tick or a lot, a decimal."""
Currency = Annotated[str, Meta(examples=["USD"])]
Source = Annotated[str, Meta(examples=["yahoo"])]
UserName = Annotated[str, Meta(examples=["ada"])]
MaybeUserId = Annotated[str | None, Meta(examples=[f"usr_{_ID}"])]
MaybeKeyId = Annotated[str | None, Meta(examples=[f"key_{_ID}"])]
MaybePrice = Annotated[str | None, Meta(examples=["187.25"])]
MaybeStep = Annotated[str | None, Meta(examples=["0.01"])]
MaybeCurrency = Annotated[str | None, Meta(examples=["USD"])]
