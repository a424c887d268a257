"""The write side of the statistics: every change of a row is counted as it happens."""
