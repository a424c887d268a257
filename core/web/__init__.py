"""What the server process serves: middleware, REST, and its own start and end."""
