"""The order book: streams of a million messages, single calls, worst messages, and a bare C++ book beside it."""
