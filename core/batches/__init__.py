"""Many pictures at once: kept, fed to the worker, watched, stopped and mended."""
