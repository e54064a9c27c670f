"""What a gateway refuses, as the error of its code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from arbitrax.client.messages import Problem
from arbitrax.domain import errors
from arbitrax.domain.errors import ArbitraxError

_RISK_EXIT = 4
_BY_STATUS: dict[int, type[ArbitraxError]] = {
    400: errors.InputError,
    401: errors.NotAuthenticated,
    403: errors.AccessError,
    404: errors.UnknownNameError,
    409: errors.ConflictError,
    412: errors.ChangedMeanwhile,
    422: errors.InputError,
    502: errors.VendorError,
    503: errors.StoreUnavailableError,
}
"""Of codes that the tree does not have: those of orders, say."""


def _tree(kind: type[ArbitraxError]) -> Iterator[type[ArbitraxError]]:
    yield kind
    for each in kind.__subclasses__():
        yield from _tree(each)


def _found(code: str, status: int) -> type[ArbitraxError]:
    for each in _tree(ArbitraxError):
        if each.code == code:
            return each
    return _BY_STATUS.get(status, ArbitraxError)


def problem_of(error: ArbitraxError) -> Problem | None:
    """Return the gateway's answer that an error tells of: its fields that are wrong, the request's id."""
    found = vars(error).get("problem")
    return found if isinstance(found, Problem) else None


def error_of(problem: Problem, retry_after: float | None = None) -> ArbitraxError:
    """Return the error that a problem is; `code`, `http_status` and `retryable` are the problem's."""
    wrong = [f"{each.pointer}: {each.detail}" for each in problem.errors if each.detail != problem.detail]
    return made_error(
        problem.code,
        " ".join([problem.detail, *wrong]),
        status=problem.status,
        retryable=problem.retryable,
        retry_after=retry_after,
        problem=problem,
    )


def made_error(
    code: str,
    sentence: str,
    *,
    status: int = 422,
    retryable: bool = False,
    retry_after: float | None = None,
    problem: Problem | None = None,
) -> ArbitraxError:
    """Return an error with a code that the tree may not have."""
    kind = _found(code, status)
    if issubclass(kind, errors.TooManyRequests | errors.InFlight):
        error: ArbitraxError = kind(sentence, retry_after=retry_after or 1.0)
    else:
        error = kind(sentence)
    exit_code = _RISK_EXIT if code.startswith("risk.") else kind.exit_code
    # Of this one error, not of its class.
    vars(error).update(code=code, http_status=status, retryable=retryable, exit_code=exit_code, problem=problem)
    return error


def read_problem(body: bytes, status: int, headers: Mapping[str, str]) -> ArbitraxError:
    """Return the error that an answer tells of; one that is no problem+json is a proxy's, or not our gateway's."""
    try:
        after: float | None = float(headers["retry-after"])
    except (KeyError, ValueError):  # HTTP also allows a date; our gateways send seconds
        after = None
    try:
        return error_of(msgspec.json.decode(body, type=Problem), after)
    except msgspec.MsgspecError:
        return made_error(
            "request.failed",
            f"The server answered {status} without saying why; is it a gateway?",
            status=status,
            retryable=status in (408, 429, 502, 503, 504),
            retry_after=after,
        )
