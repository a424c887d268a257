"""From a file or pasted text to checked rows: nothing guessed, nothing lost, all errors at once."""
