"""Keep keys out of everything a person or a log may read."""

import re
from urllib.parse import quote, quote_plus

HIDDEN = "***"
LONGEST = 200
"""Characters of a vendor's text that are passed on."""

_ECHOED = re.compile(r"(api[ _-]?key(?:\s+(?:as|is|of)\s+|\s*[=:]\s*))[\"']?[\w.~+/-]+", re.IGNORECASE)
"""A key that a text announces, whoever's it is."""


class Redaction:
    """Replaces one key, however it is written, and any that a text announces."""

    def __init__(self, key: str | None) -> None:
        forms = {key, quote(key, safe=""), quote_plus(key)} if key else set()
        self._key = re.compile("|".join(re.escape(each) for each in forms), re.IGNORECASE) if forms else None

    def __call__(self, text: str) -> str:
        """Return the text on one line, shortened, without keys."""
        hidden = self._key.sub(HIDDEN, text) if self._key else text
        hidden = " ".join(_ECHOED.sub(rf"\1{HIDDEN}", hidden).split())
        return hidden if len(hidden) <= LONGEST else f"{hidden[:LONGEST]}..."
