"""The servers' passwords, in one file that only its owner can read."""

import os
from pathlib import Path

NAMES = ("postgres", "journal", "cache")

_ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
_LENGTH = 43
"""Characters of 256 random bits in URL-safe base64: they need no quoting in URLs, SQL or valkey.conf."""

Credentials = dict[str, str]


def read_credentials(path: Path) -> Credentials | None:
    """Return the password of each server, or None where the file is missing or damaged."""
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    pairs = [line.split(" ") for line in lines]
    if [pair[0] for pair in pairs] != list(NAMES) or not all(_is_password(pair[1:]) for pair in pairs):
        return None
    return {name: password for name, password in pairs}  # noqa: C416 -- dict() hides the shape from mypy


def _is_password(words: list[str]) -> bool:
    return len(words) == 1 and len(words[0]) == _LENGTH and _ALPHABET.issuperset(words[0])


def new_credentials() -> Credentials:
    """Make a random password for each server."""
    import secrets

    return {name: secrets.token_urlsafe(32) for name in NAMES}


def write_credentials(path: Path, credentials: Credentials) -> None:
    """Keep the passwords: the file is there whole or not at all."""
    write_private(path, "".join(f"{name} {credentials[name]}\n" for name in NAMES))


def write_private(path: Path, text: str, *, owner: tuple[int, int] | None = None) -> None:
    """Write a file of mode 0600 in one step, durably, for an owner (uid, gid) or for ourselves."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        if owner is not None:
            os.fchown(descriptor, *owner)
        os.fsync(descriptor)
    draft.replace(path)
