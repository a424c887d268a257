"""Proof that the fake Bria does on the wire what its faults are called."""
