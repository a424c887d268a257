"""REST for scripts and other tools, under /api."""
