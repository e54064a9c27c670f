"""Value types every layer shares. Standard library and msgspec only."""
