"""Restores, copies and folders that are not the right one."""
