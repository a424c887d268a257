"""Backups that are taken while the studio runs, and restores that are checked."""
