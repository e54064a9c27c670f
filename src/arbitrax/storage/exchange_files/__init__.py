"""What the exchange keeps in files: segments of its streams, and snapshots of its state."""
