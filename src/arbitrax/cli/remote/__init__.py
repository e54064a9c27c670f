"""What commands do with `--url`: the same words, tables and documents, from a gateway."""
