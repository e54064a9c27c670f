"""Backtests against the peers: the same files, the same rules, interleaved in one run."""
