"""The compiled exchange: books, matching, accounts and risk in one step. `arbitrax.exchange.reference` is its contract."""

from pathlib import Path

from arbitrax.kernels import verify

verify(__name__, Path(__file__).parent)
