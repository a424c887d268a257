"""How a provider is called: which failures may be repeated, and how fast."""
