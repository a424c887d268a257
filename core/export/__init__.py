"""A batch as files to download."""
