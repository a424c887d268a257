"""Pieces of screen that several pages draw."""
