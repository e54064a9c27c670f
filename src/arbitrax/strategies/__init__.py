"""Strategies: the protocol, declared parameters, the registry, and those built in (one file each)."""
