"""Settings from the environment: one frozen tree, read once, in `bootstrap`."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from arbitrax.domain.errors import InputError, did_you_mean

PREFIX = "ARBITRAX_"
# Read by tools around the program, not by it.
FOREIGN = frozenset({"ARBITRAX_CORPUS", "ARBITRAX_CRASH_AT", "ARBITRAX_KERNELS"})

CHOICES = {"durability": ("process", "power"), "strategy_uploads": ("off", "admin")}
PATHS = ("home", "exchange_folder", "tls_certificate", "tls_key")
COUNTS = (
    "snapshot_commands", "snapshot_seconds", "job_seconds", "job_megabytes", "paper_cash", "upload_megabytes",
    "upload_megabytes_user",
    "socket_limit", "socket_limit_user", "socket_limit_address",
)  # fmt: skip
MAYBE_NONE = ("drain_seconds", "paper_accounts")
"""Counts that may be 0."""
SECRETS = (
    "database_url", "database_replica_url", "redis_url", "cache_url", "queue_url", "alpha_vantage_key", "polygon_key",
    "api_key",
)  # fmt: skip
"""These may also be read from a file, ``ARBITRAX_X_FILE``, or from AWS Secrets Manager."""
RATES = ("rate_limit_key", "rate_limit_user", "rate_limit_address")
LISTS = ("cors_origins", "trusted_proxies")


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the environment decides; field ``x`` is read from ``ARBITRAX_X``."""

    home: Path
    """Data of the embedded servers, the bar cache, reports."""
    database_url: str | None = None
    """PostgreSQL; None starts the embedded one."""
    redis_url: str | None = None
    """Valkey or Redis for the journal; None starts the embedded one."""
    cache_url: str | None = None
    """Valkey or Redis for the cache; None starts the embedded one."""
    durability: Literal["process", "power"] = "process"
    """What the exchange survives without loss: ``process``, kill -9 of anything; ``power``, a power cut too."""
    snapshot_commands: int = 5_000_000
    """Commands of a shard after which the exchange writes a snapshot of it."""
    snapshot_seconds: int = 300
    """Seconds after which it does so, when there were commands."""
    exchange_folder: Path | None = None
    """Segments and snapshots of the exchange; None: the folder ``exchange`` of the home."""
    queue_url: str | None = None
    """Broker of jobs: RabbitMQ (``amqp://``), Valkey or Redis; None: the cache's server."""
    job_seconds: int = 3600
    """How long a job may take."""
    job_megabytes: int = 4096
    """How much memory of its own a job may take."""
    strategy_uploads: Literal["off", "admin"] = "off"
    """Who may have backtests of code that they send along, run in a sandbox by workers with the same setting."""
    database_replica_url: str | None = None
    """PostgreSQL that reads of bars go to; None reads where is written."""
    rate_limit_key: float = 200.0
    """Requests a second that the gateways answer to an API key or login, and below to a user and to an address."""
    rate_limit_user: float = 500.0
    rate_limit_address: float = 1_000.0
    socket_limit: int = 12_000
    """Web sockets that a gateway has open, and below of a user and of an address."""
    socket_limit_user: int = 1_000
    socket_limit_address: int = 2_000
    cors_origins: tuple[str, ...] = ()
    """Origins whose web pages may ask the gateway, separated by commas, such as ``https://desk.example``."""
    trusted_proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    """Addresses and networks of proxies whose X-Forwarded-For counts with ``--behind-proxy``, separated by commas."""
    tls_certificate: Path | None = None
    """PEM file with the gateway's certificate and those of its issuers; then it speaks TLS only."""
    tls_key: Path | None = None
    """PEM file with the private key; None: it is in the file of the certificate."""
    drain_seconds: int = 0
    """How long a gateway that is to end stays, not ready, before it takes no more connections."""
    paper_accounts: int = 1
    """Paper accounts that a trader may open; admins as many as they like."""
    paper_cash: int = 100_000
    """What a trader may open one with, in the currency of the market."""
    upload_megabytes: int = 50
    """How large a file of bars may be that a user sends."""
    upload_megabytes_user: int = 500
    """How large the files of a user may be together that wait to be stored."""
    url: str | None = None
    """A gateway that commands ask instead of the local store, as with ``--url``."""
    api_key: str | None = None
    """Who asks it; None: whom `arbitrax login` signed in."""
    alpha_vantage_key: str | None = None
    alpha_vantage_plan: str = "free"
    alpha_vantage_url: str | None = None
    """Where Alpha Vantage is reached, a proxy say; None is its own address. The same for the others."""
    polygon_key: str | None = None
    """Of Polygon.io, renamed Massive."""
    polygon_plan: str = "free"
    polygon_url: str | None = None
    yahoo_url: str | None = None

    def __repr__(self) -> str:
        """Leave out keys, and URLs, which hold passwords."""
        return f"Settings(home={str(self.home)!r})"


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings of an environment.

    Raises:
        InputError: a variable nobody reads, an empty or relative value where that cannot work, or a secret that
            cannot be read from where it is said to be.
        StoreUnavailableError: AWS Secrets Manager does not answer.
    """
    given = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(PREFIX) and name not in FOREIGN
    }
    _find_secrets(given)
    known = {field.name for field in msgspec.structs.fields(Settings)}
    for name in given.keys() - known:
        hint = did_you_mean(PREFIX + name.upper(), [PREFIX + each.upper() for each in known])
        variable = PREFIX + name.upper()
        raise InputError(f"Nothing reads the environment variable {variable}{hint or '.'} Correct or unset it.")
    for name, schemes in (
        ("database_url", ("postgresql://", "postgres://")),
        ("redis_url", ("redis://", "rediss://", "unix://")),
        ("cache_url", ("redis://", "rediss://", "unix://")),
        ("queue_url", ("amqp://", "amqps://", "redis://", "rediss://", "unix://")),
        ("database_replica_url", ("postgresql://", "postgres://")),
        ("url", ("https://", "http://")),
        ("alpha_vantage_url", ("https://", "http://")),
        ("polygon_url", ("https://", "http://")),
        ("yahoo_url", ("https://", "http://")),
    ):
        if name in given and not given[name].startswith(schemes):
            raise InputError(f"{PREFIX}{name.upper()} must start with {' or '.join(schemes)}; correct or unset it.")
    for name in ("alpha_vantage_key", "polygon_key", "api_key"):
        if name in given and not given[name].strip():
            raise InputError(f"{PREFIX}{name.upper()} is empty; set the key, or unset it.")
    for name, choices in CHOICES.items():
        if name in given and given[name] not in choices:
            raise InputError(f"{PREFIX}{name.upper()} is {given[name]!r}; it is {' or '.join(choices)}.")
    values: dict[str, Any] = given | {name: _count(name, given[name]) for name in COUNTS if name in given}
    values |= {name: _rate(name, given[name]) for name in RATES if name in given}
    values |= {name: tuple(filter(None, map(str.strip, given[name].split(",")))) for name in LISTS if name in given}
    values |= {name: _count(name, given[name], least=0) for name in MAYBE_NONE if name in given}
    _check_lists(values)
    for name in PATHS:
        text = values.pop(name, "")
        if text:
            values[name] = Path(text).expanduser().absolute()
    return Settings(home=values.pop("home", None) or default_home(), **values)


def _find_secrets(given: dict[str, str]) -> None:
    """Put secrets in the place of what says where they are."""
    for name in SECRETS:
        variable = PREFIX + name.upper()
        path = given.pop(f"{name}_file", None)
        if path is not None:
            if name in given:
                raise InputError(f"Both {variable} and {variable}_FILE are set; unset one.")
            from arbitrax.secrets import secret_of_file

            given[name] = secret_of_file(f"{variable}_FILE", path)
        if given.get(name, "").startswith("aws-"):
            from arbitrax.secrets import AWS, secret_of_aws

            if not given[name].startswith(AWS):
                raise InputError(f"{variable} begins with aws-; a secret of AWS is written {AWS}NAME or {AWS}NAME#KEY.")
            given[name] = secret_of_aws(variable, given[name])


def _count(name: str, value: str, least: int = 1) -> int:
    if not (value.isascii() and value.isdecimal() and int(value) >= least):
        raise InputError(f"{PREFIX}{name.upper()} is {value!r}; it is a whole number, {least} or more.")
    return int(value)


def _rate(name: str, value: str) -> float:
    try:
        rate = float(value)
    except ValueError:
        rate = 0.0
    if not 0.1 <= rate <= 1e6:
        raise InputError(f"{PREFIX}{name.upper()} is {value!r}; it is a number of requests a second, 0.1 to 1000000.")
    return rate


def _check_lists(values: Mapping[str, Any]) -> None:
    for origin in values.get("cors_origins", ()):
        scheme, _, rest = origin.partition("://")
        if scheme not in ("https", "http") or not rest or "/" in rest or "*" in rest:
            raise InputError(f"{PREFIX}CORS_ORIGINS has {origin!r}; an origin looks like https://desk.example.")
    for proxy in values.get("trusted_proxies", ()):
        from ipaddress import ip_network

        try:
            ip_network(proxy)
        except ValueError:
            raise InputError(f"{PREFIX}TRUSTED_PROXIES has {proxy!r}; write 10.0.0.7 or 10.0.0.0/8.") from None


def default_home() -> Path:
    """Return the platform's folder for a user's data."""
    from platformdirs import user_data_path  # only without ARBITRAX_HOME

    return user_data_path("arbitrax", appauthor=False)
