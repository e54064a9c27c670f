"""A stand-in for the vendors on loopback: their shapes, their errors, and a made-up market behind them.

    market.py          what the made-up market traded, any symbol and any day, the same in every process
    polygon.py, yahoo.py, alpha_vantage.py    that market as each vendor tells it
    stand_in.py        the server, and what it can be made to do wrong

``python -m tests.vendors`` runs it and prints the settings that lead to it.
"""

from tests.vendors.stand_in import KEY, StandIn

__all__ = ["KEY", "StandIn"]
