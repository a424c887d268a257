"""Our way of paying against three others, on the same seeded faults, in virtual time."""
