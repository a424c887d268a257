"""One generation, from the request to the stored picture."""
