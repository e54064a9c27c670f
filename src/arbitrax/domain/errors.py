"""Everything that can go wrong, as one tree.

    ArbitraxError
    ├── InputError                 the request itself is wrong; nothing was started        (exit 2, HTTP 422)
    │   ├── UnknownNameError       a strategy, symbol, run or option nobody knows          (exit 2, HTTP 404)
    │   ├── ParameterError         a strategy parameter that is unknown or out of bounds
    │   ├── RangeError             dates that are reversed, empty or too short
    │   └── IdempotencyError       a key that was used for another request
    ├── DataError                  a file or series that cannot be trusted                 (exit 1, HTTP 422)
    ├── StrategyError              a strategy that failed or broke its contract            (exit 1, HTTP 422)
    ├── VendorError                a vendor of market data refused or failed               (exit 1, HTTP 502)
    │   ├── RateLimited            too many requests: wait `retry_after` seconds, or until tomorrow
    │   ├── Unauthorized           no key, or one the vendor does not know
    │   ├── NotEntitled            the plan of the key does not include this
    │   ├── UnknownSymbol          the vendor has no such symbol
    │   ├── NoData                 the symbol has nothing in this range
    │   ├── VendorDown             it is unreachable, silent or broken; trying again may help
    │   └── BadPayload             it answered what is no answer to the question
    ├── StoreError                 PostgreSQL, Valkey or the disk                          (exit 1, HTTP 503)
    │   ├── StoreUnavailableError  it is down or refuses us; trying again may help
    │   ├── Fenced                 another process executes the shard now; nothing was written
    │   ├── Gap                    what is written last is not what this batch follows; nothing was written
    │   └── SchemaError            the database has another schema than this release
    ├── JobError                   a job was not done                                      (exit 1, HTTP 409)
    │   ├── Cancelled              somebody asked for its end
    │   ├── LimitReached           it took more time or memory than a job may
    │   ├── SandboxUnavailable     the machine cannot keep uploaded code from doing harm
    │   └── DeadJob                it ended its process each time it was tried
    ├── AccessError                who asks may not                                        (exit 1, HTTP 403)
    │   ├── NotAuthenticated       no token or key, or none that counts                             (HTTP 401)
    │   │   ├── WrongCredentials   name and password do not fit
    │   │   └── TokenReused        a refresh token came twice: its whole login has ended
    │   ├── PasswordChangeRequired first the password must be changed
    │   ├── NotYourAddress         the key is bound to other addresses
    │   ├── NotYourSeries          bars that others use would change
    │   └── TooManyRequests        a limit: wait `retry_after` seconds                              (HTTP 429)
    ├── ConflictError              something is in the way                                 (exit 1, HTTP 409)
    │   ├── AlreadyOver            what is to be ended has ended by itself
    │   ├── OtherSource            the series is of another source, whose place was not asked for
    │   ├── InFlight               the same request is being done now: wait `retry_after` seconds
    │   │   └── NotFinished        what is asked for is being made
    │   └── ChangedMeanwhile       another version is stored than the one that was read             (HTTP 412)
    └── BuildError                 the compiled core is missing or stale                   (exit 1, HTTP 500)

Each message is one sentence that says what is wrong, the value, and what to do about it.
"""

import difflib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import ClassVar, Self


class ArbitraxError(Exception):
    """Base of every error this package raises on purpose."""

    code: ClassVar[str] = "internal"
    exit_code: ClassVar[int] = 1
    http_status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False
    where: tuple[str | int, ...] = ()
    """Which part of what was given is wrong, from the outside in: names of fields, places in lists."""

    def at(self, *where: str | int) -> Self:
        """Note the part that is wrong, or one that holds it."""
        self.where = (*where, *self.where)
        return self


class InputError(ArbitraxError):
    """The request is wrong; nothing was started."""

    code = "input.invalid"
    exit_code = 2
    http_status = 422


class UnknownNameError(InputError):
    """A strategy, symbol, run or option that nobody knows."""

    code = "input.unknown_name"
    http_status = 404


class ParameterError(InputError):
    """A strategy parameter that is unknown, of the wrong type or out of its bounds."""

    code = "input.parameter"


class RangeError(InputError):
    """Dates that are reversed, empty, or hold too few bars."""

    code = "input.range"


class IdempotencyError(InputError):
    """An idempotency key that was used for another request."""

    code = "input.idempotency_key"


class DataError(ArbitraxError):
    """A file or series that cannot be trusted."""

    code = "data.invalid"
    http_status = 422


class StrategyError(ArbitraxError):
    """A strategy raised, or broke its contract."""

    code = "strategy.failed"
    http_status = 422


class VendorError(ArbitraxError):
    """A vendor of market data refused or failed. The sentence names vendor, symbol, cause and advice, never a key."""

    code = "vendor.failed"
    http_status = 502


