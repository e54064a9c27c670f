"""The recorder: events of a shard become orders, fills and round trips of accounts (docs/concepts/recorder.md)."""
