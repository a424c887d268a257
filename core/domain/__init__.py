"""What a person requests and the states it passes through; plain values, no storage."""
