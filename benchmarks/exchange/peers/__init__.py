"""One module an engine: how the stream is told to it, one Python call a message.

Each runs in the engine's own environment. `worker` drives them and needs the standard library only.
"""
