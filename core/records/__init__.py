"""Queries and changes of stored rows; callers get values, never rows."""
