"""Statistics: what is made, how fast, how well and for how much."""