class RateLimited(VendorError):
    """Too many requests. ``retry_after`` is in seconds, None when not told; ``daily``: the day's quota is used up."""

    code = "vendor.rate_limited"
    http_status = 429
    retryable = True

    def __init__(self, message: str, *, retry_after: float | None = None, daily: bool = False) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.daily = daily


class Unauthorized(VendorError):
    """The vendor wants a key, or does not know this one."""

    code = "vendor.unauthorized"


class NotEntitled(VendorError):
    """The plan of the key does not include what was asked for."""

    code = "vendor.not_entitled"


class UnknownSymbol(VendorError):
    """The vendor has no such symbol."""

    code = "vendor.unknown_symbol"
    http_status = 404


class NoData(VendorError):
    """The vendor knows the symbol and has nothing for it in this range."""

    code = "vendor.no_data"
    http_status = 404


class VendorDown(VendorError):
    """The vendor cannot be reached, does not answer, or answers that it is broken; trying again later may help."""

    code = "vendor.down"
    http_status = 503
    retryable = True


class BadPayload(VendorError):
    """The vendor's answer cannot be understood, or contradicts itself or the question; nothing of it was used."""

    code = "vendor.bad_payload"


class StoreError(ArbitraxError):
    """PostgreSQL, Valkey or the disk failed."""

    code = "store.failed"
    http_status = 503


class StoreUnavailableError(StoreError):
    """A store is down or refuses us; trying again later may help."""

    code = "store.unavailable"
    retryable = True


class Fenced(StoreError):
    """Another process holds the lease of the shard; nothing was written."""

    code = "exchange.fenced"


class Gap(StoreError):
    """The last outputs written are not those of the batch before this one; nothing was written."""

    code = "exchange.gap"


class SchemaError(StoreError):
    """The database has another schema than this release expects."""

    code = "store.schema"


class JobError(ArbitraxError):
    """A job was not done."""

    code = "job.failed"
    http_status = 409


class SandboxUnavailable(JobError):
    """The worker's machine cannot confine uploaded code, so it does not run."""

    code = "job.sandbox_unavailable"


class Cancelled(JobError):
    """Somebody asked for the end of the job."""

    code = "job.cancelled"


class LimitReached(JobError):
    """The job took more time or memory than a job may."""

    code = "job.limit"


class DeadJob(JobError):
    """The job ended its process, or lost its worker, each time it was tried."""

    code = "job.dead"


class AccessError(ArbitraxError):
    """Who asks may not do this."""

    code = "access.forbidden"
    http_status = 403


class NotAuthenticated(AccessError):
    """There is no token or key, or none that counts any more."""

    code = "access.not_authenticated"
    http_status = 401


class WrongCredentials(NotAuthenticated):
    """Name and password do not belong to an active user."""

    code = "access.wrong_credentials"


class TokenReused(NotAuthenticated):
    """A refresh token came a second time, so somebody has a copy; its whole login has ended."""

    code = "access.token_reused"


class PasswordChangeRequired(AccessError):
    """The password must be changed before anything else."""

    code = "access.password_change_required"


class NotYourAddress(AccessError):
    """The API key is bound to other addresses."""

    code = "access.address"


class NotYourSeries(AccessError):
    """The bars are not the user's uploads alone, and others use them."""

    code = "access.series"


class TooManyRequests(AccessError):
    """A limit is reached; ``retry_after`` is in seconds."""

    code = "access.rate_limited"
    http_status = 429
    retryable = True

    def __init__(self, message: str, *, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class TooManyJobs(TooManyRequests):
    """A user has as many jobs waiting as a user may have."""

    code = "job.too_many"


class TooManyBytes(TooManyRequests):
    """A user has as many bytes of files waiting as a user may have."""

    code = "upload.too_many_bytes"


class ConflictError(ArbitraxError):
    """What is stored is in the way of the request."""

    code = "conflict.exists"
    http_status = 409


class AlreadyOver(ConflictError):
    """What is to be ended has ended by itself; it stays as it is."""

    code = "conflict.over"


class OtherSource(ConflictError):
    """The series is of another source, and to take its place was not asked for."""

    code = "conflict.source"


class InFlight(ConflictError):
    """The same request is being done at this moment; ``retry_after`` is in seconds."""

    code = "conflict.in_flight"
    retryable = True

    def __init__(self, message: str, *, retry_after: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NotFinished(InFlight):
    """What is asked for is being made."""

    code = "conflict.not_finished"


class ChangedMeanwhile(ConflictError):
    """Another version is stored than the one that was read."""

    code = "conflict.changed"
    http_status = 412


class BuildError(ArbitraxError):
    """The compiled core is missing or does not match its sources."""

    code = "build.stale"


@contextmanager
def within(*where: str | int) -> Iterator[None]:
    """Note of errors which part of what was given they are about."""
    try:
        yield
    except ArbitraxError as error:
        error.at(*where)
        raise


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"`` for the closest known name, or an empty string."""
    by_lower = {candidate.lower(): candidate for candidate in known}
    close = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return f"; did you mean '{by_lower[close[0]]}'?" if close else ""
