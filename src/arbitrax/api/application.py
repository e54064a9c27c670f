"""The Litestar application of parts given to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar import Litestar
from litestar.config.cors import CORSConfig
from litestar.datastructures import State

from arbitrax.api.authorisation import authorise, prepare
from arbitrax.api.encodings import Encoder
from arbitrax.api.gate import MOST_BODY, Gate
from arbitrax.api.health import health, ready
from arbitrax.api.openapi import DOCUMENT_ROUTES
from arbitrax.api.problems import on_error
from arbitrax.api.requests import GatewayRequest
from arbitrax.api.routes import (
    accounts,
    audit,
    auth,
    backtest_charts,
    backtest_results,
    backtests,
    bars,
    books,
    exchange,
    ingestions,
    instruments,
    keys,
    kill_switch,
    orders,
    paper_accounts,
    reproductions,
    series,
    strategies,
    uploads,
    users,
    vendor_keys,
    websocket,
)
from arbitrax.api.short_way import ShortWay
from arbitrax.api.slashes import SlashesOfNames
from arbitrax.api.uncounted import Uncounted
from arbitrax.api.web_page import WebPage, read_page

if TYPE_CHECKING:
    from arbitrax.api.parts import Parts

ROUTES: list[Any] = [
    health,
    ready,
    *DOCUMENT_ROUTES,
    *auth.ROUTES,
    *users.ROUTES,
    *keys.ROUTES,
    *audit.ROUTES,
    *instruments.ROUTES,
    *bars.ROUTES,
    *series.ROUTES,
    *ingestions.ROUTES,
    *vendor_keys.ROUTES,
    *uploads.ROUTES,
    *strategies.ROUTES,
    *backtests.ROUTES,
    *backtest_results.ROUTES,
    *reproductions.ROUTES,
    *backtest_charts.ROUTES,
    *orders.ROUTES,
    *accounts.ROUTES,
    *paper_accounts.ROUTES,
    *kill_switch.ROUTES,
    *books.ROUTES,
    *exchange.ROUTES,
    *websocket.ROUTES,
]


def make_litestar(parts: Parts) -> Litestar:
    """Return the inner application, with its routes."""
    app = Litestar(
        ROUTES,
        guards=[authorise],
        request_class=GatewayRequest,
        request_max_body_size=MOST_BODY,
        exception_handlers={Exception: on_error},
        openapi_config=None,
        cors_config=_cors(parts.origins),
        state=State({"parts": parts}),
        logging_config=None,
        on_shutdown=[parts.limiter.close, parts.hub.close, parts.desk.close],
        debug=False,
    )
    prepare(app)
    return app


def make_application(parts: Parts) -> Gate:
    """Return the whole application."""
    return Gate(
        Uncounted(WebPage(Encoder(ShortWay(SlashesOfNames(make_litestar(parts)), parts)), read_page()), parts),
        parts.metrics,
        trusted_proxies=parts.trusted_proxies,
        strict_transport=parts.secure,
        larger={uploads.PATH: parts.most_upload},
    )


def _cors(origins: tuple[str, ...]) -> CORSConfig | None:
    if not origins:
        return None
    return CORSConfig(
        allow_origins=list(origins),
        allow_credentials=True,
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "X-Request-Id"],
        expose_headers=[
            "ETag", "Idempotent-Replayed", "Location", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id",
        ],
        max_age=600,
    )  # fmt: skip
