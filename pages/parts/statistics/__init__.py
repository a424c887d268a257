"""Parts of the Statistics page."""
