"""Counting of persons, of their ways and of waiting. Pure."""
