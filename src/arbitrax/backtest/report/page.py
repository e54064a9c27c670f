"""The page of reports: built from the components of the web page (web/src/report), with what it shows as data in it."""

from __future__ import annotations

import gzip
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

import msgspec

from arbitrax.domain.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from arbitrax.backtest.report.recorded import Recorded

TEMPLATE = "template.html.gz"
"""Written by `npm run build:report` (docs/decisions/0027)."""


def fill_page(title: str, recorded: Recorded) -> str:
    """Return the page with its title and its data."""
    template = gzip.decompress(files(__package__).joinpath(TEMPLATE).read_bytes()).decode()
    head, _, rest = template.partition("{{title}}")
    before, _, after = rest.partition("{{recorded}}")
    return f"{head}{escape(title)}{before}{data_block(recorded)}{after}"


def data_block(document: msgspec.Struct) -> str:
    """Return JSON that no HTML parser can mistake for markup."""
    text = msgspec.json.encode(document).decode()
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


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
