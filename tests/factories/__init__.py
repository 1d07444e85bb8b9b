"""Factories: the world of a test, in a few words."""
