"""`arbitrax doctor`: what is in order, and the mend for what is not."""

import os
import platform
import shutil
import sys
import time
from pathlib import Path

import msgspec

import arbitrax
from arbitrax.cli.console import Json, show, show_json, table
from arbitrax.domain.errors import ArbitraxError
from arbitrax.settings import Settings, read_settings

FREE_BYTES = 2 * 1024**3
RELEASED = 1_767_225_600  # 2026-01-01: a clock before this release is wrong


class Finding(msgspec.Struct, frozen=True):
    """One check: what was seen, whether it is in order, and what to do otherwise."""

    check: str
    ok: bool
    found: str
    mend: str = ""


def doctor(*, json: Json = False) -> int:
    """Check versions, compiled core, stores, clock and disk; exit code 1 when something needs mending."""
    settings = read_settings()
    findings = [_python(), _core(), _home(settings.home), _disk(settings.home), _clock(), *_stores(settings)]
    healthy = all(each.ok for each in findings)
    if json:
        show_json({"version": arbitrax.__version__, "healthy": healthy, "findings": findings})
    else:
        rows = [("ok" if each.ok else "MEND", each.check, each.found, each.mend) for each in findings]
        show(table(f"arbitrax {arbitrax.__version__}", ("", "check", "found", "what to do"), rows, left=4))
    return 0 if healthy else 1


def _python() -> Finding:
    return Finding("python", sys.version_info >= (3, 11), f"{platform.python_version()} on {platform.platform()}")


def _core() -> Finding:
    try:
        from arbitrax import kernels
    except ImportError as error:
        return Finding("compiled core", False, "missing or stale", str(error))
    count = len(list(Path(kernels.__file__).parent.glob("*.pyi")))
    return Finding("compiled core", True, f"{count} modules, each built from the source beside it")


def _home(home: Path) -> Finding:
    existing = _existing(home)
    if os.access(existing, os.W_OK):
        return Finding("home", True, str(home))
    return Finding("home", False, f"{home} cannot be written", "set ARBITRAX_HOME to a folder of yours")


def _disk(home: Path) -> Finding:
    free = shutil.disk_usage(_existing(home)).free
    found = f"{free / 1024**3:,.1f} GiB free"
    return Finding("disk", free >= FREE_BYTES, found, "" if free >= FREE_BYTES else "free at least 2 GiB")


def _existing(path: Path) -> Path:
    return next(each for each in (path, *path.parents) if each.exists())


def _clock() -> Finding:
    now = time.time()
    found = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))
    return Finding("clock", now > RELEASED, found, "" if now > RELEASED else "set the clock of this machine")


def _stores(settings: Settings) -> list[Finding]:
    from arbitrax.bootstrap import inspect_database, inspect_valkeys, open_store

    try:
        if settings.database_url is None:
            with open_store(settings) as store:  # makes or upgrades the embedded database
                store.bars.catalogue()
        found = inspect_database(settings)
        valkeys = [Finding(name, True, version) for name, version in inspect_valkeys(settings).items()]
    except ArbitraxError as error:
        return [Finding("stores", False, type(error).__name__, str(error))]
    held = f", {found.bars:,} bars of {found.series} series, {found.runs} runs" if found.bars is not None else ""
    mend = {"current": "", "newer": "upgrade arbitrax"}.get(found.schema, "run `arbitrax db upgrade`")
    return [
        Finding("postgres", True, f"{found.server_version} at {found.place}"),
        Finding("schema", found.schema == "current", f"{found.schema}{held}", mend),
        *valkeys,
    ]
