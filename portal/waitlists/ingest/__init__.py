"""Reads a whole waiting list from a file."""
