"""The rows on disk, and nothing else."""
