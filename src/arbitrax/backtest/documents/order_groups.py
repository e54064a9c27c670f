"""Orders of a run, by how they ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from msgspec import Meta, Struct

from arbitrax.backtest.documents.run_models import Money
from arbitrax.backtest.holdings import multipliers
from arbitrax.domain.decimals import decimal_text
from arbitrax.domain.orders import OrderReason, OrderStatus

if TYPE_CHECKING:
    from arbitrax.backtest.result import Result
    from arbitrax.domain.bars import Floats


class OrderGroupMessage(Struct, frozen=True):
    """Orders that ended alike."""

    status: Annotated[str, Meta(examples=["filled"])]
    reason: Annotated[str, Meta(examples=["none"])]
    orders: int
    buys: int
    sells: int
    value: Money
    fees: Money
    slippage: Money


def group_orders(result: Result) -> list[OrderGroupMessage]:
    """Return the orders by how they ended."""
    records, size = result.order_records, multipliers(result.spec)
    found = []
    for status, reason in sorted({*zip(records["status"].tolist(), records["reason"].tolist(), strict=True)}):
        group = records[(records["status"] == status) & (records["reason"] == reason)]
        filled = group[group["quantity"] > 0]
        found.append(
            OrderGroupMessage(
                status=OrderStatus(status).name.lower(),
                reason=OrderReason(reason).name.lower(),
                orders=len(group),
                buys=int(np.count_nonzero(group["side"] > 0)),
                sells=int(np.count_nonzero(group["side"] < 0)),
                value=_sum(filled["quantity"] * filled["price"] * size[filled["symbol"]]),
                fees=_sum(filled["fee"]),
                slippage=_sum(filled["slippage"]),
            )
        )
    # What was refused first, then what filled; plain ends before those with a reason.
    return sorted(
        found,
        key=lambda group: (group.status != "refused", group.status != "filled", group.status, group.reason != "none"),
    )


def _sum(amounts: Floats) -> str:
    return decimal_text(float(np.sum(amounts)))
