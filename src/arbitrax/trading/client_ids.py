"""Client order ids that say when they were made, so that nobody need look whether they are old.

The exchange forgets the client order id of a closed order after its window. One made within it cannot have been
forgotten; any other is looked up in PostgreSQL before it enters (`past_orders`).
"""

import re
import secrets

_DATED = re.compile(r"t_([0-9a-f]{11})_.+", re.ASCII)


def new_client_order_id(now: int) -> str:
    """Return a new id of 32 characters made at ``now``, ms since 1970: ``t_019ac3f2b71_`` and 18 random hex digits."""
    return f"t_{now:011x}_{secrets.token_hex(9)}"


def made_at(client: str) -> int | None:
    """Return when an id says it was made, ms since 1970; None: it does not say.

    Whoever makes ids may date them: ``t_``, the ms as 11 lower-case hex digits, ``_``, up to 18 characters.
    """
    found = _DATED.fullmatch(client)
    return int(found[1], 16) if found else None
