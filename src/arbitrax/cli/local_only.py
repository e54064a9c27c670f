"""Commands that cannot ask a gateway say so, instead of working on another store than the one that was meant."""

import os
import sys

from cyclopts import App, CycloptsError

from arbitrax.domain.errors import InputError

ANYWHERE = frozenset({"login", "logout", "up", "serve", "doctor", "demo"})
"""Commands that are of this machine whatever ARBITRAX_URL says."""


def refuse_url(app: App) -> None:
    """See whether the command that was typed can do what `--url` or ARBITRAX_URL asks for.

    Raises:
        InputError: it works on the local store only.
    """
    words = sys.argv[1:]
    given = any(word == "--url" or word.startswith("--url=") for word in words)
    if not given and "ARBITRAX_URL" not in os.environ:
        return
    try:
        path, apps, _ = app.parse_commands(words)
        command = apps[-1].default_command
    except CycloptsError:
        return  # running it says what is wrong
    if command is None or not path or path[0] in ANYWHERE or path[-1].startswith("-"):
        return
    if "url" not in command.__annotations__:
        what = "leave --url out" if given else "unset ARBITRAX_URL for it"
        raise InputError(f"`arbitrax {' '.join(path)}` works on the local store only; {what}.")
