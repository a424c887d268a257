"""Figures a lead can trust at a glance: what is made, how fast, how well, for how much."""
