"""Settings from the environment: one frozen tree, read once, in `bootstrap`."""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from arbitrax.domain.errors import InputError, did_you_mean

PREFIX = "ARBITRAX_"
# Read by tools around the program, not by it.
FOREIGN = frozenset({"ARBITRAX_CORPUS", "ARBITRAX_KERNELS"})


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

    def __repr__(self) -> str:
        """Leave out the URLs: they hold passwords."""
        return f"Settings(home={str(self.home)!r})"


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings of an environment.

    Raises:
        InputError: a variable nobody reads, or an empty or relative value where that cannot work.
    """
    given = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(PREFIX) and name not in FOREIGN
    }
    known = {field.name for field in msgspec.structs.fields(Settings)}
    for name in given.keys() - known:
        hint = did_you_mean(PREFIX + name.upper(), [PREFIX + each.upper() for each in known])
        variable = PREFIX + name.upper()
        raise InputError(f"Nothing reads the environment variable {variable}{hint or '.'} Correct or unset it.")
    for name, schemes in (
        ("database_url", ("postgresql://", "postgres://")),
        ("redis_url", ("redis://", "rediss://", "unix://")),
        ("cache_url", ("redis://", "rediss://", "unix://")),
    ):
        if name in given and not given[name].startswith(schemes):
            raise InputError(f"{PREFIX}{name.upper()} must start with {' or '.join(schemes)}; correct or unset it.")
    return Settings(
        home=Path(given["home"]).expanduser().absolute() if given.get("home") else default_home(),
        database_url=given.get("database_url"),
        redis_url=given.get("redis_url"),
        cache_url=given.get("cache_url"),
    )


def default_home() -> Path:
    """Return the platform's folder for a user's data."""
    from platformdirs import user_data_path  # only without ARBITRAX_HOME

    return user_data_path("arbitrax", appauthor=False)
