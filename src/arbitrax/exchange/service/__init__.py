"""The matching engine as a process: journal in, events out, nothing lost (docs/concepts/exchange-service.md)."""
