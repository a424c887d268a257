"""What a person asks for and the states it passes through; pure values, no storage."""
