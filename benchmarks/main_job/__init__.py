"""The main job: one year of daily bars, cold; a million bars in and out."""
