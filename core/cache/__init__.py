"""Caches: requests already answered by a picture, and what pages have read."""
