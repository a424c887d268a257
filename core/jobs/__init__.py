"""The worker that keeps generations going: its life, its supervision, and the job engine."""
