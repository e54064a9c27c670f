"""Benchmarks: ours and the peers, interleaved in one run; medians and ratios. `make bench` runs all."""
