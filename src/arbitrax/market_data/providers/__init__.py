"""Vendors of market data, one file each, on one HTTP client."""
