"""A batch as files to take away."""
