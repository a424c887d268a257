"""From a file or pasted text to checked rows: no guesses, nothing lost, all errors at once."""
