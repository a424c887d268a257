"""Pieces of the Batch page."""
