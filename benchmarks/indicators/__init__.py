"""Indicators over arrays against TA-Lib, and one update at a time against talipp, interleaved in one run."""
