"""Keys for REST: made here, shown once, kept as hashes."""
