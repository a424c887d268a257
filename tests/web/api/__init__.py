"""REST by itself, without pages."""
