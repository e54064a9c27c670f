"""Stores behind the ports: embedded servers, PostgreSQL, the bar cache."""
