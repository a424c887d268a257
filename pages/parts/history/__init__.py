"""Pieces of the History page."""
