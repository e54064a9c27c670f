"""`/openapi.json`, OpenAPI 3.1 with examples, and `/docs`, a page made of it."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
from litestar import Litestar, Response, get
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme

import arbitrax
from arbitrax.api.documentation import documentation_page
from arbitrax.api.openapi_completion import completed
from arbitrax.api.requests import GatewayRequest

PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'"


@cache
def openapi_document() -> dict[str, Any]:
    """Return the document of all routes."""
    # Of an application of its own: one that describes itself also adds routes for pages that load scripts from afar.
    from arbitrax.api.application import ROUTES

    app = Litestar(ROUTES, request_class=GatewayRequest, openapi_config=_config(), logging_config=None)
    return completed(dict(app.openapi_schema.to_schema()), app)


def openapi_text() -> bytes:
    """Return it as it is served and committed."""
    return msgspec.json.format(msgspec.json.encode(openapi_document(), order="sorted"), indent=2) + b"\n"


def _config() -> OpenAPIConfig:
    bearer = SecurityScheme(
        type="http", scheme="bearer", description="An access token of POST /api/v1/auth/login, or an API key."
    )
    return OpenAPIConfig(
        title="ArbitraX",
        version=arbitrax.__version__,
        description="The gateway: market data, backtests, orders on the paper exchange, users and their rights.",
        components=Components(security_schemes={"bearer": bearer}),
        use_handler_docstrings=True,
    )


@get("/openapi.json", opt={"access": "public"}, include_in_schema=False)
async def openapi_json(request: GatewayRequest) -> Response[bytes]:
    """Return the document."""
    text = await request.run(openapi_text)
    return Response(text, media_type="application/json", headers={"Cache-Control": "no-cache"})


@get("/docs", opt={"access": "public"}, include_in_schema=False)
async def docs(request: GatewayRequest) -> Response[bytes]:
    """Return the page: no scripts, nothing from elsewhere."""
    page = documentation_page(await request.run(openapi_document))
    headers = {"Content-Security-Policy": PAGE_POLICY, "Cache-Control": "no-cache"}
    return Response(page.encode(), media_type="text/html", headers=headers)


DOCUMENT_ROUTES: list[Any] = [openapi_json, docs]
