"""Finding, searching, rating, tagging and trashing what was made."""
