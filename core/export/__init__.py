"""A batch or chosen pictures as files to download."""
