"""How fast the metrics of a run are computed, ours and the libraries'."""
