"""Stand-ins and the world around them."""
