"""Reads of the catalogue, private to it."""
