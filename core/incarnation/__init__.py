"""Whether database and data folder belong together, and what a restored or copied studio holds."""
