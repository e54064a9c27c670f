"""Keys of vendors: set and forgotten by admins, used by workers, told to nobody."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Response, delete, get, put
from litestar.params import FromPath, JSONBody, Parameter

from arbitrax.api.messages.vendor_keys import NewVendorKey, VendorKeyMessage, vendor_key_message
from arbitrax.api.pages import Page
from arbitrax.api.requests import GatewayRequest, changed
from arbitrax.services.mutations import Change

PATH = "/api/v1/vendor_keys"
Vendor = Annotated[str, Parameter(max_length=32, pattern=r"^[a-z_]+$(?!\n)", description="Such as polygon.")]


@get(PATH, opt={"access": "read"}, tags=["vendor keys"], operation_id="list_vendor_keys", summary="List vendors' keys")
async def list_vendor_keys(request: GatewayRequest) -> Page[VendorKeyMessage]:
    """Return the vendors that want a key, and whether there is one; never the keys."""
    found = await request.run(request.parts.store.vendor_keys.list)
    return Page([vendor_key_message(each) for each in found], None, False)


@put(
    f"{PATH}/{{vendor:str}}",
    opt={"access": "admin"},
    tags=["vendor keys"],
    operation_id="set_vendor_key",
    status_code=200,
    summary="Set a vendor's key",
)
async def set_vendor_key(
    request: GatewayRequest, vendor: FromPath[Vendor], data: JSONBody[NewVendorKey]
) -> Response[VendorKeyMessage]:
    """Keep a vendor's key, sealed; ingestions use it from now on, unless the operator's environment has one."""

    def effect() -> Change:
        made = request.parts.store.vendor_keys.set(vendor, data.key, by=request.principal.user)
        return changed(200, vendor_key_message(made), subject=vendor)

    return await request.change("vendor_key.set", effect)


@delete(
    f"{PATH}/{{vendor:str}}",
    opt={"access": "admin"},
    tags=["vendor keys"],
    operation_id="remove_vendor_key",
    status_code=200,
    summary="Forget a vendor's key",
)
async def remove_vendor_key(request: GatewayRequest, vendor: FromPath[Vendor]) -> Response[VendorKeyMessage]:
    """Forget a vendor's stored key; again changes nothing."""

    def effect() -> Change:
        return changed(200, vendor_key_message(request.parts.store.vendor_keys.remove(vendor)), subject=vendor)

    return await request.change("vendor_key.remove", effect)


ROUTES: list[Any] = [list_vendor_keys, set_vendor_key, remove_vendor_key]
