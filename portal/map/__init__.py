"""The public map and its table twin."""
