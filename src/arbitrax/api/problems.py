"""Errors as RFC 9457 problems: every error of the tree, and what Litestar refuses by itself."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from litestar import Response
from litestar.exceptions import HTTPException, NotFoundException, ValidationException
from msgspec import Struct

from arbitrax.api.slashes import as_asked
from arbitrax.domain.errors import ArbitraxError, InFlight, RateLimited, StoreError, TooManyRequests

if TYPE_CHECKING:
    from collections.abc import Iterable

    from litestar import Request

log = logging.getLogger("arbitrax.api")

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 1
NO_BODY = "The request has no body."

GATEWAY_CODES = {
    400: "request.malformed",
    401: "access.not_authenticated",
    403: "access.forbidden",
    404: "request.no_such_path",
    405: "request.method",
    406: "request.not_acceptable",
    408: "request.too_slow",
    413: "request.too_large",
    415: "request.media_type",
    422: "request.invalid",
    428: "request.precondition_required",
    431: "request.headers_too_large",
    499: "request.unfinished",
}
"""Of what is refused before a service is asked."""
_TITLES = {
    400: "Malformed request",
    401: "Not authenticated",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    408: "Too slow",
    409: "Conflict",
    412: "Precondition failed",
    413: "Too large",
    415: "Unsupported media type",
    422: "Invalid request",
    428: "Precondition required",
    429: "Too many requests",
    431: "Headers too large",
    499: "Unfinished request",
    500: "Internal error",
    502: "A vendor failed",
    503: "Unavailable",
}


class FieldError(Struct, frozen=True, omit_defaults=True):
    """What is wrong with a part of the request."""

    pointer: str
    """Of the body (RFC 6901), or ``?name`` of the query."""
    code: str
    detail: str


class Problem(Struct, frozen=True):
    """An error, as RFC 9457 has it."""

    type: str
    title: str
    status: int
    code: str
    """Stable; programs decide by it."""
    detail: str
    request_id: str
    retryable: bool
    """Whether the same request may succeed later."""
    errors: list[FieldError] = []


class RequestError(Exception):
    """A refusal of the gateway itself, before a service is asked."""

    def __init__(
        self,
        status: int,
        detail: str,
        errors: list[FieldError] | None = None,
        headers: dict[str, str] | None = None,
        *,
        code: str | None = None,
        retryable: bool = False,
    ) -> None:
        """Take what is said; without a code: the gateway's own for the status."""
        super().__init__(detail)
        self.code = code
        self.retryable = retryable
        self.status = status
        self.detail = detail
        self.errors = errors or []
        self.headers = headers or {}


def problem(
    status: int,
    detail: str,
    request_id: str,
    *,
    code: str | None = None,
    retryable: bool = False,
    errors: list[FieldError] | None = None,
) -> Problem:
    """Return a problem; without a code: the gateway's own for the status."""
    chosen = code or GATEWAY_CODES.get(status, "internal")
    return Problem(
        type=f"/docs#{chosen}",
        title=_TITLES.get(status, "Error"),
        status=status,
        code=chosen,
        detail=detail,
        request_id=request_id,
        retryable=retryable,
        errors=errors or [],
    )


def encode(found: Problem) -> bytes:
    """Return the body."""
    return msgspec.json.encode(found)


