"""Keys for REST: made here, shown once, stored as hashes."""
