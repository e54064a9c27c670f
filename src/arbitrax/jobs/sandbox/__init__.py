"""Where uploaded strategies run: a process that can compute, and reach nothing (docs/decisions/0022)."""