def on_error(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Answer an exception; Litestar calls it for each that leaves a handler, a guard or the routing."""
    found, headers = describe(
        error, as_asked(request.scope["path"]), request.scope.get("state", {}).get("request_id", "")
    )
    return Response(encode(found), status_code=found.status, media_type=MEDIA_TYPE, headers=headers)


def describe(error: Exception, path: str, request_id: str) -> tuple[Problem, dict[str, str]]:
    """Return the problem that an exception is, and the headers that go with it."""
    headers: dict[str, str] = {}
    match error:
        case ArbitraxError():
            found = problem_of(error, request_id, headers)
        case RequestError():
            found = problem(
                error.status,
                error.detail,
                request_id,
                code=error.code,
                retryable=error.retryable,
                errors=error.errors,
            )
            headers |= error.headers
        case ValidationException() if _lacks_body(error):
            found = problem(422, NO_BODY, request_id)
        case ValidationException():
            found = problem(422, "The request does not fit what this path takes.", request_id, errors=_fields(error))
        case NotFoundException():
            found = problem(404, f"There is nothing at {path}; /docs shows the paths.", request_id)
        case HTTPException() if error.status_code < 500:
            allowed = (error.headers or {}).get("allow")
            if allowed is not None:
                headers["Allow"] = allow_header(allowed.split(", "))
            found = problem(error.status_code, _sentence(error), request_id)
        case _:
            log.error("request.failed request_id=%s", request_id, exc_info=error)
            found = problem(500, "Something went wrong here; the operator finds it by the request id.", request_id)
    return found, headers


def problem_of(error: ArbitraxError, request_id: str, headers: dict[str, str]) -> Problem:
    """Return an error of the tree as a problem, and add the headers it has."""
    status = error.http_status
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="arbitrax"'
    if isinstance(error, TooManyRequests | InFlight | RateLimited) and error.retry_after is not None:
        headers["Retry-After"] = str(max(1, round(error.retry_after + 0.499)))
    elif isinstance(error, StoreError):
        headers["Retry-After"] = str(RETRY_SECONDS)
    if status >= 500:
        log.warning("request.refused request_id=%s code=%s reason=%s", request_id, error.code, error)
    errors = []
    if error.where and status < 500:
        errors.append(FieldError(_pointer(error.where), error.code, str(error)))
        if status == 404:  # it is the request that names what nobody knows; its own address is there
            status = 422
    # Where the stores are is the operator's business.
    detail = str(error) if status < 503 else "A store of the gateway does not answer; try again in a moment."
    retryable = error.retryable or isinstance(error, StoreError)
    return problem(status, detail, request_id, code=error.code, retryable=retryable, errors=errors)


def allow_header(methods: Iterable[str]) -> str:
    """Return methods as ``Allow`` has them: where there is GET there is HEAD (`arbitrax.api.gate`)."""
    return ", ".join(sorted({*methods, "HEAD"} if "GET" in methods else methods))


_MISSING = re.compile(r"Missing required query parameter '(?P<name>[^']+)'")


def _lacks_body(error: ValidationException) -> bool:
    """Say whether it is the whole body that is missing: Litestar then names the handler's parameter only."""
    found = error.extra if isinstance(error.extra, list) else []
    return any(each.get("key") == "data" and each.get("message") == "'data'" for each in found)


def _fields(error: ValidationException) -> list[FieldError]:
    missing = _MISSING.match(error.detail)
    if missing is not None:
        return [FieldError(f"?{missing['name']}", "request.missing", f"The parameter {missing['name']} is missing.")]
    found = []
    for each in error.extra if isinstance(error.extra, list) else []:
        key, message = str(each.get("key", "")), str(each.get("message", ""))
        where = f"?{key}" if each.get("source") == "query" else f"/{key}"
        found.append(FieldError(where, "request.value", _plain(message)))
    return found


def _plain(message: str) -> str:
    """Return msgspec's sentence, or a better one where it has words for programmers only."""
    if _NUMBER_FOR_TEXT.match(message):
        return 'It is text, not a number; quote it: decimals are written "100.25", so that no digit is lost.'
    if message.startswith(_CHOICE):
        return f"{message.removeprefix(_CHOICE)} is none of those that this takes; /docs shows them."
    if "matching regex" in message:
        return "It is not written as this field is; /docs shows an example."
    return message


_PATH = re.compile(r"^(?P<message>.*) - at `(?P<path>\$.*)`$", re.DOTALL)
_FIELD = re.compile(r"Object (?P<what>contains unknown|missing required) field `(?P<name>.*)`", re.DOTALL)
_NUMBER_FOR_TEXT = re.compile(r"Expected `str(?: \| null)?`, got `(?:int|float)`")
_CHOICE = "Invalid enum value "
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]")


def field_error(error: msgspec.ValidationError) -> FieldError:
    """Return where in a body something is wrong, from msgspec's sentence."""
    text = str(error)
    match = _PATH.match(text)
    message, path = (text, "") if match is None else (match["message"], match["path"])
    steps = [name or number for name, number in _STEP.findall(path)]
    if "..." in steps:  # msgspec does not say which key of a mapping
        del steps[steps.index("...") :]
    code = "request.value"
    named = _FIELD.search(message)
    if named is not None:
        steps.append(named["name"])
        code = "request.unknown" if named["what"] == "contains unknown" else "request.missing"
    return FieldError(_pointer(steps), code, _plain(message))


def _pointer(steps: Sequence[str | int]) -> str:
    """Return a place in a body (RFC 6901)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def _sentence(error: HTTPException) -> str:
    if error.status_code == 405:
        return "This path does not have that method."
    if error.status_code == 413:
        return "The body is larger than this path takes."
    return str(error.detail) or "The request cannot be answered."
