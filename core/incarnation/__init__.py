"""Checks at every start that database and data folder belong together; finds restored copies."""
