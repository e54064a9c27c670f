"""The compiled exchange: books, matching, accounts and risk in one step, as `arbitrax.exchange.reference` says."""

from pathlib import Path

from arbitrax.kernels import verify

verify(__name__, Path(__file__).parent)
