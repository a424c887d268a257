"""Caches: requests that a picture already answers, and what pages have read."""
