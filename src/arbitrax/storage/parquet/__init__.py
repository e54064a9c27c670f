"""Parquet files as a cache; losing one costs time only."""
