"""Pieces of the Generate page."""
