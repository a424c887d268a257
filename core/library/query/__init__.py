"""The search line of the history: words and `field:value` terms, read, written and shown."""
