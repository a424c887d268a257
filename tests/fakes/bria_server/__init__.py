"""The fake Bria itself: a process of its own that breaks in every way we know of."""
