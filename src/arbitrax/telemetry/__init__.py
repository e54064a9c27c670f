"""What processes measure of themselves. Imports nothing of ours; everything may import it."""
