"""What Litestar does not say of the routes: problems, credentials, headers, other formats, the codes of errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from arbitrax.api import problems
from arbitrax.api.formats import MEDIA_TYPES, TABLES
from arbitrax.api.openapi_examples import add_examples
from arbitrax.domain import errors
from arbitrax.trading.refusals import BUSY, MISDATED, NO_JOURNAL, NO_WORKER, PAUSED, REFUSALS

if TYPE_CHECKING:
    from litestar import Litestar

_PAGE_NAME = re.compile(r"Page_arbitrax\.api\.messages\.\w+\.(\w+?)(?:Message)?_(?=\")")
"""How Litestar calls a page of messages."""
CSV_EXAMPLE = "date,open,high,low,close,volume\n2024-01-02,187.15,188.44,183.89,185.64,82488700\n"
PROBLEM = "#/components/schemas/Problem"
_HEADERS = {
    "Idempotency-Key": (
        "The same key and body within 24 hours gives the same answer, and nothing is done twice.",
        "^[!-~]{1,128}$",
    ),
    "If-Match": (
        "The ETag that reading this gave, or * to overwrite. Needed: without it 428.",
        r'^(\*|"v[0-9]{1,18}")$',
    ),
}
"""Meaning and form of headers."""
_CONDITIONS = {
    "If-Match": "Only if it is as it was when this ETag was given; else 412.",
    "If-None-Match": "ETags that you have: 304 while one of them is its own.",
}
"""Meaning of headers that may be left out, and have any form."""
_ANSWERED = {
    "X-Request-Id": "Of this request, as the log and problems have it.",
    "RateLimit": "What is left of the scarcest limit.",
    "RateLimit-Policy": "The limits of the key, the user and the address.",
    "Retry-After": "Seconds after which asking again may help.",
    "Location": "The address of what was made, or where the outcome will be.",
    "ETag": "Names what it is now, for If-Match and If-None-Match.",
    "Idempotent-Replayed": "true: this was answered before, and nothing was done now.",
}
"""Meaning of headers of answers."""
_ORDER_KEY = (
    "The order's `client_order_id`, if the body has none: the same again has the first outcome.",
    "^[!-~]{1,32}$",
)
_ALSO = {
    "upload_bars": {"200": "A preview: nothing was kept."},
    "add_order": {"202": "The outcome is not known yet."},
    "list_orders": {"202": "Nothing is known of this client order id yet."},
    "change_order": {"202": "The outcome is not known yet."},
    "cancel_order": {"202": "The outcome is not known yet."},
    "cancel_orders": {"202": "The outcome is not known yet."},
    "cancel_all_after": {"202": "The outcome is not known yet."},
    "kill_account": {"202": "The outcome is not known yet."},
    "revive_account": {"202": "The outcome is not known yet."},
}
"""Other statuses of success, with the same body."""
_LINKS = {
    "add_user": ("201", {"user": "/id"}, ("get_user", "change_user")),
    "add_key": ("201", {"key": "/key/id"}, ("get_key", "revoke_key")),
    "add_backtest": ("202", {"backtest": "/id"}, ("get_backtest", "cancel_backtest")),
    "add_ingestion": ("202", {"ingestion": "/id"}, ("get_ingestion", "cancel_ingestion")),
    "add_order": ("201", {"order": "/id", "account": "/account"}, ("get_order", "change_order", "cancel_order")),
    "open_account": ("201", {"account": "/id"}, ("get_account", "list_positions", "list_fills", "list_orders")),
    "list_backtests": ("200", {"backtest": "/data/0/id"}, ("get_backtest", "get_backtest_report")),
    "list_accounts": ("200", {"account": "/data/0/id"}, ("get_account", "list_positions", "list_fills", "list_orders")),
    "list_instruments": ("200", {"symbol": "/data/0/symbol"}, ("get_instrument", "list_bars")),
}
"""Where the ids come from: of an answer, the parameters that parts of it are, and for which operations."""
MEANINGS = {
    "request.malformed": "The request is no HTTP, or the body no JSON.",
    "request.no_such_path": "There is nothing at this path.",
    "request.method": "The path does not have this method.",
    "request.not_acceptable": "The answer cannot be had in a format that Accept names.",
    "request.too_large": "The body is larger than the gateway takes.",
    "request.media_type": "The body must be sent as application/json.",
    "request.invalid": "Parameters or body do not fit; `errors` says where.",
    "request.precondition_required": "If-Match is missing.",
    "request.headers_too_large": "The headers are larger than the gateway takes.",
    "request.too_slow": "The head of the request did not come in time.",
    "request.unfinished": "The client went away before the end of the body; only counted.",
}
_PLAIN = {
    PAUSED.code: "New orders are paused; the sentence says why. Cancels still pass.",
    BUSY.code: "The order did not leave the gateway in time; nothing was done.",
    NO_WORKER.code: "No exchange worker is running.",
}


def completed(document: dict[str, Any], app: Litestar) -> dict[str, Any]:
    """Return the document with what is missing."""
    handlers = {
        str(handler.operation_id): handler
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        if isinstance(handler, HTTPRouteHandler) and handler.operation_id
    }
    for operations in document["paths"].values():
        for method, operation in operations.items():
            _complete(method, operation, handlers[operation["operationId"]])
    schemas = document["components"]["schemas"]
    # As msgspec checks them: Litestar leaves out what holds for the parts of lists and mappings.
    bodies = [handler.parsed_data_field.annotation for handler in handlers.values() if handler.parsed_data_field]
    _, found = msgspec.json.schema_components(bodies, ref_template="#/components/schemas/{name}")
    schemas.update(found)
    _correct(document["paths"])
    _correct(schemas)
    _, found = msgspec.json.schema_components([problems.Problem], ref_template="#/components/schemas/{name}")
    schemas.update(found)
    for name in [each for each in schemas if each.endswith("ValidationException")]:
        del schemas[name]
    add_examples(document)
    document["x-problem-codes"] = list(problem_codes())
    text = msgspec.json.encode(document).decode().replace(r"$(?!\\n)", "$")  # as JSON Schema's $ means it
    return dict(msgspec.json.decode(_PAGE_NAME.sub(lambda match: f"{match[1]}Page", text)))


def _complete(method: str, operation: dict[str, Any], handler: HTTPRouteHandler) -> None:
    responses = operation["responses"]
    for status in [each for each in responses if not each.startswith("2")]:
        del responses[status]
    for status in ("204", "304"):
        responses.get(status, {}).pop("content", None)
    responses["default"] = {
        "description": "A problem (RFC 9457); `code` says which",
        "content": {problems.MEDIA_TYPE: {"schema": {"$ref": PROBLEM}}},
    }
    if handler.opt.get("access") != "public":
        operation["security"] = [{"bearer": []}]
        # What only needs the right to read does nothing.
        if method == "post" and handler.opt["access"] != "read":
            _add_header(operation, "Idempotency-Key")
    for status, meaning in _ALSO.get(operation["operationId"], {}).items():
        first = next(iter(responses.values()))
        responses[status] = {"description": meaning, "content": first["content"]}
    status, parameters, others = _LINKS.get(operation["operationId"], ("", {}, ()))
    if others:
        values = {name: f"$response.body#{pointer}" for name, pointer in parameters.items()}
        responses[status]["links"] = {other: {"operationId": other, "parameters": values} for other in others}
    if handler.opt.get("csv"):
        content = {"schema": {"type": "string"}, "example": CSV_EXAMPLE}
        operation["requestBody"] = {"required": True, "content": {"text/csv": content}}
    _add_conditions(operation, handler)
    if handler.opt.get("tables"):
        for form in TABLES[1:]:
            responses["200"]["content"][MEDIA_TYPES[form]] = {"schema": {"type": "string", "format": "binary"}}
    for status, response in responses.items():
        names = _answered(method, status, operation, handler)
        response["headers"] = {name: {"description": _ANSWERED[name], "schema": {"type": "string"}} for name in names}


def _answered(method: str, status: str, operation: dict[str, Any], handler: HTTPRouteHandler) -> Iterator[str]:
    """Name the headers that an answer has, or may have."""
    yield "X-Request-Id"
    if handler.opt.get("access") != "public" or status == "default":
        yield from ("RateLimit", "RateLimit-Policy")
    unknown = status == "202" and operation["operationId"] in _ALSO
    if unknown or status == "default":
        yield "Retry-After"
    if (status in ("201", "202") and method == "post") or (unknown and method != "get"):
        yield "Location"
    if (handler.opt.get("conditional") or handler.opt.get("tagged")) and status in ("200", "304"):
        yield "ETag"
    names = {each["name"] for each in operation.get("parameters", ()) if each["in"] == "header"}
    if "Idempotency-Key" in names and status != "304":
        yield "Idempotent-Replayed"


def _correct(schema: Any) -> None:
    """Say anyOf for oneOf, throughout: an empty page is one of either kind; and of pairs how long they are."""
    for each in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        _correct(each)
    if not isinstance(schema, dict):
        return
    if "oneOf" in schema:
        schema["anyOf"] = schema.pop("oneOf")
    parts = schema.get("prefixItems")
    if isinstance(parts, list) and all(each == parts[0] for each in parts):
        del schema["prefixItems"]
        schema |= {"items": parts[0], "minItems": len(parts), "maxItems": len(parts)}


def _add_header(operation: dict[str, Any], name: str, *, required: bool = False) -> None:
    meaning, pattern = _ORDER_KEY if operation["operationId"] == "add_order" else _HEADERS[name]
    operation.setdefault("parameters", []).append(
        {
            "name": name,
            "in": "header",
            "required": required,
            "description": meaning,
            "schema": {"type": "string", "pattern": pattern},
        }
    )


def _add_conditions(operation: dict[str, Any], handler: HTTPRouteHandler) -> None:
    if_match, is_conditional = handler.opt.get("if_match"), handler.opt.get("conditional")
    if if_match and if_match != "maybe":
        _add_header(operation, "If-Match", required=True)
    for name in (["If-Match"] if if_match == "maybe" else []) + (["If-None-Match"] if is_conditional else []):
        parameter = {"name": name, "in": "header", "required": False, "description": _CONDITIONS[name]}
        operation.setdefault("parameters", []).append(parameter | {"schema": {"type": "string"}})
    if is_conditional:
        operation["responses"]["304"] = {"description": "You have it."}


def problem_codes() -> Iterator[dict[str, Any]]:
    """Give every code that a problem may have, with its status and meaning, by name."""
    found: dict[str, dict[str, Any]] = {
        code: {"code": code, "status": status, "meaning": MEANINGS[code]}
        for status, code in problems.GATEWAY_CODES.items()
        if code in MEANINGS
    }
    for kind in _kinds(errors.ArbitraxError):
        meaning = (kind.__doc__ or "").partition("\n")[0]
        found.setdefault(kind.code, {"code": kind.code, "status": kind.http_status, "meaning": meaning})
    for refusal in (*REFUSALS.values(), PAUSED, BUSY, MISDATED, NO_JOURNAL, NO_WORKER):
        meaning = _PLAIN.get(refusal.code, refusal.sentence)
        found.setdefault(refusal.code, {"code": refusal.code, "status": refusal.http_status, "meaning": meaning})
    found["internal"] = {"code": "internal", "status": 500, "meaning": "Something went wrong in the gateway."}
    yield from (found[code] for code in sorted(found))


def _kinds(kind: type[errors.ArbitraxError]) -> Iterator[type[errors.ArbitraxError]]:
    yield kind
    for each in kind.__subclasses__():
        if each.__module__ == errors.__name__:
            yield from _kinds(each)
