"""RunSpec -> engine -> Result -> metrics -> report."""
