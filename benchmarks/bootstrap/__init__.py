"""The stationary bootstrap, ours and arch's, on the same returns."""
