"""What is told of a run, as JSON and CSV: what the gateway answers, and what a report holds."""
