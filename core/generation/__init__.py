"""One generation from the question to the stored picture."""
