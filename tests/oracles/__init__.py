"""Slow, obviously right versions of the kernels, in plain Python."""
