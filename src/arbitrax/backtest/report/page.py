"""What every page of ours shares: it is one file, asks nothing of a network, and its content policy forbids it to."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import msgspec

from arbitrax.domain.errors import InputError

_MARKER = re.compile(r"\{\{(\w+)\}\}")


def write_page(page: str, path: Path) -> Path:
    """Write a page and return its path; missing folders are made.

    Raises:
        InputError: nothing can be written there.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(page.encode())
    except OSError as error:
        raise InputError(f"The report cannot be written to {path}: {error.strerror}; give another path.") from error
    return path


def fill_template(template: str, parts: Mapping[str, str]) -> str:
    """Replace each ``{{name}}`` once; what is put in is not searched again, whatever it holds."""
    return _MARKER.sub(lambda marker: parts[marker[1]], template)


def asset(name: str) -> str:
    """Return a file of this package."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8").strip()


def content_policy(style: str, script: str) -> str:
    """Return the content policy that allows exactly this inline style and script, and nothing else."""
    return (
        f"default-src 'none'; style-src {_source(style)}; script-src {_source(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def data_block(document: msgspec.Struct) -> str:
    """Return JSON that no HTML parser can mistake for markup."""
    text = msgspec.json.encode(document).decode()
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _source(text: str) -> str:
    """Return the content policy's expression that allows exactly this inline text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
