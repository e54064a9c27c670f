"""Users of two gateways trade and run backtests while processes are killed at random; then an auditor judges it.

python -m tests.gateway_fault_run --seconds 60 --seed 7
"""
