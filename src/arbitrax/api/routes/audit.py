"""The audit log, for admins."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import get

from arbitrax.api.messages.identity import AuditMessage, audit_message
from arbitrax.api.pages import DEFAULT, Cursor, Limit, Page, page, read_cursor
from arbitrax.api.requests import GatewayRequest


@get(
    "/api/v1/audit_entries",
    opt={"access": "admin"},
    tags=["audit"],
    operation_id="list_audit_entries",
    summary="List what was changed by whom, newest first",
)
async def list_audit_entries(
    request: GatewayRequest, limit: Limit = DEFAULT, cursor: Cursor = None
) -> Page[AuditMessage]:
    """Return the audit log."""
    found = await request.run(request.parts.store.identity.audit, read_cursor(cursor, UUID), limit + 1)
    return page(found, limit, audit_message, lambda entry: entry.id)


ROUTES: list[Any] = [list_audit_entries]
