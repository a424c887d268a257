"""Rows found, judged, moved and thrown away."""
