"""One module an engine; each runs in that engine's own environment and may import NumPy, the engine and `worker`."""
