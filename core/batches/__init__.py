"""Many pictures at once: stored, fed to the worker, followed, stopped and retried."""
