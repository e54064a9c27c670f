"""Valkey, or any server that speaks the Redis protocol."""
