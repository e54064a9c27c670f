"""A whole exchange under simulated participants, whose processes are killed at random; then an auditor judges it.

python -m tests.fault_run --seconds 60 --seed 7
"""
