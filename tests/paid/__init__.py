"""The paid way against the fake provider: what is sent, what is charged, what is known of it."""
