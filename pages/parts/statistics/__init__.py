"""Pieces of the Statistics page."""
